"""What was owed at the end of a month and what was sold in it: days sales outstanding (DOMAIN I5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import case, func, literal, select

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.billing.models import Receivable, ReceivablePosting
from portal.billing.rules.kinds import PostingKind, ReceivableKind
from portal.db.base import db
from portal.db.types import Amount
from portal.receivables.rules.report_figures import days_sales_outstanding
from portal.receivables.rules.report_months import Months

ZERO = Decimal(0)
SOLD = (PostingKind.ISSUE.value, PostingKind.REVISION.value)
P, R = ReceivablePosting, Receivable
Movements = dict[str, list[tuple[date, Decimal, Decimal]]]
"""Currency → (day, change of what is owed, of that sold by statements), the oldest first."""


@dataclass(frozen=True, slots=True)
class Owed:
    """What was owed at the end of `days` in one currency, and sold in them; gross, as statements are paid."""

    currency: str
    owed: Decimal
    sold: Decimal
    days: int

    @property
    def outstanding(self) -> Decimal | None:
        """DSO in days; None where nothing was sold."""
        return days_sales_outstanding(self.owed, self.sold, self.days)


def owed_and_sold(viewer: Viewer) -> Movements:
    """Every day's postings, added up by the database. Opening items are owed and never sold."""
    is_sale = P.kind.in_(SOLD) & (R.kind == ReceivableKind.STATEMENT.value)
    sold = func.sum(case((is_sale, P.change), else_=literal(ZERO, Amount())))
    statement = visible(select(R.currency, P.on, func.sum(P.change), sold), P, viewer).join(
        R, R.id == P.receivable_id
    )
    found: Movements = {}
    grouped = statement.group_by(R.currency, P.on).order_by(R.currency, P.on)
    for currency, on, change, of_that in db.session.execute(grouped):
        found.setdefault(currency, []).append((on, change, of_that))
    return found


def over(found: Movements, months: Months, today: date) -> list[Owed]:
    """Each currency over these months, the days to come left out."""
    end = min(months.ends_on, today)
    days = max((end - months.first).days + 1, 0)
    return [
        Owed(
            currency,
            _sum(change for on, change, _sold in moves if on <= end),
            _sum(sold for on, _change, sold in moves if months.first <= on <= end),
            days,
        )
        for currency, moves in found.items()
    ]


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, ZERO)
