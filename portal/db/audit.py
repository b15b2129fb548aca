"""History: one entry per step, from a catalogue of names, chained by hash (DESIGN rule 6).

Features declare their events beside their models; an undeclared name is a programming error. The entries of a
record are its timeline; a customer sees the public ones.

What the hash covers, and how a person's name can leave an entry while the chain still proves the rest, is in
`portal.db.seals`; the redaction itself is a chained entry of its own (`portal.db.redaction`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from sqlalchemy import ForeignKey, Index, String, bindparam, func, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import seals
from portal.db.base import AppendOnly, Base, db
from portal.db.types import JSONText, UTCDateTime
from portal.kernel.text import Text, t

CHAIN_LOCK = 7_401_001  # an arbitrary number that no other advisory lock of ours uses
GENESIS = "0" * 64
NOTED = "audit.redacted"


@dataclass(frozen=True, slots=True)
class Event:
    """A step that history knows: its words, and whether the customer may read them."""

    label: Text
    public: bool = False


EVENTS: dict[str, Event] = {}


def declare(events: Mapping[str, Event]) -> None:
    """Add a feature's events to the catalogue; a name may be declared once."""
    for name, event in events.items():
        if name in EVENTS and EVENTS[name] != event:
            raise ValueError(f"event {name} is declared twice")
        EVENTS[name] = event


declare({NOTED: Event(t("A person's name taken out of the history"))})


