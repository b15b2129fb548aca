"""The whole policy: every permission, every role, every power inside a customer, in one place.

The "who can do what" page and the menus are drawn from these tables; nothing repeats them.
"""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """`noun:verb`, kept sorted."""

    AGEING_SEE = "ageing:see"
    AUDIT_SEE = "audit:see"
    BOOKING_DECIDE = "booking:decide"
    BOOKING_MAKE = "booking:make"
    BOOKING_SEE = "booking:see"
    BUNDLE_EDIT = "bundle:edit"
    CALL_SEE = "call:see"
    CALL_WORK = "call:work"
    CARRIER_BILL_EDIT = "carrier_bill:edit"
    CATALOGUE_SEE = "catalogue:see"
    CLAIM_ANSWER = "claim:answer"
    CLAIM_APPROVE = "claim:approve"
    CLAIM_DECIDE = "claim:decide"
    CLAIM_SEE = "claim:see"
    CLAUSE_EDIT = "clause:edit"
    CONTRACT_APPROVE = "contract:approve"
    CONTRACT_EDIT = "contract:edit"
    CONTRACT_END = "contract:end"
    CONTRACT_SEE = "contract:see"
    CONTRACT_SIGN = "contract:sign"
    COST_SEE = "cost:see"
    CREDIT_APPROVE = "credit:approve"
    CREDIT_GRANT = "credit:grant"
    CUSTOMER_ASSIGN = "customer:assign"
    CUSTOMER_EDIT = "customer:edit"
    CUSTOMER_SEE = "customer:see"
    CUSTOMER_SEE_ALL = "customer:see_all"
    DEFECT_EDIT = "defect:edit"
    DEFECT_SEE = "defect:see"
    DISPUTE_DECIDE = "dispute:decide"
    DISPUTE_RAISE = "dispute:raise"
    DISPUTE_SEE = "dispute:see"
    DUNNING_EDIT = "dunning:edit"
    DUNNING_SEND = "dunning:send"
    ENTITLEMENT_ADJUST = "entitlement:adjust"
    ENTITLEMENT_SEE = "entitlement:see"
    HEALTH_SEE = "health:see"
    HOLD_APPROVE = "hold:approve"
    HOLD_SET = "hold:set"
    INVOICE_ASK = "invoice:ask"
    INVOICE_REGISTER = "invoice:register"
    INVOICE_SEE = "invoice:see"
    KNOWLEDGE_EDIT = "knowledge:edit"
    KNOWLEDGE_SEE = "knowledge:see"
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
    RECEIPT_RECORD = "receipt:record"
    RECEIPT_SEE = "receipt:see"
    REPORT_SEE = "report:see"
    REQUEST_ASSIGN = "request:assign"
    REQUEST_NOTE = "request:note"
    REQUEST_RAISE = "request:raise"
    REQUEST_REOPEN = "request:reopen"
    REQUEST_SEE = "request:see"
    REQUEST_WORK = "request:work"
    SERVICE_ITEM_EDIT = "service_item:edit"
    SERVICE_SET = "service:set"
    SETTINGS_EDIT = "settings:edit"
    SETTINGS_SEE = "settings:see"
    SETTLEMENT_APPLY = "settlement:apply"
    SETTLEMENT_APPROVE = "settlement:approve"
    SHIPMENT_EDIT = "shipment:edit"
    SHIPMENT_SEE = "shipment:see"
    STATEMENT_CONFIRM = "statement:confirm"
    STATEMENT_PUBLISH = "statement:publish"
    STATEMENT_REVIEW = "statement:review"
    STATEMENT_RUN = "statement:run"
    STATEMENT_SEE = "statement:see"
    STOCK_CLOSE = "stock:close"
    STOCK_RECORD = "stock:record"
    STOCK_SEE = "stock:see"
    SURVEY_EDIT = "survey:edit"
    SURVEY_SEE = "survey:see"
    TARIFF_ACTIVATE = "tariff:activate"
    TARIFF_EXPORT = "tariff:export"
    TARIFF_IMPORT = "tariff:import"
    TARIFF_SEE = "tariff:see"
    TASK_WORK = "task:work"
    UPSELL_EDIT = "upsell:edit"
    UPSELL_SEE = "upsell:see"
    USAGE_RECORD = "usage:record"
    USAGE_SEE = "usage:see"
    USER_EDIT = "user:edit"
    USER_SEE = "user:see"
    WAREHOUSE_EDIT = "warehouse:edit"


class Role(StrEnum):
    """Staff roles; one person may hold several."""

    SALES = "sales"
    SALES_MANAGER = "sales_manager"
    CATALOGUE_MANAGER = "catalogue_manager"
    CUSTOMER_SERVICE = "customer_service"
    SERVICE_MANAGER = "service_manager"
    WAREHOUSE = "warehouse"
    FINANCE = "finance"
    FINANCE_MANAGER = "finance_manager"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


