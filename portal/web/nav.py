"""The menus of both doors, drawn from the policy: an entry shows when its permission is held."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, g, request, url_for

from portal.access.permissions import Permission
from portal.kernel.text import Text, t
from portal.web.words import say


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
class NavItem:
    """An entry as drawn on this page."""

    label: str
    url: str
    icon: str
    active: bool
    badge: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a menu under a name; None: it stands for itself."""

    label: Text | None
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class NavSection:
    """A part as drawn on this page: unfolded where the page belongs to it, or where the whole menu is short."""

    label: str
    items: list[NavItem]
    open: bool


SHORT = 14
"""A menu of so many entries at most needs no folding."""

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
        ),
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
            Entry(t("Help"), "my_knowledge.index", "question-circle", Permission.KNOWLEDGE_SEE),
            Entry(t("Our users"), "my_customers.members", "people", Permission.MEMBER_SEE),
        ),
    ),
)


def nav_sections() -> list[NavSection]:
    """The menu of the viewer's door in its parts; the entry that the page belongs to is marked."""
    viewer = g.viewer
    menu = DESK if viewer.kind == "staff" else MY if viewer.kind == "customer" else ()
    shown = [
        (
            section,
            [(entry, url_for(entry.endpoint)) for entry in section.entries if _is_shown(entry)],
        )
        for section in menu
    ]
    every = [pair for _section, pairs in shown for pair in pairs]
    nearest = max(every, key=lambda each: _nearness(*each), default=None)
    here = nearest if nearest is not None and _nearness(*nearest) > 0 else None
    of_a_part = any(section.label and here in pairs for section, pairs in shown)
    opens_all = len(every) <= SHORT or not of_a_part
    return [_drawn(section, pairs, here, opens_all) for section, pairs in shown if pairs]


def _is_shown(entry: Entry) -> bool:
    if entry.endpoint not in current_app.view_functions:
        return False
    return entry.permission is None or bool(g.viewer.may(entry.permission))


def _drawn(
    section: Section,
    pairs: list[tuple[Entry, str]],
    here: tuple[Entry, str] | None,
    opens_all: bool,
) -> NavSection:
    items = [
        NavItem(say(entry.label), url, entry.icon, here == (entry, url)) for entry, url in pairs
    ]
    label = say(section.label) if section.label else ""
    return NavSection(label, items, opens_all or any(item.active for item in items))


def _nearness(entry: Entry, url: str) -> int:
    """How much of the address of this page is the entry's; 0 when the page is not below it."""
    path = request.path
    roots = (url, *entry.also.split())
    return max(len(root) for root in (*roots, "") if path == root or path.startswith(f"{root}/"))
