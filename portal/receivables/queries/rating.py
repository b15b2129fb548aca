"""What a credit rating looks at, gathered from twelve months of a customer's books (DOMAIN section 17)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import func, select

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.billing.models import Dispute, Receivable, ReceivablePosting
from portal.billing.rules.states import DisputeState
from portal.customers.models import CreditStanding, SettlementTerms
from portal.db.base import db
from portal.receivables.models import DunningNotice
from portal.receivables.queries.rates import Rates
from portal.receivables.rules.rating import RatingFacts, late_days

ZERO = Decimal(0)
YEAR = timedelta(days=365)
MEAN_OF = 3
"""Full months that the mean month is taken of (K2)."""
PERCENT = Decimal("0.1")


def rating_facts(
    customer_id: int, currency: str, today: date, viewer: Viewer, by_hand: int = 0
) -> RatingFacts:
    """Everything but the points that a person gives (`by_hand`); sums in `currency` at today's rates.

    Invalid where a rate of exchange is missing.
    """
    rates = Rates(currency, today)
    rows = _receivables(customer_id, viewer)
    return RatingFacts(
        late_days=late_days(_paid(rows, today, rates)),
        broken_promises=_broken(customer_id, today, viewer),
        lost_percent=_lost_percent(customer_id, rows, today, viewer, rates),
        months=_months(rows, today),
        peak_percent=_peak_percent(customer_id, today, viewer, rates),
        by_hand=by_hand,
        mean_month=_mean_month(rows, today, rates),
    )


def _receivables(customer_id: int, viewer: Viewer) -> list[Receivable]:
    statement = visible(select(Receivable), Receivable, viewer)
    wanted = statement.where(Receivable.customer_id == customer_id, Receivable.amount > 0)
    return list(db.session.scalars(wanted.order_by(Receivable.issued_on, Receivable.id)))


def _paid(
    rows: Iterable[Receivable], today: date, rates: Rates
) -> Iterable[tuple[Decimal, date, date]]:
    """(amount, due day, day of payment or today) of what fell due in the last twelve months."""
    for row in rows:
        if today - YEAR < row.due_on < today:
            yield rates.one({row.currency: row.amount}), row.due_on, row.settled_on or today


def _broken(customer_id: int, today: date, viewer: Viewer) -> int:
    """Promises of the last twelve months whose day passed with something still open of what was promised."""
    statement = visible(select(DunningNotice), DunningNotice, viewer).where(
        DunningNotice.customer_id == customer_id,
        DunningNotice.promised_on < today,
        DunningNotice.promised_on > today - YEAR,
    )
    return sum(
        _was_open([int(each["id"]) for each in row.receivables], row.promised_on)
        for row in db.session.scalars(statement)
        if row.promised_on is not None
    )


def _was_open(receivable_ids: list[int], on: date) -> bool:
    left = select(func.sum(ReceivablePosting.change)).where(
        ReceivablePosting.receivable_id.in_(receivable_ids), ReceivablePosting.on <= on
    )
    return (db.session.scalar(left) or ZERO) > 0


def _lost_percent(
    customer_id: int, rows: Iterable[Receivable], today: date, viewer: Viewer, rates: Rates
) -> Decimal:
    """What was disputed and rejected, in percent of what was issued."""
    lost = visible(select(Dispute.currency, func.sum(Dispute.disputed_amount)), Dispute, viewer)
    lost = lost.where(
        Dispute.customer_id == customer_id, Dispute.state == DisputeState.REJECTED.value
    ).group_by(Dispute.currency)
    rejected = rates.one({row[0]: row[1] for row in db.session.execute(lost)})
    issued = _sum((row for row in rows if row.issued_on > today - YEAR), rates)
    return (rejected * 100 / issued).quantize(PERCENT) if issued > 0 else ZERO


def _months(rows: list[Receivable], today: date) -> int:
    """Full months since the first bill."""
    if not rows:
        return 0
    first = rows[0].issued_on
    months = (today.year - first.year) * 12 + today.month - first.month
    return max(0, months - (today.day < first.day))


def _mean_month(rows: Iterable[Receivable], today: date, rates: Rates) -> Decimal:
    ends = today.replace(day=1)
    starts = ends
    for _ in range(MEAN_OF):
        starts = (starts - timedelta(days=1)).replace(day=1)
    return _sum((row for row in rows if starts <= row.issued_on < ends), rates) / MEAN_OF


def _peak_percent(customer_id: int, today: date, viewer: Viewer, rates: Rates) -> Decimal | None:
    """The highest of today's exposure and twelve months' ends against the limit; None without one."""
    terms = db.session.scalar(
        visible(select(SettlementTerms), SettlementTerms, viewer).where(
            SettlementTerms.customer_id == customer_id
        )
    )
    if terms is None or not terms.credit_limit:
        return None
    limit = rates.one({terms.currency: terms.credit_limit})
    standing = db.session.scalar(
        visible(select(CreditStanding), CreditStanding, viewer).where(
            CreditStanding.customer_id == customer_id
        )
    )
    peak = ZERO if standing is None else rates.one({standing.currency: standing.exposure_amount})
    day = today.replace(day=1)
    for _ in range(12):
        day -= timedelta(days=1)
        peak = max(peak, rates.one(_open_at(customer_id, day, viewer)))
        day = day.replace(day=1)
    return (peak * 100 / limit).quantize(PERCENT)


def _open_at(customer_id: int, on: date, viewer: Viewer) -> dict[str, Decimal]:
    sums = visible(
        select(Receivable.currency, func.sum(ReceivablePosting.change)), ReceivablePosting, viewer
    ).join(Receivable, Receivable.id == ReceivablePosting.receivable_id)
    wanted = sums.where(ReceivablePosting.customer_id == customer_id, ReceivablePosting.on <= on)
    return {row[0]: row[1] for row in db.session.execute(wanted.group_by(Receivable.currency))}


def _sum(rows: Iterable[Receivable], rates: Rates) -> Decimal:
    found: dict[str, Decimal] = {}
    for row in rows:
        found[row.currency] = found.get(row.currency, ZERO) + row.amount
    return rates.one(found)
