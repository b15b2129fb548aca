"""What time does to entitlements: periods end, and those who hold them are told. Safe to run again and again."""

from __future__ import annotations

from datetime import datetime

from portal.access.viewer import SYSTEM
from portal.contracts.actions import closing, noticing
from portal.contracts.rules.kinds import EntryKind
from portal.db.work import unit_of_work

BATCH = 200


def close(now: datetime) -> str:
    """Carry over or let lapse what ended periods left, BATCH entitlements to a transaction."""
    done: list[EntryKind] = []
    after_id = 0
    while True:
        with unit_of_work():
            ids = closing.ended(now, after_id, BATCH)
            kinds = [closing.close(each, SYSTEM, now) for each in ids]
        done += [kind for kind in kinds if kind is not None]
        if len(ids) < BATCH:
            carried = done.count(EntryKind.ROLLOVER)
            return f"{carried} carried over, {len(done) - carried} lapsed"
        after_id = ids[-1]


def tell(now: datetime) -> str:
    """Put the letters that are due into the outbox, BATCH entitlements to a transaction."""
    posted = after_id = 0
    while True:
        with unit_of_work():
            rows = noticing.to_look_at(SYSTEM, now, after_id, BATCH)
            posted += noticing.tell(rows, SYSTEM, now)
            seen, after_id = len(rows), rows[-1].id if rows else after_id
        if seen < BATCH:
            return f"{posted} letters"
