"""The entries of both doors' menus; each shows to whoever holds its permission."""

from __future__ import annotations

from dataclasses import dataclass

from portal.access.permissions import Permission
from portal.kernel.text import Text, t


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a menu; rooms that are not installed yet have no endpoint and are left out.

    `also` names, with blanks between, further addresses whose pages belong to it.
    """

    label: Text
    endpoint: str
    icon: str
    permission: Permission | None = None
    also: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a menu under a name; None: it stands for itself."""

    label: Text | None
    entries: tuple[Entry, ...]


DESK = (
    Section(
        None,
        (Entry(t("Home"), "desk_home.index", "house"),),
    ),
    Section(
        t("Sales"),
        (
            Entry(
                t("Customers"),
                "desk_customers.index",
                "people",
                Permission.CUSTOMER_SEE,
                "/desk/contacts /desk/sites /desk/members",
            ),
            Entry(
                t("Opportunities"),
                "desk_opportunities.index",
                "bullseye",
                Permission.OPPORTUNITY_SEE,
                "/desk/proposals /desk/sales-methods /desk/sales-words /desk/competitors /desk/proposal-outlines",
            ),
            Entry(t("Leads"), "desk_leads.index", "funnel", Permission.LEAD_SEE),
            Entry(
                t("Quotations"),
                "desk_quotations.index",
                "file-earmark-text",
                Permission.QUOTATION_SEE,
            ),
            Entry(t("Lane search"), "desk_quotations.lanes", "search", Permission.QUOTATION_EDIT),
            Entry(
                t("Contracts"),
                "desk_contracts.index",
                "file-earmark-check",
                Permission.CONTRACT_SEE,
                "/desk/amendments /desk/clauses",
            ),
            Entry(
                t("Entitlements"),
                "desk_entitlements.index",
                "pie-chart",
                Permission.ENTITLEMENT_SEE,
            ),
        ),
    ),
    Section(
        t("Operations"),
        (
            Entry(t("Bookings"), "desk_bookings.index", "calendar-check", Permission.BOOKING_SEE),
            Entry(t("Shipments"), "desk_shipments.index", "truck", Permission.SHIPMENT_SEE),
            Entry(t("Usage"), "desk_usage.index", "speedometer2", Permission.USAGE_SEE),
            Entry(
                t("Stock"),
                "desk_warehouse.index",
                "box-seam",
                Permission.STOCK_SEE,
                "/desk/warehouses",
            ),
        ),
    ),
    Section(
        t("Service"),
        (
            Entry(
                t("Service requests"),
                "desk_requests.index",
                "headset",
                Permission.REQUEST_SEE,
                "/desk/feedback-sheets /desk/upsells /desk/request-lines /desk/canned-replies /desk/request-categories",
            ),
            Entry(t("Claims"), "desk_claims.index", "shield-exclamation", Permission.CLAIM_SEE),
            Entry(t("Calls"), "desk_calls.index", "telephone", Permission.CALL_SEE),
            Entry(
                t("Calendar"),
                "desk_calendar.index",
                "calendar3",
                Permission.TASK_WORK,
                "/desk/tasks",
            ),
            Entry(
                t("Defects"),
                "desk_defects.index",
                "wrench",
                Permission.DEFECT_SEE,
                "/desk/registers /desk/defect-kinds",
            ),
            Entry(t("Satisfaction"), "desk_surveys.index", "star", Permission.SURVEY_SEE),
            Entry(
                t("Knowledge base"), "desk_knowledge.index", "lightbulb", Permission.KNOWLEDGE_SEE
            ),
        ),
    ),
    Section(
        t("Customer care"),
        (
            Entry(
                t("Visits"),
                "desk_visits.index",
                "geo-alt",
                Permission.CARE_SEE,
                "/desk/visit-plans /desk/watch-notes",
            ),
            Entry(t("Campaigns"), "desk_campaigns.index", "megaphone", Permission.CAMPAIGN_SEE),
            Entry(t("Notices"), "desk_notices.index", "newspaper", Permission.NOTICE_EDIT),
            Entry(
                t("Recommended services"),
                "desk_offers.index",
                "hand-thumbs-up",
                Permission.OFFER_EDIT,
            ),
            Entry(t("Loyalty points"), "desk_points.index", "award", Permission.POINTS_SEE),
            Entry(
                t("Lent things"), "desk_assets.index", "box-arrow-up-right", Permission.ASSET_SEE
            ),
            Entry(t("Market news"), "desk_market.index", "binoculars", Permission.MARKET_SEE),
        ),
    ),
    Section(
        t("Insight"),
        (
            Entry(t("Dashboards"), "desk_dashboards.index", "graph-up", Permission.CUSTOMER_SEE),
            Entry(
                t("Forecast"),
                "desk_opportunities.forecast",
                "calendar-range",
                Permission.FORECAST_SEE,
            ),
            Entry(
                t("Tiers and classes"),
                "desk_tiers.index",
                "diagram-3",
                Permission.INSIGHT_SEE,
                "/desk/classification-runs /desk/churn",
            ),
            Entry(
                t("Service indices"), "desk_indices.index", "speedometer", Permission.INSIGHT_SEE
            ),
            Entry(
                t("Comparisons"),
                "desk_comparisons.index",
                "bar-chart-steps",
                Permission.INSIGHT_SEE,
            ),
            Entry(t("Commission"), "desk_commissions.index", "percent", Permission.COMMISSION_SEE),
        ),
    ),
    Section(
        t("Money"),
        (
            Entry(
                t("Statements"),
                "desk_statements.index",
                "receipt",
                Permission.STATEMENT_SEE,
                "/desk/statement-runs /desk/credits",
            ),
            Entry(t("Disputes"), "desk_disputes.index", "chat-square-dots", Permission.DISPUTE_SEE),
            Entry(
                t("Invoices"), "desk_invoices.index", "file-earmark-ruled", Permission.INVOICE_SEE
            ),
            Entry(t("Receipts"), "desk_receipts.index", "wallet2", Permission.RECEIPT_SEE),
            Entry(
                t("Receivables"),
                "desk_receivables.index",
                "hourglass-split",
                Permission.AGEING_SEE,
                "/desk/dunning /desk/settlement",
            ),
            Entry(t("Reports"), "desk_reports.index", "bar-chart", Permission.REPORT_SEE),
            Entry(
                t("Carriers' bills"),
                "desk_carrier_bills.index",
                "clipboard-check",
                Permission.CARRIER_BILL_EDIT,
            ),
        ),
    ),
    Section(
        t("Prices"),
        (
            Entry(
                t("Service items"),
                "desk_catalogue.items",
                "tags",
                Permission.CATALOGUE_SEE,
                "/desk/bundles /desk/places",
            ),
            Entry(
                t("Tariffs"), "desk_tariffs.index", "table", Permission.TARIFF_SEE, "/desk/schemes"
            ),
            Entry(t("Surcharges"), "desk_catalogue.surcharges", "layers", Permission.TARIFF_SEE),
            Entry(t("Batch pricing"), "desk_tariffs.batch", "calculator", Permission.PRICE_BATCH),
            Entry(
                t("Rates of exchange"),
                "desk_catalogue.exchange",
                "cash-coin",
                Permission.TARIFF_SEE,
                "/desk/taxes",
            ),
        ),
    ),
    Section(
        t("House"),
        (
            Entry(
                t("Customers from files"),
                "desk_intake.index",
                "database-add",
                Permission.CUSTOMER_IMPORT,
            ),
            Entry(
                t("Duplicate customers"),
                "desk_duplicates.index",
                "intersect",
                Permission.CUSTOMER_MERGE,
            ),
            Entry(t("Staff"), "desk_accounts.staff", "person", Permission.USER_SEE),
            Entry(
                t("Service settings"),
                "desk_service_settings.index",
                "sliders",
                Permission.SERVICE_SET,
            ),
            Entry(t("Settings"), "desk_admin.settings", "gear", Permission.SETTINGS_SEE),
            Entry(t("Who can do what"), "desk_admin.policy", "shield-check", Permission.POLICY_SEE),
            Entry(t("Audit log"), "desk_admin.audit", "journal-text", Permission.AUDIT_SEE),
            Entry(t("Health"), "desk_admin.health", "activity", Permission.HEALTH_SEE),
            Entry(t("Scheduled work"), "desk_upkeep.jobs", "clock-history", Permission.JOB_SEE),
            Entry(t("Outgoing mail"), "desk_upkeep.letters", "envelope", Permission.LETTER_SEE),
            Entry(t("Webhooks"), "desk_hooks.index", "broadcast", Permission.WEBHOOK_SEE),
            Entry(t("Other systems"), "desk_api.index", "plug", Permission.API_SEE),
            Entry(t("Personal data"), "desk_privacy.index", "person-lock", Permission.PRIVACY_SEE),
        ),
    ),
    Section(
        None,
        (Entry(t("Help"), "desk_help.index", "question-circle"),),
    ),
)

