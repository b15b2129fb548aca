"""The facts of a month, gathered from the books; gathering again changes only what has become different."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from sqlalchemy import delete, insert, select, update

from portal.db.base import db
from portal.documents.queries import firm_profile
from portal.insights.models import CustomerMonth
from portal.insights.queries import month_facts
from portal.insights.queries.month_facts import Converted, Facts
from portal.insights.queries.month_revenue import add_revenue
from portal.kernel.clock import business_day
from portal.receivables.rules.report_months import Months

MOST_IDS = 10_000
"""Ids that one statement may name; both databases take more."""
COLUMNS = tuple(column.key for column in CustomerMonth.__table__.columns if column.key != "id")
_NOTHING: dict[str, Any] = {
    column.key: {} if column.key == "unconverted" else column.default and column.default.arg
    for column in CustomerMonth.__table__.columns
    if column.key in COLUMNS
}


def gather(month: date, now: Any) -> int:
    """Write the facts of the month that begins with `month` for every customer; how many rows became different.

    A fixed number of statements, however many customers there are. Sums are in the firm's currency at the rates of the
    month's last day (of today, while the month is not over).
    """
    currency = firm_profile().currency or "CNY"
    converted = Converted(currency, min(Months(month, month).ends_on, business_day(now)))
    facts: Facts = defaultdict(dict)
    add_revenue(facts, month, converted)
    month_facts.add_orders(facts, month)
    month_facts.add_requests(facts, month)
    month_facts.add_disputes(facts, month, converted)
    month_facts.add_bills(facts, month, converted)
    month_facts.add_payments(facts, month, converted)
    month_facts.add_answers(facts, month)
    return _write(facts, month, currency)


def _write(facts: Facts, month: date, currency: str) -> int:
    new, changed, gone = [], [], []
    for row in _kept(month):
        row_id, kept = row[0], dict(zip(COLUMNS, row[1:], strict=True))
        found = facts.pop(kept["customer_id"], None)
        if not found:
            gone.append(row_id)
            continue
        wanted = _row(kept["customer_id"], found, month, currency)
        if wanted != kept:
            changed.append({"id": row_id, **wanted})
    new = [
        _row(customer_id, found, month, currency) for customer_id, found in facts.items() if found
    ]
    if new:
        db.session.execute(insert(CustomerMonth), new)
    if changed:
        db.session.execute(update(CustomerMonth), changed)
    for start in range(0, len(gone), MOST_IDS):
        ids = gone[start : start + MOST_IDS]
        db.session.execute(delete(CustomerMonth).where(CustomerMonth.id.in_(ids)))
    return len(new) + len(changed) + len(gone)


def _kept(month: date) -> list[Any]:
    columns = [getattr(CustomerMonth, name) for name in COLUMNS]
    statement = select(CustomerMonth.id, *columns).where(CustomerMonth.month == month)
    return list(db.session.execute(statement))


def _row(customer_id: int, found: dict[str, Any], month: date, currency: str) -> dict[str, Any]:
    return {**_NOTHING, "customer_id": customer_id, "month": month, "currency": currency, **found}
