"""The timeline of a customer: what every room adds to it, who reads what, and how a line is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from flask import current_app, g, url_for
from sqlalchemy import ColumnElement, Select, Subquery, and_, bindparam, case, or_, select

from portal.access.permissions import Permission as P
from portal.access.viewer import Viewer
from portal.customers.models import Customer
from portal.customers.queries import staff_for_teams
from portal.customers.queries import timeline as queries
from portal.customers.queries.timeline import AUDIT, CALL, NOTE, VISIT
from portal.customers.rules.kinds import NOTE_KINDS
from portal.customers.views.words import details_of
from portal.db.audit import EVENTS
from portal.db.base import Base, db
from portal.db.whole import looked_up
from portal.kernel.text import Text, t
from portal.rooms import offered
from portal.web.filters import day, instant
from portal.web.labels import Label
from portal.web.listing import Column, Empty, Filter, ListSpec
from portal.web.words import actor_word, say

ANY = ("", t("Any"))
SHORTENED, TITLE, KEPT = 280, 60, 256
ROOM_RIGHTS: Mapping[str, P] = {
    "billing": P.STATEMENT_SEE,
    "calls": P.CALL_SEE,
    "campaigns": P.CAMPAIGN_SEE,
    "care": P.CARE_SEE,
    "catalogue": P.TARIFF_SEE,
    "claims": P.CLAIM_SEE,
    "commissions": P.COMMISSION_SEE,
    "contracts": P.CONTRACT_SEE,
    "insights": P.INSIGHT_SEE,
    "leads": P.LEAD_SEE,
    "loyalty": P.POINTS_SEE,
    "opportunities": P.OPPORTUNITY_SEE,
    "proposals": P.PROPOSAL_SEE,
    "quotations": P.QUOTATION_SEE,
    "receivables": P.AGEING_SEE,
    "satisfaction": P.SURVEY_SEE,
    "service_requests": P.REQUEST_SEE,
    "shipments": P.SHIPMENT_SEE,
    "usage": P.USAGE_SEE,
    "warehouse": P.STOCK_SEE,
}
"""Who reads what happened with the rows of a room; the other rooms' is for everybody who sees the customer."""
TABLE_RIGHTS: Mapping[str, P] = {
    "credit_standing": P.AGEING_SEE,
    "membership": P.MEMBER_SEE,
    "settlement_terms": P.AGEING_SEE,
}
SOURCES: Mapping[int, tuple[str, Label]] = {
    AUDIT: ("steps", Label(t("Step"), "neutral", "arrow-right")),
    NOTE: ("notes", Label(t("Remark"), "info", "chat-left-quote")),
    CALL: ("calls", Label(t("Call"), "info", "telephone")),
    VISIT: ("visits", Label(t("Visit"), "good", "geo-alt")),
}
KINDS: Mapping[str, Text] = {
    "notes": t("Remarks and talks"),
    "calls": t("Calls"),
    "visits": t("Visits"),
    "steps": t("Steps in the portal"),
}


TABLES: Mapping[int, str] = {NOTE: "history_note", CALL: "call", VISIT: "care_visit"}
PAGES: Mapping[str, tuple[str, str]] = {
    "booking": ("desk_bookings.show", "booking_id"),
    "call": ("desk_calls.show", "call_id"),
    "care_visit": ("desk_visits.show", "visit_id"),
    "claim": ("desk_claims.show", "claim_id"),
    "contract": ("desk_contracts.show", "contract_id"),
    "dispute": ("desk_disputes.show", "dispute_id"),
    "entitlement": ("desk_entitlements.show", "entitlement_id"),
    "history_note": ("desk_customers.edit_note", "history_note_id"),
    "opportunity": ("desk_opportunities.show", "opportunity_id"),
    "quotation": ("desk_quotations.show", "quotation_id"),
    "receipt": ("desk_receipts.show", "receipt_id"),
    "service_request": ("desk_requests.show", "request_id"),
    "shipment": ("desk_shipments.show", "shipment_id"),
    "statement": ("desk_statements.show", "statement_id"),
}
"""The page of a record by its table; what is not named has none, or the customer's."""


