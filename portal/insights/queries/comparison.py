"""Sums that comparisons and dashboards are made of: facts of customers by month, requests, people's load."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, func, not_, select
from sqlalchemy.orm import aliased

from portal.access.models import Assignment
from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.accounts.models import User
from portal.billing.rules.states import RunState
from portal.customers.models import Customer
from portal.db.base import db
from portal.db.together import Question, Rows, answer, ask, rows
from portal.insights.models import ClassificationRun, CustomerMonth
from portal.insights.queries.index_sources import Span
from portal.receivables.rules.report_months import Months
from portal.service_requests.models import ServiceRequest

M, Q = CustomerMonth, ServiceRequest
ZERO = Decimal(0)


class Measure(StrEnum):
    """What is added up of a customer's month."""

    NET = "net_amount"
    KNOWN = "known_net"
    COST = "cost_amount"
    BILLED = "billed_amount"
    PAID = "paid_amount"
    ORDERS = "order_count"
    REQUESTS = "request_count"
    COMPLAINTS = "complaint_count"
    CLAIMS = "claim_count"
    DISPUTES = "dispute_count"
    ANSWERS = "answer_count"
    GOOD = "good_count"


class Region(StrEnum):
    """What customers are put together by."""

    AREA = "area"
    MARKET = "market"
    REACH = "reach"
    NATURE = "nature"
    SOURCE = "source"
    TIER = "segment"
    INDUSTRY = "industry"


ACTIVE = "active"
"""Customers with an order: counted, not added up."""


def months_of(months: Months, viewer: Viewer) -> Select[Any]:
    """The facts of these months that the viewer may see."""
    return visible(select(M), M, viewer).where(M.month.between(months.first, months.last))


class Gaps(NamedTuple):
    """Months of which there are no facts: those in which nothing happened, and those that nobody gathered yet."""

    empty: list[date]
    waiting: list[date]


def gaps(months: Iterable[date]) -> Gaps:
    """Of these months; they are gathered by the classification of a month, with those before it."""
    asked = sorted(set(months))
    known: Any = select(M.month)
    last: Any = select(func.max(ClassificationRun.month))
    there, [[gathered]] = ask(
        rows(known.where(M.month.in_(asked)).distinct()),
        rows(last.where(ClassificationRun.state == RunState.DONE.value)),
    )
    missing = [month for month in asked if (month,) not in there]
    past = [month for month in missing if gathered is not None and month <= gathered]
    return Gaps(past, [month for month in missing if month not in past])


Totals = dict[date, dict[str, Decimal]]
"""First day of each month → measure → sum; months without facts have none."""


def totals(months: Months, viewer: Viewer) -> Totals:
    """What the months come to."""
    return answer(totals_asked(months, viewer, tuple(Measure)))


def totals_asked(months: Months, viewer: Viewer, measures: tuple[Measure, ...]) -> Question[Totals]:
    """The same of some measures, to be asked with others; net revenue alone is added up in the index of the months."""
    active = func.sum(case((M.order_count > 0, 1), else_=0))
    sums = [func.sum(getattr(M, each.value)) for each in measures]
    statement = months_of(months, viewer).with_only_columns(M.month, active, *sums)
    return Question(statement.group_by(M.month), partial(_totals, measures))


def _totals(measures: tuple[Measure, ...], found: Rows) -> Totals:
    names = (ACTIVE, *(each.value for each in measures))
    return {
        month: {name: Decimal(value or 0) for name, value in zip(names, values, strict=True)}
        for month, *values in found
    }


def ordering(months: Months, viewer: Viewer) -> int:
    """How many customers ordered in these months; one who did in several is one customer."""
    statement = months_of(months, viewer).where(M.order_count > 0)
    counted = statement.with_only_columns(func.count(M.customer_id.distinct()))
    return db.session.scalar(counted) or 0


def newest_with_orders(months: Months) -> ColumnElement[bool]:
    """The criterion of the newest of these months in which a customer ordered: one row for each of `ordering`."""
    other = aliased(M)
    later = select(other.id).where(
        other.customer_id == M.customer_id, other.order_count > 0,
        other.month > M.month, other.month <= months.last,
    )  # fmt: skip
    return and_(M.order_count > 0, not_(later.exists()))


