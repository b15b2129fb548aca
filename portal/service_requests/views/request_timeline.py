"""The talk of a request in one line of time: what the customer reads, what only the house reads, what was done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from portal.db.audit import AuditEntry
from portal.documents.models import Attachment
from portal.kernel.text import Text
from portal.service_requests.models import InternalNote, RequestMessage
from portal.service_requests.queries.talk import MESSAGE, NOTE, Talk


class Voice(StrEnum):
    """Who speaks, and to whom."""

    CUSTOMER = "customer"
    ANSWER = "answer"  # from us, the customer reads it
    NOTE = "note"  # from us, only staff reads it
    STEP = "step"


@dataclass(frozen=True, slots=True)
class Spoken:
    """One entry. `shown_later`: a message that was an internal note at first; `note_id` of a note not shown yet."""

    voice: Voice
    at: datetime
    who: str
    text: str = ""
    what: Text | None = None
    is_public: bool = False
    files: tuple[Attachment, ...] = ()
    note_id: int | None = None
    shown_later: bool = False
    anchor: str = ""


def line_of(talk: Talk) -> list[Spoken]:
    """Everything, the latest first; what happened at one instant in the order message, note, step."""
    shown = {each.from_note_id for each in talk.messages if each.from_note_id}
    entries = [
        *(_message(each, talk) for each in talk.messages),
        *(_note(each, talk, each.id in shown) for each in talk.notes),
        *(_step(each) for each in talk.steps),
    ]
    return sorted(entries, key=lambda each: each.at, reverse=True)


def _message(row: RequestMessage, talk: Talk) -> Spoken:
    return Spoken(
        Voice.CUSTOMER if row.side == "customer" else Voice.ANSWER,
        row.written_at,
        row.author_name,
        row.text,
        is_public=True,
        files=tuple(talk.files.get((MESSAGE, row.id), ())),
        shown_later=row.from_note_id is not None,
        anchor=f"message-{row.id}",
    )


def _note(row: InternalNote, talk: Talk, is_shown: bool) -> Spoken:
    return Spoken(
        Voice.NOTE,
        row.written_at,
        row.author_name,
        row.text,
        files=tuple(talk.files.get((NOTE, row.id), ())),
        note_id=None if is_shown else row.id,
        anchor=f"note-{row.id}",
    )


def _step(row: AuditEntry) -> Spoken:
    return Spoken(
        Voice.STEP, row.at, row.actor_name, row.reason or "", row.label, row.is_public
    )  # fmt: skip
