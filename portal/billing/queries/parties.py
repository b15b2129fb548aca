"""Everybody who may have something to settle up to a day."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from sqlalchemy import exists, or_, select

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.billing.models import Credit, Receivable
from portal.billing.queries.party_books import COUNTS
from portal.billing.rules.billing_periods import settled_by
from portal.billing.rules.parties import party_of
from portal.billing.rules.states import CreditState
from portal.contracts.models import Contract
from portal.customers.models import Customer, SettlementTerms
from portal.customers.rules.settlement import SettlementKind
from portal.db.base import db
from portal.kernel.period import Period
from portal.usage.models import UsageRecord


class _Asked(NamedTuple):
    id: int
    parent_id: int | None
    billing: str


def parties(period: Period, viewer: Viewer) -> list[int]:
    """The ids of the settlement parties that a run over a closed period goes through, in their order.

    Only those that settle by such periods. A party may turn out to have nothing to bill.
    """
    last = period.end_on or period.start_on
    found = {party_of(each) for each in _with_something(last, viewer)} | _payers(last, viewer)
    kinds = settled_by(period)
    terms = visible(
        select(SettlementTerms.customer_id, SettlementTerms.kind), SettlementTerms, viewer
    )
    by_party = {row.customer_id: row.kind for row in db.session.execute(terms)}
    return sorted(
        each
        for each in found
        if SettlementKind(by_party.get(each, SettlementKind.MONTHLY)) in kinds
    )


def party_for(customer_id: int, viewer: Viewer) -> int:
    """Who settles for a customer where no contract names another payer: itself, or the group it is billed with."""
    columns = (Customer.id, Customer.parent_id, Customer.billing)
    statement = visible(select(*columns), Customer, viewer).where(Customer.id == customer_id)
    return party_of(_Asked(*db.session.execute(statement).one()))


def _with_something(last: date, viewer: Viewer) -> list[_Asked]:
    """The customers with a contract, unbilled usage, a credit or a debt."""
    contract = exists().where(
        Contract.customer_id == Customer.id, Contract.state.in_(COUNTS), Contract.starts_on <= last
    )
    usage = exists().where(
        UsageRecord.customer_id == Customer.id,
        UsageRecord.statement_id.is_(None),
        UsageRecord.used_on <= last,
    )
    credit = exists().where(
        Credit.customer_id == Customer.id, Credit.state == CreditState.GRANTED.value
    )
    debt = exists().where(Receivable.customer_id == Customer.id, Receivable.due_on < last)
    columns = (Customer.id, Customer.parent_id, Customer.billing)
    statement = visible(select(*columns), Customer, viewer)
    rows = db.session.execute(statement.where(or_(contract, usage, credit, debt)))
    return [_Asked(*row) for row in rows]


def _payers(last: date, viewer: Viewer) -> set[int]:
    """Those who pay for others' contracts."""
    statement = visible(select(Contract.payer_id), Contract, viewer).where(
        Contract.payer_id.is_not(None), Contract.state.in_(COUNTS), Contract.starts_on <= last
    )
    return {each for each in db.session.scalars(statement.distinct()) if each is not None}
