"""Duplicates looked for and kept as pairs; what a person decided about a pair stays."""

from __future__ import annotations

from datetime import datetime
from heapq import nlargest

from sqlalchemy import insert

from portal.access.scope import past_the_walls
from portal.access.viewer import SYSTEM, Viewer
from portal.db import audit
from portal.db.base import db
from portal.intake.models import DuplicatePair
from portal.intake.queries import duplicates as queries
from portal.intake.rules.kinds import PairState
from portal.intake.rules.likeness import likely_pairs
from portal.kernel.errors import Invalid, NotAllowedNow, StaleEdit
from portal.kernel.text import t

MOST_PAIRS = 5_000
"""The likeliest ones: nobody decides more before the next search finds those after them."""


def search(now: datetime) -> int:
    """Look among all customers; how many pairs are new. Those no longer likely go, those decided stay."""
    with past_the_walls():
        customers = queries.seen_for_search(SYSTEM)
        known = queries.known_pairs()
        likely = nlargest(MOST_PAIRS, likely_pairs(customers), key=lambda pair: pair.score)
        found = {(pair.first, pair.second): pair for pair in likely}
    rows = [
        {"first_id": pair.first, "second_id": pair.second, "score": pair.score,
         "reasons": [str(each) for each in pair.reasons], "found_at": now, "state": PairState.OPEN.value,
         "version": 1, "note": ""}
        for key, pair in found.items()
        if key not in known
    ]  # fmt: skip
    if rows:
        db.session.execute(insert(DuplicatePair), rows)
    for key, row in known.items():
        pair_now = found.get(key)
        if pair_now is not None:
            row.score, row.reasons = pair_now.score, [str(each) for each in pair_now.reasons]
        elif row.state == PairState.OPEN:
            db.session.delete(row)
    db.session.flush()
    return len(rows)


def dismiss(pair: DuplicatePair, reason: str, version: int, actor: Viewer, now: datetime) -> None:
    """They are two customers: the pair is not shown again. Needs a reason."""
    _check(pair, version, PairState.OPEN)
    if not reason.strip():
        raise Invalid(t("Say why."), "reason")
    pair.state, pair.note = PairState.DISMISSED.value, reason.strip()[:500]
    pair.decided_by, pair.decided_at = actor.user_id, now
    after = {"first": pair.first.code, "second": pair.second.code}
    audit.record(actor, "duplicate_pair.decided", pair, now, after=after, reason=pair.note)


def reopen(pair: DuplicatePair, version: int, actor: Viewer, now: datetime) -> None:
    """Perhaps they are one after all."""
    _check(pair, version, PairState.DISMISSED)
    pair.state, pair.decided_by, pair.decided_at, pair.note = PairState.OPEN.value, None, None, ""
    audit.record(actor, "duplicate_pair.reopened", pair, now)


def _check(pair: DuplicatePair, version: int, state: PairState) -> None:
    if pair.version != version:
        raise StaleEdit(t("Somebody else decided about this pair a moment ago. Look at it again."))
    if pair.state != state:
        raise NotAllowedNow(t("This pair is decided already."))