class Power(StrEnum):
    """What one membership lets a customer's user do, for its customer or branches."""

    ADMINISTER = "administer"
    SEE_QUOTATIONS = "see_quotations"
    ACCEPT_QUOTATIONS = "accept_quotations"
    SEE_CONTRACTS = "see_contracts"
    SEE_BILLS = "see_bills"
    CONFIRM_BILLS = "confirm_bills"
    DISPUTE_BILLS = "dispute_bills"
    BOOK = "book"
    RAISE_REQUESTS = "raise_requests"


P = Permission

_DESK = frozenset({P.CUSTOMER_SEE, P.CATALOGUE_SEE, P.KNOWLEDGE_SEE, P.POLICY_SEE})
_CHAIN = frozenset(
    {P.BOOKING_SEE, P.CONTRACT_SEE, P.ENTITLEMENT_SEE, P.SHIPMENT_SEE, P.STOCK_SEE, P.USAGE_SEE}
)
"""From what was bought to what was used of it."""
_BILLS = frozenset({P.AGEING_SEE, P.DISPUTE_SEE, P.INVOICE_SEE, P.RECEIPT_SEE, P.STATEMENT_SEE})
"""What is billed, disputed, invoiced and paid."""
_REQUESTS = frozenset({P.CLAIM_SEE, P.REQUEST_NOTE, P.REQUEST_RAISE, P.REQUEST_SEE, P.TASK_WORK})
"""What everybody needs who has a part in a customer's request."""
_CALLS = frozenset({P.CALL_SEE, P.CALL_WORK})
_SALES = _DESK | _REQUESTS | _CALLS | _CHAIN | _BILLS | {
    P.BOOKING_MAKE, P.CONTRACT_EDIT, P.CUSTOMER_EDIT, P.MEMBER_EDIT, P.MEMBER_SEE,
    P.PRICE_BATCH, P.QUOTATION_EDIT, P.QUOTATION_ISSUE, P.QUOTATION_SEE, P.SETTLEMENT_APPLY,
    P.TARIFF_SEE, P.UPSELL_EDIT, P.UPSELL_SEE,
}  # fmt: skip
_SALES_MANAGER = _SALES | {
    P.BUNDLE_EDIT, P.CLAUSE_EDIT, P.CONTRACT_APPROVE, P.CONTRACT_END, P.CONTRACT_SIGN,
    P.COST_SEE, P.CUSTOMER_ASSIGN, P.CUSTOMER_SEE_ALL, P.DEFECT_SEE, P.DISPUTE_DECIDE,
    P.ENTITLEMENT_ADJUST, P.HOLD_SET, P.QUOTATION_APPROVE, P.REPORT_SEE, P.SURVEY_SEE,
}  # fmt: skip
_CATALOGUE = _DESK | {
    P.BUNDLE_EDIT, P.COST_SEE, P.CUSTOMER_SEE_ALL, P.PRICE_BATCH, P.RATE_EDIT,
    P.SERVICE_ITEM_EDIT, P.TARIFF_ACTIVATE, P.TARIFF_EXPORT, P.TARIFF_IMPORT, P.TARIFF_SEE,
}  # fmt: skip
_SERVICE = _DESK | _CHAIN | _REQUESTS | _CALLS | {
    P.BOOKING_DECIDE, P.BOOKING_MAKE, P.CLAIM_DECIDE, P.CUSTOMER_EDIT, P.CUSTOMER_SEE_ALL,
    P.DEFECT_EDIT, P.DEFECT_SEE, P.DISPUTE_SEE, P.KNOWLEDGE_EDIT, P.MEMBER_EDIT, P.MEMBER_SEE,
    P.QUOTATION_SEE, P.REQUEST_WORK, P.SHIPMENT_EDIT, P.STATEMENT_SEE, P.SURVEY_SEE,
    P.UPSELL_EDIT, P.UPSELL_SEE, P.USAGE_RECORD,
}  # fmt: skip
_SERVICE_MANAGER = _SERVICE | {
    P.CLAIM_APPROVE, P.CUSTOMER_ASSIGN, P.ENTITLEMENT_ADJUST, P.REQUEST_ASSIGN, P.REQUEST_REOPEN,
    P.SERVICE_SET, P.STOCK_CLOSE, P.SURVEY_EDIT, P.WAREHOUSE_EDIT,
}  # fmt: skip
_WAREHOUSE = _DESK | _REQUESTS | {
    P.BOOKING_SEE, P.CUSTOMER_SEE_ALL, P.DEFECT_SEE, P.SHIPMENT_EDIT, P.SHIPMENT_SEE,
    P.STOCK_RECORD, P.STOCK_SEE,
}  # fmt: skip
_FINANCE = _DESK | _CHAIN | _BILLS | _REQUESTS | {
    P.CARRIER_BILL_EDIT, P.CONTRACT_SIGN, P.COST_SEE, P.CREDIT_GRANT, P.CUSTOMER_SEE_ALL,
    P.DISPUTE_DECIDE, P.DUNNING_SEND, P.HOLD_SET, P.INVOICE_ASK, P.INVOICE_REGISTER,
    P.MEMBER_SEE, P.PRICE_BATCH, P.QUOTATION_SEE, P.RATE_EDIT, P.RECEIPT_RECORD, P.REPORT_SEE,
    P.SETTLEMENT_APPLY, P.STATEMENT_PUBLISH, P.STATEMENT_REVIEW, P.STATEMENT_RUN,
    P.STOCK_CLOSE, P.TARIFF_SEE, P.USAGE_RECORD,
}  # fmt: skip
_AUDITOR = _DESK | _CHAIN | _BILLS | {
    P.AUDIT_SEE, P.CALL_SEE, P.CLAIM_SEE, P.COST_SEE, P.CUSTOMER_SEE_ALL, P.DEFECT_SEE,
    P.HEALTH_SEE, P.MEMBER_SEE, P.QUOTATION_SEE, P.REPORT_SEE, P.REQUEST_SEE,
    P.SETTINGS_SEE, P.SURVEY_SEE, P.TARIFF_SEE, P.UPSELL_SEE, P.USER_SEE,
}  # fmt: skip