MY = (
    Section(
        None,
        (
            Entry(t("Home"), "my_home.index", "house"),
            Entry(
                t("Quotations"),
                "my_quotations.index",
                "file-earmark-text",
                Permission.QUOTATION_SEE,
                "/my/proposals",
            ),
            Entry(
                t("Entitlements"), "my_entitlements.index", "pie-chart", Permission.ENTITLEMENT_SEE
            ),
            Entry(t("Bookings"), "my_bookings.index", "calendar-check", Permission.BOOKING_SEE),
            Entry(t("Shipments"), "my_shipments.index", "truck", Permission.SHIPMENT_SEE),
            Entry(
                t("Contracts"), "my_contracts.index", "file-earmark-check", Permission.CONTRACT_SEE
            ),
            Entry(t("Usage"), "my_usage.index", "speedometer2", Permission.USAGE_SEE),
            Entry(t("Stock"), "my_warehouse.index", "box-seam", Permission.STOCK_SEE),
            Entry(t("Lent things"), "my_assets.index", "box-arrow-up-right", Permission.ASSET_SEE),
            Entry(
                t("Statements"),
                "my_statements.index",
                "receipt",
                Permission.STATEMENT_SEE,
                "/my/disputes",
            ),
            Entry(
                t("Payments"),
                "my_payments.index",
                "wallet2",
                Permission.RECEIPT_SEE,
                "/my/invoices",
            ),
            Entry(
                t("Service requests"),
                "my_requests.index",
                "headset",
                Permission.REQUEST_SEE,
                "/my/claims",
            ),
            Entry(t("Loyalty points"), "my_points.index", "award", Permission.POINTS_SEE),
            Entry(t("Service promise"), "my_promise.index", "patch-check", Permission.PROMISE_SEE),
            Entry(
                t("For you"),
                "my_offers.index",
                "hand-thumbs-up",
                Permission.INTEREST_SHOW,
                "/my/notices",
            ),
            Entry(t("Help"), "my_knowledge.index", "question-circle", Permission.KNOWLEDGE_SEE),
            Entry(t("Our users"), "my_customers.members", "people", Permission.MEMBER_SEE),
        ),
    ),
)
