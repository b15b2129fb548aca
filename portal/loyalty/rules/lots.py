"""Which points are used first, and which are left: the ledger replayed in its order (REQUIREMENTS K8).

What is added makes a lot. What is taken comes out of the lots that expire earliest; a take-back first of its own lot,
an expiry of its own lot alone. So the ledger says everything, and nothing beside it can disagree.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from portal.loyalty.rules.kinds import EntryKind


@dataclass(frozen=True, slots=True)
class Move:
    """An entry of the ledger as the replay needs it; `lot_id`: what it takes from first."""

    id: int
    kind: EntryKind
    points: int
    expires_on: date | None = None
    lot_id: int | None = None


@dataclass(frozen=True, slots=True)
class Lot:
    """Points of one entry that are left; usable on `expires_on` still, None: for ever."""

    id: int
    left: int
    expires_on: date | None


@dataclass(frozen=True, slots=True)
class Taken:
    """Points taken out of one lot."""

    lot_id: int
    points: int
    expires_on: date | None


def lots_after(moves: Iterable[Move]) -> list[Lot]:
    """The lots with something left, in the order in which they are used. ValueError for a ledger that cannot be."""
    lots: dict[int, Lot] = {}
    for move in moves:
        if move.points > 0:
            lots[move.id] = Lot(move.id, move.points, move.expires_on)
        elif move.points < 0:
            for each in taken(_usable(lots, move), -move.points, move.lot_id):
                lot = lots[each.lot_id]
                lots[each.lot_id] = Lot(lot.id, lot.left - each.points, lot.expires_on)
    return in_order(lots.values())


def in_order(lots: Iterable[Lot]) -> list[Lot]:
    """Those with something left, the earliest to expire first, of two the older."""
    return sorted((each for each in lots if each.left), key=_urgency)


def taken(lots: Sequence[Lot], points: int, first: int | None = None) -> list[Taken]:
    """`points` out of `lots`, out of the lot `first` before all others. ValueError when there are not so many."""
    found, missing = [], points
    for lot in sorted(in_order(lots), key=lambda each: each.id != first):
        part = min(lot.left, missing)
        if part:
            found.append(Taken(lot.id, part, lot.expires_on))
        missing -= part
    if missing:
        raise ValueError(f"{missing} points more are taken than there are")
    return found


def expired(lots: Iterable[Lot], today: date) -> list[Lot]:
    """The lots whose last day is over."""
    return [lot for lot in lots if lot.expires_on is not None and lot.expires_on < today]


def balance_of(lots: Iterable[Lot]) -> int:
    """What is left in all of them."""
    return sum(lot.left for lot in lots)


def next_expiry(lots: Iterable[Lot]) -> date | None:
    """The first last day among them."""
    return min((lot.expires_on for lot in lots if lot.expires_on is not None), default=None)


def _usable(lots: dict[int, Lot], move: Move) -> list[Lot]:
    if move.kind is EntryKind.EXPIRE:
        return [each for each in lots.values() if each.id == move.lot_id]
    return list(lots.values())


def _urgency(lot: Lot) -> tuple[date, int]:
    return (lot.expires_on or date.max, lot.id)
