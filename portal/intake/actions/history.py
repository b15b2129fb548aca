"""What happened with customers, from a file: each row a note of their history, found again by its own key."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.customers.models import HistoryNote
from portal.customers.rules.kinds import NoteKind
from portal.db import audit
from portal.db.base import db
from portal.intake.actions import written
from portal.intake.actions.contacts import named as contact_named
from portal.intake.actions.planning import Plan, Reading, belongs, changed
from portal.intake.actions.subjects import Subject
from portal.intake.queries import known
from portal.intake.rules.fields import ASIDE
from portal.intake.rules.reading import Line, Values
from portal.intake.rules.spelling import Vocabulary, folded
from portal.kernel.text import t

COLUMNS = ("customer_id", "kind", "happened_at", "contact_id", "subject", "text", "written_by")


class HistoryWay:
    """How files of history are compared and written. No mail goes out and no task is made: it is past."""

    def known(self, viewer: Viewer) -> Mapping[str, Vocabulary]:
        """Our people."""
        return {"written_by": known.staff()}

    def wanted(self, values: Values) -> Iterable[str]:
        """The customer that a line names."""
        yield values.get("customer") or ""

    def compare(self, reading: Reading, lines: list[Line]) -> list[Plan]:
        """What lines come to, against the notes as they are."""
        named = list(belongs(reading, lines))
        people = known.contact_rows((customer.id for _, customer in named), reading.viewer)
        plans = [
            plan
            for line, customer in named
            if (plan := _planned(reading, line, customer.id, people.get(customer.id, [])))
        ]
        there = _there([plan.values["source_key"] for plan in plans], reading.viewer)
        for plan in plans:
            before = there.get(plan.values["source_key"])
            if before is not None:
                plan.row_id = before["id"]
                told = {name: value for name, value in plan.values.items() if name in COLUMNS}
                plan.changes = changed(told, before)
        return plans

    def write(self, reading: Reading, plans: list[Plan], actor: Viewer) -> None:
        """Insert what is new, change what is there."""
        _insert(reading, [plan for plan in plans if plan.row_id is None], actor)
        _update(reading, [plan for plan in plans if plan.changes], actor)

    def finish(self, reading: Reading, actor: Viewer) -> None:
        """Nothing is left to do."""


WAY = HistoryWay()


def _planned(reading: Reading, line: Line, customer_id: int, people: list[Any]) -> Plan | None:
    given, reader = line.values, reading.reader
    at = given.get("happened_at")
    if at is None:
        reader.wrong(line.row, ("happened_at",), "", t("when it happened"))
        return None
    if at > reading.now:
        reader.wrong(line.row, ("happened_at",), at.date(), t("a day that is not in the future"))
        return None
    text = "\n".join(filter(None, [given.get("text") or "", *given.get(ASIDE, ())]))
    values: Values = {
        "customer_id": customer_id,
        "kind": given.get("kind") or NoteKind.NOTE.value,
        "happened_at": at,
        "subject": given.get("subject") or "",
        "text": text,
    }
    if given.get("written_by"):
        values["written_by"] = int(given["written_by"])
    if not values["subject"] and not text:
        reader.wrong(line.row, ("text", "subject"), "", t("what happened"))
        return None
    _put_contact(reading, line, values, people)
    values["source_key"] = key = source_key(given, values)
    if not reading.once(
        key, line.row, ("reference", "subject", "text"), given.get("reference") or ""
    ):
        return None
    label = values["subject"] or text[:60]
    return Plan(line.row, values, label, customer_id)


def source_key(given: Mapping[str, Any], values: Mapping[str, Any]) -> str:
    """The file's own reference (or ours, of a file that we wrote); else a mark of whom, when, how and about what.

    The text is not part of the mark, so that it may be put right by the next file.
    """
    if reference := given.get("reference"):
        ours = reference.startswith(("file:", "row:", "note:"))
        return (reference if ours else f"file:{reference}")[:120]
    parts = values["customer_id"], values["happened_at"].isoformat(), values["kind"]
    about = folded(values["subject"]) or folded(values["text"])[:80]
    mark = "\n".join(map(str, (*parts, about, folded(given.get("contact") or ""))))
    return f"row:{hashlib.sha256(mark.encode()).hexdigest()}"


def _put_contact(reading: Reading, line: Line, values: Values, people: list[Any]) -> None:
    """The person of this name; who is no contact of the customer stays in the text."""
    word = line.values.get("contact")
    if not word:
        return
    row = contact_named(word, people)
    values["contact_id"] = None if row is None else row.id
    if row is None:
        values["text"] = "\n".join(filter(None, [word, values["text"]]))
        expected = t("a contact of this customer; the name is kept in the text")
        reading.reader.warn(line.row, ("contact",), word, expected)


def _there(keys: list[str], viewer: Viewer) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    columns = [getattr(HistoryNote, name) for name in ("id", "source_key", *COLUMNS)]
    for some in known.chunks(keys):
        statement = visible(select(*columns), HistoryNote, viewer)
        wanted = statement.where(HistoryNote.source_key.in_(some))
        found |= {row["source_key"]: dict(row) for row in db.session.execute(wanted).mappings()}
        ids = [int(key[5:]) for key in some if key.startswith("note:") and key[5:].isdecimal()]
        wanted = statement.where(HistoryNote.id.in_(ids), HistoryNote.source_key.is_(None))
        rows = db.session.execute(wanted).mappings() if ids else ()
        found |= {f"note:{row['id']}": dict(row) for row in rows}
    return found


def _insert(reading: Reading, plans: list[Plan], actor: Viewer) -> None:
    if not plans:
        return
    shared = {"created_at": reading.now, "updated_at": reading.now, "contact_id": None}
    rows = [{**shared, "written_by": actor.user_id, **plan.values} for plan in plans]
    ids = written.inserted(HistoryNote, rows, "source_key")
    entries = [
        (
            Subject("history_note", row_id, plan.customer_id),
            None,
            {"subject": plan.label, "row": plan.row},
        )
        for row_id, plan in zip(ids, plans, strict=True)
    ]
    why = reading.batch.file_name
    audit.record_all(actor, "customer.noted", entries, reading.now, reason=why)


def _update(reading: Reading, plans: list[Plan], actor: Viewer) -> None:
    for some in known.chunks(plans):
        statement = select(HistoryNote).where(HistoryNote.id.in_([plan.row_id for plan in some]))
        rows = {row.id: row for row in db.session.scalars(statement)}
        entries = []
        for plan in some:
            row = rows[plan.row_id or 0]
            for each in plan.changes:
                setattr(row, each.field, each.after)
            before = {each.field: each.before for each in plan.changes}
            entries.append((row, before, {each.field: each.after for each in plan.changes}))
        db.session.flush()
        why = reading.batch.file_name
        audit.record_all(actor, "customer.note_changed", entries, reading.now, reason=why)
