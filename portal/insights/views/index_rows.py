"""The rows behind an index of one month: each says what it counted as, and what was left out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from flask import g, url_for
from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from portal.access.permissions import Permission as P
from portal.billing.models import Dispute, Statement, StatementLine
from portal.catalogue.models import ServiceItem
from portal.customers.models import Customer
from portal.db import whole
from portal.insights.queries import index_sources as sources
from portal.insights.queries.index_sources import Span
from portal.insights.queries.indices import Narrowed
from portal.insights.rules.index_table import Index
from portal.insights.rules.indices import Subject, days_between, on_time
from portal.kernel.clock import business_day
from portal.kernel.text import t
from portal.service_requests.labels import REQUESTS
from portal.service_requests.models import ServiceRequest
from portal.service_requests.rules.kinds import CHANNEL_WORDS, KIND_WORDS, Channel, RequestKind
from portal.shipments.labels import BOOKINGS
from portal.shipments.models import Booking, Shipment
from portal.shipments.rules.plans import PLANS
from portal.web.chips import chip
from portal.web.filters import day, money
from portal.web.labels import Label
from portal.web.listing import Column, Empty, ListSpec
from portal.web.words import name_of, say

B, D, L, Q, S = Booking, Dispute, StatementLine, ServiceRequest, Shipment
YES, NO = Label(t("Yes"), "good", "check-circle"), Label(t("No"), "bad", "x-circle")
MISSED, NOT_MISSED = (
    replace(YES, tone="bad", icon="x-circle"),
    replace(NO, tone="good", icon="check-circle"),
)
OUT = Label(t("Not counted"), "neutral", "slash-circle")
EMPTY = Empty(t("No row"), t("Nothing of this kind happened in the month."))
ORDERED_AT, LEFT_AT, DELIVERED_AT, DAMAGED, LOST = 1, 2, 3, 4, 5
"""Columns of `index_sources.deliveries` beside the shipment."""
LOADS_LCL = ("lcl", "bulk", "parcel")


def rows_of(index: Index, span: Span, narrowed: Narrowed, alone: bool) -> Select[Any]:
    """The rows that the index counts; the name of each customer comes last. `alone`: orders without a booking."""
    viewer = g.viewer
    made: dict[Subject, Callable[[], tuple[Select[Any], Any]]] = {
        Subject.DELIVERIES: lambda: (sources.deliveries(span, viewer), S),
        Subject.DEPARTURES: lambda: (sources.departures(span, viewer), S),
        Subject.DECISIONS: lambda: (sources.bookings(span, viewer, decided=True), B),
        Subject.ORDERS: lambda: _orders(span, alone),
        Subject.REQUESTS: lambda: (sources.requests(span, viewer), Q),
        Subject.COMPLAINTS: lambda: (sources.requests(span, viewer).where(sources.complaints()), Q),
        Subject.SPECIAL: lambda: (sources.requests(span, viewer).where(sources.special()), Q),
        Subject.LINES: lambda: (sources.lines(span, viewer).add_columns(Statement, sources.stands()), L),
        Subject.DISPUTES: lambda: (sources.disputes(span, viewer), D),
    }  # fmt: skip
    statement, model = made[index.subject]()
    names = (
        whole.looked_up(Customer, name, model.customer_id) for name in ("short_name", "name_zh")
    )
    narrow = _narrowed(model, narrowed, has_lane=index.by_lane)
    return statement.where(*narrow).add_columns(*names)


def spec_of(index: Index, alone: bool) -> ListSpec:
    """How they are listed."""
    if index.subject is Subject.ORDERS and alone:
        return _spec(index, S, (NUMBER, CUSTOMER, LANE, ORDERED_ALONE), "-number", _shipment)
    model, columns, url = {
        Subject.DELIVERIES: (S, DELIVERED, _shipment),
        Subject.DEPARTURES: (S, (NUMBER, CUSTOMER, LANE, GONE), _shipment),
        Subject.DECISIONS: (B, BOOKED, _booking),
        Subject.ORDERS: (B, BOOKED, _booking),
        Subject.REQUESTS: (Q, ASKED, _request),
        Subject.COMPLAINTS: (Q, ASKED, _request),
        Subject.SPECIAL: (Q, ASKED, _request),
        Subject.LINES: (L, BILLED, _line),
        Subject.DISPUTES: (D, SETTLED, _dispute),
    }[index.subject]
    return _spec(index, model, columns, "-number", url)


def _spec(index: Index, model: Any, columns: Any, sort: str, url: Any) -> ListSpec:
    return ListSpec(
        key=f"index_{index.code}", columns=columns, row_id=model.id, sort=sort, url=url, empty=EMPTY
    )  # fmt: skip


def alone_count(span: Span, narrowed: Narrowed) -> int:
    """How many orders came without a booking."""
    statement = sources.opened_alone(span, g.viewer).where(*_narrowed(S, narrowed))
    from_rows = statement.with_only_columns(S.id).subquery()
    return sources.number_of(select(func.count()).select_from(from_rows))


def _orders(span: Span, alone: bool) -> tuple[Select[Any], Any]:
    if alone:
        return sources.opened_alone(span, g.viewer), S
    return sources.bookings(span, g.viewer), B


def _narrowed(model: Any, narrowed: Narrowed, has_lane: bool = True) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if narrowed.customer_id is not None:
        found.append(model.customer_id == narrowed.customer_id)
    place = S if model is Q else model
    if has_lane and narrowed.category:
        found.append(
            _of_kind(narrowed.category) if model is B else place.category == narrowed.category
        )
    if has_lane and narrowed.on_lane:
        ends = (place.origin, narrowed.origin), (place.destination, narrowed.destination)
        found += [func.coalesce(column, "") == end for column, end in ends]
    return found  # fmt: skip


def _of_kind(kind: str) -> ColumnElement[bool]:
    """The criterion of a booking's first service, as shipments.rules.plans.kind_of has it."""
    item = ServiceItem
    by_sea = item.category.in_(("sea", "inland_water"))
    if kind == "sea_lcl":
        return and_(by_sea, item.load.in_(LOADS_LCL))
    if kind == "sea_fcl":
        return and_(by_sea, item.load.not_in(LOADS_LCL))
    if kind == "other":
        return or_(item.category == kind, item.category.not_in((*PLANS, "sea", "inland_water")))
    return item.category == kind


