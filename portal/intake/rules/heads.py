"""Which row of a file holds its heads, and which column says what: guessed by name, chosen by a person, remembered."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from portal.catalogue.rules.sheets.cells import read_text
from portal.catalogue.rules.sheets.meaning import squeeze
from portal.intake.rules.fields import ASIDE, FIELDS, NEEDED, known_heads
from portal.kernel.errors import FileProblems, Problem
from portal.kernel.tables import Row, Table, column_letter
from portal.kernel.text import t

SEARCHED = 40
SAMPLES = 3


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its index from 0, its head as written, what it says ("": nobody reads it), the first cells below."""

    index: int
    head: str
    field: str
    samples: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """Letter and head, for messages."""
        return f"{column_letter(self.index + 1)} · {self.head}"


@dataclass(frozen=True, slots=True)
class Heads:
    """The heads of a file of one kind."""

    kind: str
    row: int
    columns: tuple[Column, ...]

    def of(self, field: str) -> Column | None:
        """The column that says `field`."""
        return next((each for each in self.columns if each.field == field), None)

    def label(self, *fields: str) -> str | None:
        """The label of the first of these fields that has a column."""
        return next((each.label for name in fields if (each := self.of(name))), None)

    @property
    def fingerprint(self) -> str:
        """The mark of the layout, by which its mapping is found again."""
        return fingerprint(each.head for each in self.columns)

    @property
    def unread(self) -> tuple[str, ...]:
        """The heads of columns that nobody reads."""
        return tuple(each.head for each in self.columns if not each.field)


def fingerprint(heads: Iterable[str]) -> str:
    """SHA-256 of the heads in their order, whatever their case and blanks."""
    return hashlib.sha256("\n".join(map(squeeze, heads)).encode()).hexdigest()


def find_heads(table: Table, kind: str, chosen: Mapping[str, str] | None = None) -> Heads:
    """The heads with the most known names; `chosen` {squeezed head: field} goes before any guess.

    Of two columns that a guess takes for the same the first is read. FileProblems where there is no head at all.
    """
    known = known_heads(kind)
    wanted = {**known, **(chosen or {})}
    first = table.head(SEARCHED)
    at, header = _header(first, wanted)
    if not header:
        listed = ", ".join(each.en for each in FIELDS[kind].values())
        expected = t("a row of heads such as: %(heads)s", heads=listed)
        raise FileProblems([Problem(None, None, "", expected)])
    below = [row for number, row in first if number > at][:SAMPLES]
    taken: set[str] = set()
    columns = []
    for index, cell in enumerate(header):
        head = read_text(cell)
        if not head:
            continue
        field = (chosen or {}).get(squeeze(head), known.get(squeeze(head), ""))
        if field in taken or (field not in FIELDS[kind] and field != ASIDE):
            field = ""
        if field != ASIDE:
            taken.add(field)
        taken.discard("")
        samples = tuple(read_text(row[index])[:30] for row in below if index < len(row))
        columns.append(Column(index, head, field, samples))
    return Heads(kind, at, tuple(columns))


def missing(heads: Heads) -> list[Problem]:
    """What the file must say and does not: one problem for each."""
    fields, found = FIELDS[heads.kind], ", ".join(each.head for each in heads.columns)
    return [
        Problem(
            heads.row,
            " / ".join(f"{fields[one].zh} {fields[one].en}" for one in choices),
            found[:60],
            t("a column that says this: choose which one it is"),
        )
        for choices in NEEDED[heads.kind]
        if not any(heads.of(one) for one in choices)
    ]


def _header(rows: Iterable[tuple[int, Row]], known: Mapping[str, str]) -> tuple[int, Row]:
    """The row with the most known heads; without any, the first one that has two cells filled."""
    best: tuple[int, Row] = (0, [])
    most = 0
    for number, row in rows:
        words = [squeeze(read_text(cell)) for cell in row]
        count = len({known[word] for word in words if known.get(word)})
        if count > most or (not best[1] and sum(map(bool, words)) > 1):
            best, most = (number, row), count
    return best
