"""Whose eyes rows of requests are for, beyond the customer that they belong to (REQUIREMENTS S4, S9, S13).

A request that is given to, or shared with, a colleague is seen by them with all that is on it, though the customer is
not theirs; what one department asks of another is never the customer's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Select, Table, or_, select
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from portal.db.base import Base, CustomerItself, CustomerOwned
from portal.documents.models import Attachment


def shared_with(user_id: int | None) -> Select[Any]:
    """The ids of the requests that are shared with a member of staff."""
    shares = _table("request_share")
    return select(shares.c.request_id).where(shares.c.user_id == user_id)


def given_to(user_id: int | None) -> Select[Any]:
    """The ids of the requests that a member of staff owns."""
    requests = _table("service_request")
    return select(requests.c.id).where(requests.c.owner_id == user_id)


def seen_by(user_id: int | None) -> Select[Any]:
    """The ids of the requests that a member of staff owns, or that are shared with them."""
    requests = _table("service_request")
    mine = or_(requests.c.owner_id == user_id, requests.c.id.in_(shared_with(user_id)))
    return select(requests.c.id).where(mine)


class OfRequest(CustomerOwned):
    """A row of a request: who sees the request sees it."""

    @declared_attr
    @classmethod
    def request_id(cls) -> Mapped[int]:
        return mapped_column(ForeignKey("service_request.id"))

    @classmethod
    def seen_also(cls, user_id: int | None) -> ColumnElement[bool]:
        """Of requests given to, or shared with, this member of staff."""
        return or_(cls.request_id.in_(given_to(user_id)), cls.request_id.in_(shared_with(user_id)))

    @classmethod
    def shown_to_customers(cls) -> ColumnElement[bool]:
        """Nothing of what one department asks of another."""
        requests = _table("service_request")
        is_internal = select(requests.c.is_internal).where(requests.c.id == cls.request_id)
        return is_internal.scalar_subquery().is_(False)


def _customers_named_to(user_id: int | None) -> Select[Any]:
    requests = _table("service_request")
    in_hand = or_(requests.c.owner_id == user_id, requests.c.id.in_(shared_with(user_id)))
    return select(requests.c.customer_id).where(in_hand)


def _table(name: str) -> Table:
    return Base.metadata.tables[name]


def _written_on(name: str) -> Callable[[int | None], Select[Any]]:
    """The ids of messages or notes of the requests that are given to, or shared with, a member of staff."""

    def ids(user_id: int | None) -> Select[Any]:
        columns = _table(name).c
        return select(columns.id).where(columns.request_id.in_(seen_by(user_id)))

    return ids


CustomerItself.named_by.append(_customers_named_to)
Attachment.shared_by["service_request"] = seen_by
Attachment.shared_by["request_message"] = _written_on("request_message")
Attachment.shared_by["internal_note"] = _written_on("internal_note")