def by_customer(months: Months, measure: Measure, viewer: Viewer) -> dict[int, Decimal]:
    """Customer id → sum of a measure."""
    statement = months_of(months, viewer).with_only_columns(
        M.customer_id, func.sum(getattr(M, measure.value))
    )
    rows = db.session.execute(statement.group_by(M.customer_id))
    return {customer_id: Decimal(value or 0) for customer_id, value in rows}


def by_region(months: Months, region: Region, viewer: Viewer) -> dict[str, dict[str, Decimal]]:
    """Measure → what customers are put together by → sum."""
    column = getattr(Customer, region.value)
    wanted = (Measure.NET, Measure.ORDERS)
    sums = [func.sum(getattr(M, each.value)) for each in wanted]
    statement = months_of(months, viewer).with_only_columns(column, *sums)
    joined = statement.join(Customer, Customer.id == M.customer_id).group_by(column)
    found: dict[str, dict[str, Decimal]] = {each.value: {} for each in wanted}
    for key, *values in db.session.execute(joined):
        for each, value in zip(wanted, values, strict=True):
            found[each.value][str(key or "")] = Decimal(value or 0)
    return found


def customers_of(region: Region, key: str) -> Any:
    """The criterion that a month's customer belongs to a group."""
    column = getattr(Customer, region.value)
    mine = column == key if key else (column == "") | column.is_(None)
    return M.customer_id.in_(select(Customer.id).where(mine))


def requests(months: Months, viewer: Viewer) -> Select[Any]:
    """What customers asked for in these months."""
    return visible(select(Q), Q, viewer).where(
        Span(months).holds(Q.received_at), Q.is_internal.is_(False)
    )


def by_kind(months: Months, viewer: Viewer) -> dict[str, Decimal]:
    """Kind of request → how many were received."""
    statement = requests(months, viewer).with_only_columns(Q.kind, func.count())
    return {kind: Decimal(count) for kind, count in db.session.execute(statement.group_by(Q.kind))}


def by_owner(months: Months, viewer: Viewer) -> dict[int, Decimal]:
    """User id (0: nobody) → how many of the months' requests this person has."""
    statement = requests(months, viewer).with_only_columns(Q.owner_id, func.count())
    rows = db.session.execute(statement.group_by(Q.owner_id))
    return {owner or 0: Decimal(count) for owner, count in rows}


def load_now(viewer: Viewer) -> dict[int, tuple[int, int]]:
    """User id (0: nobody) → (requests open now, active customers in charge of)."""
    still = visible(select(Q.owner_id, func.count()), Q, viewer).where(Q.is_open.is_(True))
    open_ones = {row[0] or 0: row[1] for row in db.session.execute(still.group_by(Q.owner_id))}
    part = visible(select(Assignment.user_id, func.count()), Assignment, viewer)
    there = Customer.active.is_(True) & Customer.merged_into_id.is_(None)
    owned = part.join(Customer, (Customer.id == Assignment.customer_id) & there)
    owned = owned.where(Assignment.part == "owner").group_by(Assignment.user_id)
    customers = {row[0]: row[1] for row in db.session.execute(owned)}
    return {
        user_id: (open_ones.get(user_id, 0), customers.get(user_id, 0))
        for user_id in {*open_ones, *customers}
    }


def people(ids: Mapping[int, Any] | set[int]) -> dict[int, str]:
    """User id → name."""
    wanted = sorted(each for each in ids if each)
    rows = db.session.execute(select(User.id, User.name).where(User.id.in_(wanted)))
    return {row[0]: row[1] for row in rows}


def customer_names(ids: set[int], viewer: Viewer) -> dict[int, str]:
    """Customer id → how it is called."""
    wanted = visible(select(Customer), Customer, viewer).where(Customer.id.in_(sorted(ids)))
    return {row.id: row.label for row in db.session.scalars(wanted)}
