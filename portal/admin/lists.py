"""The history of everything, as a list."""

from __future__ import annotations

from typing import Any

from flask import url_for

from portal.admin import queries
from portal.admin.rules.record_words import FIELDS, RECORD, RECORDS
from portal.db.audit import EVENTS, AuditEntry
from portal.hooks.queries import subjects
from portal.hooks.rules.catalogue import SUBJECTS
from portal.kernel.pinyin import joined
from portal.kernel.text import t
from portal.web.filters import instant
from portal.web.listing import Column, Empty, Filter, ListSpec
from portal.web.words import actor_word, say


def record_name(entry: AuditEntry) -> str:
    """`Quotation 12`: what an entry is about, in the reader's language."""
    kind = say(RECORDS.get(entry.subject_type, RECORD))
    return f"{kind} {entry.subject_id}" if entry.subject_id is not None else kind


def record_told(entry: AuditEntry) -> tuple[str, str | None]:
    """`Quotation QT-2026-000128` by the number that people know, where the record has one, and its page's address."""
    row = None if entry.subject_id is None else subjects.row_of(entry)
    if row is None:
        return record_name(entry), None
    number = getattr(row, "number", None) or getattr(row, "code", None)
    kind = say(RECORDS.get(entry.subject_type, RECORD))
    return f"{kind} {number}" if number else record_name(entry), _address(entry.subject_type, row)


def _address(table: str, row: Any) -> str | None:
    """A customer's user has no page of its own: it is found with the customer."""
    if table == "tariff":
        return url_for("desk_tariffs.show", tariff_id=row.id)
    about = SUBJECTS.get(table)
    if about is None or (table == "user" and row.kind != "staff"):
        return None
    return about.path(row.id, for_customer=False)


def field_words(name: str) -> str | None:
    """A field of an entry in words; None where it has none."""
    known = FIELDS.get(name)
    return say(known) if known else None


def _event_choices() -> list[tuple[str, Any]]:
    return [("", t("Any")), *((name, event.label) for name, event in sorted(EVENTS.items()))]


def _record_choices() -> list[tuple[str, Any]]:
    told = ((name, say(words)) for name, words in RECORDS.items())
    return [("", t("Any")), *sorted(told, key=lambda each: joined(each[1]))]


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
