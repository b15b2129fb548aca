"""Customers by what somebody typed: every word of a name or code, or a telephone number however it is written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select

from portal.access.viewer import Viewer
from portal.customers.models import Contact, Customer, Site
from portal.customers.queries import customers
from portal.db.base import db
from portal.db.phones import PhoneKey
from portal.kernel.phones import looks_like_one, sought_keys
from portal.kernel.pinyin import normalise


def having_words(statement: Select[Any], words: str) -> Select[Any]:
    """`statement` over customers, narrowed to those found by `words`."""
    return statement.where(*found_by(words))


def found_by(words: str) -> list[ColumnElement[bool]]:
    """The criteria that a customer is found: by every word in Chinese, pinyin, initials or code, or by a number.

    A number finds its customer, contact or site, with or without blanks, prefix and area code.
    """
    every = [
        Customer.search_text.contains(word, autoescape=True)
        for word in normalise(words).lower().split()
    ]
    keys = sought_keys(words) if looks_like_one(words) else ()
    return [or_(and_(*every), Customer.id.in_(_reached_at(keys)))] if keys else every


def matching(words: str, viewer: Viewer, limit: int = 10) -> list[Customer]:
    """The active customers found by `words`, for pickers and the search of everything, by name."""
    statement = having_words(customers(viewer), words).where(Customer.active.is_(True))
    return list(db.session.scalars(statement.order_by(Customer.name_zh, Customer.id).limit(limit)))


def _reached_at(keys: Sequence[str]) -> Any:
    """The ids of those who have one of these numbers themselves, at a contact or at a site."""

    def held(table: str) -> Any:
        return select(PhoneKey.holder_id).where(PhoneKey.holder == table, PhoneKey.key.in_(keys))

    of_contacts = select(Contact.customer_id).where(Contact.id.in_(held(Contact.__tablename__)))
    of_sites = select(Site.customer_id).where(Site.id.in_(held(Site.__tablename__)))
    return held(Customer.__tablename__).union_all(of_contacts, of_sites)
