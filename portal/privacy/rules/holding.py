"""How it is declared where personal data stands, and what happens to it when its person is erased."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from portal.privacy.rules.kinds import PersonKind


class Way(StrEnum):
    """What an erasure does with a column."""

    NAME = "name"  # the pseudonym stands there
    MAIL = "mail"  # an address of a domain that cannot exist, since one must stand there
    CODE = "code"  # a code made of the pseudonym's number
    EMPTY = "empty"  # nothing stands there any more
    SECRET = "secret"  # as EMPTY, and no copy of the data has it
    WORDS = (
        "words"  # a text of the business: only the person's name, numbers and addresses leave it
    )
    STAYS = "stays"  # kept, for the reason of its table
    PLAIN = "plain"  # says nothing about a person


class Why(StrEnum):
    """Why something stays; the law and the days are in `keeping`."""

    NONE = ""
    BOOKS = "books"
    DEALS = "deals"
    CHAIN = "chain"
    REGISTER = "register"


@dataclass(frozen=True, slots=True)
class Link:
    """Rows whose `column` holds the number of such a person."""

    column: str
    kind: PersonKind


@dataclass(frozen=True, slots=True)
class Held:
    """One table: whose its rows are, and each of its text columns by what happens to it (names between blanks).

    `links` ("contact_id:contact") name the rows that are about the person: their columns are erased whole. `by`
    names the columns of rows that the person made: they stand in the copy of the data. In all rows within the
    person's reach, `name`, `empty` and `words` are looked through for the person's name, numbers and addresses; not
    so `own` columns. `gone`: linked rows are deleted. `inner`: not in the copy that people fetch by themselves, since
    it is what our people noted about them; it is given after an administrator has looked for others' secrets in it.
    """

    links: str = ""
    name: str = ""
    mail: str = ""
    code: str = ""
    empty: str = ""
    secret: str = ""
    words: str = ""
    stays: str = ""
    plain: str = ""
    own: str = ""
    inner: str = ""
    by: str = ""
    gone: bool = False
    why: Why = Why.NONE
    sets: Mapping[str, Any] = field(default_factory=dict)

    def ways(self) -> dict[str, Way]:
        """Column → what happens to it; a column that is declared twice is a mistake (ValueError)."""
        found: dict[str, Way] = {}
        for way in Way:
            for column in getattr(self, way.value).split():
                if column in found:
                    raise ValueError(f"{column} is declared twice")
                found[column] = way
        return found

    def erased(self) -> dict[str, Way]:
        """Column → way, for what an erasure changes in rows that are about the person."""
        kept = (Way.WORDS, Way.STAYS, Way.PLAIN)
        return {column: way for column, way in self.ways().items() if way not in kept}

    def searched(self) -> tuple[str, ...]:
        """The columns that are looked through for the person's name, numbers and addresses."""
        ways = (Way.NAME, Way.EMPTY, Way.WORDS)
        own = set(self.own.split())
        return tuple(c for c, way in self.ways().items() if way in ways and c not in own)

    def shown(self, *, inner: bool) -> tuple[str, ...]:
        """The columns that a copy of the data has; `inner`: with what our people noted about the person."""
        hidden = set() if inner else set(self.inner.split())
        left_out = (Way.SECRET, Way.PLAIN)
        return tuple(c for c, way in self.ways().items() if way not in left_out and c not in hidden)

    def linked(self) -> Iterator[Link]:
        """How rows about a person are found."""
        for each in self.links.split():
            column, _, kind = each.partition(":")
            yield Link(column, PersonKind(kind))


def names(*lines: str) -> frozenset[str]:
    """The words of several lines."""
    return frozenset(name for line in lines for name in line.split())
