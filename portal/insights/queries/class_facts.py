"""What the classes of a batch of customers are worked out from: a fixed number of statements for any batch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import func, select

from portal.access.scope import visible
from portal.access.viewer import SYSTEM
from portal.contracts.models import Contract
from portal.contracts.rules.states import ContractState
from portal.customers.models import Contact, Customer
from portal.db.base import db
from portal.insights.models import Classification, ClassificationRun, CustomerMonth
from portal.insights.queries.month_facts import COUNTED, STORAGE, instant_after, instants
from portal.insights.rules.classifying import Rules
from portal.insights.rules.kinds import Basis
from portal.kernel.clock import business_day
from portal.opportunities.models import Competitor, Opportunity
from portal.opportunities.rules.kinds import OpportunityKind
from portal.opportunities.rules.states import OpportunityState
from portal.receivables.rules.report_months import moved
from portal.service_requests.models import ServiceRequest
from portal.service_requests.rules.kinds import RequestKind
from portal.shipments.models import Shipment
from portal.shipments.rules.states import ShipmentState
from portal.usage.models import UsageRecord

ZERO = Decimal(0)
M = CustomerMonth
HAD_FORCE = tuple(
    state.value
    for state in (
        ContractState.ACTIVE, ContractState.SUSPENDED, ContractState.COMPLETED, ContractState.EXPIRED,
        ContractState.TERMINATED,
    )
)  # fmt: skip
IN_FORCE = (ContractState.ACTIVE.value, ContractState.SUSPENDED.value)


class Batch(NamedTuple):
    """Customers with an id after `after`, up to and with `until`."""

    after: int
    until: int

    def of(self, column: Any) -> Any:
        """The criterion that `column` is one of them."""
        return column.between(self.after + 1, self.until)


class MonthRow(NamedTuple):
    """One month of one customer, as far as classes look at it."""

    month: date
    amount: Decimal
    orders: int
    order_days: int
    first_order_on: date | None
    last_order_on: date | None
    paid: Decimal
    paid_weight: Decimal
    answers: int
    good: int


@dataclass(frozen=True, slots=True)
class ContractFacts:
    """When the last contract ended where none is in force, else the one that ends first without talk of renewal."""

    over_on: date | None = None
    ending: tuple[str, date] | None = None


def contribution(basis: Basis) -> Any:
    """The column (or difference) that is a month's contribution."""
    return M.net_amount if basis is Basis.NET else M.known_net - M.cost_amount


def month_rows(batch: Batch, rules: Rules, months: int) -> Mapping[int, list[MonthRow]]:
    """Customer → its months, back from the run's, the newest first."""
    shown = (
        M.customer_id, M.month, M.net_amount, M.known_net, M.cost_amount, M.order_count, M.order_days, M.first_order_on,
        M.last_order_on, M.paid_amount, M.paid_weight, M.answer_count, M.good_count,
    )  # fmt: skip
    first = moved(rules.month, 1 - months)
    statement = visible(select(*shown), M, SYSTEM).where(
        batch.of(M.customer_id), M.month.between(first, rules.month)
    )
    found: dict[int, list[MonthRow]] = defaultdict(list)
    is_net = rules.settings.basis is Basis.NET
    for row in db.session.execute(statement.order_by(M.customer_id, M.month.desc())):
        customer_id, month, net, known, cost, *rest = row
        found[customer_id].append(MonthRow(month, net if is_net else known - cost, *rest))
    return found


class Branches(NamedTuple):
    """What the branches of one group brought by month, the newest first, and how many of them brought something."""

    number: int
    amounts: list[Decimal]


def branches_of(batch: Batch, rules: Rules, months: int) -> Mapping[int, Branches]:
    """Group → its branches' business; nobody where the firm does not add them up."""
    if not rules.settings.group_sums:
        return {}
    firsts = [moved(rules.month, -back) for back in range(months)]
    amount = func.sum(contribution(rules.settings.basis))
    statement = (
        visible(select(Customer.parent_id, M.month, M.customer_id, amount), M, SYSTEM)
        .join(Customer, Customer.id == M.customer_id)
        .where(
            batch.of(Customer.parent_id), Customer.merged_into_id.is_(None), M.month.between(firsts[-1], rules.month),
        )
        .group_by(Customer.parent_id, M.month, M.customer_id)
    )  # fmt: skip
    sums: dict[int, dict[date, Decimal]] = defaultdict(lambda: defaultdict(lambda: ZERO))
    who: dict[int, set[int]] = defaultdict(set)
    for group_id, month, branch_id, brought in db.session.execute(statement):
        if group_id is not None and brought:
            sums[group_id][month] += brought
            who[group_id].add(branch_id)
    return {
        group_id: Branches(len(who[group_id]), [by_month[first] for first in firsts])
        for group_id, by_month in sums.items()
    }


