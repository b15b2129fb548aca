"""Addresses of rooms that may not be built in yet: a page shows only what leads somewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import current_app, g, url_for

from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.kernel.text import Text, t

P = Permission


@dataclass(frozen=True, slots=True)
class Step:
    """Something to begin from the first page."""

    label: Text
    endpoint: str
    icon: str
    permission: Permission | None = None


DESK_STEPS = (
    Step(t("New quotation"), "desk_quotations.new", "file-earmark-plus", P.QUOTATION_EDIT),
    Step(t("Find a lane"), "desk_quotations.lanes", "search", P.QUOTATION_EDIT),
    Step(t("New customer"), "desk_customers.new", "person-plus", P.CUSTOMER_EDIT),
    Step(
        t("Import a rate sheet"), "desk_tariffs.import_", "file-earmark-arrow-up", P.TARIFF_IMPORT
    ),
    Step(t("New request"), "desk_requests.new", "headset", P.REQUEST_WORK),
    Step(t("Note a call"), "desk_calls.new", "telephone", P.CALL_WORK),
    Step(t("Record a receipt"), "desk_receipts.new", "wallet2", P.RECEIPT_RECORD),
    Step(t("Bill a period"), "desk_statements.new_run", "receipt", P.STATEMENT_RUN),
    Step(t("Price a file of shipments"), "desk_tariffs.batch", "calculator", P.PRICE_BATCH),
    Step(t("Rates of exchange"), "desk_catalogue.exchange", "cash-coin", P.RATE_EDIT),
    Step(t("Invite somebody"), "desk_accounts.invite", "person-plus", P.USER_EDIT),
    Step(t("Firm's settings"), "desk_admin.settings", "gear", P.SETTINGS_EDIT),
    Step(t("Audit log"), "desk_admin.audit", "journal-text", P.AUDIT_SEE),
)


def address(endpoint: str, **values: Any) -> str | None:
    """The address of `endpoint`; None while no room offers it."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else None


def address_for(viewer: Viewer, endpoint: str, **values: Any) -> str | None:
    """The address of `endpoint`; None while no room offers it, and for a viewer before whom it is closed."""
    guard = getattr(current_app.view_functions.get(endpoint), "guard", None)
    closed = isinstance(guard, Permission) and not viewer.may(guard)
    return None if closed else address(endpoint, **values)


def steps() -> list[tuple[Step, str]]:
    """What this viewer may begin, with its address; at most five."""
    found = []
    for step in DESK_STEPS:
        url = address(step.endpoint)
        if url and (step.permission is None or g.viewer.may(step.permission)):
            found.append((step, url))
    return found[:5]
