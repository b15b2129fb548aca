"""Measuring a month for the indices; measuring it again writes only what has become different."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import delete, func, insert, select, update

from portal.access.viewer import SYSTEM
from portal.billing.models import Dispute, StatementLine
from portal.db.base import db
from portal.insights.models import IndexMonth, IndexSum
from portal.insights.queries import index_sources as sources
from portal.insights.queries.index_sources import Span
from portal.insights.rules.indices import Count, Facts, Spread, days_between, on_time
from portal.kernel.clock import business_day
from portal.receivables.rules.report_months import moved
from portal.service_requests.models import ServiceRequest
from portal.service_requests.rules.kinds import Channel, RequestKind
from portal.service_requests.rules.states import RequestState
from portal.shipments.models import Booking, Shipment, ShipmentLine
from portal.shipments.rules.plans import kind_of
from portal.shipments.rules.states import BookingState

MONTHS_BACK = 6
"""Months before this one that are measured again: claims are agreed and requests end later."""
MOST_IDS = 10_000
ORDERED, DONE = "ordered", "done"
ZERO = Decimal(0)


class Where(NamedTuple):
    """Whose it is, and on which lane; "" where a row has none."""

    customer_id: int
    category: str = ""
    origin: str = ""
    destination: str = ""


Sums = dict[tuple[Where, str, str], Decimal]
By = dict[Where, Facts]


def measure_due(now: datetime) -> int:
    """This month and those before it that may still change; how many sums became different."""
    this = business_day(now).replace(day=1)
    return sum(measure(moved(this, -back), now) for back in reversed(range(MONTHS_BACK + 1)))


def measure(month: date, now: datetime) -> int:
    """Write the sums of the month that begins with `month`; how many became different.

    A fixed number of statements, however many customers and shipments there are.
    """
    span, by = sources.month_span(month), defaultdict[Where, Facts](Facts)
    _deliveries(by, span)
    _departures(by, span)
    _orders(by, span)
    _requests(by, span)
    _bills(by, span)
    kept = db.session.get(IndexMonth, month)
    if kept is None:
        db.session.add(IndexMonth(month=month, measured_at=now))
    else:
        kept.measured_at = now
    return _write(month, _sums(by))


def lane_of(row: Shipment | Booking, category: str) -> Where:
    """Where a shipment or a booking counts."""
    return Where(row.customer_id, category, row.origin, row.destination)


def _deliveries(by: By, span: Span) -> None:
    found = sources.deliveries(span, SYSTEM)
    places: dict[int, Where] = {}
    for shipment, ordered, left, delivered, damaged, lost in db.session.execute(found):
        where = places[shipment.id] = lane_of(shipment, shipment.category)
        facts, day = by[where], business_day(delivered)
        facts.count(Count.DELIVERED)
        kept = on_time(shipment.due_on, day)
        facts.count(Count.PROMISED, kept is not None)
        facts.count(Count.ON_TIME, bool(kept))
        facts.count(Count.DAMAGED, bool(damaged))
        facts.count(Count.LOST, bool(lost))
        asked, gone = _day(ordered), _day(left)
        for name, days in (
            (Spread.CYCLE, days_between(asked, day)),
            (Spread.PREPARATION, days_between(asked, gone)),
            (Spread.TRANSIT, days_between(gone, day)),
        ):
            if days is not None:
                facts.spread(name, days)
    _quantities(by, span, places)


def _quantities(by: By, span: Span, places: dict[int, Where]) -> None:
    """What was ordered and done of the services of what was delivered; services without a quantity are left out."""
    wanted = sources.deliveries(span, SYSTEM).with_only_columns(Shipment.id)
    line = ShipmentLine
    statement = select(line.shipment_id, line.unit, line.planned_quantity, line.done_quantity)
    short: dict[int, bool] = {}
    for shipment_id, unit, ordered, done in db.session.execute(
        statement.where(line.shipment_id.in_(wanted), line.planned_quantity > 0)
    ):
        if shipment_id not in places:
            continue
        by[places[shipment_id]].units(unit, ordered, min(done or ZERO, ordered))
        short[shipment_id] = short.get(shipment_id, False) or (done or ZERO) < ordered
    for shipment_id, is_short in short.items():
        by[places[shipment_id]].count(Count.FILL_BASE)
        by[places[shipment_id]].count(Count.FILLED, not is_short)


def _departures(by: By, span: Span) -> None:
    for shipment, _left in db.session.execute(sources.departures(span, SYSTEM)):
        by[lane_of(shipment, shipment.category)].count(Count.DEPARTED)


def _orders(by: By, span: Span) -> None:
    for booking, category, load in db.session.execute(sources.bookings(span, SYSTEM)):
        by[lane_of(booking, _kind(category, load))].count(Count.ORDERS)
    for shipment in db.session.scalars(sources.opened_alone(span, SYSTEM)):
        by[lane_of(shipment, shipment.category)].count(Count.ORDERS)
    for booking, category, load in db.session.execute(sources.bookings(span, SYSTEM, decided=True)):
        facts = by[lane_of(booking, _kind(category, load))]
        facts.count(Count.DECIDED)
        facts.count(Count.CONFIRMED, booking.state == BookingState.CONFIRMED)


def _requests(by: By, span: Span) -> None:
    asked, shipment = ServiceRequest, Shipment
    statement = sources.requests(span, SYSTEM).with_only_columns(
        asked.customer_id, asked.kind, asked.channel, asked.state, shipment.category, shipment.origin,
        shipment.destination,
    )  # fmt: skip
    for customer_id, kind, channel, state, *lane in db.session.execute(statement):
        facts = by[Where(customer_id, *(each or "" for each in lane))]
        facts.count(Count.REQUESTS)
        facts.count(Count.BY_PORTAL, channel == Channel.PORTAL)
        facts.count(Count.COMPLAINTS, kind == RequestKind.COMPLAINT)
        if kind in sources.SPECIAL and state in (*sources.GRANTED, RequestState.REJECTED):
            facts.count(Count.SPECIAL)
            facts.count(Count.GRANTED, state in sources.GRANTED)


def _bills(by: By, span: Span) -> None:
    whole = sources.lines(span, SYSTEM)
    for name, statement in ((Count.LINES, whole), (Count.DISPUTED, whole.where(sources.stands()))):
        grouped = statement.with_only_columns(StatementLine.customer_id, func.count())
        for customer_id, number in db.session.execute(grouped.group_by(StatementLine.customer_id)):
            by[Where(customer_id)].count(name, number)
    decided = sources.disputes(span, SYSTEM).with_only_columns(
        Dispute.customer_id, Dispute.raised_at, Dispute.decided_at
    )
    for customer_id, raised, settled in db.session.execute(decided):
        days = days_between(_day(raised), _day(settled))
        by[Where(customer_id)].spread(Spread.DISPUTE, days or 0)


def _sums(by: By) -> Sums:
    found: Sums = {}
    for where, facts in by.items():
        for name, key, amount in _told(facts):
            if amount:
                found[where, name, key] = amount
    return found


def _told(facts: Facts) -> Iterator[tuple[str, str, Decimal]]:
    for name, number in facts.counts.items():
        yield name, "", Decimal(number)
    for name, spread in facts.spreads.items():
        for days, number in spread.items():
            yield name, str(days), Decimal(number)
    for name, quantities in ((ORDERED, facts.ordered), (DONE, facts.done)):
        for unit, quantity in quantities.items():
            yield name, unit, quantity


def _write(month: date, sums: Sums) -> int:
    """Bring the month's rows to what was found: only rows that differ are written."""
    table, changed, gone = IndexSum, [], []
    columns: Any = (table.id, table.customer_id, table.category, table.origin, table.destination,
               table.name, table.key, table.amount)  # fmt: skip
    for row_id, customer_id, *lane, name, key, amount in db.session.execute(
        select(*columns).where(table.month == month)
    ):
        found = sums.pop((Where(customer_id, *lane), name, key), None)
        if found is None:
            gone.append(row_id)
        elif found != amount:
            changed.append({"id": row_id, "amount": found})
    new: list[dict[str, Any]] = [
        {"month": month, **where._asdict(), "name": name, "key": key, "amount": amount}
        for (where, name, key), amount in sums.items()
    ]
    if new:
        db.session.execute(insert(table), new)
    if changed:
        db.session.execute(update(table), changed)
    for start in range(0, len(gone), MOST_IDS):
        db.session.execute(delete(table).where(table.id.in_(gone[start : start + MOST_IDS])))
    return len(new) + len(changed) + len(gone)


def _kind(category: str | None, load: str | None) -> str:
    return kind_of(category, load or "") if category else ""


def _day(at: datetime | None) -> date | None:
    return None if at is None else business_day(at)
