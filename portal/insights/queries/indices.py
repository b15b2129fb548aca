"""The sums of the indices, put together for months, a customer, a kind of shipment or a lane."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, case, func, select

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.billing.models import Receivable, ReceivablePosting
from portal.billing.rules.kinds import PostingKind, ReceivableKind
from portal.db.base import db
from portal.db.together import Question, Rows, answer
from portal.insights.models import IndexMonth, IndexSum
from portal.insights.rules.indices import Facts
from portal.receivables.queries.report_owed import Owed
from portal.receivables.rules.report_months import Months

X, P, R = IndexSum, ReceivablePosting, Receivable
ORDERED, DONE = "ordered", "done"
ZERO = Decimal(0)
TOP = 200


class By(StrEnum):
    """What the indices are looked at by."""

    CUSTOMER = "customer"
    LANE = "lane"
    CATEGORY = "category"


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What the page is about; empty: everything. `no_lane`: only what has neither origin nor destination."""

    customer_id: int | None = None
    category: str = ""
    origin: str = ""
    destination: str = ""
    no_lane: bool = False

    @property
    def by_lane(self) -> bool:
        """Whether a lane or a kind of shipment was chosen."""
        return bool(self.category or self.on_lane)

    @property
    def on_lane(self) -> bool:
        """Whether both ends of a lane are said."""
        return bool(self.origin or self.destination or self.no_lane)


def by_month(months: Months, narrowed: Narrowed, viewer: Viewer, today: date) -> dict[date, Facts]:
    """First day of each month → its facts; one select."""
    return answer(by_month_asked(months, narrowed, viewer, today))


def by_month_asked(
    months: Months, narrowed: Narrowed, viewer: Viewer, today: date
) -> Question[dict[date, Facts]]:
    """The same, to be asked with others."""

    def facts(rows: Rows) -> dict[date, Facts]:
        found = {month: Facts(days=_days(month, today)) for month in months}
        for month, name, key, amount in rows:
            _put(found[month], name, key, amount)
        return found

    return Question(_narrow(_sums(months, viewer, X.month), narrowed), facts)


def by_group(
    by: By, months: Months, narrowed: Narrowed, viewer: Viewer, today: date
) -> dict[tuple[Any, ...], Facts]:
    """Key of a group (customer id; origin and destination; kind) → its facts."""
    columns: tuple[Any, ...] = {
        By.CUSTOMER: (X.customer_id,),
        By.LANE: (X.origin, X.destination),
        By.CATEGORY: (X.category,),
    }[by]
    statement = _narrow(_sums(months, viewer, *columns), narrowed)
    found: dict[tuple[Any, ...], Facts] = {}
    days = sum(_days(month, today) for month in months)
    for *key, name, mark, amount in db.session.execute(statement):
        _put(found.setdefault(tuple(key), Facts(days=days)), name, mark, amount)
    return found


def lanes(months: Months, viewer: Viewer) -> list[tuple[str, str]]:
    """The lanes of these months, those with the most rows first."""
    statement = visible(select(X.origin, X.destination), X, viewer).where(
        X.month.between(months.first, months.last), X.origin + X.destination != ""
    )
    order = statement.group_by(X.origin, X.destination).order_by(func.count().desc(), X.origin)
    return [(row[0], row[1]) for row in db.session.execute(order.limit(TOP))]


def measured(months: Months) -> dict[date, datetime]:
    """Which of the months were measured, and when."""
    statement = select(IndexMonth.month, IndexMonth.measured_at).where(
        IndexMonth.month.between(months.first, months.last)
    )
    return {row[0]: row[1] for row in db.session.execute(statement)}


def outstanding(months: Months, narrowed: Narrowed, viewer: Viewer, today: date) -> list[Owed]:
    """What was owed at the end and sold in these months, by currency: DSO (DOMAIN I5)."""
    end = min(months.ends_on, today)
    is_sale = (
        P.kind.in_((PostingKind.ISSUE.value, PostingKind.REVISION.value))
        & (R.kind == ReceivableKind.STATEMENT.value)
        & (P.on >= months.first)
    )
    sold = func.sum(case((is_sale, P.change), else_=None))
    statement = visible(select(R.currency, func.sum(P.change), sold), P, viewer).join(
        R, R.id == P.receivable_id
    )
    if narrowed.customer_id is not None:
        statement = statement.where(P.customer_id == narrowed.customer_id)
    rows = db.session.execute(statement.where(P.on <= end).group_by(R.currency))
    days = max((end - months.first).days + 1, 0)
    return [Owed(currency, owed, of_that or ZERO, days) for currency, owed, of_that in rows]


def _sums(months: Months, viewer: Viewer, *columns: Any) -> Select[Any]:
    wanted: tuple[Any, ...] = (*columns, X.name, X.key, func.sum(X.amount))
    statement = visible(select(*wanted), X, viewer)
    return statement.where(X.month.between(months.first, months.last)).group_by(
        *columns, X.name, X.key
    )


def _narrow(statement: Select[Any], narrowed: Narrowed) -> Select[Any]:
    if narrowed.customer_id is not None:
        statement = statement.where(X.customer_id == narrowed.customer_id)
    if narrowed.category:
        statement = statement.where(X.category == narrowed.category)
    if narrowed.on_lane:
        return statement.where(X.origin == narrowed.origin, X.destination == narrowed.destination)
    return statement


def _put(facts: Facts, name: str, key: str, amount: Decimal) -> None:
    if name == ORDERED:
        facts.ordered[key] = facts.ordered.get(key, ZERO) + amount
    elif name == DONE:
        facts.done[key] = facts.done.get(key, ZERO) + amount
    elif key:
        facts.spreads.setdefault(name, Counter())[int(key)] += int(amount)
    else:
        facts.counts[name] += int(amount)


def _days(month: date, today: date) -> int:
    """The days of a month that are over or today."""
    return max((min(Months(month, month).ends_on, today) - month).days + 1, 0)


def promised_figures(
    customer_ids: Sequence[int], viewer: Viewer, today: date, months: int = 3
) -> Facts:
    """A customer's own facts of the last full months and this one: for what they may see of their service."""
    span = Months(today.replace(day=1), today.replace(day=1)).back(months)
    statement = _sums(span, viewer).where(X.customer_id.in_(list(customer_ids)))
    facts = Facts()
    for name, key, amount in db.session.execute(statement):
        _put(facts, name, key, amount)
    return facts
