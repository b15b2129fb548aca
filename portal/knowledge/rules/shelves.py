"""Shelves in shelves: where one may stand, and the order in which they are shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, TypeVar

from portal.kernel.errors import Invalid
from portal.kernel.text import t

DEEPEST = 3
"""Shelves inside each other: more would be a maze."""


class Shelf(Protocol):
    """What the order needs to know."""

    @property
    def id(self) -> int: ...
    @property
    def parent_id(self) -> int | None: ...


S = TypeVar("S", bound=Shelf)


def refuse_place(
    own_id: int | None, parent_id: int | None, parents: Mapping[int, int | None]
) -> None:
    """Invalid when the shelf would stand in itself, in one that is not there, or too deep (with what it holds)."""
    if parent_id is None:
        return
    if parent_id not in parents:
        raise Invalid(t("There is no such shelf."), "parent_id")
    above = _above(parent_id, parents)
    if own_id is not None and own_id in above:
        raise Invalid(t("A shelf cannot stand in itself."), "parent_id")
    below = 0 if own_id is None else _below(own_id, parents)
    if len(above) + 1 + below > DEEPEST:
        raise Invalid(t("At most %(count)s shelves inside each other.", count=DEEPEST), "parent_id")


def _above(shelf: int, parents: Mapping[int, int | None]) -> list[int]:
    """A shelf and those it stands in."""
    found = []
    at: int | None = shelf
    while at is not None and at not in found:
        found.append(at)
        at = parents.get(at)
    return found


def _below(shelf: int, parents: Mapping[int, int | None]) -> int:
    """How many levels of shelves stand in it."""
    inside = [each for each, parent in parents.items() if parent == shelf]
    return 1 + max(_below(each, parents) for each in inside) if inside else 0


def in_order(shelves: Sequence[S]) -> list[tuple[S, int]]:
    """(shelf, depth) as they are read: each followed by those that stand in it; `shelves` in their own order."""
    found: list[tuple[S, int]] = []

    def walk(parent: int | None, depth: int) -> None:
        for each in shelves:
            if each.parent_id == parent:
                found.append((each, depth))
                walk(each.id, depth + 1)

    walk(None, 0)
    return found
