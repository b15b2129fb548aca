"""What happened in one month, by customer: each fact one statement over all customers, never one per customer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, case, func, select, true

from portal.access.scope import visible
from portal.access.viewer import SYSTEM
from portal.billing.models import Dispute, Receivable
from portal.billing.rules.kinds import ReceivableKind
from portal.billing.rules.states import DisputeState
from portal.catalogue.queries.rates import exchange_rate
from portal.catalogue.rules.exchange import ExchangeRate, convert
from portal.db.base import db
from portal.kernel.clock import business_day
from portal.kernel.errors import Invalid
from portal.receivables.models import Allocation
from portal.receivables.rules.report_months import Months
from portal.satisfaction.models import SurveyAnswer
from portal.service_requests.models import ServiceRequest
from portal.service_requests.rules.kinds import RequestKind
from portal.shipments.models import Shipment
from portal.shipments.rules.states import ShipmentState
from portal.usage.models import UsageRecord
from portal.usage.rules.states import UsageState

ZERO = Decimal(0)
ZONE = ZoneInfo("Asia/Shanghai")
STORAGE = "storage"
"""Usage that the storage bill posts: it is billed stock, no order."""
COUNTED = (UsageState.MATCHED.value, UsageState.UNMATCHED.value)

Facts = dict[int, dict[str, Any]]
"""Customer id → column of CustomerMonth → value; columns that stay at nothing are left out."""


def everybody(_column: Any) -> ColumnElement[bool]:
    """No customer is left out."""
    return true()


class Converted:
    """Sums in the firm's currency at the rates of one day; each rate is looked up once."""

    def __init__(self, into: str, on: date) -> None:
        self.into, self.on = into, on
        self._known: dict[str, ExchangeRate | None] = {}

    def one(self, amount: Decimal, currency: str) -> Decimal | None:
        """The amount in the firm's currency; None without a rate (DOMAIN F4: a missing rate is never 1)."""
        if currency == self.into:
            return amount
        if currency not in self._known:
            try:
                self._known[currency] = exchange_rate(currency, self.into, self.on)
            except Invalid:
                self._known[currency] = None
        rate = self._known[currency]
        return None if rate is None else convert(amount, currency, self.into, rate).converted


def instants(month: date) -> tuple[datetime, datetime]:
    """The first instant of the month in the firm's zone, and the first after it."""
    days = Months(month, month)
    return datetime.combine(month, time(), ZONE), instant_after(days.ends_on)


def instant_after(day: date) -> datetime:
    """The first instant after a day in the firm's zone."""
    return datetime.combine(date.fromordinal(day.toordinal() + 1), time(), ZONE)


def within(column: Any, month: date) -> ColumnElement[bool]:
    """Whether an instant lies in the month."""
    start, end = instants(month)
    return (column >= start) & (column < end)


def add_orders(facts: Facts, month: date, of: Callable[[Any], Any] = everybody) -> None:
    """Orders, their first, last and different days: shipments that were not cancelled, and usage without one.

    `of` gives the criterion that a column names one of the customers that are asked for.
    """
    days: dict[int, set[date]] = defaultdict(set)
    _add_usage(facts, days, month, of)
    _add_shipments(facts, days, month, of)
    for customer_id, found in days.items():
        kept = facts[customer_id]
        kept["order_days"] = len(found)
        kept["first_order_on"], kept["last_order_on"] = min(found), max(found)


def _add_usage(
    facts: Facts, days: dict[int, set[date]], month: date, of: Callable[[Any], Any]
) -> None:
    usage = UsageRecord
    alone = case((usage.shipment_id.is_(None), 1), else_=0)
    statement = visible(
        select(usage.customer_id, usage.used_on, func.count(), func.sum(alone)), usage, SYSTEM
    ).where(
        of(usage.customer_id),
        usage.used_on.between(month, Months(month, month).ends_on),
        usage.source != STORAGE,
        usage.reverses_id.is_(None),
        usage.state.in_(COUNTED),
    )
    rows = db.session.execute(statement.group_by(usage.customer_id, usage.used_on))
    for customer_id, on, count, orders in rows:
        kept = facts[customer_id]
        kept["usage_count"] = kept.get("usage_count", 0) + count
        kept["order_count"] = kept.get("order_count", 0) + int(orders)
        days[customer_id].add(on)


