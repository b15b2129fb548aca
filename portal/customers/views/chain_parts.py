"""What a customer has bought and what is under way, for the page of one customer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import current_app, url_for
from sqlalchemy import select

from portal.access.permissions import Permission as P
from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.billing.labels import STATEMENTS
from portal.billing.models import Statement
from portal.billing.queries.statements import statements
from portal.billing.rules.parties import party_of
from portal.contracts.labels import label_of
from portal.contracts.models import Contract, Entitlement
from portal.contracts.queries import entitlements
from portal.customers.models import Customer
from portal.db.base import db
from portal.kernel import clock
from portal.kernel.text import Text
from portal.kernel.units import unit_word
from portal.receivables.standing_labels import Credit, credit_of
from portal.web.labels import Label

SHOWN = 5


@dataclass(frozen=True, slots=True)
class DrawnContract:
    """One contract with its chip and its page."""

    contract: Contract
    state: Label
    url: str | None


@dataclass(frozen=True, slots=True)
class DrawnEntitlement:
    """One entitlement in force with its unit in words and its page."""

    entitlement: Entitlement
    unit: Text
    url: str | None


@dataclass(frozen=True, slots=True)
class DrawnStatement:
    """One statement with its chip and its page."""

    statement: Statement
    state: Label
    url: str | None


def parts(customer: Customer, viewer: Viewer) -> dict[str, Any]:
    """`contracts`, `entitlements`, `statements` and the addresses of the rest; None for what the viewer may not see."""
    contracts = _contracts(customer, viewer) if viewer.may(P.CONTRACT_SEE) else None
    may_hold = contracts != [] and viewer.may(P.ENTITLEMENT_SEE)  # without a contract there is none
    return {
        "contracts": contracts,
        "entitlements": _entitlements(customer, viewer) if may_hold else None,
        "new_contract_url": _of("desk_contracts.new", customer, viewer, P.CONTRACT_EDIT),
        "entitlements_url": _of("desk_entitlements.index", customer, viewer, P.ENTITLEMENT_SEE),
        "shipments_url": _of("desk_shipments.index", customer, viewer, P.SHIPMENT_SEE),
        "stock_url": _stock(customer, viewer),
        "statements": _statements(customer, viewer) if viewer.may(P.STATEMENT_SEE) else None,
        "statements_url": _of("desk_statements.index", customer, viewer, P.STATEMENT_SEE),
        "credit": _credit(customer, viewer) if viewer.may(P.AGEING_SEE) else None,
        "credit_url": _page("desk_receivables.customer", customer_id=customer.id),
        "disputes_url": _of("desk_disputes.index", customer, viewer, P.DISPUTE_SEE),
    }


def _credit(customer: Customer, viewer: Viewer) -> Credit:
    """Limit, exposure and hold of the customer, or of the group that pays for it, where the viewer sees that one."""
    return credit_of(party_of(customer), clock.today(), viewer)


def _contracts(customer: Customer, viewer: Viewer) -> list[DrawnContract]:
    theirs = visible(select(Contract), Contract, viewer).where(Contract.customer_id == customer.id)
    latest = theirs.order_by(Contract.updated_at.desc(), Contract.id.desc()).limit(SHOWN)
    return [
        DrawnContract(
            row, label_of(row, clock.today()), _page("desk_contracts.show", contract_id=row.id)
        )
        for row in db.session.scalars(latest)
    ]


def _entitlements(customer: Customer, viewer: Viewer) -> list[DrawnEntitlement]:
    theirs = entitlements.entitlements(viewer).where(Entitlement.customer_id == customer.id)
    found = entitlements.in_force(theirs, clock.today()).order_by(
        Entitlement.is_unlimited, Entitlement.ends_on, Entitlement.id
    )
    return [
        DrawnEntitlement(
            row, unit_word(row.unit), _page("desk_entitlements.show", entitlement_id=row.id)
        )
        for row in db.session.scalars(found.limit(SHOWN))
    ]


def _statements(customer: Customer, viewer: Viewer) -> list[DrawnStatement]:
    theirs = statements(viewer).where(Statement.customer_id == customer.id)
    latest = theirs.order_by(Statement.ends_on.desc(), Statement.id.desc()).limit(SHOWN)
    return [
        DrawnStatement(
            row, STATEMENTS[row.state], _page("desk_statements.show", statement_id=row.id)
        )
        for row in db.session.scalars(latest)
    ]


def _of(endpoint: str, customer: Customer, viewer: Viewer, permission: P) -> str | None:
    return _page(endpoint, customer=customer.id) if viewer.may(permission) else None


def _stock(customer: Customer, viewer: Viewer) -> str | None:
    return (
        _page("desk_warehouse.show", customer_id=customer.id) if viewer.may(P.STOCK_SEE) else None
    )


def _page(endpoint: str, **values: Any) -> str | None:
    """The address of a page of a later room; None while that room is closed."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else None
