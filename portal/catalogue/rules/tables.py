"""Reads the reference tables that ship with the product (`catalogue/reference/*.csv`)."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol, TypeVar

FOLDER = Path(__file__).resolve().parent.parent / "reference"

_SIGNS = re.compile(r"[\s\-_'’′`\"”.,/()·&]+")


def read_table(name: str) -> list[dict[str, str]]:
    """The rows of `reference/<name>.csv` as column → text, in the order of the file."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def several(cell: str) -> tuple[str, ...]:
    """The parts of a cell that holds several values: `a;b` → ("a", "b"), empty → ()."""
    return tuple(part for part in cell.split(";") if part)


def key_of(text: str) -> str:
    """The form in which words are compared: half-width, lower-case, no accents, blanks or signs."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text)).casefold()
    return _SIGNS.sub("", "".join(c for c in plain if not unicodedata.combining(c)))


class Named(Protocol):
    """What a record of a table is called."""

    @property
    def words(self) -> Iterable[str]:
        """Code, aliases and names; one of them may be empty."""


Record = TypeVar("Record", bound=Named)


def by_word(records: Iterable[Record]) -> dict[str, Record]:
    """Each record under each of its words (see `key_of`); the tables' tests keep them distinct."""
    return {key_of(word): record for record in records for word in record.words if word}
