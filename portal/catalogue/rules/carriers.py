"""Shipping lines, airlines and express carriers; Incoterms."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from portal.catalogue.rules.tables import by_word, key_of, read_table, several


@dataclass(frozen=True, slots=True)
class Carrier:
    """A carrier; `kind` is the service category it carries in: sea, air, express or rail."""

    code: str
    kind: str
    name_zh: str
    name_en: str
    aliases: tuple[str, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """Everything the carrier is called."""
        return (self.code, self.name_zh, self.name_en, *self.aliases)


@dataclass(frozen=True, slots=True)
class Incoterm:
    """A term of delivery; `mode` is "any" or "sea", `edition` the year of the rules."""

    code: str
    name_zh: str
    name_en: str
    mode: str
    edition: int


@cache
def carriers() -> tuple[Carrier, ...]:
    """Every carrier of the table."""
    return tuple(
        Carrier(row["code"], row["kind"], row["name_zh"], row["name_en"], several(row["aliases"]))
        for row in read_table("carriers")
    )


@cache
def _carriers_by_word() -> dict[str, Carrier]:
    return by_word(carriers())


def find_carrier(text: str) -> Carrier | None:
    """The carrier behind a code (SCAC, IATA) or any of its names; None when unknown."""
    return _carriers_by_word().get(key_of(text))


@cache
def incoterms() -> tuple[Incoterm, ...]:
    """Every Incoterm, those of 2020 first."""
    return tuple(
        Incoterm(row["code"], row["name_zh"], row["name_en"], row["mode"], int(row["edition"]))
        for row in read_table("incoterms")
    )
