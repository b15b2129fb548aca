"""The whole policy: every permission, every role, every power inside a customer, in one place.

The "who can do what" page and the menus are drawn from these tables; nothing repeats them.
"""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """`noun:verb`, kept sorted."""

    AGEING_SEE = "ageing:see"
    API_EDIT = "api:edit"
    API_SEE = "api:see"
    ASSET_EDIT = "asset:edit"
    ASSET_SEE = "asset:see"
    AUDIT_SEE = "audit:see"
    BOOKING_DECIDE = "booking:decide"
    BOOKING_MAKE = "booking:make"
    BOOKING_SEE = "booking:see"
    BUNDLE_EDIT = "bundle:edit"
    CALL_SEE = "call:see"
    CALL_WORK = "call:work"
    CAMPAIGN_EDIT = "campaign:edit"
    CAMPAIGN_SEE = "campaign:see"
    CAMPAIGN_SEND = "campaign:send"
    CARE_SEE = "care:see"
    CARE_SET = "care:set"
    CARE_WORK = "care:work"
    CARRIER_BILL_EDIT = "carrier_bill:edit"
    CATALOGUE_SEE = "catalogue:see"
    CLAIM_ANSWER = "claim:answer"
    CLAIM_APPROVE = "claim:approve"
    CLAIM_DECIDE = "claim:decide"
    CLAIM_SEE = "claim:see"
    CLAUSE_EDIT = "clause:edit"
    COMMISSION_APPROVE = "commission:approve"
    COMMISSION_EDIT = "commission:edit"
    COMMISSION_SEE = "commission:see"
    CONTRACT_APPROVE = "contract:approve"
    CONTRACT_EDIT = "contract:edit"
    CONTRACT_END = "contract:end"
    CONTRACT_SEE = "contract:see"
    CONTRACT_SIGN = "contract:sign"
    COST_SEE = "cost:see"
    CREDIT_APPROVE = "credit:approve"
    CREDIT_GRANT = "credit:grant"
    CUSTOMER_ASSIGN = "customer:assign"
    CUSTOMER_CLASSIFY = "customer:classify"
    CUSTOMER_EDIT = "customer:edit"
    CUSTOMER_IMPORT = "customer:import"
    CUSTOMER_MERGE = "customer:merge"
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
    FORECAST_SEE = "forecast:see"
    HEALTH_SEE = "health:see"
    HOLD_APPROVE = "hold:approve"
    HOLD_SET = "hold:set"
    INSIGHT_RUN = "insight:run"
    INSIGHT_SEE = "insight:see"
    INSIGHT_SET = "insight:set"
    INTEREST_SHOW = "interest:show"
    INVOICE_ASK = "invoice:ask"
    INVOICE_REGISTER = "invoice:register"
    INVOICE_SEE = "invoice:see"
    JOB_RUN = "job:run"
    JOB_SEE = "job:see"
    KNOWLEDGE_EDIT = "knowledge:edit"
    KNOWLEDGE_SEE = "knowledge:see"
    LEAD_ASSIGN = "lead:assign"
    LEAD_SEE = "lead:see"
    LEAD_WORK = "lead:work"
    LETTER_RESEND = "letter:resend"
    LETTER_SEE = "letter:see"
    MARKET_EDIT = "market:edit"
    MARKET_SEE = "market:see"
    MEMBER_EDIT = "member:edit"
    MEMBER_SEE = "member:see"
    NOTICE_EDIT = "notice:edit"
    NOTICE_SEE = "notice:see"
    OFFER_EDIT = "offer:edit"
    OPPORTUNITY_EDIT = "opportunity:edit"
    OPPORTUNITY_SEE = "opportunity:see"
    OPPORTUNITY_UNLOCK = "opportunity:unlock"
    POINTS_EDIT = "points:edit"
    POINTS_REDEEM = "points:redeem"
    POINTS_SEE = "points:see"
    POLICY_SEE = "policy:see"
    PRICE_BATCH = "price:batch"
    PRIVACY_DO = "privacy:do"
    PRIVACY_SEE = "privacy:see"
    PROMISE_SEE = "promise:see"
    PROPOSAL_EDIT = "proposal:edit"
    PROPOSAL_SEE = "proposal:see"
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
    SALES_SET = "sales:set"
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
    WEBHOOK_EDIT = "webhook:edit"
    WEBHOOK_SEE = "webhook:see"


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

