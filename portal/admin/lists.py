"""The history of everything, as a list."""

from __future__ import annotations

from typing import Any

from flask import current_app, url_for

from portal.admin import queries
from portal.db.audit import EVENTS, AuditEntry
from portal.kernel.text import t
from portal.web.filters import instant
from portal.web.listing import Column, Empty, Filter, ListSpec
from portal.web.words import actor_word, say

RECORDS = {
    "contact": t("Contact"),
    "customer": t("Customer"),
    "exchange_rate": t("Rate of exchange"),
    "firm_profile": t("Settings"),
    "mapping_profile": t("Mapping profile"),
    "membership": t("Membership"),
    "price_scheme": t("Price scheme"),
    "quotation": t("Quotation"),
    "rate_import": t("Rate sheet"),
    "service_item": t("Service item"),
    "site": t("Site"),
    "surcharge_rule": t("Surcharge"),
    "tariff": t("Tariff"),
    "user": t("User"),
}
PAGES = {
    "customer": ("desk_customers.show", "customer_id"),
    "quotation": ("desk_quotations.show", "quotation_id"),
    "tariff": ("desk_tariffs.show", "tariff_id"),
    "user": ("desk_accounts.person", "user_id"),
}


def record_name(entry: AuditEntry) -> str:
    """`Quotation 12`: what an entry is about, in the reader's language."""
    kind = say(RECORDS.get(entry.subject_type, entry.subject_type))
    return f"{kind} {entry.subject_id}" if entry.subject_id is not None else kind


def record_address(entry: AuditEntry) -> str | None:
    """The record's own page, where it has one; a customer's user is found with the customer."""
    endpoint, argument = PAGES.get(entry.subject_type, ("", ""))
    if endpoint not in current_app.view_functions or entry.subject_id is None:
        return None
    values: dict[str, Any] = {argument: entry.subject_id}
    return url_for(endpoint, **values)


def _event_choices() -> list[tuple[str, Any]]:
    return [("", t("Any")), *((name, event.label) for name, event in sorted(EVENTS.items()))]


def _record_choices() -> list[tuple[str, Any]]:
    return [("", t("Any")), *RECORDS.items()]


HISTORY = ListSpec(
    key="audit",
    columns=(
        Column("at", t("When"), lambda e: instant(e.at), sort=AuditEntry.at, value=lambda e: e.at),
        Column("who", t("Who"), lambda e: actor_word(e.actor_name), sort=AuditEntry.actor_name),
        Column("what", t("What"), lambda e: say(e.label)),
        Column("record", t("Record"), record_name),
        Column("why", t("Why"), lambda e: e.reason or ""),
    ),
    row_id=AuditEntry.id,
    sort="-at",
    url=lambda e: url_for("desk_admin.audit_entry", entry_id=e.id),
    filters=(
        Filter("event", t("Step"), _event_choices, queries.with_event),
        Filter("about", t("Record"), _record_choices, queries.with_subject),
    ),
    search=queries.about,
    search_hint=t("Name, record number, reason"),
    empty=Empty(t("Nothing has happened yet"), t("Every step that anybody takes is kept here.")),
)