class AuditEntry(Base):
    """Who did what to which record, when, why, and what it was before and after.

    `seed` salts the digests of what may name a person; once something was redacted it is gone, and `veil` holds what
    is left of it.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_subject", "subject_type", "subject_id", "id"),
        Index("ix_audit_entry_customer", "customer_id", "at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    actor_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(120))
    event: Mapped[str] = mapped_column(String(64), index=True)
    subject_type: Mapped[str] = mapped_column(String(64))
    subject_id: Mapped[int | None]
    customer_id: Mapped[int | None]
    is_public: Mapped[bool]
    before: Mapped[Any | None] = mapped_column(JSONText)
    after: Mapped[Any | None] = mapped_column(JSONText)
    reason: Mapped[str | None] = mapped_column(String(2000))
    previous_hash: Mapped[str] = mapped_column(String(64))
    entry_hash: Mapped[str] = mapped_column(String(64), unique=True)
    seed: Mapped[str | None] = mapped_column(String(32))
    veil: Mapped[Any | None] = mapped_column(JSONText)

    @property
    def label(self) -> Text:
        """The step in words."""
        known = EVENTS.get(self.event)
        return known.label if known else Text(self.event)

    def plain(self) -> dict[str, Any]:
        """What the hash covers as it is: nothing of it names a person but by a number."""
        return {
            "at": self.at.isoformat(),
            "actor": self.actor_id,
            "event": self.event,
            "subject": [self.subject_type, self.subject_id],
            "customer": self.customer_id,
            "public": self.is_public,
            "shape": [seals.shape(self.before), seals.shape(self.after)],
        }

    def leaves(self) -> seals.Leaves:
        """What the hash covers by digests: path → value."""
        return seals.leaves(self.actor_name, self.reason, self.before, self.after)

    def computed_hash(self) -> str:
        """SHA-256 over the previous entry's hash, this one's plain facts and the digests of the rest."""
        digests = seals.digests(self.seed, self.veil, self.leaves())
        return seals.chained(self.previous_hash, self.plain(), digests)


_ID_OF = select(AuditEntry.id).where(AuditEntry.entry_hash == bindparam("mark"))
_WRITTEN = tuple(column.key for column in AuditEntry.__table__.columns if column.key != "id")


class AuditRedaction(AppendOnly, Base):
    """One entry that was redacted: `noted_in` is the chained entry that says so, `shown_hash` covers how it reads."""

    __tablename__ = "audit_redaction"
    __table_args__ = (Index("ix_audit_redaction_noted_in", "noted_in", "entry_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("audit_entry.id"), index=True)
    noted_in: Mapped[int] = mapped_column(ForeignKey("audit_entry.id"))
    shown_hash: Mapped[str] = mapped_column(String(64))


@dataclass(frozen=True, slots=True)
class Verified:
    """What checking the chain came to: how many entries, how many of them redacted, the first that does not hold.

    `newest`: the mark (hash) of the last one. Kept elsewhere, it proves later that nothing was cut off behind: what is
    left of a chain that lost its end is whole.
    """

    count: int
    redacted: int
    broken: int | None
    newest: str = field(default=GENESIS, compare=False)


class Actor(Protocol):
    """Whoever acts: a `Viewer` fits."""

    @property
    def user_id(self) -> int | None: ...
    @property
    def name(self) -> str: ...


def record(
    actor: Actor,
    event: str,
    subject: Any,
    now: datetime,
    *,
    before: Any = None,
    after: Any = None,
    reason: str | None = None,
) -> AuditEntry:
    """Write one entry about `subject` (a mapped row); flushes, so that a new row has its id.

    Raises KeyError for an event that no feature declared.
    """
    known, latest = EVENTS[event], _latest()
    entry = _entry(actor, event, known, subject, now, before, after, reason, latest)
    db.session.add(entry)
    db.session.flush()
    return entry


def record_all(
    actor: Actor,
    event: str,
    changes: Sequence[tuple[Any, Any, Any]],
    now: datetime,
    *,
    reason: str | None = None,
) -> None:
    """One entry for each (subject, before, after), in order: however many, at the price of two statements.

    Raises KeyError for an event that no feature declared.
    """
    known, latest = EVENTS[event], _latest()
    rows = []
    for subject, before, after in changes:
        entry = _entry(actor, event, known, subject, now, before, after, reason, latest)
        latest = entry.entry_hash
        rows.append({name: getattr(entry, name) for name in _WRITTEN})
    if rows:
        db.session.execute(insert(AuditEntry), rows)


def _latest() -> str:
    """The hash that the next entry follows; until this transaction ends nobody else gets it."""
    db.session.flush()
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(select(func.pg_advisory_xact_lock(CHAIN_LOCK)))
    latest = db.session.scalar(
        select(AuditEntry.entry_hash).order_by(AuditEntry.id.desc()).limit(1)
    )
    return latest or GENESIS


def _entry(
    actor: Actor,
    event: str,
    known: Event,
    subject: Any,
    now: datetime,
    before: Any,
    after: Any,
    reason: str | None,
    previous: str,
) -> AuditEntry:
    entry = AuditEntry(
        at=now.astimezone(UTC),  # the hash covers the instant as the column gives it back
        actor_id=actor.user_id,
        actor_name=actor.name,
        event=event,
        subject_type=subject.__tablename__,
        subject_id=getattr(subject, "id", None),
        customer_id=_customer_of(subject),
        is_public=known.public,
        before=_plain(before),
        after=_plain(after),
        reason=reason,
        previous_hash=previous,
        seed=seals.new_seed(),
    )
    entry.entry_hash = entry.computed_hash()
    return entry


def timeline(subject: Any, *, public_only: bool) -> list[AuditEntry]:
    """The history of one record, newest first; for a customer only the public part."""
    statement = (
        select(AuditEntry)
        .where(
            AuditEntry.subject_type == subject.__tablename__, AuditEntry.subject_id == subject.id
        )
        .order_by(AuditEntry.id.desc())
    )
    if public_only:
        statement = statement.where(AuditEntry.is_public.is_(True))
    return list(db.session.scalars(statement))


def verified() -> Verified:
    """Check the chain from the first entry to the last, with what was redacted in it."""
    shown, notes = _redactions()
    previous, count, redacted = GENESIS, 0, 0
    statement = select(AuditEntry).order_by(AuditEntry.id).execution_options(yield_per=500)
    with closing(db.session.scalars(statement)) as entries:
        for entry in entries:
            count += 1
            linked = entry.previous_hash == previous and entry.entry_hash == entry.computed_hash()
            if not linked or not _shows(entry, shown) or not _notes(entry, notes):
                return Verified(count, redacted, entry.id)
            redacted += entry.veil is not None
            previous = entry.entry_hash
    return Verified(count, redacted, min(notes, default=None), previous)


def holds(mark: str) -> bool:
    """Whether the entry of this mark is in the history."""
    return mark == GENESIS or db.session.scalar(_ID_OF.params(mark=mark)) is not None


def first_broken_link() -> int | None:
    """The id of the first entry that does not hold; None when the chain is whole."""
    return verified().broken


def shown_hash(entry: AuditEntry) -> str:
    """How a redacted entry reads, for the chained note of it."""
    return hashlib.sha256(
        seals.canonical({"entry": entry.entry_hash, "leaves": entry.leaves(), "veil": entry.veil})
    ).hexdigest()


def noted_digest(shown: Iterable[tuple[int, str]]) -> str:
    """One digest over (entry, how it reads) of a batch of redactions."""
    lines = "".join(f"{entry_id} {each}\n" for entry_id, each in sorted(shown))
    return hashlib.sha256(lines.encode()).hexdigest()


def _customer_of(subject: Any) -> int | None:
    if subject.__tablename__ == "customer":
        return int(subject.id)
    owner = getattr(subject, "customer_id", None)
    return None if owner is None else int(owner)


def _plain(value: Any) -> Any:
    """Through JSON and back, so that the hash is the same before and after a round trip."""
    return None if value is None else json.loads(json.dumps(value, ensure_ascii=False, default=str))


def _redactions() -> tuple[dict[int, str], dict[int, list[tuple[int, str]]]]:
    """Entry → how it must read since its latest redaction, and chained entry → what it noted."""
    shown: dict[int, str] = {}
    notes: dict[int, list[tuple[int, str]]] = {}
    for row in db.session.scalars(select(AuditRedaction).order_by(AuditRedaction.noted_in)):
        shown[row.entry_id] = row.shown_hash
        notes.setdefault(row.noted_in, []).append((row.entry_id, row.shown_hash))
    return shown, notes


def _shows(entry: AuditEntry, shown: Mapping[int, str]) -> bool:
    """Whether a redacted entry reads as the chain says, and one that was never redacted has all its salts."""
    if entry.veil is None:
        return entry.seed is not None and entry.id not in shown
    return shown.get(entry.id) == shown_hash(entry)


def _notes(entry: AuditEntry, notes: dict[int, list[tuple[int, str]]]) -> bool:
    """Whether a chained note of redactions still has all of them; it is taken off the list of those to be found."""
    rows = notes.pop(entry.id, [])
    if entry.event != NOTED:
        return not rows
    return bool(entry.after == {"count": len(rows), "sha256": noted_digest(rows)})