_DESK = frozenset({P.CATALOGUE_SEE, P.CUSTOMER_SEE, P.KNOWLEDGE_SEE, P.NOTICE_SEE, P.POLICY_SEE})
_CHAIN = frozenset(
    {P.BOOKING_SEE, P.CONTRACT_SEE, P.ENTITLEMENT_SEE, P.SHIPMENT_SEE, P.STOCK_SEE, P.USAGE_SEE}
)
"""From what was bought to what was used of it."""
_BILLS = frozenset({P.AGEING_SEE, P.DISPUTE_SEE, P.INVOICE_SEE, P.RECEIPT_SEE, P.STATEMENT_SEE})
"""What is billed, disputed, invoiced and paid."""
_REQUESTS = frozenset({P.CLAIM_SEE, P.REQUEST_NOTE, P.REQUEST_RAISE, P.REQUEST_SEE, P.TASK_WORK})
"""What everybody needs who has a part in a customer's request."""
_CALLS = frozenset({P.CALL_SEE, P.CALL_WORK})
_CARE = frozenset(
    {P.ASSET_SEE, P.CARE_SEE, P.CARE_WORK, P.INSIGHT_SEE, P.MARKET_EDIT, P.MARKET_SEE,
     P.OPPORTUNITY_SEE, P.POINTS_SEE, P.SURVEY_SEE}
)  # fmt: skip
"""What everybody needs who looks after customers."""
_SALES = _DESK | _REQUESTS | _CALLS | _CARE | _CHAIN | _BILLS | {
    P.BOOKING_MAKE, P.CAMPAIGN_EDIT, P.CAMPAIGN_SEE, P.COMMISSION_SEE, P.CONTRACT_EDIT,
    P.CUSTOMER_EDIT,
    P.FORECAST_SEE, P.LEAD_SEE, P.LEAD_WORK, P.MEMBER_EDIT, P.MEMBER_SEE, P.OPPORTUNITY_EDIT,
    P.PRICE_BATCH, P.PROPOSAL_EDIT, P.PROPOSAL_SEE, P.QUOTATION_EDIT, P.QUOTATION_ISSUE,
    P.QUOTATION_SEE, P.SETTLEMENT_APPLY,
    P.TARIFF_SEE, P.UPSELL_EDIT, P.UPSELL_SEE,
}  # fmt: skip
_SALES_MANAGER = _SALES | {
    P.ASSET_EDIT, P.BUNDLE_EDIT, P.CAMPAIGN_SEND, P.CARE_SET, P.CLAUSE_EDIT, P.CONTRACT_APPROVE,
    P.CONTRACT_END, P.CONTRACT_SIGN,
    P.COST_SEE, P.CUSTOMER_ASSIGN, P.CUSTOMER_CLASSIFY, P.CUSTOMER_IMPORT, P.CUSTOMER_MERGE,
    P.CUSTOMER_SEE_ALL, P.DEFECT_SEE, P.DISPUTE_DECIDE, P.ENTITLEMENT_ADJUST, P.HOLD_SET,
    P.INSIGHT_RUN, P.INSIGHT_SET, P.LEAD_ASSIGN, P.NOTICE_EDIT, P.OFFER_EDIT,
    P.OPPORTUNITY_UNLOCK, P.QUOTATION_APPROVE, P.REPORT_SEE, P.SALES_SET,
}  # fmt: skip
_CATALOGUE = _DESK | {
    P.BUNDLE_EDIT, P.COST_SEE, P.CUSTOMER_SEE_ALL, P.MARKET_EDIT, P.MARKET_SEE, P.OFFER_EDIT,
    P.PRICE_BATCH, P.RATE_EDIT,
    P.SERVICE_ITEM_EDIT, P.TARIFF_ACTIVATE, P.TARIFF_EXPORT, P.TARIFF_IMPORT, P.TARIFF_SEE,
}  # fmt: skip
_SERVICE = _DESK | _CARE | _CHAIN | _REQUESTS | _CALLS | {
    P.ASSET_EDIT, P.BOOKING_DECIDE, P.BOOKING_MAKE, P.CLAIM_DECIDE, P.CUSTOMER_EDIT,
    P.CUSTOMER_SEE_ALL,
    P.DEFECT_EDIT, P.DEFECT_SEE, P.DISPUTE_SEE, P.KNOWLEDGE_EDIT, P.MEMBER_EDIT, P.MEMBER_SEE,
    P.QUOTATION_SEE, P.REQUEST_WORK, P.SHIPMENT_EDIT, P.STATEMENT_SEE,
    P.UPSELL_EDIT, P.UPSELL_SEE, P.USAGE_RECORD,
}  # fmt: skip
_SERVICE_MANAGER = _SERVICE | {
    P.CARE_SET, P.CLAIM_APPROVE, P.CUSTOMER_ASSIGN, P.CUSTOMER_MERGE, P.ENTITLEMENT_ADJUST,
    P.REQUEST_ASSIGN, P.REQUEST_REOPEN,
    P.SERVICE_SET, P.STOCK_CLOSE, P.SURVEY_EDIT, P.WAREHOUSE_EDIT,
}  # fmt: skip
_WAREHOUSE = _DESK | _REQUESTS | {
    P.ASSET_SEE, P.BOOKING_SEE, P.CUSTOMER_SEE_ALL, P.DEFECT_SEE, P.SHIPMENT_EDIT, P.SHIPMENT_SEE,
    P.STOCK_RECORD, P.STOCK_SEE,
}  # fmt: skip
_FINANCE = _DESK | _CHAIN | _BILLS | _REQUESTS | {
    P.ASSET_SEE, P.CARRIER_BILL_EDIT, P.COMMISSION_EDIT, P.COMMISSION_SEE, P.CONTRACT_SIGN,
    P.COST_SEE, P.CREDIT_GRANT, P.CUSTOMER_SEE_ALL,
    P.DISPUTE_DECIDE, P.DUNNING_SEND, P.HOLD_SET, P.INSIGHT_SEE, P.INVOICE_ASK, P.INVOICE_REGISTER,
    P.MEMBER_SEE, P.POINTS_EDIT, P.POINTS_REDEEM, P.POINTS_SEE, P.PRICE_BATCH, P.QUOTATION_SEE,
    P.RATE_EDIT, P.RECEIPT_RECORD, P.REPORT_SEE,
    P.SETTLEMENT_APPLY, P.STATEMENT_PUBLISH, P.STATEMENT_REVIEW, P.STATEMENT_RUN,
    P.STOCK_CLOSE, P.TARIFF_SEE, P.USAGE_RECORD,
}  # fmt: skip
_FINANCE_MANAGER = _FINANCE | {
    P.CLAIM_APPROVE, P.COMMISSION_APPROVE, P.CREDIT_APPROVE, P.DUNNING_EDIT, P.HOLD_APPROVE,
    P.SETTLEMENT_APPROVE,
}  # fmt: skip
_AUDITOR = _DESK | _CHAIN | _BILLS | {
    P.API_SEE, P.ASSET_SEE, P.AUDIT_SEE, P.CALL_SEE, P.CAMPAIGN_SEE, P.CARE_SEE, P.CLAIM_SEE,
    P.COMMISSION_SEE, P.COST_SEE, P.CUSTOMER_SEE_ALL, P.DEFECT_SEE, P.FORECAST_SEE,
    P.HEALTH_SEE, P.INSIGHT_SEE, P.JOB_SEE, P.LEAD_SEE, P.MARKET_SEE, P.MEMBER_SEE,
    P.OPPORTUNITY_SEE, P.POINTS_SEE, P.PRIVACY_SEE, P.PROPOSAL_SEE, P.QUOTATION_SEE, P.REPORT_SEE,
    P.REQUEST_SEE, P.SETTINGS_SEE, P.SURVEY_SEE, P.TARIFF_SEE, P.UPSELL_SEE, P.USER_SEE,
    P.WEBHOOK_SEE,
}  # fmt: skip

