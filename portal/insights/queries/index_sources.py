"""The rows that the indices count, by subject and span: the monthly sums and the page of rows read the same selects."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.billing.models import Dispute, Statement, StatementLine
from portal.billing.rules.kinds import LineKind
from portal.billing.rules.states import FROZEN, DisputeState
from portal.catalogue.models import ServiceItem
from portal.claims.models import Claim
from portal.claims.rules.kinds import Loss
from portal.db.base import db
from portal.receivables.rules.report_months import Months
from portal.service_requests.models import ServiceRequest
from portal.service_requests.rules.kinds import RequestKind
from portal.service_requests.rules.states import RequestState
from portal.shipments.models import Booking, BookingLine, Milestone, Shipment
from portal.shipments.rules.states import BookingState, ShipmentState

ZONE = ZoneInfo("Asia/Shanghai")
ENDS = ("delivered", "dispatched", "cleared", "done")
"""Milestones that end a shipment for its customer: handed over, sent out of the warehouse, released, done."""
LEAVES = ("departed", "out_for_delivery", "dispatched")
"""Milestones with which it leaves; the first of them counts."""
SPECIAL = tuple(
    kind.value
    for kind in (
        RequestKind.ORDER_HELP, RequestKind.MATERIALS, RequestKind.FIELD_SERVICE, RequestKind.TRAINING,
    )
)  # fmt: skip
GRANTED = (RequestState.RESOLVED.value, RequestState.CLOSED.value)
DECIDED = (
    DisputeState.ACCEPTED.value,
    DisputeState.PARTLY_ACCEPTED.value,
    DisputeState.REJECTED.value,
)
B, C, D, L, M, Q, S = Booking, Claim, Dispute, StatementLine, Milestone, ServiceRequest, Shipment


class Within(Protocol):
    """Some time that rows may lie in."""

    def holds(self, column: Any) -> ColumnElement[bool]: ...


@dataclass(frozen=True, slots=True)
class Span:
    """Whole months as instants of the firm's zone: from `start` to before `end`."""

    months: Months

    @property
    def start(self) -> datetime:
        """The first moment."""
        return datetime.combine(self.months.first, time(), ZONE)

    @property
    def end(self) -> datetime:
        """The first moment after."""
        return datetime.combine(self.months.ends_on + timedelta(days=1), time(), ZONE)

    def holds(self, column: Any) -> ColumnElement[bool]:
        """Whether an instant lies in it."""
        return and_(column >= self.start, column < self.end)


def month_span(month: date) -> Span:
    """One month."""
    return Span(Months(month, month))


def reached() -> Any:
    """Shipment → when it left and when it ended, as its milestones say."""
    left = func.min(case((M.code.in_(LEAVES), M.actual_at)))
    ended = func.max(case((M.code.in_(ENDS), M.actual_at)))
    wanted = select(M.shipment_id.label("of"), left.label("left_at"), ended.label("ended_at"))
    return wanted.where(M.actual_at.is_not(None), M.code.in_({*ENDS, *LEAVES})).group_by(
        M.shipment_id
    )


def deliveries(span: Within, viewer: Viewer) -> Select[Any]:
    """(shipment, ordered at, left at, delivered at, claim for damage, claim for loss) delivered in the span.

    Delivered is the last of ENDS; without such a milestone the moment of completion.
    """
    by_milestone = select(M.shipment_id).where(M.code.in_(ENDS), span.holds(M.actual_at))
    completed = select(S.id).where(span.holds(S.completed_at))
    some = or_(S.id.in_(by_milestone), S.id.in_(completed))
    way = (
        reached()
        .where(or_(M.shipment_id.in_(by_milestone), M.shipment_id.in_(completed)))
        .subquery()
    )
    delivered = func.coalesce(way.c.ended_at, S.completed_at)
    ordered = func.coalesce(B.created_at, S.created_at)
    statement = visible(
        select(S, ordered.label("ordered_at"), way.c.left_at, delivered.label("delivered_at"),
               _claimed(Loss.DAMAGED).label("damaged"), _claimed(Loss.LOST, Loss.SHORT).label("lost")),
        S, viewer,
    )  # fmt: skip
    return (
        statement.outerjoin(way, way.c.of == S.id)
        .outerjoin(B, B.id == S.booking_id)
        .where(some, span.holds(delivered), S.state != ShipmentState.CANCELLED.value)
    )


