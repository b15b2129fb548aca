"""Files of customers on their way in: their mapping guessed, chosen and remembered; words accepted for a whole file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import select

from portal.access.viewer import Viewer
from portal.catalogue.rules.sheets.meaning import squeeze
from portal.db import audit
from portal.db.base import db
from portal.intake.actions import contacts, customers, history, opportunities, planning
from portal.intake.actions.planning import Way
from portal.intake.models import HeadMapping
from portal.intake.rules.fields import ASIDE, FIELDS, NEEDED
from portal.intake.rules.heads import Heads
from portal.intake.rules.kinds import IntakeKind
from portal.intake.rules.spelling import folded
from portal.kernel.errors import Invalid, NotAllowedNow
from portal.kernel.text import t
from portal.usage.actions import batches
from portal.usage.actions.batches import Handler
from portal.usage.models import ImportBatch
from portal.usage.rules.states import BatchState as S

WAYS: Mapping[str, Way] = {
    IntakeKind.CUSTOMERS: customers.WAY,
    IntakeKind.CONTACTS: contacts.WAY,
    IntakeKind.OPPORTUNITIES: opportunities.WAY,
    IntakeKind.HISTORY: history.WAY,
}
HANDLERS: Mapping[str, Handler] = {
    kind: Handler(partial(planning.read, way), partial(planning.apply, way))
    for kind, way in WAYS.items()
}
REREAD = (S.READY, S.WRONG, S.FAILED)


def receive(
    kind: str, body: bytes, name: str, options: Mapping[str, Any], actor: Viewer, now: datetime, instance: Path
) -> tuple[ImportBatch, Heads]:  # fmt: skip
    """Keep a file and put it in line to be read as its layout was read before; its heads as they are understood.

    FileProblems when it is no safe, readable table, or has no heads.
    """
    row = batches.receive(kind, body, name, actor, now, instance, options=options)
    heads = planning.heads_of(row, batches.kept_file(row, instance))
    known = mapping_of(kind, heads.fingerprint)
    if known is not None:
        row.options = {**row.options, "heads": known.heads, "words": known.words}
        db.session.flush()
        heads = planning.heads_of(row, batches.kept_file(row, instance))
    return row, heads


def mapping_of(kind: str, fingerprint: str) -> HeadMapping | None:
    """How a layout was read before."""
    wanted = select(HeadMapping).where(
        HeadMapping.kind == kind, HeadMapping.fingerprint == fingerprint
    )
    return db.session.scalar(wanted)


def choose_heads(
    row: ImportBatch, heads: Heads, chosen: Mapping[str, str], actor: Viewer, now: datetime
) -> None:
    """Read the file by these heads {head: field, "" for none} from now on, and every file of its layout.

    Invalid where one thing is said by two columns, or one that is needed by none.
    """
    _check_open(row)
    known = {each.head: chosen.get(each.head, each.field) for each in heads.columns}
    _check_heads(row.kind, known)
    kept = {squeeze(head): field for head, field in known.items()}
    _remember(row, heads, actor, now, heads=kept)
    row.options = {**row.options, "heads": kept}
    batches.wait_for(row, "read", now)


def accept_words(
    row: ImportBatch, heads: Heads, words: Mapping[tuple[str, str], str], actor: Viewer, now: datetime
) -> None:  # fmt: skip
    """Take words {(field, as the file writes it): as it is meant} for this file, and for the next of its layout."""
    _check_open(row)
    known: dict[str, dict[str, str]] = {
        field: dict(each) for field, each in (row.options.get("words") or {}).items()
    }
    for (field, found), meant in words.items():
        if field not in FIELDS[row.kind]:
            raise Invalid(t("Choose one of the list."))
        known.setdefault(field, {})[folded(found)] = meant.strip()
    _remember(row, heads, actor, now, words=known)
    row.options = {**row.options, "words": known}
    batches.wait_for(row, "read", now)


def leave_out_blank(row: ImportBatch, now: datetime) -> None:
    """Read the file again without the rows that name no customer."""
    _check_open(row)
    row.options = {**row.options, "leave_out_blank": True}
    batches.wait_for(row, "read", now)


def _check_open(row: ImportBatch) -> None:
    if row.state not in REREAD:
        raise NotAllowedNow(t("This file is being worked on or is already decided."))


def _check_heads(kind: str, chosen: Mapping[str, str]) -> None:
    fields = FIELDS[kind]
    said = [field for field in chosen.values() if field and field != ASIDE]
    if any(field not in fields for field in said):
        raise Invalid(t("Choose one of the list."))
    twice = [field for field in dict.fromkeys(said) if said.count(field) > 1]
    if twice:
        names = ", ".join(fields[each].en for each in twice)
        raise Invalid(t("Two columns cannot both say: %(names)s.", names=names))
    lacking = [c for c in NEEDED[kind] if not set(c) & set(said)]
    if lacking:
        names = "; ".join(" / ".join(fields[each].en for each in choices) for choices in lacking)
        raise Invalid(t("A column is needed for: %(names)s.", names=names))


def _remember(
    row: ImportBatch, layout: Heads, actor: Viewer, now: datetime, **kept: Mapping[str, Any]
) -> None:
    known = mapping_of(row.kind, layout.fingerprint)
    if known is None:
        guessed = {squeeze(each.head): each.field for each in layout.columns}
        known = HeadMapping(kind=row.kind, fingerprint=layout.fingerprint, heads=guessed)
        known.created_by = actor.user_id
        db.session.add(known)
    known.file_name = row.file_name
    for name, value in kept.items():
        setattr(known, name, dict(value))
    audit.record(actor, "head_mapping.kept", known, now, after={"file": row.file_name})
