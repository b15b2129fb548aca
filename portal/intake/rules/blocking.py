"""Which customers are compared at all: those that share a key, as numbers, so that many take little room.

Customers share a block: the same beginning or end of a name, its reading, its initials, a code, a telephone number, a
mail address or domain, a bank account. A block that is too large says nothing by itself: in it each is compared with
those next to it in order alone, where the block has an order.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise

LARGEST = 12
"""A code, a number, a domain that more customers share says nothing about any two of them."""
WINDOW = 6
"""So many neighbours in the order of a large block."""
SPREAD = 16
"""The pairs are gone through in so many parts."""
PLACE_BITS = 32
Key = tuple[str, str]
Order = Sequence[int]


class Blocks:
    """The keys of customers, who are only places in a row here; 16 bytes for each key."""

    def __init__(self, ordered_kinds: Iterable[str]) -> None:
        self._ordered = frozenset(ordered_kinds)
        self._of_kind: dict[str, tuple[array[int], array[int]]] = {}
        self.count = 0

    def add(self, keys: Iterable[Key]) -> None:
        """The keys (kind, what is shared) of the next customer."""
        for kind, shared in set(keys):
            marks, places = self._of_kind.setdefault(kind, (array("q"), array("Q")))
            marks.append(hash(shared))
            places.append(self.count)
        self.count += 1

    def pairs(self, orders: Sequence[Order]) -> Iterator[tuple[int, int]]:
        """Places that are to be compared, each pair once. `orders`: the rank of each place by name, read both ways."""
        size = self.count // SPREAD + 1
        parts = [array("Q") for _ in range(SPREAD)]
        for members, is_ordered in self._blocks():
            for one, other in _neighbours(members, orders, is_ordered):
                low, high = (one, other) if one < other else (other, one)
                parts[low // size].append(low << PLACE_BITS | high)
        for part in parts:
            for packed in sorted(set(part)):
                yield packed >> PLACE_BITS, packed & (1 << PLACE_BITS) - 1
            del part[:]

    def _blocks(self) -> Iterator[tuple[list[int], bool]]:
        for kind, (marks, places) in self._of_kind.items():
            order = sorted(range(len(marks)), key=marks.__getitem__)
            starts = [at for at, (a, b) in enumerate(pairwise(order), 1) if marks[a] != marks[b]]
            for start, end in pairwise([0, *starts, len(order)]):
                if end - start > 1 and (kind in self._ordered or end - start <= LARGEST):
                    yield [places[each] for each in order[start:end]], kind in self._ordered


def ranks(count: int, by: Callable[[int], object]) -> Order:
    """The rank of each of `count` places in an order; what is alike stays as it came."""
    found = array("Q", bytes(8 * count))
    for rank, place in enumerate(sorted(range(count), key=by)):  # type: ignore[arg-type]
        found[place] = rank
    return found


def _neighbours(
    members: list[int], orders: Sequence[Order], is_ordered: bool
) -> Iterator[tuple[int, int]]:
    """All pairs of a small block; of a large one each with those next to it."""
    if len(members) <= LARGEST:
        yield from ((a, b) for i, a in enumerate(members) for b in members[i + 1 :])
    elif is_ordered:
        for order in orders:
            row = sorted(members, key=order.__getitem__)
            for i, one in enumerate(row):
                yield from ((one, other) for other in row[i + 1 : i + 1 + WINDOW])