def departures(span: Span, viewer: Viewer) -> Select[Any]:
    """(shipment, left at) of those that left in the span."""
    some = select(M.shipment_id).where(M.code.in_(LEAVES), span.holds(M.actual_at))
    way = reached().where(M.shipment_id.in_(some)).subquery()
    statement = visible(select(S, way.c.left_at), S, viewer).join(way, way.c.of == S.id)
    return statement.where(span.holds(way.c.left_at), S.state != ShipmentState.CANCELLED.value)


def bookings(span: Span, viewer: Viewer, decided: bool = False) -> Select[Any]:
    """(booking, category, load of its first service): received in the span, or decided in it."""
    columns: Any = (B, ServiceItem.category, ServiceItem.load)
    statement = visible(select(*columns), B, viewer)
    first = and_(BookingLine.booking_id == B.id, BookingLine.position == 1)
    statement = statement.outerjoin(BookingLine, first).outerjoin(
        ServiceItem, ServiceItem.id == BookingLine.item_id
    )
    if decided:
        known = (BookingState.CONFIRMED.value, BookingState.REFUSED.value)
        return statement.where(span.holds(B.decided_at), B.state.in_(known))
    return statement.where(span.holds(B.created_at), B.state != BookingState.CANCELLED.value)


def opened_alone(span: Span, viewer: Viewer) -> Select[Any]:
    """Shipments that were opened in the span without a booking: orders as well."""
    return visible(select(S), S, viewer).where(
        span.holds(S.created_at), S.booking_id.is_(None), S.state != ShipmentState.CANCELLED.value
    )


def requests(span: Span, viewer: Viewer) -> Select[Any]:
    """(request, its shipment) of what customers asked for in the span."""
    columns: Any = (Q, S)
    statement = visible(select(*columns), Q, viewer).outerjoin(S, S.id == Q.shipment_id)
    return statement.where(span.holds(Q.received_at), Q.is_internal.is_(False))


def complaints() -> ColumnElement[bool]:
    """Requests that are complaints."""
    return Q.kind == RequestKind.COMPLAINT.value


def special() -> ColumnElement[bool]:
    """Special requests that were granted or refused."""
    states = (*GRANTED, RequestState.REJECTED.value)
    return and_(Q.kind.in_(SPECIAL), Q.state.in_(states))


def lines(span: Span, viewer: Viewer) -> Select[Any]:
    """Lines ever published of statements whose period ends in the span, credits left out."""
    statement = visible(select(L).select_from(Statement), L, viewer)
    return statement.join(L, L.statement_id == Statement.id).where(
        Statement.state.in_(sorted(FROZEN)),
        Statement.ends_on.between(span.months.first, span.months.ends_on),
        L.kind != LineKind.CREDIT.value,
    )


def stands() -> ColumnElement[bool]:
    """Whether a line has a dispute that was not withdrawn."""
    standing = select(D.id).where(D.line_id == L.id, D.state != DisputeState.WITHDRAWN.value)
    return standing.exists()


def disputes(span: Span, viewer: Viewer) -> Select[Any]:
    """Disputes decided in the span."""
    return visible(select(D), D, viewer).where(span.holds(D.decided_at), D.state.in_(DECIDED))


def _claimed(*losses: Loss) -> Any:
    accepted = select(C.id).where(
        C.shipment_id == S.id, C.loss.in_([each.value for each in losses]), C.agreed_amount > 0
    )
    return accepted.exists()


def number_of(statement: Select[Any]) -> int:
    """What a counting select gives."""
    return int(db.session.scalar(statement) or 0)


def number(criterion: Any) -> Any:
    """How many rows meet a criterion, as a sum of the database."""
    return func.coalesce(func.sum(case((criterion, 1), else_=0)), 0)
