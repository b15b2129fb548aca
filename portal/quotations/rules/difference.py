"""What changed between two versions, charge by charge, as a person would tell it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Change(StrEnum):
    """How a charge differs from the earlier version."""

    NEW = "new"
    GONE = "gone"
    UP = "up"
    DOWN = "down"
    CHANGED = "changed"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class ComparedLine:
    """What two versions' lines are compared by: `key` names the charge, the rest is what a customer pays."""

    key: tuple[str, ...]
    name_zh: str
    name_en: str
    currency: str
    rate: Decimal | None
    quantity: Decimal
    amount: Decimal | None


@dataclass(frozen=True, slots=True)
class LineChange:
    """One charge before and after; either side is None when the charge is new or gone."""

    change: Change
    before: ComparedLine | None
    after: ComparedLine | None

    @property
    def percent(self) -> Decimal | None:
        """By how much the amount moved, in percent with one decimal; None where there is nothing to compare."""
        if not self.before or not self.after or not self.before.amount or self.after.amount is None:
            return None
        if self.before.currency != self.after.currency:
            return None
        moved = (self.after.amount - self.before.amount) * 100 / abs(self.before.amount)
        return moved.quantize(Decimal("0.1"))


def difference(
    before: Sequence[ComparedLine], after: Sequence[ComparedLine]
) -> tuple[LineChange, ...]:
    """Every charge of either version: the later version's order, then what is gone."""
    earlier = _by_key(before)
    found = []
    for key, line in _by_key(after).items():
        found.append(_compare(earlier.pop(key, None), line))
    found += [LineChange(Change.GONE, line, None) for line in earlier.values()]
    return tuple(found)


def _by_key(lines: Sequence[ComparedLine]) -> dict[tuple[str, ...], ComparedLine]:
    """Lines by key; a charge that occurs twice is told apart by its place among its equals."""
    found: dict[tuple[str, ...], ComparedLine] = {}
    for line in lines:
        place = 1
        while (*line.key, str(place)) in found:
            place += 1
        found[(*line.key, str(place))] = line
    return found


def _compare(before: ComparedLine | None, after: ComparedLine) -> LineChange:
    if before is None:
        return LineChange(Change.NEW, None, after)
    if _facts(before) == _facts(after):
        return LineChange(Change.SAME, before, after)
    if before.currency != after.currency or before.amount is None or after.amount is None:
        return LineChange(Change.CHANGED, before, after)
    if before.amount == after.amount:
        return LineChange(Change.CHANGED, before, after)
    return LineChange(Change.UP if after.amount > before.amount else Change.DOWN, before, after)


def _facts(line: ComparedLine) -> tuple[object, ...]:
    return line.currency, line.rate, line.quantity, line.amount
