"""What a contract says on a day: the latest terms, and of each chain of lines the one in force (DOMAIN E1).

The rows given are those that count: the contract's own and those of amendments in force, in the order in which they
came to be. Amendments follow each other in time, so of two rows from the same day the later one counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Protocol, TypeVar


class FromDay(Protocol):
    """Something that counts from a day on."""

    @property
    def from_on(self) -> date: ...


class ChainLine(Protocol):
    """A line as the chain sees it; `root_id` names the chain's first line, which may name itself or nobody."""

    @property
    def id(self) -> int: ...
    @property
    def root_id(self) -> int | None: ...
    @property
    def from_on(self) -> date: ...
    @property
    def until_on(self) -> date: ...
    @property
    def is_end(self) -> bool: ...


T = TypeVar("T", bound=FromDay)
L = TypeVar("L", bound=ChainLine)


def terms_on(terms: Iterable[T], day: date) -> T | None:
    """The terms that count on `day`; None before the first."""
    found: T | None = None
    for each in terms:
        if each.from_on <= day and (found is None or each.from_on >= found.from_on):
            found = each
    return found


def last_terms(terms: Sequence[T]) -> T:
    """The terms that everything later is written on; IndexError without any."""
    return max(enumerate(terms), key=lambda each: (each[1].from_on, each[0]))[1]


def root_of(line: ChainLine) -> int:
    """The id of the chain's first line."""
    return line.root_id or line.id


def chains(lines: Iterable[L]) -> dict[int, list[L]]:
    """Root id → its lines in the order of their days."""
    found: dict[int, list[L]] = {}
    for line in lines:
        found.setdefault(root_of(line), []).append(line)
    return {root: sorted(chain, key=lambda line: line.from_on) for root, chain in found.items()}


def lines_on(lines: Iterable[L], day: date) -> list[L]:
    """The line in force on `day` of each chain that has one, in the chains' order."""
    found = (line_on(chain, day) for chain in chains(lines).values())
    return [line for line in found if line is not None]


def line_on(chain: Iterable[L], day: date) -> L | None:
    """The line of one chain that counts on `day`; None before it begins, after its last day, and once it is ended."""
    line = terms_on(chain, day)
    return None if line is None or line.is_end or line.until_on < day else line


def price_on(chain: Sequence[L], day: date) -> L | None:
    """The line whose price counts on `day`: as `line_on`, and outside the chain's days the nearest one.

    Usage that arrives after the last day, and storage that goes on, keep the last agreed price (DOMAIN W10).
    """
    priced = [line for line in chain if not line.is_end]
    if not priced:
        return None
    return terms_on(priced, day) or min(priced, key=lambda line: line.from_on)


def tails(lines: Iterable[L]) -> list[L]:
    """The last line of each chain that is not ended: what an amendment may change."""
    found = (last_terms(chain) for chain in chains(lines).values())
    return [line for line in found if not line.is_end]


def last_day(line: ChainLine, ends_on: date) -> date:
    """The last day on which a line counts in a contract that ends on `ends_on`."""
    return min(line.until_on, ends_on)
