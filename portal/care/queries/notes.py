"""Watch notes of customers, and the register of the market."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.accounts.models import User
from portal.care.models import MarketEntry, WatchNote
from portal.catalogue.models import ServiceItem
from portal.customers.models import Contact, Customer
from portal.db.base import db
from portal.kernel.errors import NotFound
from portal.kernel.pinyin import normalise
from portal.opportunities.models import Competitor

W, M = WatchNote, MarketEntry
NAMES = (Customer.code, Customer.name_zh, Customer.name_en, Customer.short_name)


def watch_notes(viewer: Viewer) -> Select[Any]:
    """Every watch note that the viewer may see."""
    return visible(select(W), W, viewer).options(
        joinedload(W.customer).load_only(*NAMES),
        joinedload(W.contact).load_only(Contact.name),
        joinedload(W.writer).load_only(User.name).lazyload(User.roles),
    )


def in_force(statement: Select[Any], model: Any, today: date) -> Select[Any]:
    """Notes or entries that still count."""
    return statement.where(model.expires_on >= today, model.ended_on.is_(None))


def notes_of(customer_id: int, viewer: Viewer, today: date, limit: int) -> list[WatchNote]:
    """The notes in force about a customer, the latest first."""
    wanted = in_force(watch_notes(viewer), W, today).where(W.customer_id == customer_id)
    return list(db.session.scalars(wanted.order_by(W.noted_on.desc(), W.id.desc()).limit(limit)))


def having_note_words(statement: Select[Any], words: str) -> Select[Any]:
    """`statement` over watch notes narrowed by customer or by words of the note."""
    plain = normalise(words[:80]).lower()
    if not plain:
        return statement
    found = (Customer.search_text.contains(word, autoescape=True) for word in plain.split())
    theirs = W.customer_id.in_(select(Customer.id).where(*found))
    return statement.where(or_(theirs, W.text.icontains(plain, autoescape=True)))


def note_of(note_id: int, viewer: Viewer) -> WatchNote:
    """One watch note; NotFound when it is absent or not for this viewer."""
    return _found(db.session.scalar(watch_notes(viewer).where(W.id == note_id)))


def market() -> Select[Any]:
    """Everything heard of the market."""
    return select(M).options(
        joinedload(M.competitor).load_only(Competitor.name_zh, Competitor.name_en),
        joinedload(M.item).load_only(ServiceItem.code, ServiceItem.name_zh, ServiceItem.name_en),
        joinedload(M.writer).load_only(User.name).lazyload(User.roles),
    )


def entry_of(entry_id: int) -> MarketEntry:
    """One entry of the register."""
    return _found(db.session.scalar(market().where(M.id == entry_id)))


def having_market_words(statement: Select[Any], words: str) -> Select[Any]:
    """`statement` over the register narrowed by every word: Chinese, pinyin, initials."""
    found = normalise(words[:80]).lower().split()
    return statement.where(*(M.search_text.contains(word, autoescape=True) for word in found))


def names_of(competitor_id: int | None, item_id: int | None) -> list[str]:
    """The words by which an entry is found besides its own."""
    found: list[str] = []
    if competitor_id is not None:
        competitor = db.session.get(Competitor, competitor_id)
        found += [competitor.name_zh, competitor.name_en] if competitor else []
    if item_id is not None:
        item = db.session.get(ServiceItem, item_id)
        found += [item.code, item.name_zh, item.name_en] if item else []
    return found


def _found(row: Any) -> Any:
    if row is None:
        raise NotFound()
    return row
