"""What reading a rate sheet yields: exact prices under natural keys, and what was wrong with which cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from portal.catalogue.rules.margin import CostComponent
from portal.catalogue.rules.terms import PriceTerms
from portal.kernel.boxes import BOX_LENGTHS, find_box_type
from portal.kernel.errors import Problem
from portal.kernel.text import t
from portal.kernel.units import find_unit

CUT_HERE = t("fewer problems; the list is cut here")
"""What stands below the last problem of a list that is longer than anybody reads."""


class PriceKey(NamedTuple):
    """Which price it is, in words that mean the same in every file and database; empty is "any".

    `qualifier` tells prices of one lane apart: service, mode of carriage, commodity, ports passed.
    """

    category: str = ""
    load: str = "none"
    charge_code: str = ""
    origin: str = ""
    destination: str = ""
    packaging: str = ""
    unit: str = ""
    carrier: str = ""
    qualifier: str = ""


@dataclass(frozen=True, slots=True)
class PriceRow:
    """One price as a file gives it. Both days of the validity are included; None is open."""

    key: PriceKey
    terms: PriceTerms
    charge_name: str = ""
    costs: tuple[CostComponent, ...] = ()
    transit_days: int | None = None
    free_days: int | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    inclusive: tuple[str, ...] = ()
    note: str = ""
    source_rows: tuple[int, ...] = ()

    @property
    def natural_key(self) -> str:
        """Key and start of validity in one line; unique among the prices of one tariff."""
        start = "" if self.valid_from is None else self.valid_from.isoformat()
        return "|".join((*self.key, start))


@dataclass(frozen=True, slots=True)
class Reading:
    """All of a file: its prices in the file's order, and its problems by row and column.

    `read` counts the lines below the header, `left_out` those that the profile leaves out. A price with an
    error is not among `rows`; whether the rest may be taken is for the person to say (S9). `unlisted` counts, by
    severity, the problems that the list has no room for.
    """

    rows: tuple[PriceRow, ...]
    problems: tuple[Problem, ...]
    read: int = 0
    left_out: int = 0
    unlisted: Mapping[str, int] = field(default_factory=dict)

    def count(self, severity: str) -> int:
        """How many problems there are of this severity, listed or not."""
        listed = sum(
            1 for each in self.problems if each.severity == severity and each.expected != CUT_HERE
        )
        return listed + self.unlisted.get(severity, 0)

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that keep a price from being taken."""
        return tuple(problem for problem in self.problems if problem.severity == "error")

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """The problems that only ask for a look."""
        return tuple(problem for problem in self.problems if problem.severity == "warning")


def _unit_code(written: str) -> str | None:
    unit = find_unit(written)
    return None if unit is None else unit.code


def _box_code(written: str) -> str | None:
    box = find_box_type(written)
    if box is not None:
        return box.code
    return written.upper() if written.upper() in BOX_LENGTHS else None


def _any_code(written: str) -> str | None:
    return written.upper()


def _any_words(written: str) -> str | None:
    return written


def _is_any(written: str) -> bool:
    return True


def _any_zone(province: str, city: str) -> str | None:
    return "/".join(filter(None, (province, city)))


@dataclass(frozen=True, slots=True)
class Lookups:
    """How words become codes; each returns None for a word it does not know. All are asked once a word.

    `is_place` and `is_carrier` say whether what a cell was read as is one that is known.
    """

    find_place: Callable[[str], str | None] = _any_words
    find_charge: Callable[[str], str | None] = _any_code
    find_carrier: Callable[[str], str | None] = _any_words
    find_unit: Callable[[str], str | None] = _unit_code
    find_box: Callable[[str], str | None] = _box_code
    find_zone: Callable[[str, str], str | None] = _any_zone
    is_place: Callable[[str], bool] = _is_any
    is_carrier: Callable[[str], bool] = _is_any