def _days(first: datetime | None, last: datetime | None) -> int | None:
    return days_between(_day(first), _day(last))


def _day(at: datetime | None) -> date | None:
    return None if at is None else business_day(at)


def _on(at: datetime | None) -> str:
    return day(_day(at)) if at is not None else "—"


def _kept(row: Any) -> Label:
    kept = on_time(row[0].due_on, business_day(row[DELIVERED_AT]))
    return OUT if kept is None else (YES if kept else NO)


def _undamaged(row: Any) -> Label:
    return NO if row[DAMAGED] else YES


def _lost(row: Any) -> Label:
    return MISSED if row[LOST] else NOT_MISSED


def _number(count: int | None) -> str:
    return "—" if count is None else f"{count:,}"


def _shipment(row: Any) -> str | None:
    may = g.viewer.may(P.SHIPMENT_SEE)
    return url_for("desk_shipments.show", shipment_id=row[0].id) if may else None


def _booking(row: Any) -> str | None:
    may = g.viewer.may(P.BOOKING_SEE)
    return url_for("desk_bookings.show", booking_id=row[0].id) if may else None


def _request(row: Any) -> str | None:
    may = g.viewer.may(P.REQUEST_SEE)
    return url_for("desk_requests.show", request_id=row[0].id) if may else None


def _line(row: Any) -> str | None:
    may = g.viewer.may(P.STATEMENT_SEE)
    return url_for("desk_statements.line", line_id=row[0].id) if may else None


def _dispute(row: Any) -> str | None:
    may = g.viewer.may(P.DISPUTE_SEE)
    return url_for("desk_disputes.show", dispute_id=row[0].id) if may else None


def _ends(row: Any) -> str:
    return " → ".join(each for each in (row[0].origin, row[0].destination) if each)


def _dated(key: str, words: Any, at: Callable[[Any], datetime | None]) -> Column:
    return Column(key, words, lambda r: _on(at(r)), value=lambda r: _day(at(r)))


def _lasted(key: str, words: Any, days: Callable[[Any], int | None]) -> Column:
    return Column(key, words, lambda r: _number(days(r)), align="num", value=days)


