"""What changes between two price lists: new, gone, up, down, by how many percent (DOMAIN S9)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from portal.catalogue.rules.sheets.rows import PriceKey, PriceRow
from portal.catalogue.rules.terms import PriceTerms

_TENTH = Decimal("0.1")
_EARLIEST = date.min


class Kind(StrEnum):
    """How one price differs."""

    NEW = "new"
    GONE = "gone"
    UP = "up"
    DOWN = "down"
    CHANGED = "changed"  # dearer in one part and cheaper in another, or something beside the price
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Change:
    """One price before and after. `percent` of the first figure that moves, one decimal, half up.

    `percent` is None where there is nothing to compare, or the price was 0 before.
    """

    kind: Kind
    old: PriceRow | None
    new: PriceRow | None
    percent: Decimal | None = None

    @property
    def key(self) -> PriceKey:
        """The natural key of the price."""
        row = self.new or self.old
        return PriceKey() if row is None else row.key


@dataclass(frozen=True, slots=True)
class Difference:
    """All changes, in the order of the natural key; prices that stay are only counted."""

    changes: tuple[Change, ...]
    same: int

    def of(self, kind: Kind) -> tuple[Change, ...]:
        """The changes of one kind."""
        return tuple(change for change in self.changes if change.kind is kind)

    def counts(self) -> dict[Kind, int]:
        """How many prices of each kind, the same ones too."""
        found = dict.fromkeys(Kind, 0)
        for change in self.changes:
            found[change.kind] += 1
        found[Kind.SAME] = self.same
        return found


def difference(old_rows: Iterable[PriceRow], new_rows: Iterable[PriceRow]) -> Difference:
    """Compare by natural key; the order of the rows does not matter.

    A key with several validities is compared by the first day; what is left over, in order of the days,
    so that a new period of the same lane shows as up or down and not as new and gone.
    """
    old, new = _by_key(old_rows), _by_key(new_rows)
    same = 0
    changes: list[Change] = []
    for key in sorted(old.keys() | new.keys()):
        for before, after in _pairs(old.get(key, []), new.get(key, [])):
            change = _change(before, after)
            if change.kind is Kind.SAME:
                same += 1
            else:
                changes.append(change)
    return Difference(tuple(changes), same)


def _by_key(rows: Iterable[PriceRow]) -> dict[PriceKey, list[PriceRow]]:
    found: dict[PriceKey, list[PriceRow]] = {}
    for row in rows:
        found.setdefault(row.key, []).append(row)
    return found


def _pairs(
    old: Sequence[PriceRow], new: Sequence[PriceRow]
) -> Iterator[tuple[PriceRow | None, PriceRow | None]]:
    if len(old) == 1 and len(new) == 1:
        yield old[0], new[0]
        return
    left = {row.valid_from: row for row in old}
    right = {row.valid_from: row for row in new}
    both = sorted(left.keys() & right.keys(), key=lambda day: day or _EARLIEST)
    for day in both:
        yield left.pop(day), right.pop(day)
    befores, afters = _by_day(left.values()), _by_day(right.values())
    common = min(len(befores), len(afters))
    yield from zip(befores[:common], afters[:common], strict=True)
    yield from ((row, None) for row in befores[common:])
    yield from ((None, row) for row in afters[common:])


def _by_day(rows: Iterable[PriceRow]) -> list[PriceRow]:
    return sorted(rows, key=lambda row: row.valid_from or _EARLIEST)


def _change(old: PriceRow | None, new: PriceRow | None) -> Change:
    if old is None or new is None:
        return Change(Kind.NEW if old is None else Kind.GONE, old, new)
    if old.terms == new.terms:
        apart = replace(old, source_rows=()) != replace(new, source_rows=())
        return Change(Kind.CHANGED if apart else Kind.SAME, old, new)
    before, after = dict(_figures(old.terms)), dict(_figures(new.terms))
    if before.keys() != after.keys():
        return Change(Kind.CHANGED, old, new)
    moved = [(before[name], after[name]) for name in before if before[name] != after[name]]
    percent = _percent(*moved[0]) if moved else None
    if moved and all(later > earlier for earlier, later in moved):
        return Change(Kind.UP, old, new, percent)
    if moved and all(later < earlier for earlier, later in moved):
        return Change(Kind.DOWN, old, new, percent)
    return Change(Kind.CHANGED, old, new, percent)


def _percent(earlier: Decimal, later: Decimal) -> Decimal | None:
    if not earlier:
        return None
    return ((later - earlier) * 100 / abs(earlier)).quantize(_TENTH, ROUND_HALF_UP)


def _figures(terms: PriceTerms, prefix: str = "") -> Iterator[tuple[str, Decimal]]:
    """Every amount of the terms under a name that says what it is the price of."""
    head = f"{prefix}{terms.basis}/{terms.currency}/{terms.unit}"
    plain = (
        ("rate", terms.rate),
        ("first", terms.first_amount),
        ("continued", terms.continued_amount),
        ("percent", terms.percent),
        ("minimum", terms.minimum),
        ("maximum", terms.maximum),
    )
    for name, amount in plain:
        if amount is not None:
            yield f"{head}/{name}", amount
    for band in terms.breaks:
        bounds = f"{head}/{band.over.normalize()}-{band.up_to and band.up_to.normalize()}"
        for name, amount in (("flat", band.flat), ("rate", band.rate), ("min", band.minimum)):
            if amount is not None:
                yield f"{bounds}/{name}", amount
    for number, alternative in enumerate(terms.alternatives, 1):
        yield from _figures(alternative, f"{prefix}{number}.")
