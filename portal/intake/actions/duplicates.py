"""Duplicates looked for and kept as pairs; what a person decided about a pair stays."""

from __future__ import annotations

from collections.abc import Callable, Iterable
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
from portal.intake.rules.likeness import Customer, Pair, likely_pairs
from portal.kernel.errors import Invalid, NotAllowedNow, StaleEdit
from portal.kernel.text import t

MOST_PAIRS = 5_000
"""The likeliest ones: nobody decides more before the next search finds those after them."""
BATCH = 5_000


def search(now: datetime) -> int:
    """Look among all customers and keep what was found, in one transaction: for few customers."""
    return keep(find(), now)


def find(between: Callable[[], None] = lambda: None) -> list[Pair]:
    """The likeliest pairs, the likeliest first, of alike ones the oldest customers'; nothing is written.

    Customers are read in batches; `between` is called after each, to let go of what a reader holds.
    """
    seen: list[Customer] = []
    after: int | None = 0
    while after is not None:
        with past_the_walls():
            ids = queries.search_ids(after, BATCH)
            seen += queries.seen_for_search(SYSTEM, ids) if ids else []
        after = ids[-1] if ids else None
        between()
    return nlargest(MOST_PAIRS, likely_pairs(seen), key=_rank)


def _rank(pair: Pair) -> tuple[int, int, int]:
    return pair.score, -pair.first, -pair.second


def keep(likely: Iterable[Pair], now: datetime) -> int:
    """Write what was found; how many pairs are new. Those no longer likely go, those decided stay."""
    pairs = list(likely)
    known = queries.known_pairs()
    merged = queries.merged_among(each for pair in pairs for each in (pair.first, pair.second))
    found = {(p.first, p.second): p for p in pairs if not merged & {p.first, p.second}}
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
