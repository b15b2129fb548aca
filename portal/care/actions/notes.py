"""Watch notes and news of the market are written, put right, taken off (REQUIREMENTS K5, K10)."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from portal.access.gate import load
from portal.access.permissions import Permission as P
from portal.access.viewer import Viewer
from portal.care.models import MarketEntry, WatchNote
from portal.care.models.notes import NEVER
from portal.care.queries.notes import names_of
from portal.care.rules.notes import (
    MarketFacts,
    WatchFacts,
    cleaned_market,
    cleaned_note,
    market_words,
)
from portal.catalogue.models import ServiceItem
from portal.customers.models import Contact, Customer
from portal.db import audit
from portal.db.base import db
from portal.db.stale import stale
from portal.kernel.clock import business_day
from portal.kernel.errors import Forbidden, Invalid, NotAllowedNow, NotFound
from portal.kernel.text import t
from portal.opportunities.models import Competitor


def write(customer: Customer, facts: WatchFacts, actor: Viewer, now: datetime) -> WatchNote:
    """Note what is to be known about a customer. Raises InvalidMany by field, NotFound for another's contact."""
    _check(actor, P.CARE_WORK)
    tidy = cleaned_note(facts, business_day(now))
    _check_contact(tidy, customer.id, actor)
    note = WatchNote(
        customer_id=customer.id, noted_on=business_day(now), written_by=actor.user_id, **_note(tidy)
    )  # fmt: skip
    db.session.add(note)
    audit.record(actor, "watch_note.written", note, now, after=_told(_note(tidy)))
    return note


def change(
    note: WatchNote, facts: WatchFacts, version: int, actor: Viewer, now: datetime
) -> WatchNote:
    """Put a note right that was read at `version`. Raises InvalidMany, StaleEdit, NotAllowedNow for one taken off."""
    _check(actor, P.CARE_WORK)
    _check_there(note, version)
    tidy = cleaned_note(facts, business_day(now))
    _check_contact(tidy, note.customer_id, actor)
    _put(note, _note(tidy), "watch_note.changed", actor, now)
    return note


def end(note: WatchNote | MarketEntry, reason: str, actor: Viewer, now: datetime) -> None:
    """It counts no longer; the reason is kept in its history."""
    is_note = isinstance(note, WatchNote)
    _check(actor, P.CARE_WORK if is_note else P.MARKET_EDIT)
    if note.ended_on is not None:
        raise NotAllowedNow(t("It was taken off already."))
    said = reason.strip()
    if len(said) < 2:
        raise Invalid(t("Say why."), "reason")
    note.ended_on = business_day(now)
    event = "watch_note.ended" if is_note else "market.ended"
    audit.record(actor, event, note, now, reason=said[:500])


def note_market(facts: MarketFacts, actor: Viewer, now: datetime) -> MarketEntry:
    """Note what was heard of the market. Raises InvalidMany by field."""
    _check(actor, P.MARKET_EDIT)
    tidy = cleaned_market(facts, business_day(now))
    _check_pointed(tidy)
    entry = MarketEntry(noted_by=actor.user_id, **_market(tidy))
    db.session.add(entry)
    audit.record(actor, "market.noted", entry, now, after=_told(_market(tidy)))
    return entry


def change_market(
    entry: MarketEntry, facts: MarketFacts, version: int, actor: Viewer, now: datetime
) -> MarketEntry:
    """Put an entry right that was read at `version`. Raises InvalidMany, StaleEdit, NotAllowedNow."""
    _check(actor, P.MARKET_EDIT)
    _check_there(entry, version)
    tidy = cleaned_market(facts, business_day(now))
    _check_pointed(tidy)
    _put(entry, _market(tidy), "market.changed", actor, now)
    return entry


def _put(row: Any, values: dict[str, Any], event: str, actor: Viewer, now: datetime) -> None:
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    if not changed:
        return
    before = _told({name: getattr(row, name) for name in changed})
    for name in changed:
        setattr(row, name, values[name])
    row.updated_at = now
    db.session.flush()
    after = _told({name: values[name] for name in changed})
    audit.record(actor, event, row, now, before=before, after=after)


def _check(actor: Viewer, permission: P) -> None:
    if not actor.may(permission):
        raise Forbidden()


def _check_there(row: WatchNote | MarketEntry, version: int) -> None:
    if row.ended_on is not None:
        raise NotAllowedNow(t("It was taken off already."))
    if row.version != version:
        raise stale(row)


def _check_contact(facts: WatchFacts, customer_id: int, actor: Viewer) -> None:
    if facts.contact_id is not None:
        contact = load(Contact, facts.contact_id, actor, P.CARE_WORK)
        if contact.customer_id != customer_id:
            raise NotFound()


def _check_pointed(facts: MarketFacts) -> None:
    pointed: tuple[tuple[Any, str], ...] = ((Competitor, "competitor_id"), (ServiceItem, "item_id"))
    for model, name in pointed:
        row_id = getattr(facts, name)
        if row_id is not None and db.session.get(model, row_id) is None:
            raise Invalid(t("Choose one of the list."), name)


def _note(facts: WatchFacts) -> dict[str, Any]:
    return {**asdict(facts), "expires_on": facts.expires_on or NEVER}


def _market(facts: MarketFacts) -> dict[str, Any]:
    words = market_words(facts, names_of(facts.competitor_id, facts.item_id))
    return {**asdict(facts), "expires_on": facts.expires_on or NEVER, "search_text": words}


def _told(values: dict[str, Any]) -> dict[str, str]:
    return {name: str(value)[:400] for name, value in values.items() if name != "search_text"}