CUSTOMER_ONLY = frozenset(
    {P.CLAIM_ANSWER, P.DISPUTE_RAISE, P.INTEREST_SHOW, P.PROMISE_SEE, P.QUOTATION_ACCEPT,
     P.QUOTATION_ASK, P.STATEMENT_CONFIRM}
)  # fmt: skip
_ANYBODY = frozenset({P.INTEREST_SHOW, P.KNOWLEDGE_SEE, P.NOTICE_SEE, P.PROMISE_SEE})
"""What everybody of a customer has who has any power."""

ROLES: dict[Role, frozenset[Permission]] = {
    Role.SALES: _SALES,
    Role.SALES_MANAGER: frozenset(_SALES_MANAGER),
    Role.CATALOGUE_MANAGER: frozenset(_CATALOGUE),
    Role.CUSTOMER_SERVICE: frozenset(_SERVICE),
    Role.SERVICE_MANAGER: frozenset(_SERVICE_MANAGER),
    Role.WAREHOUSE: frozenset(_WAREHOUSE),
    Role.FINANCE: frozenset(_FINANCE),
    Role.FINANCE_MANAGER: frozenset(_FINANCE_MANAGER),
    Role.ADMINISTRATOR: frozenset(Permission) - CUSTOMER_ONLY,
    Role.AUDITOR: frozenset(_AUDITOR),
}

POWERS: dict[Power, frozenset[Permission]] = {
    Power.ADMINISTER: frozenset({P.MEMBER_SEE, P.MEMBER_EDIT}),
    Power.SEE_QUOTATIONS: frozenset({P.PROPOSAL_SEE, P.QUOTATION_SEE, P.QUOTATION_ASK}),
    Power.ACCEPT_QUOTATIONS: frozenset(
        {P.PROPOSAL_SEE, P.QUOTATION_SEE, P.QUOTATION_ASK, P.QUOTATION_ACCEPT}
    ),
    Power.SEE_CONTRACTS: _CHAIN | {P.ASSET_SEE},
    Power.SEE_BILLS: _CHAIN | _BILLS | {P.INVOICE_ASK, P.POINTS_SEE, P.SETTLEMENT_APPLY},
    Power.CONFIRM_BILLS: _CHAIN
    | _BILLS
    | {P.INVOICE_ASK, P.POINTS_REDEEM, P.POINTS_SEE, P.STATEMENT_CONFIRM},
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
    """Everything that the powers together allow, and what everybody has who has any."""
    found = frozenset[Permission]().union(*(POWERS[power] for power in powers))
    return found | _ANYBODY if powers else found