def order_days(batch: Batch, on: date) -> Mapping[int, tuple[date, date]]:
    """Customer → the first and the last day with an order of all time, up to a day."""
    usage = UsageRecord
    used = visible(
        select(usage.customer_id, func.min(usage.used_on), func.max(usage.used_on)), usage, SYSTEM
    ).where(
        batch.of(usage.customer_id), usage.used_on <= on, usage.source != STORAGE, usage.reverses_id.is_(None),
        usage.state.in_(COUNTED),
    )  # fmt: skip
    made = Shipment.created_at
    shipped = visible(
        select(Shipment.customer_id, func.min(made), func.max(made)), Shipment, SYSTEM
    ).where(
        batch.of(Shipment.customer_id), made < instant_after(on),
        Shipment.state != ShipmentState.CANCELLED.value,
    )  # fmt: skip
    found: dict[int, tuple[date, date]] = {}
    for customer_id, first, last in db.session.execute(used.group_by(usage.customer_id)):
        found[customer_id] = (first, last)
    for customer_id, at, until in db.session.execute(shipped.group_by(Shipment.customer_id)):
        first, last = business_day(at), business_day(until)
        known = found.get(customer_id, (first, last))
        found[customer_id] = (min(known[0], first), max(known[1], last))
    return found


def contracts(batch: Batch, on: date) -> Mapping[int, ContractFacts]:
    """Customer → what its contracts say on a day.

    Talk of renewal: a successor that is not void, or an open opportunity to renew.
    """
    shown = (
        Contract.customer_id, Contract.id, Contract.number, Contract.state, Contract.ends_on, Contract.ended_on,
        Contract.predecessor_id,
    )  # fmt: skip
    statement = visible(select(*shown), Contract, SYSTEM).where(
        batch.of(Contract.customer_id), Contract.state != ContractState.VOID.value
    )
    rows: dict[int, list[Any]] = defaultdict(list)
    for row in db.session.execute(statement):
        rows[row.customer_id].append(row)
    talking = _renewing(batch)
    return {
        customer_id: _contract_facts(theirs, customer_id in talking, on)
        for customer_id, theirs in rows.items()
    }


def _contract_facts(rows: Iterable[Any], is_talking: bool, on: date) -> ContractFacts:
    rows = list(rows)
    followed = {row.predecessor_id for row in rows}
    had = [row for row in rows if row.state in HAD_FORCE]
    live = [row for row in had if row.state in IN_FORCE and row.ends_on >= on]
    if not live:
        ends = [min(row.ended_on or row.ends_on, row.ends_on) for row in had]
        return ContractFacts(over_on=max(ends, default=None))
    waiting = [row for row in live if row.id not in followed]
    if is_talking or not waiting:
        return ContractFacts()
    first = min(waiting, key=lambda row: (row.ends_on, row.number))
    return ContractFacts(ending=(first.number, first.ends_on))


def _renewing(batch: Batch) -> set[int]:
    talk = Opportunity
    statement = visible(select(talk.customer_id), talk, SYSTEM).where(
        batch.of(talk.customer_id),
        talk.state == OpportunityState.OPEN.value,
        talk.kind == OpportunityKind.RENEWAL.value,
    )
    return set(db.session.scalars(statement))


def complaints(batch: Batch, rules: Rules) -> Mapping[int, list[date]]:
    """Customer → the days of its complaints of the month and of the window before it."""
    start, end = instants(rules.month)
    request = ServiceRequest
    statement = visible(select(request.customer_id, request.received_at), request, SYSTEM).where(
        batch.of(request.customer_id), request.kind == RequestKind.COMPLAINT.value,
        request.received_at >= start - timedelta(days=rules.settings.churn_complaint_days),
        request.received_at < end,
    )  # fmt: skip
    found: dict[int, list[date]] = defaultdict(list)
    for customer_id, at in db.session.execute(statement.order_by(request.received_at)):
        found[customer_id].append(business_day(at))
    return found


def contacts_left(batch: Batch, rules: Rules) -> Mapping[int, list[tuple[str, date]]]:
    """Customer → the contacts who left it lately."""
    since = rules.on - timedelta(days=rules.settings.churn_contact_days)
    statement = visible(select(Contact.customer_id, Contact.name, Contact.left_on), Contact, SYSTEM)
    wanted = statement.where(
        batch.of(Contact.customer_id), Contact.left_on.between(since, rules.on)
    )
    found: dict[int, list[tuple[str, date]]] = defaultdict(list)
    for customer_id, name, day in db.session.execute(wanted.order_by(Contact.left_on, Contact.id)):
        if day is not None:
            found[customer_id].append((name, day))
    return found


def lost_to(batch: Batch, rules: Rules) -> Mapping[int, tuple[str, int]]:
    """Customer → the competitor to whom it was lost most often in twelve months, and how often."""
    lost, count = Opportunity, func.count()
    statement = (
        visible(select(lost.customer_id, Competitor.name_zh, count), lost, SYSTEM)
        .join(Competitor, Competitor.id == lost.lost_to_id)
        .where(
            batch.of(lost.customer_id), lost.state == OpportunityState.LOST.value,
            lost.closed_on.between(moved(rules.month, -11), rules.on),
        )
        .group_by(lost.customer_id, Competitor.name_zh)
        .order_by(count, Competitor.name_zh.desc())
    )  # fmt: skip
    return {row[0]: (row[1], row[2]) for row in db.session.execute(statement)}


def found_before(batch: Batch, run: ClassificationRun) -> Mapping[int, tuple[str, bool]]:
    """Customer → the tier of the latest run of an earlier month, and whether it was at risk then."""
    earlier = (
        select(func.max(ClassificationRun.month))
        .where(ClassificationRun.month < run.month)
        .scalar_subquery()
    )
    found = Classification
    statement = visible(select(found.customer_id, found.tier, found.is_at_risk), found, SYSTEM)
    rows = db.session.execute(statement.where(batch.of(found.customer_id), found.month == earlier))
    return {row[0]: (row[1], row[2]) for row in rows}