def _add_shipments(
    facts: Facts, days: dict[int, set[date]], month: date, of: Callable[[Any], Any]
) -> None:
    statement = visible(select(Shipment.customer_id, Shipment.created_at), Shipment, SYSTEM).where(
        of(Shipment.customer_id), within(Shipment.created_at, month),
        Shipment.state != ShipmentState.CANCELLED.value,
    )  # fmt: skip
    for customer_id, at in db.session.execute(statement):
        kept = facts[customer_id]
        kept["order_count"] = kept.get("order_count", 0) + 1
        days[customer_id].add(business_day(at))


def add_requests(facts: Facts, month: date) -> None:
    """Requests of customers, complaints and claims among them."""
    request = ServiceRequest

    def of_kind(kind: RequestKind) -> Any:
        return func.sum(case((request.kind == kind.value, 1), else_=0))

    statement = visible(
        select(request.customer_id, func.count(), of_kind(RequestKind.COMPLAINT), of_kind(RequestKind.CLAIM)),
        request, SYSTEM,
    ).where(within(request.received_at, month), request.is_internal.is_(False))  # fmt: skip
    for customer_id, *counts in db.session.execute(statement.group_by(request.customer_id)):
        names = ("request_count", "complaint_count", "claim_count")
        facts[customer_id] |= _there(zip(names, map(int, counts), strict=True))


def add_disputes(facts: Facts, month: date, converted: Converted) -> None:
    """Disputes raised, and those that the customer lost, by the month of the decision."""
    raised = visible(select(Dispute.customer_id, func.count()), Dispute, SYSTEM)
    raised = raised.where(within(Dispute.raised_at, month)).group_by(Dispute.customer_id)
    for customer_id, count in db.session.execute(raised):
        facts[customer_id]["dispute_count"] = count
    amount = func.sum(Dispute.disputed_amount)
    lost = visible(
        select(Dispute.customer_id, Dispute.currency, func.count(), amount), Dispute, SYSTEM
    ).where(within(Dispute.decided_at, month), Dispute.state == DisputeState.REJECTED.value)
    for row in db.session.execute(lost.group_by(Dispute.customer_id, Dispute.currency)):
        kept = facts[row[0]]
        kept["lost_count"] = kept.get("lost_count", 0) + row[2]
        kept["lost_amount"] = kept.get("lost_amount", ZERO) + (
            converted.one(row[3], row[1]) or ZERO
        )


def add_bills(facts: Facts, month: date, converted: Converted) -> None:
    """What was issued in the month, with tax."""
    owed = Receivable
    is_statement = case((owed.kind == ReceivableKind.STATEMENT.value, 1), else_=0)
    statement = visible(
        select(owed.customer_id, owed.currency, func.sum(is_statement), func.sum(owed.amount)), owed, SYSTEM
    ).where(owed.issued_on.between(month, Months(month, month).ends_on))  # fmt: skip
    for row in db.session.execute(statement.group_by(owed.customer_id, owed.currency)):
        kept = facts[row[0]]
        kept["statement_count"] = kept.get("statement_count", 0) + int(row[2])
        told = converted.one(row[3], row[1]) or ZERO
        kept["billed_amount"] = kept.get("billed_amount", ZERO) + told


def add_payments(facts: Facts, month: date, converted: Converted) -> None:
    """What was paid in the month, weighted by the days since it was issued and since it was due."""
    paid, owed = Allocation, Receivable
    apart = (owed.customer_id, owed.currency, paid.on, owed.issued_on, owed.due_on)
    statement = (
        visible(select(*apart, func.sum(paid.amount)), paid, SYSTEM)
        .join(owed, owed.id == paid.receivable_id)
        .where(paid.on.between(month, Months(month, month).ends_on))
    )
    for customer_id, currency, on, issued_on, due_on, amount in db.session.execute(
        statement.group_by(*apart)
    ):
        told, kept = converted.one(amount, currency) or ZERO, facts[customer_id]
        for name, days in (
            ("paid_amount", 1),
            ("late_weight", max((on - due_on).days, 0)),
            ("paid_weight", max((on - issued_on).days, 0)),
        ):
            kept[name] = kept.get(name, ZERO) + told * days


def add_answers(facts: Facts, month: date) -> None:
    """Answers with a score, and the satisfied ones."""
    answer = SurveyAnswer
    good = func.sum(case((answer.is_good.is_(True), 1), else_=0))
    statement = visible(select(answer.customer_id, func.count(), good), answer, SYSTEM).where(
        within(answer.given_at, month), answer.is_good.is_not(None)
    )
    for customer_id, count, satisfied in db.session.execute(statement.group_by(answer.customer_id)):
        found = (("answer_count", count), ("good_count", int(satisfied)))
        facts[customer_id] |= _there(found)


def _there(found: Iterable[tuple[str, int]]) -> dict[str, int]:
    return {name: number for name, number in found if number}