@dataclass(frozen=True, slots=True)
class Happened:
    """One row of the timeline: the columns of queries.timeline.COLUMNS, and of a step its record's number."""

    at: datetime
    key: int
    source: int
    id: int
    person_id: int | None
    person: str | None
    sort: str | None
    record_id: int | None
    contact: str | None
    subject: str | None
    text: str | None
    before: Any
    after: Any
    is_public: bool
    number: str | None

    @property
    def label(self) -> Label:
        """Kind of happening: mark and word."""
        label = SOURCES[self.source][1]
        if self.source == NOTE and self.sort in NOTE_KINDS:
            return Label(NOTE_KINDS[self.sort], label.tone, label.icon)
        return label

    @property
    def what(self) -> str:
        """A step by its name, anything else by its subject."""
        if self.source == AUDIT:
            known = EVENTS.get(self.subject or "")
            step = say(known.label) if known else self.subject or ""
            return f"{step} · {self.number}" if self.number else step
        return self.subject or (self.text or "")[:TITLE] or say(self.label.text)

    @property
    def who(self) -> str:
        """Who of us, and with whom."""
        names = (actor_word(self.person) if self.person else "", self.contact or "")
        return " · ".join(name for name in names if name)

    @property
    def details(self) -> str:
        """The reason or the changes of a step, the text of anything else."""
        if self.source != AUDIT:
            said = self.text or ""
            return "" if not self.subject and len(said) <= TITLE else said
        return self.text or details_of(self.sort or "", self.before, self.after)

    @property
    def short(self) -> str:
        """The details, not longer than a list can bear."""
        text = self.details
        return text if len(text) <= SHORTENED else f"{text[:SHORTENED]}…"

    @property
    def when(self) -> str:
        """The instant; of a visit the day."""
        return day(self.at.date()) if self.source == VISIT else instant(self.at)

    @property
    def url(self) -> str | None:
        """The page where it is read in full, or put right: of a step its record's."""
        if self.source == NOTE and not g.viewer.may(P.REQUEST_NOTE):
            return None
        row_id = self.record_id if self.source == AUDIT else self.id
        endpoint, argument = PAGES.get(TABLES.get(self.source, self.sort or ""), ("", ""))
        if row_id is None or endpoint not in current_app.view_functions:
            return None
        values: dict[str, Any] = {argument: row_id}
        return url_for(endpoint, **values)


def happenings(customer: Customer, viewer: Viewer) -> Subquery:
    """Everything that happened with the customer and that the viewer may read of."""
    return queries.merged(_sources(customer.id, viewer))


def _sources(customer_id: Any, viewer: Viewer) -> list[Select[Any]]:
    hidden = hidden_from(viewer)
    sources = [
        queries.entries(customer_id, hidden),
        queries.entries_of_duplicates(customer_id, hidden),
        queries.notes(customer_id, viewer),
    ]
    found = (module.happened(customer_id, viewer) for module in offered("customer_timeline"))
    return [*sources, *(each for each in found if each is not None)]


def latest(customer: Customer, viewer: Viewer, limit: int) -> list[Happened]:
    """The newest lines; one question."""
    newest = db.session.execute(_newest(viewer, limit), {"customer": customer.id})
    return [Happened(*row) for row in newest]


@lru_cache(KEPT)
def _newest(viewer: Viewer, limit: int) -> Select[Any]:
    """The question, put together once for each viewer."""
    rows = queries.ends_of(_sources(bindparam("customer"), viewer), limit)
    return _told_of(rows).order_by(rows.c.at.desc(), rows.c.key.desc()).limit(limit)


