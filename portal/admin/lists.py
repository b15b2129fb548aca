"""The history of everything, as a list."""

from __future__ import annotations

from typing import Any

from flask import url_for

from portal.admin import queries
from portal.db.audit import EVENTS, AuditEntry
from portal.kernel.text import t
from portal.web.filters import instant
from portal.web.listing import Column, Empty, Filter, ListSpec
from portal.web.words import say


def record_name(entry: AuditEntry) -> str:
    """`quotation 12`: what an entry is about."""
    kind = entry.subject_type.replace("_", " ")
    return f"{kind} {entry.subject_id}" if entry.subject_id is not None else kind


def _event_choices() -> list[tuple[str, Any]]:
    return [("", t("Any")), *((name, event.label) for name, event in sorted(EVENTS.items()))]


def _record_choices() -> list[tuple[str, Any]]:
    rooms = sorted({name.partition(".")[0] for name in EVENTS})
    return [("", t("Any")), *((f"{room}.", room.replace("_", " ")) for room in rooms)]


HISTORY = ListSpec(
    key="audit",
    columns=(
        Column("at", t("When"), lambda e: instant(e.at), sort=AuditEntry.at, value=lambda e: e.at),
        Column("who", t("Who"), lambda e: e.actor_name, sort=AuditEntry.actor_name),
        Column("what", t("What"), lambda e: say(e.label)),
        Column("record", t("Record"), record_name),
        Column("why", t("Why"), lambda e: e.reason or ""),
    ),
    row_id=AuditEntry.id,
    sort="-at",
    url=lambda e: url_for("desk_admin.audit_entry", entry_id=e.id),
    filters=(
        Filter("event", t("Step"), _event_choices, queries.with_event),
        Filter("about", t("Record"), _record_choices, queries.with_event),
    ),
    search=queries.about,
    search_hint=t("Name, record number, reason"),
    empty=Empty(t("Nothing has happened yet"), t("Every step that anybody takes is kept here.")),
)
