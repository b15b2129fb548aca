"""The whole policy: every permission, every role, every power inside a customer, in one place.

The "who can do what" page and the menus are drawn from these tables; nothing repeats them.
"""

from __future__ import annotations

from enum import StrEnum

from portal.kernel.text import Text, t


class Permission(StrEnum):
    """`noun:verb`, kept sorted."""

    AUDIT_SEE = "audit:see"
    BUNDLE_EDIT = "bundle:edit"
    CATALOGUE_SEE = "catalogue:see"
    COST_SEE = "cost:see"
    CUSTOMER_ASSIGN = "customer:assign"
    CUSTOMER_EDIT = "customer:edit"
    CUSTOMER_SEE = "customer:see"
    CUSTOMER_SEE_ALL = "customer:see_all"
    HEALTH_SEE = "health:see"
    MEMBER_EDIT = "member:edit"
    MEMBER_SEE = "member:see"
    POLICY_SEE = "policy:see"
    PRICE_BATCH = "price:batch"
    QUOTATION_ACCEPT = "quotation:accept"
    QUOTATION_APPROVE = "quotation:approve"
    QUOTATION_ASK = "quotation:ask"
    QUOTATION_EDIT = "quotation:edit"
    QUOTATION_ISSUE = "quotation:issue"
    QUOTATION_SEE = "quotation:see"
    RATE_EDIT = "rate:edit"
    SERVICE_ITEM_EDIT = "service_item:edit"
    SETTINGS_EDIT = "settings:edit"
    SETTINGS_SEE = "settings:see"
    TARIFF_ACTIVATE = "tariff:activate"
    TARIFF_EXPORT = "tariff:export"
    TARIFF_IMPORT = "tariff:import"
    TARIFF_SEE = "tariff:see"
    USER_EDIT = "user:edit"
    USER_SEE = "user:see"


class Role(StrEnum):
    """Staff roles; one person may hold several."""

    SALES = "sales"
    SALES_MANAGER = "sales_manager"
    CATALOGUE_MANAGER = "catalogue_manager"
    CUSTOMER_SERVICE = "customer_service"
    SERVICE_MANAGER = "service_manager"
    FINANCE = "finance"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


class Power(StrEnum):
    """What one membership lets a customer's user do, for its customer or branches."""

    ADMINISTER = "administer"
    SEE_QUOTATIONS = "see_quotations"
    ACCEPT_QUOTATIONS = "accept_quotations"
    SEE_BILLS = "see_bills"
    CONFIRM_BILLS = "confirm_bills"
    DISPUTE_BILLS = "dispute_bills"
    BOOK = "book"
    RAISE_REQUESTS = "raise_requests"


P = Permission

_DESK = frozenset({P.CUSTOMER_SEE, P.CATALOGUE_SEE, P.POLICY_SEE})
_SALES = _DESK | {P.CUSTOMER_EDIT, P.MEMBER_SEE, P.MEMBER_EDIT, P.QUOTATION_SEE, P.QUOTATION_EDIT,
                  P.QUOTATION_ISSUE, P.TARIFF_SEE, P.PRICE_BATCH}  # fmt: skip
_SALES_MANAGER = _SALES | {
    P.CUSTOMER_SEE_ALL,
    P.CUSTOMER_ASSIGN,
    P.COST_SEE,
    P.QUOTATION_APPROVE,
    P.BUNDLE_EDIT,
}
_CATALOGUE = _DESK | {P.CUSTOMER_SEE_ALL, P.COST_SEE, P.BUNDLE_EDIT, P.RATE_EDIT, P.SERVICE_ITEM_EDIT, P.TARIFF_SEE,
                      P.TARIFF_ACTIVATE, P.TARIFF_EXPORT, P.TARIFF_IMPORT, P.PRICE_BATCH}  # fmt: skip
_SERVICE = _DESK | {
    P.CUSTOMER_SEE_ALL,
    P.CUSTOMER_EDIT,
    P.MEMBER_SEE,
    P.MEMBER_EDIT,
    P.QUOTATION_SEE,
}
_FINANCE = _DESK | {P.CUSTOMER_SEE_ALL, P.COST_SEE, P.MEMBER_SEE, P.QUOTATION_SEE, P.RATE_EDIT, P.TARIFF_SEE,
                    P.PRICE_BATCH}  # fmt: skip
_AUDITOR = _DESK | {P.CUSTOMER_SEE_ALL, P.COST_SEE, P.MEMBER_SEE, P.QUOTATION_SEE, P.TARIFF_SEE, P.AUDIT_SEE,
                    P.HEALTH_SEE, P.SETTINGS_SEE, P.USER_SEE}  # fmt: skip

CUSTOMER_ONLY = frozenset({P.QUOTATION_ACCEPT, P.QUOTATION_ASK})

