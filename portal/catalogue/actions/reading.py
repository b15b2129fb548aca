"""Reading a rate sheet and comparing it with what is in force; nothing is saved here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from portal.access.viewer import Viewer
from portal.catalogue.models import Tariff
from portal.catalogue.queries.lookups import lookups_for
from portal.catalogue.queries.tariffs import stored_prices
from portal.catalogue.rules.headline import headline
from portal.catalogue.rules.sheets.columns import header_texts
from portal.catalogue.rules.sheets.difference import Change, Difference, Kind, difference
from portal.catalogue.rules.sheets.meaning import Meaning
from portal.catalogue.rules.sheets.profile import Profile, fingerprint, own_profile
from portal.catalogue.rules.sheets.profile import is_own as is_own_sheet
from portal.catalogue.rules.sheets.reading import read_prices
from portal.catalogue.rules.sheets.rows import PriceRow, Reading
from portal.catalogue.rules.sheets.suggest import find_header, suggest_profile
from portal.kernel.errors import Problem
from portal.kernel.tables import Row, Table
from portal.kernel.tables.opening import open_table
from portal.kernel.text import Text

Progress = Callable[[int, int | None], None]
KEPT_CHANGES = 1_000
KEPT_PROBLEMS = 5_000
PREVIEWED = 12


@dataclass(frozen=True, slots=True)
class Opening:
    """A sheet just opened: its header, its first rows, and how it would be read."""

    table: Table
    header_row: int
    headers: tuple[str, ...]
    suggested: Profile
    sureness: int
    first_rows: list[tuple[int, Row]]

    @property
    def mark(self) -> str:
        """The mark of the layout, by which its profile is found again."""
        return fingerprint(self.headers)

    @property
    def is_own(self) -> bool:
        """Whether it is the product's own sheet, which needs no profile."""
        return is_own_sheet(self.headers)


def open_sheet(path: Path, name: str, sheet: str = "", header_row: int = 0) -> Opening:
    """Open a kept file; `header_row` 0 finds the headers. FileProblems for whatever is no safe, readable table."""
    table = open_table(path, name, sheet or None)
    found_row, headers = find_header(table)
    if header_row and header_row != found_row:
        rows = dict(table.head(header_row))
        found_row, headers = header_row, header_texts(rows.get(header_row, []))
    profile, sureness = suggest_profile(headers)
    return Opening(table, found_row, headers, profile, sureness, table.head(PREVIEWED))


def read_sheet(
    path: Path, name: str, profile: Profile | None, progress: Progress | None = None
) -> Reading:
    """All prices and all problems of a file by a profile; None reads the product's own sheet.

    FileProblems for whatever is no safe, readable table.
    """
    table = open_table(path, name, profile.sheet or None if profile else None)
    if profile is None:
        _, headers = find_header(table)
        profile = own_profile(headers)
    lookups = lookups_for(profile.constant(Meaning.CATEGORY))
    return read_prices(table, profile, lookups, progress)


def compare(rows: Sequence[PriceRow], tariff: Tariff | None, viewer: Viewer) -> Difference:
    """What the rows change against a tariff; all of them are new without one.

    What lies in the table word for word is only counted, so that a large list costs little memory.
    """
    if tariff is None:
        return difference((), rows)
    waiting = {row.natural_key: row for row in rows}
    before: list[PriceRow] = []
    after: list[PriceRow] = []
    same = 0
    for stored in stored_prices(tariff, viewer):
        row = waiting.pop(stored.natural_key, None)
        if row is not None and stored.says(row):
            same += 1
            continue
        before.append(stored.row())
        if row is not None:
            after.append(row)
    found = difference(before, [*after, *waiting.values()])
    return Difference(found.changes, found.same + same)


def told_problems(problems: Sequence[Problem]) -> list[dict[str, Any]]:
    """The first problems, errors first, ready to be stored with the import."""
    ordered = sorted(problems, key=lambda each: (each.severity != "error", each.row or 0))
    return [
        {
            "row": each.row,
            "column": each.column,
            "found": each.found,
            "expected": each.expected.to_json(),
            "severity": each.severity,
        }
        for each in ordered[:KEPT_PROBLEMS]
    ]


def revived_problem(stored: Mapping[str, Any]) -> Problem:
    """The problem that `told_problems` stored."""
    return Problem(
        stored["row"],
        stored["column"],
        stored["found"],
        Text.from_json(stored["expected"]),
        stored["severity"],
    )


def told_changes(changes: Difference) -> list[dict[str, Any]]:
    """The first changes of each kind, ready to be stored with the import."""
    told: list[dict[str, Any]] = []
    for kind in (Kind.UP, Kind.DOWN, Kind.CHANGED, Kind.NEW, Kind.GONE):
        told += [_told(change) for change in changes.of(kind)[:KEPT_CHANGES]]
    return told


def _told(change: Change) -> dict[str, Any]:
    row = change.new or change.old
    currency = row.terms.currency if row is not None else ""
    return {
        "kind": change.kind.value,
        "key": list(change.key),
        "currency": currency,
        "old": _figure(change.old),
        "new": _figure(change.new),
        "percent": None if change.percent is None else str(change.percent),
        "row": change.new.source_rows[0] if change.new and change.new.source_rows else None,
    }


def _figure(row: PriceRow | None) -> str | None:
    figure = None if row is None else headline(row.terms)
    return None if figure is None else format(figure.normalize(), "f")