CUSTOMER_ONLY = frozenset(
    {P.CLAIM_ANSWER, P.DISPUTE_RAISE, P.QUOTATION_ACCEPT, P.QUOTATION_ASK, P.STATEMENT_CONFIRM}
)

ROLES: dict[Role, frozenset[Permission]] = {
    Role.SALES: _SALES,
    Role.SALES_MANAGER: frozenset(_SALES_MANAGER),
    Role.CATALOGUE_MANAGER: frozenset(_CATALOGUE),
    Role.CUSTOMER_SERVICE: frozenset(_SERVICE),
    Role.SERVICE_MANAGER: frozenset(_SERVICE_MANAGER),
    Role.WAREHOUSE: frozenset(_WAREHOUSE),
    Role.FINANCE: frozenset(_FINANCE),
    Role.FINANCE_MANAGER: frozenset(
        _FINANCE
        | {P.CLAIM_APPROVE, P.CREDIT_APPROVE, P.DUNNING_EDIT, P.HOLD_APPROVE, P.SETTLEMENT_APPROVE}
    ),
    Role.ADMINISTRATOR: frozenset(Permission) - CUSTOMER_ONLY,
    Role.AUDITOR: frozenset(_AUDITOR),
}

POWERS: dict[Power, frozenset[Permission]] = {
    Power.ADMINISTER: frozenset({P.MEMBER_SEE, P.MEMBER_EDIT}),
    Power.SEE_QUOTATIONS: frozenset({P.QUOTATION_SEE, P.QUOTATION_ASK}),
    Power.ACCEPT_QUOTATIONS: frozenset({P.QUOTATION_SEE, P.QUOTATION_ASK, P.QUOTATION_ACCEPT}),
    Power.SEE_CONTRACTS: _CHAIN,
    Power.SEE_BILLS: _CHAIN | _BILLS | {P.INVOICE_ASK, P.SETTLEMENT_APPLY},
    Power.CONFIRM_BILLS: _CHAIN | _BILLS | {P.INVOICE_ASK, P.STATEMENT_CONFIRM},
    Power.DISPUTE_BILLS: _CHAIN
    | _BILLS
    | {P.DISPUTE_RAISE, P.CLAIM_SEE, P.CLAIM_ANSWER, P.REQUEST_SEE},
    Power.BOOK: frozenset(
        {P.BOOKING_MAKE, P.BOOKING_SEE, P.ENTITLEMENT_SEE, P.SHIPMENT_SEE, P.STOCK_SEE}
    ),
    Power.RAISE_REQUESTS: frozenset(
        {P.ENTITLEMENT_SEE, P.SHIPMENT_SEE, P.REQUEST_SEE, P.REQUEST_RAISE, P.CLAIM_SEE}
    ),
}


def of_roles(roles: frozenset[Role]) -> frozenset[Permission]:
    """Everything that the roles together allow."""
    return frozenset().union(*(ROLES[role] for role in roles))


def of_powers(powers: frozenset[Power]) -> frozenset[Permission]:
    """Everything that the powers together allow; whoever has any reads the public part of the knowledge base."""
    found = frozenset[Permission]().union(*(POWERS[power] for power in powers))
    return found | {P.KNOWLEDGE_SEE} if powers else found
