"""The rows that other systems read, each select limited to what their key sees."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import defer, joinedload, selectinload

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.billing.models import Statement, StatementLine, StatementRevision
from portal.billing.queries import statements as billing
from portal.billing.queries.sums import in_revision
from portal.catalogue.models import ServiceItem
from portal.contracts.models import Amendment, Contract, ContractLine, Entitlement
from portal.contracts.queries import entitlements as bought
from portal.contracts.queries.contracts import in_state
from portal.contracts.rules import states
from portal.contracts.rules.states import AmendmentState
from portal.customers.models import Customer
from portal.customers.queries import customers as seen_customers
from portal.db import whole
from portal.db.base import db
from portal.documents.models import Document
from portal.kernel.errors import NotFound

CODE = (Customer.code,)
SHOWN_AMENDMENTS = (AmendmentState.PENDING_SIGNATURE.value, AmendmentState.IN_FORCE.value)
PAPERS_OF_CUSTOMERS = ("credit_note", "quotation", "statement")
"""Papers that exist only once the customer may read them."""


def customers(viewer: Viewer) -> Select[Any]:
    """Customers with nothing but their own columns."""
    return seen_customers(viewer).options(defer(Customer.search_text), defer(Customer.note))


def contracts(viewer: Viewer) -> Select[Any]:
    """Contracts with their customer's code; a customer's key sees none before it is ready to be signed."""
    found: Select[Any] = visible(select(Contract), Contract, viewer)
    if viewer.kind == "customer":
        found = found.where(Contract.state.in_(sorted(states.CUSTOMER_SEES)))
    return found.options(
        joinedload(Contract.customer).load_only(*CODE),
        defer(Contract.search_text),
        defer(Contract.internal_note),
    )


def contracts_in(found: Select[Any], state: str, today: date) -> Select[Any]:
    """Those in a state as it is read today."""
    return in_state(found, state, today)


def with_lines(found: Select[Any]) -> Select[Any]:
    """Contracts with all their lines and the items of these."""
    return found.options(selectinload(Contract.lines).joinedload(ContractLine.item))


def entitlements(viewer: Viewer) -> Select[Any]:
    """Entitlements with item, customer's code and the stored state of the contract, which counts even unseen."""
    return bought.entitlement_list(viewer)


def entitlements_in_force(found: Select[Any], is_in_force: bool, today: date) -> Select[Any]:
    """Those of today, or the others."""
    if is_in_force:
        return bought.in_force(found, today)
    of_today = bought.in_force(select(Entitlement.id), today)
    return found.where(Entitlement.id.not_in(of_today))


def statements(viewer: Viewer) -> Select[Any]:
    """Statements with their customer's code; a customer's key sees published ones."""
    return billing.statements(viewer)


def documents(viewer: Viewer) -> Select[Any]:
    """Stored papers; a customer's key sees those that the customer itself may read."""
    found: Select[Any] = visible(select(Document), Document, viewer)
    if viewer.kind != "customer":
        return found
    signed = select(Contract.id).where(Contract.state.in_(sorted(states.CUSTOMER_SEES)))
    amended = select(Amendment.id).where(Amendment.state.in_(SHOWN_AMENDMENTS))
    of_contract = and_(Document.kind == "contract", Document.subject_id.in_(signed))
    of_amendment = and_(Document.kind == "amendment", Document.subject_id.in_(amended))
    return found.where(or_(Document.kind.in_(PAPERS_OF_CUSTOMERS), of_contract, of_amendment))


def of_customer(found: Select[Any], model: Any, code: str, viewer: Viewer) -> Select[Any]:
    """Those of the customer with this code; none for a code that the viewer does not see."""
    wanted = seen_customers(viewer).with_only_columns(Customer.id).where(Customer.code == code)
    return found.where(model.customer_id.in_(wanted))


def since(found: Select[Any], model: Any, at: datetime) -> Select[Any]:
    """Those that changed at an instant or later."""
    return found.where(model.updated_at >= at)


def one(found: Select[Any], model: Any, row_id: int) -> Any:
    """The row with this id, with what was asked beside it; NotFound when it is not among those."""
    row = db.session.execute(found.where(model.id == row_id)).first()
    if row is None:
        raise NotFound()
    return row[0] if len(row) == 1 else row


def page(found: Select[Any], key: Any, after: int, limit: int) -> tuple[list[Any], bool]:
    """The next `limit` rows behind the key `after`, and whether there are more."""
    wanted = found.where(key > after).order_by(None).order_by(key).limit(limit + 1)
    rows = [row[0] if len(row) == 1 else row for row in db.session.execute(wanted)]
    return rows[:limit], len(rows) > limit


def codes_of(customer_ids: Collection[int]) -> dict[int, str]:
    """Customer id → code; a bill names whom it is for though that record may be unseen."""
    found = whole.columns_of(Customer, customer_ids, ("code",))
    return {row_id: code for row_id, (code,) in found.items()}


def items_of(item_ids: Collection[int | None]) -> dict[int, str]:
    """Item id → code."""
    wanted = [each for each in item_ids if each is not None]
    found = whole.columns_of(ServiceItem, wanted, ("code",))
    return {row_id: code for row_id, (code,) in found.items()}


def papers_of(rows: Collection[Statement]) -> dict[int, int]:
    """Statement id → the paper of its published revision."""
    wanted = {row.id: row.revision_no for row in rows if row.revision_no}
    shown = select(
        StatementRevision.statement_id, StatementRevision.number, StatementRevision.document_id
    ).where(
        StatementRevision.statement_id.in_(sorted(wanted)),
        StatementRevision.document_id.is_not(None),
    )
    return {
        row.statement_id: row.document_id or 0
        for row in db.session.execute(shown)
        if wanted[row.statement_id] == row.number
    }


def lines(statement: Statement) -> Select[Any]:
    """The lines of a statement that was fetched, as it is now, with their workings and contracts."""
    wanted: Select[Any] = select(StatementLine).where(
        StatementLine.statement_id == statement.id, in_revision(None)
    )
    return wanted.options(joinedload(StatementLine.contract).load_only(Contract.number))
