"""Who reports to whom, as a tree; whatever is written, everybody stands in it exactly once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Branch(Generic[T]):
    """One person and those who report to them."""

    row: T
    below: tuple[Branch[T], ...] = ()


def tree(
    rows: Iterable[T], key: Callable[[T], int], above: Callable[[T], int | None]
) -> tuple[Branch[T], ...]:
    """The tops with everybody below them, in the order of `rows`.

    Who reports to somebody that is not there is a top; of people who report to each other in a ring the first is.
    """
    every = list(rows)
    by_key = {key(each): each for each in every}
    below: dict[int | None, list[T]] = {}
    for each in every:
        boss = above(each)
        below.setdefault(boss if boss in by_key else None, []).append(each)
    drawn: set[int] = set()

    def branch(row: T) -> Branch[T]:
        drawn.add(key(row))
        own = [each for each in below.get(key(row), ()) if key(each) not in drawn]
        return Branch(row, tuple(branch(each) for each in own if key(each) not in drawn))

    tops = [branch(each) for each in below.get(None, ())]
    tops.extend(branch(each) for each in every if key(each) not in drawn)
    return tuple(tops)
