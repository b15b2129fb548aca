"""What other systems read: customers, contracts, entitlements, papers, balances."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask import Response, g

from portal.api.queries import asked as queries
from portal.api.views.door import Page, answers
from portal.contracts.models import Contract, Entitlement
from portal.contracts.queries import standing
from portal.contracts.rules.entitlement_states import standing_on
from portal.contracts.rules.kinds import Overage
from portal.contracts.rules.states import ContractState, state_on
from portal.customers.models import Customer
from portal.documents.models import Document
from portal.documents.serving import pdf_response
from portal.kernel import clock
from portal.receivables.queries import open_items
from portal.receivables.rules.ageing import BOUNDS, Aged


@dataclass(frozen=True, slots=True)
class With:
    """A row, and what is said of it beside its own columns."""

    row: Any
    more: dict[str, Any]

    def __getattr__(self, name: str) -> Any:
        return self.more[name] if name in self.more else getattr(self.row, name)


def paged(
    found: Any, model: Any, after: int | None, limit: int, told: Callable[[list[Any]], list[Any]] = list
) -> Page:  # fmt: skip
    """The page of a list by id; `told` puts beside each row what it needs, asked once for all."""
    rows, more = queries.page(found, model.id, after or 0, limit)
    last = getattr(rows[-1], model.__name__, rows[-1]).id if more else None
    return Page(told(rows), last)


def narrowed(found: Any, model: Any, customer: str | None, since: datetime | None) -> Any:
    """Only those of a customer, only what changed lately."""
    if customer is not None:
        found = queries.of_customer(found, model, customer, g.viewer)
    return found if since is None else queries.since(found, model, since)


@answers("list_customers")
def list_customers(
    code: str | None, updated_since: datetime | None, after: int | None, limit: int
) -> Page:
    """Customers in short."""
    found = queries.customers(g.viewer)
    if code is not None:
        found = found.where(Customer.code == code)
    if updated_since is not None:
        found = queries.since(found, Customer, updated_since)
    return paged(found, Customer, after, limit, _customers)


@answers("show_customer")
def show_customer(customer_id: int) -> Any:
    """One customer in short."""
    return _customers([queries.one(queries.customers(g.viewer), Customer, customer_id)])[0]


def _customers(rows: list[Customer]) -> list[With]:
    groups = queries.codes_of({row.parent_id for row in rows if row.parent_id is not None})
    return [With(row, {"group": groups.get(row.parent_id or 0)}) for row in rows]


@answers("show_balances")
def show_balances(customer_id: int, as_of: date | None) -> dict[str, Any]:
    """What a customer owes."""
    customer = queries.one(queries.customers(g.viewer), Customer, customer_id)
    day = as_of or clock.today()
    rows = open_items.ageing(g.viewer, day, customer_ids=[customer.id])
    balances = [_balance(row.currency, row.aged) for row in rows]
    return {"customer": customer.code, "as_of": day, "balances": balances}


def _balance(currency: str, aged: Aged) -> dict[str, Any]:
    starts = (1, *(bound + 1 for bound in BOUNDS))
    spans = zip(starts, (*BOUNDS, None), aged.columns[1:], strict=True)
    return {
        "currency": currency,
        "open_amount": aged.total,
        "not_due": aged.not_due,
        "overdue": aged.overdue,
        "disputed": aged.disputed,
        "ages": [{"from_days": first, "to_days": last, "amount": sum_} for first, last, sum_ in spans],
    }  # fmt: skip


@answers("list_contracts")
def list_contracts(
    customer: str | None, state: str | None, updated_since: datetime | None, after: int | None, limit: int
) -> Page:  # fmt: skip
    """Contracts without their lines."""
    found = narrowed(queries.contracts(g.viewer), Contract, customer, updated_since)
    if state is not None:
        found = queries.contracts_in(found, state, clock.today())
    return paged(found, Contract, after, limit, lambda rows: [_contract(row) for row in rows])


@answers("show_contract")
def show_contract(contract_id: int) -> Any:
    """One contract with its lines."""
    row = queries.one(queries.with_lines(queries.contracts(g.viewer)), Contract, contract_id)
    return _contract(row, lines=standing.lines_of(row, clock.today()))


def _contract(row: Contract, **more: Any) -> With:
    state = state_on(ContractState(row.state), row.ends_on, clock.today())
    return With(row, {"customer": row.customer.code, "state": state.value, **more})


@answers("list_entitlements")
def list_entitlements(
    customer: str | None, in_force: bool | None, after: int | None, limit: int
) -> Page:
    """Entitlements and what is left of them."""
    found = narrowed(queries.entitlements(g.viewer), Entitlement, customer, None)
    if in_force is not None:
        found = queries.entitlements_in_force(found, in_force, clock.today())
    return paged(found, Entitlement, after, limit, _entitlements)


@answers("show_entitlement")
def show_entitlement(entitlement_id: int) -> Any:
    """One entitlement."""
    found = queries.one(queries.entitlements(g.viewer), Entitlement, entitlement_id)
    return _entitlements([found])[0]


def _entitlements(rows: list[Any]) -> list[With]:
    codes = queries.codes_of({row.Entitlement.customer_id for row in rows})
    return [_entitlement(row.Entitlement, row.contract_state, codes) for row in rows]


def _entitlement(row: Entitlement, contract: str, codes: dict[int, str]) -> With:
    left: Decimal | None = None if row.is_unlimited else row.remaining
    days = (row.starts_on, row.ends_on)
    state = standing_on(
        ContractState(contract), *days, row.granted, left, Overage(row.overage), clock.today()
    )
    more = {"customer": codes[row.customer_id], "state": state.value, "remaining": left}
    return With(row, more)


@answers("list_documents")
def list_documents(customer: str | None, kind: str | None, after: int | None, limit: int) -> Page:
    """What papers there are."""
    found = narrowed(queries.documents(g.viewer), Document, customer, None)
    if kind is not None:
        found = found.where(Document.kind == kind)
    return paged(found, Document, after, limit, _documents)


@answers("fetch_document")
def fetch_document(document_id: int) -> Response:
    """The PDF itself."""
    return pdf_response(queries.one(queries.documents(g.viewer), Document, document_id))


def _documents(rows: list[Document]) -> list[With]:
    codes = queries.codes_of({row.customer_id for row in rows})
    return [With(row, {"customer": codes[row.customer_id]}) for row in rows]
