"""What the state of a batch of customers is worked out from on any day: gathered months, and the orders since them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import func, select

from portal.access.scope import visible
from portal.access.viewer import SYSTEM
from portal.db.base import db
from portal.insights.models import CustomerMonth
from portal.insights.queries import class_facts as facts
from portal.insights.queries.class_facts import Batch, ContractFacts
from portal.insights.queries.month_facts import Facts, add_orders
from portal.insights.rules.settings import InsightSettings
from portal.insights.rules.states import Standing, good_percent, usual_interval
from portal.receivables.rules.report_months import Months, moved

M = CustomerMonth
MOST_SINCE = 3
"""So many months that nobody has gathered yet are counted straight from the books."""


class Window(NamedTuple):
    """The months of the books that were gathered, and the first days of those since then, up to today's."""

    gathered: Months | None
    since: tuple[date, ...]


def window(settings: InsightSettings, today: date) -> Window:
    """Loyalty looks at so many gathered months and at the days since."""
    this = today.replace(day=1)
    last = db.session.scalar(select(func.max(M.month)).where(M.month < this))
    if last is None:
        return Window(None, (this,))
    first = max(moved(last, 1), moved(this, 1 - MOST_SINCE))
    months = max(settings.loyal_months, settings.period_months)
    return Window(Months(last, last).back(months), tuple(Months(first, this)))


def standings(
    batch: Batch, seen: Window, settings: InsightSettings, today: date
) -> dict[int, Standing]:
    """Of each customer of the batch that ever ordered, or was billed in the window."""
    months, ordered = _months(batch, seen), facts.order_days(batch, today)
    contracts, since = facts.contracts(batch, today), _since(batch, seen)
    found: dict[int, Standing] = {}
    for customer_id in months.keys() | ordered.keys():
        rows, lately = months.get(customer_id, ()), since.get(customer_id, {})
        days = _days(rows, lately, ordered.get(customer_id))
        loyal = [row for row in rows if _in_loyal(row.month, seen, settings)]
        found[customer_id] = Standing(
            first_order_on=min(days, default=None),
            last_order_on=max(days, default=None),
            orders=sum(row.order_count for row in loyal) + lately.get("order_count", 0),
            usual_days=_usual(rows, lately),
            good_percent=good_percent(
                sum(row.good_count for row in rows), sum(row.answer_count for row in rows)
            ),
            contract_over_on=contracts.get(customer_id, ContractFacts()).over_on,
        )
    return found


def _months(batch: Batch, seen: Window) -> dict[int, list[Any]]:
    if seen.gathered is None:
        return {}
    columns = (
        M.customer_id, M.month, M.order_count, M.order_days, M.first_order_on, M.last_order_on, M.answer_count,
        M.good_count,
    )  # fmt: skip
    statement = visible(select(*columns), M, SYSTEM).where(
        batch.of(M.customer_id), M.month.between(seen.gathered.first, seen.gathered.last)
    )
    found: dict[int, list[Any]] = defaultdict(list)
    for row in db.session.execute(statement):
        found[row.customer_id].append(row)
    return found


def _since(batch: Batch, seen: Window) -> dict[int, dict[str, Any]]:
    """Orders of the months that nobody gathered yet, added up."""
    whole: dict[int, dict[str, Any]] = {}
    for month in seen.since:
        found: Facts = defaultdict(dict)
        add_orders(found, month, batch.of)
        for customer_id, values in found.items():
            known = whole.setdefault(customer_id, {"order_count": 0, "order_days": 0})
            known["order_count"] += values.get("order_count", 0)
            known["order_days"] += values["order_days"]
            known.setdefault("first_order_on", values["first_order_on"])
            known["last_order_on"] = values["last_order_on"]
    return whole


def _days(
    rows: Sequence[Any], lately: dict[str, Any], of_all_time: tuple[date, date] | None
) -> list[date]:
    days = [*(row.first_order_on for row in rows), *(row.last_order_on for row in rows)]
    days += [lately.get("first_order_on"), lately.get("last_order_on"), *(of_all_time or ())]
    return [day for day in days if day is not None]


def _usual(rows: Sequence[Any], lately: dict[str, Any]) -> Any:
    days = _days(rows, lately, None)
    count = sum(row.order_days for row in rows) + lately.get("order_days", 0)
    return usual_interval(min(days, default=None), max(days, default=None), count)


def _in_loyal(month: date, seen: Window, settings: InsightSettings) -> bool:
    return seen.gathered is not None and month > moved(seen.gathered.last, -settings.loyal_months)
