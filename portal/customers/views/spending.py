"""What a customer spent with us in the last twelve months, and how content it was, from the facts of its months."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from portal.access.permissions import Permission as P
from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.db.base import db
from portal.insights.models import CustomerMonth
from portal.web.bars import Chart, chart_of

M = CustomerMonth
MONTHS = 12
ZERO = Decimal(0)
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Spending:
    """Twelve months with the present one last. `margin` None: not for this viewer, or too little has a known cost."""

    currency: str
    months: Sequence[tuple[str, Decimal]]
    total: Decimal
    margin: Decimal | None
    orders: int
    last_order_on: date | None
    chart: Chart | None


@dataclass(frozen=True, slots=True)
class Contentment:
    """Answers of the last twelve months and how many of them were satisfied; what was asked and complained of."""

    answers: int
    good: int
    requests: int
    complaints: int

    @property
    def percent(self) -> Decimal | None:
        """The share of satisfied answers; None without an answer."""
        return Decimal(self.good) / self.answers * HUNDRED if self.answers else None


@dataclass(frozen=True, slots=True)
class Year:
    """Both; None for what the viewer may not see."""

    spending: Spending | None
    contentment: Contentment | None


def last_year(customer_id: int, viewer: Viewer, today: date) -> Year:
    """The twelve months up to and with the one of `today`; one question, none for a viewer who sees neither part."""
    sees_money, sees_answers = viewer.may(P.STATEMENT_SEE), viewer.may(P.SURVEY_SEE)
    if not (sees_money or sees_answers):
        return Year(None, None)
    months = [_back(today, number) for number in range(MONTHS - 1, -1, -1)]
    rows = {row.month: row for row in _rows(customer_id, viewer, months[0])}
    spending = _spending(months, rows, viewer) if sees_money else None
    return Year(spending, _contentment(rows) if sees_answers else None)


def _rows(customer_id: int, viewer: Viewer, since: date) -> list[Any]:
    shown = select(
        M.month, M.currency, M.net_amount, M.known_net, M.cost_amount, M.order_count,
        M.last_order_on, M.request_count, M.complaint_count, M.answer_count, M.good_count,
    )  # fmt: skip
    theirs = visible(shown, M, viewer).where(M.customer_id == customer_id, M.month >= since)
    return list(db.session.execute(theirs))


def _back(today: date, months: int) -> date:
    """The first day of the month so many months before."""
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    return date(year, month + 1, 1)


def _spending(months: list[date], rows: dict[date, Any], viewer: Viewer) -> Spending:
    amounts = [(month, rows[month].net_amount if month in rows else ZERO) for month in months]
    known = sum((row.known_net for row in rows.values()), ZERO)
    cost = sum((row.cost_amount for row in rows.values()), ZERO)
    days = [row.last_order_on for row in rows.values() if row.last_order_on is not None]
    total = sum((amount for _month, amount in amounts), ZERO)
    tells = known > 0 and 2 * known >= total  # of a smaller part it would mislead
    return Spending(
        currency=next((row.currency for row in rows.values()), "CNY"),
        months=[(f"{month:%Y-%m}", amount) for month, amount in amounts],
        total=total,
        margin=known - cost if tells and viewer.may(P.COST_SEE) else None,
        orders=sum(row.order_count for row in rows.values()),
        last_order_on=max(days, default=None),
        chart=chart_of([(f"{month:%m}", amount, month == months[-1]) for month, amount in amounts]),
    )


def _contentment(rows: dict[date, Any]) -> Contentment:
    columns = ("answer_count", "good_count", "request_count", "complaint_count")
    return Contentment(*(sum(getattr(row, name) for row in rows.values()) for name in columns))
