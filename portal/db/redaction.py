"""A person's name taken out of the history, on record.

A redacted entry keeps its place and its hash (`portal.db.seals`). Each batch of redactions is itself an entry of the
chain, `audit.redacted`, with a digest over (entry, hash of how it reads now) of all that it touched: so nobody can
redact without its being seen, nor change what a redacted entry shows. `portal.db.audit.verified` proves, from the first
entry to the last: the links; every word that was not redacted; for what was, that a chained entry says so and how it
reads since.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from portal.db import audit, seals
from portal.db.audit import NOTED, Actor, AuditEntry, AuditRedaction, noted_digest, shown_hash
from portal.db.base import db

BATCH = 500


class ChainBroken(RuntimeError):
    """An entry does not hold as it is: redacting it would hide that."""


def redact(
    changes: Sequence[tuple[AuditEntry, Mapping[str, Any]]],
    subject: Any,
    actor: Actor,
    now: datetime,
    *,
    reason: str,
) -> None:
    """Let these leaves (path → what it reads from now on) of these entries read otherwise, on record.

    Raises ChainBroken for an entry whose own hash does not hold.
    """
    for start in range(0, len(changes), BATCH):
        shown = [
            (entry.id, _redacted(entry, values)) for entry, values in changes[start : start + BATCH]
        ]
        after = {"count": len(shown), "sha256": noted_digest(shown)}
        note = audit.record(actor, NOTED, subject, now, after=after, reason=reason)
        db.session.add_all(
            AuditRedaction(entry_id=entry_id, noted_in=note.id, shown_hash=each)
            for entry_id, each in shown
        )
        db.session.flush()


def _redacted(entry: AuditEntry, values: Mapping[str, Any]) -> str:
    if entry.entry_hash != entry.computed_hash():
        raise ChainBroken(f"entry {entry.id} does not hold")
    entry.veil, entry.seed = seals.veiled(entry.seed, entry.veil, entry.leaves(), values), None
    for path, value in values.items():
        side, _, name = path.partition(".")
        if side == seals.ACTOR:
            entry.actor_name = value
        else:
            setattr(entry, side, {**getattr(entry, side), name: value} if name else value)
    return shown_hash(entry)
