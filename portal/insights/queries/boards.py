"""Few grouped counts for the dashboards, each one select over what the viewer may see, to be asked together."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, case, func, select, type_coerce

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.billing.models import Dispute, Receivable, Statement
from portal.billing.rules.states import DisputeState, RunState, StatementState
from portal.catalogue.models import Tariff
from portal.customers.models import Customer
from portal.db.together import Question, Rows, number, one, rows
from portal.db.types import Amount
from portal.insights.models import Classification, ClassificationRun
from portal.opportunities.models import Opportunity, SalesMethod, SalesStage
from portal.opportunities.rules.states import OpportunityState
from portal.service_requests.models import ServiceRequest
from portal.shipments.models import Booking, Shipment
from portal.shipments.rules.states import BookingState, ShipmentState
from portal.usage.models import UsageRecord
from portal.usage.rules.states import UsageState
from portal.warehouse.models import StockMovement

C, Opp, Q, R, S = Customer, Opportunity, ServiceRequest, Receivable, Shipment
UNDER_WAY = (ShipmentState.PLANNED.value, ShipmentState.UNDER_WAY.value)
OPEN_DISPUTES = tuple(
    each.value
    for each in DisputeState
    if each not in (DisputeState.ACCEPTED, DisputeState.PARTLY_ACCEPTED, DisputeState.REJECTED, DisputeState.WITHDRAWN)
)  # fmt: skip


def _number(criterion: Any) -> Any:
    return func.coalesce(func.sum(case((criterion, 1), else_=0)), 0)


def stages(viewer: Viewer) -> Question[Rows]:
    """(stage, Chinese and English name of its method, of itself, currency, how many, amount) of the open opportunities.

    By stage: the methods in their order, each with its stages in theirs.
    """
    stage: Any = (
        SalesStage.id, SalesMethod.name_zh, SalesMethod.name_en, SalesStage.name_zh, SalesStage.name_en, Opp.currency,
    )  # fmt: skip
    statement = (
        visible(select(*stage, func.count(), func.sum(Opp.amount)), Opp, viewer)
        .join(SalesStage, SalesStage.id == Opp.stage_id)
        .join(SalesMethod, SalesMethod.id == SalesStage.method_id)
    )
    order = (SalesMethod.position, SalesMethod.id, SalesStage.position, SalesStage.id)
    grouped = statement.where(Opp.state == OpportunityState.OPEN.value)
    return rows(grouped.group_by(*order, *stage).order_by(*order))


def decisions(viewer: Viewer, today: date, since: date) -> Question[tuple[int, ...]]:
    """(open ones whose day has passed, won, lost since a day)."""
    passed = (Opp.state == OpportunityState.OPEN.value) & (Opp.close_on < today)
    won, lost = (
        (Opp.state == state.value) & (Opp.closed_on >= since)
        for state in (OpportunityState.WON, OpportunityState.LOST)
    )
    counts = visible(select(_number(passed), _number(won), _number(lost)), Opp, viewer)
    return one(counts.where(passed | won | lost))  # few of all there ever were, found by their days


def owed(viewer: Viewer, today: date) -> Question[Rows]:
    """(currency, open, overdue and not disputed)."""
    late = case((R.due_on < today, R.open_amount - R.disputed_amount), else_=0)
    overdue = type_coerce(func.sum(late), Amount())
    sums: Any = (R.currency, func.sum(R.open_amount), overdue)
    statement = visible(select(*sums), R, viewer).where(R.open_amount != 0)
    return rows(statement.group_by(R.currency).order_by(R.currency))


def open_requests(viewer: Viewer, now: datetime) -> Question[Rows]:
    """(kind, open, late, nobody's) of the open requests."""
    sums: Any = (Q.kind, func.count(), _number(Q.queue_at < now), _number(Q.owner_id.is_(None)))
    statement = visible(select(*sums), Q, viewer).where(Q.is_open.is_(True)).group_by(Q.kind)
    return rows(statement.order_by(func.count().desc(), Q.kind))


def tiers(viewer: Viewer) -> Question[dict[str, int]]:
    """Tier → customers."""
    statement = visible(select(C.segment, func.count()), C, viewer).where(C.active.is_(True))
    return Question(statement.group_by(C.segment), dict)


def at_risk(viewer: Viewer) -> Question[tuple[int, ...]]:
    """(at risk, growing, near the next tier) as the newest run found that is done."""
    k = Classification
    counts = (_number(k.is_at_risk), _number(k.is_star), _number(k.promotes_to != ""))
    return one(visible(select(*counts), k, viewer).where(k.run_id == _newest_run()))


def at_risk_rows(viewer: Viewer) -> Select[Any]:
    """The customers whom the newest run that is done found at risk."""
    k = Classification
    return visible(select(k.id), k, viewer).where(k.run_id == _newest_run(), k.is_at_risk.is_(True))


def _newest_run() -> Any:
    """The one that the lists show: of the newest month, not the one that was started last."""
    run = ClassificationRun
    done = select(run.id).where(run.state == RunState.DONE.value)
    return done.order_by(run.month.desc()).limit(1).scalar_subquery()


def carriage(viewer: Viewer, now: datetime, today: date) -> Question[tuple[int, ...]]:
    """(shipments not finished, late of them, promised by a week from now, late ones among them)."""
    week = S.due_on <= today + timedelta(days=7)
    counts = (func.count(), _number(S.late_since < now), _number(week))
    return one(visible(select(*counts), S, viewer).where(S.state.in_(UNDER_WAY)))


def requested(viewer: Viewer) -> Question[int]:
    """Bookings that wait for an answer."""
    return number(visible(select(func.count(Booking.id)), Booking, viewer).where(
        Booking.state == BookingState.REQUESTED.value
    ))  # fmt: skip


def unmatched(viewer: Viewer) -> Question[int]:
    """Usage without an entitlement."""
    return number(visible(select(func.count(UsageRecord.id)), UsageRecord, viewer).where(
        UsageRecord.state == UsageState.UNMATCHED.value
    ))  # fmt: skip


def statements(viewer: Viewer) -> Question[dict[str, int]]:
    """State → statements that are not settled with the customer yet."""
    waiting = (
        StatementState.DRAFT, StatementState.UNDER_REVIEW, StatementState.PUBLISHED, StatementState.PARTLY_DISPUTED,
        StatementState.CONFIRMED,
    )  # fmt: skip
    statement = visible(select(Statement.state, func.count()), Statement, viewer).where(
        Statement.state.in_([each.value for each in waiting])
    )
    return Question(statement.group_by(Statement.state), dict)


def disputes(viewer: Viewer) -> Question[int]:
    """Disputes not decided."""
    return number(visible(select(func.count(Dispute.id)), Dispute, viewer).where(
        Dispute.state.in_(OPEN_DISPUTES)
    ))  # fmt: skip


def movements(viewer: Viewer, since: date) -> Question[Rows]:
    """(day, movements of stock)."""
    m = StockMovement
    statement = visible(select(m.counted_on, func.count()), m, viewer)
    return rows(statement.where(m.counted_on >= since).group_by(m.counted_on))


def tariffs(today: date, until: date) -> Question[tuple[int, ...]]:
    """(in force, drafts, in force and ending by a day)."""
    active = Tariff.state == "active"
    counts = (
        _number(active),
        _number(Tariff.state == "draft"),
        _number(active & Tariff.valid_to.between(today, until)),
    )
    return one(select(*counts))
