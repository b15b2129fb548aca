"""What a key may be for: each scope is one line of the form, of the description and of the guard."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from portal.kernel.text import Text, t


class Scope(StrEnum):
    """`noun:verb` as OAuth writes it."""

    CUSTOMERS_READ = "customers:read"
    CONTRACTS_READ = "contracts:read"
    ENTITLEMENTS_READ = "entitlements:read"
    STATEMENTS_READ = "statements:read"
    DOCUMENTS_READ = "documents:read"
    BALANCES_READ = "balances:read"
    USAGE_WRITE = "usage:write"
    STOCK_WRITE = "stock:write"
    MILESTONES_WRITE = "milestones:write"
    RECEIPTS_WRITE = "receipts:write"


SCOPE_WORDS: Mapping[Scope, Text] = {
    Scope.CUSTOMERS_READ: t("Read customers"),
    Scope.CONTRACTS_READ: t("Read contracts"),
    Scope.ENTITLEMENTS_READ: t("Read entitlements"),
    Scope.STATEMENTS_READ: t("Read statements"),
    Scope.DOCUMENTS_READ: t("Fetch stored papers"),
    Scope.BALANCES_READ: t("Read balances and ageing"),
    Scope.USAGE_WRITE: t("Record usage"),
    Scope.STOCK_WRITE: t("Post stock movements"),
    Scope.MILESTONES_WRITE: t("Report milestones"),
    Scope.RECEIPTS_WRITE: t("Record receipts"),
}
