"""Tables of contracts and entitlements."""

from portal.contracts.models.contracts import (
    Amendment,
    ClauseTemplate,
    Contract,
    ContractLine,
    ContractTerms,
)
from portal.contracts.models.entitlements import Entitlement, LedgerEntry

__all__ = [
    "Amendment",
    "ClauseTemplate",
    "Contract",
    "ContractLine",
    "ContractTerms",
    "Entitlement",
    "LedgerEntry",
]
