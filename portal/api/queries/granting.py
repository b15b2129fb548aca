"""What a scope allows: the line between the words of a key and the house's policy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from portal.access.permissions import Permission as P
from portal.api.rules.scopes import Scope

ALLOWED: Mapping[Scope, frozenset[P]] = {
    Scope.CUSTOMERS_READ: frozenset({P.CUSTOMER_SEE}),
    Scope.CONTRACTS_READ: frozenset({P.CONTRACT_SEE}),
    Scope.ENTITLEMENTS_READ: frozenset({P.ENTITLEMENT_SEE}),
    Scope.STATEMENTS_READ: frozenset({P.STATEMENT_SEE}),
    Scope.DOCUMENTS_READ: frozenset({P.STATEMENT_SEE}),
    Scope.BALANCES_READ: frozenset({P.AGEING_SEE}),
    Scope.USAGE_WRITE: frozenset({P.USAGE_RECORD}),
    Scope.STOCK_WRITE: frozenset({P.STOCK_RECORD}),
    Scope.MILESTONES_WRITE: frozenset({P.SHIPMENT_EDIT}),
    Scope.RECEIPTS_WRITE: frozenset({P.RECEIPT_RECORD}),
}
"""At the machines' door the scope itself is asked for; these are what queries and actions ask the viewer for."""


def guard_of(scope: Scope) -> P:
    """The permission that stands for a scope where routes are listed."""
    return min(ALLOWED[scope])


def allowed(scopes: Iterable[Scope]) -> frozenset[P]:
    """Everything that the scopes together allow."""
    return frozenset[P]().union(*(ALLOWED[each] for each in scopes))