def _told_of(rows: Subquery) -> Select[Any]:
    """The rows with the number of the record that each step was taken with: looked up for what is shown."""
    numbers = [
        (rows.c.sort == name, looked_up(model, "number", rows.c.record_id))
        for name, model in _numbered().items()
    ]
    steps = and_(rows.c.source == AUDIT, rows.c.record_id.is_not(None))
    number = case((steps, case(*numbers, else_=None)), else_=None)
    return select(rows, number.label("number"))


def hidden_from(viewer: Viewer) -> list[str]:
    """Types of subjects whose history the viewer may not read: what they may not see, they do not read about."""
    return sorted(name for name, right in _rights().items() if not viewer.may(right))


@cache
def _numbered() -> dict[str, type[Base]]:
    """The tables whose rows have a page and are known by a number of the house's own."""
    told = set(PAGES).difference(queries.TOLD_THEMSELVES)
    models = (mapper.class_ for mapper in Base.registry.mappers)
    return {
        model.__tablename__: model
        for model in models
        if model.__tablename__ in told and "number" in model.__table__.c
    }


@cache
def _rights() -> dict[str, P]:
    """The right for the rows of each table that has one."""
    found: dict[str, P] = {}
    for mapper in Base.registry.mappers:
        room = mapper.class_.__module__.split(".")[1]
        if room in ROOM_RIGHTS:
            found[mapper.class_.__tablename__] = ROOM_RIGHTS[room]
    return {**found, **TABLE_RIGHTS}


def list_of(rows: Subquery) -> tuple[ListSpec, Select[Any]]:
    """The list over `happenings`, and its statement."""
    spec = ListSpec(
        key="customer_timeline",
        columns=_columns(rows),
        row_id=rows.c.key,
        sort="-at",
        url=lambda row: _told(row).url,
        filters=(
            Filter("kind", t("Kind"), lambda: [ANY, *KINDS.items()], _of_kind(rows)),
            Filter("person", t("Who"), _people, _of_person(rows)),
        ),
        search=_search(rows),
        search_hint=t("Words of a remark, a name, a step"),
        empty=Empty(t("Nothing has happened yet"), t("Each step leaves its entry here.")),
    )
    return spec, _told_of(rows)


def _told(row: Any) -> Happened:
    return Happened(*row)


def _columns(rows: Subquery) -> tuple[Column, ...]:
    at, details = lambda r: _told(r).at, lambda r: _told(r).details
    return (
        Column("at", t("When"), lambda r: _told(r).when, sort=rows.c.at, value=at),
        Column("kind", t("Kind"), lambda r: say(_told(r).label.text)),
        Column("what", t("What"), lambda r: _told(r).what),
        Column("who", t("Who"), lambda r: _told(r).who),
        Column("details", t("Details"), lambda r: _told(r).short, value=details),
    )


def _people() -> list[tuple[str, Any]]:
    return [ANY, *((str(user_id), name) for user_id, name in staff_for_teams())]


def _of_kind(rows: Subquery) -> Callable[[Select[Any], str], Select[Any]]:
    numbers = {name: number for number, (name, _label) in SOURCES.items()}
    return lambda statement, kind: (
        statement.where(rows.c.source == numbers[kind]) if kind in numbers else statement
    )


def _of_person(rows: Subquery) -> Callable[[Select[Any], str], Select[Any]]:
    return lambda statement, person: (
        statement.where(rows.c.person_id == int(person)) if person.isdecimal() else statement
    )


def _search(rows: Subquery) -> Callable[[Select[Any], str], Select[Any]]:
    def narrowed(statement: Select[Any], words: str) -> Select[Any]:
        return statement.where(*(_says(rows, word) for word in words.split()[:8]))

    return narrowed


def _says(rows: Subquery, word: str) -> ColumnElement[bool]:
    """A row that holds the word, or a step whose name in the reader's language does."""
    columns = (rows.c.subject, rows.c.text, rows.c.person, rows.c.contact)
    steps = [name for name, event in EVENTS.items() if word.lower() in say(event.label).lower()]
    return or_(*(c.icontains(word, autoescape=True) for c in columns), rows.c.subject.in_(steps))