ROLES: dict[Role, frozenset[Permission]] = {
    Role.SALES: _SALES,
    Role.SALES_MANAGER: frozenset(_SALES_MANAGER),
    Role.CATALOGUE_MANAGER: frozenset(_CATALOGUE),
    Role.CUSTOMER_SERVICE: frozenset(_SERVICE),
    Role.SERVICE_MANAGER: frozenset(_SERVICE | {P.CUSTOMER_ASSIGN}),
    Role.FINANCE: frozenset(_FINANCE),
    Role.ADMINISTRATOR: frozenset(Permission) - CUSTOMER_ONLY,
    Role.AUDITOR: frozenset(_AUDITOR),
}

POWERS: dict[Power, frozenset[Permission]] = {
    Power.ADMINISTER: frozenset({P.MEMBER_SEE, P.MEMBER_EDIT}),
    Power.SEE_QUOTATIONS: frozenset({P.QUOTATION_SEE, P.QUOTATION_ASK}),
    Power.ACCEPT_QUOTATIONS: frozenset({P.QUOTATION_SEE, P.QUOTATION_ASK, P.QUOTATION_ACCEPT}),
    Power.SEE_BILLS: frozenset(),
    Power.CONFIRM_BILLS: frozenset(),
    Power.DISPUTE_BILLS: frozenset(),
    Power.BOOK: frozenset(),
    Power.RAISE_REQUESTS: frozenset(),
}

ROLE_LABELS: dict[Role, Text] = {
    Role.SALES: t("Sales"),
    Role.SALES_MANAGER: t("Sales manager"),
    Role.CATALOGUE_MANAGER: t("Catalogue manager"),
    Role.CUSTOMER_SERVICE: t("Customer service"),
    Role.SERVICE_MANAGER: t("Service manager"),
    Role.FINANCE: t("Finance"),
    Role.ADMINISTRATOR: t("Administrator"),
    Role.AUDITOR: t("Read-only auditor"),
}

POWER_LABELS: dict[Power, Text] = {
    Power.ADMINISTER: t("Administer this customer's users"),
    Power.SEE_QUOTATIONS: t("See quotations"),
    Power.ACCEPT_QUOTATIONS: t("Accept or decline quotations"),
    Power.SEE_BILLS: t("See bills"),
    Power.CONFIRM_BILLS: t("Confirm bills"),
    Power.DISPUTE_BILLS: t("Dispute bills"),
    Power.BOOK: t("Book shipments"),
    Power.RAISE_REQUESTS: t("Raise service requests"),
}

PERMISSION_LABELS: dict[Permission, Text] = {
    P.AUDIT_SEE: t("See the audit log"),
    P.BUNDLE_EDIT: t("Edit bundles"),
    P.CATALOGUE_SEE: t("See service items"),
    P.COST_SEE: t("See costs and margins"),
    P.CUSTOMER_ASSIGN: t("Assign customers to staff"),
    P.CUSTOMER_EDIT: t("Edit customers"),
    P.CUSTOMER_SEE: t("See own customers"),
    P.CUSTOMER_SEE_ALL: t("See all customers"),
    P.HEALTH_SEE: t("See the system's health"),
    P.MEMBER_EDIT: t("Invite and change a customer's users"),
    P.MEMBER_SEE: t("See a customer's users"),
    P.POLICY_SEE: t("See who can do what"),
    P.PRICE_BATCH: t("Price a file of shipments"),
    P.QUOTATION_ACCEPT: t("Accept or decline quotations"),
    P.QUOTATION_APPROVE: t("Approve quotations below the floor"),
    P.QUOTATION_ASK: t("Ask about a quotation"),
    P.QUOTATION_EDIT: t("Write quotations"),
    P.QUOTATION_ISSUE: t("Issue quotations"),
    P.QUOTATION_SEE: t("See quotations"),
    P.RATE_EDIT: t("Edit rates of exchange and tax"),
    P.SERVICE_ITEM_EDIT: t("Edit service items, schemes and surcharges"),
    P.SETTINGS_EDIT: t("Change the firm's settings"),
    P.SETTINGS_SEE: t("See the firm's settings"),
    P.TARIFF_ACTIVATE: t("Activate or retire tariffs"),
    P.TARIFF_EXPORT: t("Export tariffs"),
    P.TARIFF_IMPORT: t("Import rate sheets"),
    P.TARIFF_SEE: t("See tariffs and prices"),
    P.USER_EDIT: t("Invite and change staff"),
    P.USER_SEE: t("See staff"),
}


def of_roles(roles: frozenset[Role]) -> frozenset[Permission]:
    """Everything that the roles together allow."""
    return frozenset().union(*(ROLES[role] for role in roles))


def of_powers(powers: frozenset[Power]) -> frozenset[Permission]:
    """Everything that the powers together allow."""
    return frozenset().union(*(POWERS[power] for power in powers))
