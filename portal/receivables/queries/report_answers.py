"""What customers said to their bills: disputes and how long they took, billing accuracy, credits granted (I5)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, case, func, select

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.billing.models import Credit, Dispute, Statement, StatementLine
from portal.billing.rules.kinds import LineKind
from portal.billing.rules.states import CreditState, DisputeState
from portal.db.base import db
from portal.receivables.queries.report_lines import PUBLISHED
from portal.receivables.rules.report_figures import billing_accuracy, median, percentile
from portal.receivables.rules.report_months import Months

ZONE = ZoneInfo("Asia/Shanghai")
ZERO = Decimal(0)
DECIDED = (
    DisputeState.ACCEPTED.value,
    DisputeState.PARTLY_ACCEPTED.value,
    DisputeState.REJECTED.value,
)
GIVEN = (CreditState.GRANTED.value, CreditState.PLACED.value)
DAY = Decimal(86_400)
TENTH = Decimal("0.1")
D, C, L, S = Dispute, Credit, StatementLine, Statement


class Disputed(NamedTuple):
    """Disputes of one reason, state, customer and currency."""

    reason: str
    state: str
    customer_id: int
    currency: str
    number: int
    disputed: Decimal
    granted: Decimal


class Given(NamedTuple):
    """Credits of one source and reason in one currency; `reason` "" where no dispute stands behind them."""

    source: str
    reason: str
    currency: str
    number: int
    net: Decimal
    tax: Decimal
    gross: Decimal


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Lines ever published for statements of some months, credits left out; those with a dispute that stands."""

    lines: int = 0
    disputed: int = 0

    @property
    def percent(self) -> Decimal | None:
        """Lines not disputed / lines; None without lines."""
        return billing_accuracy(self.disputed, self.lines)

    def __add__(self, other: Accuracy) -> Accuracy:
        return Accuracy(self.lines + other.lines, self.disputed + other.disputed)


@dataclass(frozen=True, slots=True)
class Deciding:
    """How many days the decided disputes took, from raising to the last decision; undecided ones are not in it."""

    count: int
    median: Decimal | None
    ninetieth: Decimal | None


def disputes(months: Months, viewer: Viewer) -> list[Disputed]:
    """The disputes raised in these months, withdrawn ones too."""
    apart = (D.reason, D.state, D.customer_id, D.currency)
    sums = (func.count(), func.sum(D.disputed_amount), func.sum(func.coalesce(D.granted_amount, 0)))
    statement = visible(select(*apart, *sums), D, viewer).where(_raised_in(months))
    return [Disputed(*row) for row in db.session.execute(statement.group_by(*apart))]


def deciding(months: Months, viewer: Viewer) -> Deciding:
    """The days to decide of the disputes raised in these months and decided since."""
    statement = visible(select(D.raised_at, D.decided_at), D, viewer).where(
        _raised_in(months), D.state.in_(DECIDED), D.decided_at.is_not(None)
    )
    days = [_days(*row) for row in db.session.execute(statement)]
    return Deciding(len(days), _tenth(median(days)), _tenth(percentile(days, 90)))


def accuracy(months: Months, viewer: Viewer) -> dict[date, Accuracy]:
    """First day of the month in which the statement's period ends → lines and disputed lines."""
    standing = and_(D.line_id == L.id, D.state != DisputeState.WITHDRAWN.value)
    lines = visible(select(S.ends_on, func.count(L.id)).select_from(S), L, viewer)
    lines = lines.join(L, L.statement_id == S.id).where(*_published_in(months))
    wrong = visible(select(S.ends_on, func.count(D.id)).select_from(D), L, viewer)
    wrong = wrong.join(L, standing).join(S, S.id == L.statement_id).where(*_published_in(months))
    found = {month: Accuracy() for month in months}
    for on, count in db.session.execute(lines.group_by(S.ends_on)):
        found[on.replace(day=1)] += Accuracy(count, 0)
    for on, count in db.session.execute(wrong.group_by(S.ends_on)):
        found[on.replace(day=1)] += Accuracy(0, count)
    return found


def credits_given(months: Months, viewer: Viewer) -> list[Given]:
    """Credits granted in these months by source, those of a dispute by its reason."""
    of_dispute = C.source_type.in_(("dispute", "dispute_again"))
    reason = case((of_dispute, func.coalesce(D.reason, "")), else_="")
    apart = (C.source_type, reason, C.currency)
    sums = (func.count(), func.sum(C.net_amount), func.sum(C.tax_amount), func.sum(C.gross_amount))
    statement = visible(select(*apart, *sums).select_from(C), C, viewer)
    joined = statement.outerjoin(D, and_(of_dispute, D.id == C.source_id)).where(
        C.state.in_(GIVEN), C.granted_on.between(months.first, months.ends_on)
    )
    rows = db.session.execute(joined.group_by(*apart))
    return sorted(
        (Given(*row) for row in rows), key=lambda row: (row.currency, -row.gross, row.source)
    )


def all_of(found: Collection[Accuracy]) -> Accuracy:
    """Their sum."""
    return sum(found, Accuracy())


def _published_in(months: Months) -> tuple[ColumnElement[bool], ...]:
    return (
        S.state.in_(PUBLISHED),
        S.ends_on.between(months.first, months.ends_on),
        L.kind != LineKind.CREDIT.value,
    )


def _raised_in(months: Months) -> ColumnElement[bool]:
    """From the first moment of the first day to the last of the last, in the firm's zone."""
    start = datetime.combine(months.first, time(), ZONE)
    end = datetime.combine(months.ends_on + timedelta(days=1), time(), ZONE)
    return and_(D.raised_at >= start, D.raised_at < end)


def _days(raised_at: datetime, decided_at: datetime | None) -> Decimal:
    """Whoever calls has asked for decided ones."""
    assert decided_at is not None
    return Decimal((decided_at - raised_at).total_seconds()) / DAY


def _tenth(days: Decimal | None) -> Decimal | None:
    return None if days is None else days.quantize(TENTH)