NUMBER = Column("number", t("Number"), lambda r: r[0].number, sort=S.number)
CUSTOMER = Column("customer", t("Customer"), lambda r: r[-2] or r[-1], value=lambda r: r[-1])
LANE = Column("lane", t("Lane"), _ends)
LEFT = _dated("left", t("Departed on"), lambda r: r[LEFT_AT])
GONE = _dated("left", t("Departed on"), lambda r: r[1])
ORDERED_ALONE = _dated("ordered", t("Ordered"), lambda r: r[0].created_at)
DELIVERED = (
    NUMBER,
    CUSTOMER,
    LANE,
    _dated("ordered", t("Ordered"), lambda r: r[ORDERED_AT]),
    LEFT,
    Column("due", t("Promised delivery"), lambda r: day(r[0].due_on) if r[0].due_on else "—", sort=S.due_on,
           value=lambda r: r[0].due_on),
    _dated("delivered", t("Delivered on"), lambda r: r[DELIVERED_AT]),
    Column("on_time", t("On time"), lambda r: chip(_kept(r)), value=lambda r: say(_kept(r).text)),
    Column("undamaged", t("Undamaged"), lambda r: chip(_undamaged(r)), value=lambda r: say(_undamaged(r).text)),
    Column("lost", t("Lost or short"), lambda r: chip(_lost(r)), value=lambda r: say(_lost(r).text)),
    _lasted("cycle", t("Days since the order"), lambda r: _days(r[ORDERED_AT], r[DELIVERED_AT])),
    _lasted("transit", t("Days on the way"), lambda r: _days(r[LEFT_AT], r[DELIVERED_AT])),
)  # fmt: skip
BOOKED = (
    Column("number", t("Number"), lambda r: r[0].number, sort=B.number),
    CUSTOMER,
    LANE,
    _dated("ordered", t("Ordered"), lambda r: r[0].created_at),
    _dated("decided", t("Decided on"), lambda r: r[0].decided_at),
    Column("state", t("State"), lambda r: chip(BOOKINGS[r[0].state]), value=lambda r: say(BOOKINGS[r[0].state].text)),
    Column("why", t("Why"), lambda r: r[0].decision_reason),
)  # fmt: skip
ASKED = (
    Column("number", t("Number"), lambda r: r[0].number, sort=Q.number),
    Column("title", t("Title"), lambda r: r[0].title),
    CUSTOMER,
    Column("kind", t("Kind"), lambda r: say(KIND_WORDS[RequestKind(r[0].kind)])),
    Column("channel", t("How it came"), lambda r: say(CHANNEL_WORDS[Channel(r[0].channel)])),
    _dated("received", t("Received"), lambda r: r[0].received_at),
    Column("state", t("State"), lambda r: chip(REQUESTS[r[0].state]), value=lambda r: say(REQUESTS[r[0].state].text)),
)  # fmt: skip
BILLED = (
    Column("number", t("Statement"), lambda r: f"{r[1].number}/{r[0].serial}", sort=L.id),
    CUSTOMER,
    Column("service", t("Service"), lambda r: name_of(r[0])),
    Column("day", t("Day"), lambda r: day(r[0].ends_on), value=lambda r: r[0].ends_on),
    Column("net", t("Net"), lambda r: money(r[0].net_amount, r[1].currency), align="num",
           value=lambda r: r[0].net_amount, total=True, total_by="currency"),
    Column("currency", t("Currency"), lambda r: r[1].currency, only_in_files=True),
    Column("disputed", t("Not disputed"), lambda r: chip(NO if r[2] else YES),
           value=lambda r: say((NO if r[2] else YES).text)),
)  # fmt: skip
SETTLED = (
    Column("number", t("Number"), lambda r: r[0].number, sort=D.number),
    CUSTOMER,
    Column("amount", t("Disputed amount"), lambda r: money(r[0].disputed_amount, r[0].currency), align="num",
           value=lambda r: r[0].disputed_amount),
    _dated("raised", t("Raised"), lambda r: r[0].raised_at),
    _dated("decided", t("Decided on"), lambda r: r[0].decided_at),
    _lasted("days", t("Days taken"), lambda r: _days(r[0].raised_at, r[0].decided_at)),
)  # fmt: skip
