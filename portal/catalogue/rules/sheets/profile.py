"""A mapping profile: how one layout of rate sheet is to be read. Saved once per layout, as JSON (S9)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from portal.catalogue.rules.sheets.meaning import HEADERS, Meaning, own_meaning, squeeze
from portal.catalogue.rules.terms import Basis, PriceTerms


class Layout(StrEnum):
    """How prices lie on the sheet."""

    LINES = "lines"  # one line per charge
    BOX_COLUMNS = "box_columns"  # one column per box type
    BAND_LINES = "band_lines"  # one line per band; lines of one key fold into one price
    BAND_COLUMNS = "band_columns"  # one column per band: M, N, +45, +100 …


class Places(StrEnum):
    """What a place may be."""

    KNOWN = "known"  # must be found by the place lookup
    PORTS = "ports"  # known where goods go by ship, plane or train; elsewhere kept as written
    FREE = "free"  # kept as written when not found


class Repeats(StrEnum):
    """What to do when one key has the same band, or overlapping bands, twice."""

    REFUSE = "refuse"  # name both rows
    OFFERS = "offers"  # they are separate offers of one carrier: number them


@dataclass(frozen=True, slots=True)
class Column:
    """One column by its header. `detail` is the box type of a BOX, the start of a BAND."""

    header: str
    meaning: Meaning
    detail: str = ""


@dataclass(frozen=True, slots=True)
class LeaveOut:
    """Rows not to be read: those whose `header` cell is one of `words`, or (`keep`) is none of them."""

    header: str
    words: tuple[str, ...]
    keep: bool = False


@dataclass(frozen=True, slots=True)
class Profile:
    """One layout. `header_row` 0: found by the header names. `sheet` empty: the first with content.

    `constants` hold what the sheet does not say (category, load, currency, charge code …), `words` turn the
    sheet's words into ours per meaning, `template` carries how this sheet's prices are computed (bound,
    step, divisor, step up …) and, with breaks, a fixed ladder that the columns are added to.
    Of each group in `required` at least one must be filled on every line.
    """

    name: str
    layout: Layout
    columns: tuple[Column, ...]
    sheet: str = ""
    header_row: int = 0
    constants: tuple[tuple[Meaning, str], ...] = ()
    words: tuple[tuple[Meaning, tuple[tuple[str, str], ...]], ...] = ()
    leave_out: tuple[LeaveOut, ...] = ()
    required: tuple[tuple[Meaning, ...], ...] = ()
    places: Places = Places.KNOWN
    repeats: Repeats = Repeats.REFUSE
    template: PriceTerms = field(default_factory=lambda: PriceTerms(Basis.PER_UNIT))

    def constant(self, meaning: Meaning) -> str:
        """The constant for `meaning`, empty when there is none."""
        return dict(self.constants).get(meaning, "")

    def has(self, meaning: Meaning) -> bool:
        """Whether a column carries `meaning`."""
        return any(column.meaning is meaning for column in self.columns)

    def to_json(self) -> dict[str, Any]:
        """A JSON-ready form; `from_json` reads it back exactly."""
        return {
            "name": self.name,
            "layout": self.layout.value,
            "columns": [[c.header, c.meaning.value, c.detail] for c in self.columns],
            "sheet": self.sheet,
            "header_row": self.header_row,
            "constants": {meaning.value: text for meaning, text in self.constants},
            "words": {meaning.value: dict(pairs) for meaning, pairs in self.words},
            "leave_out": [[o.header, list(o.words), o.keep] for o in self.leave_out],
            "required": [[meaning.value for meaning in group] for group in self.required],
            "places": self.places.value,
            "repeats": self.repeats.value,
            "template": self.template.to_json(),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Profile:
        """The profile that `to_json` wrote. Raises ValueError or KeyError for anything else."""
        return cls(
            name=stored["name"],
            layout=Layout(stored["layout"]),
            columns=tuple(Column(h, Meaning(m), d) for h, m, d in stored["columns"]),
            sheet=stored.get("sheet", ""),
            header_row=int(stored.get("header_row", 0)),
            constants=_pairs(stored.get("constants", {})),
            words=tuple(
                (Meaning(meaning), tuple(pairs.items()))
                for meaning, pairs in stored.get("words", {}).items()
            ),
            leave_out=tuple(
                LeaveOut(header, tuple(words), bool(keep))
                for header, words, keep in stored.get("leave_out", ())
            ),
            required=tuple(tuple(map(Meaning, group)) for group in stored.get("required", ())),
            places=Places(stored.get("places", Places.KNOWN)),
            repeats=Repeats(stored.get("repeats", Repeats.REFUSE)),
            template=PriceTerms.from_json(stored.get("template", {"basis": Basis.PER_UNIT})),
        )


def _pairs(stored: Mapping[str, str]) -> tuple[tuple[Meaning, str], ...]:
    return tuple((Meaning(meaning), text) for meaning, text in stored.items())


def constants(**texts: str) -> tuple[tuple[Meaning, str], ...]:
    """Constants of a profile by meaning: `constants(category="sea", load="fcl")`."""
    return _pairs(texts)


def words(meaning: Meaning, **texts: str) -> tuple[Meaning, tuple[tuple[str, str], ...]]:
    """A value map for one meaning: `words(Meaning.UNIT, PER_DOC="BL")`."""
    return meaning, tuple(texts.items())


def fingerprint(headers: Iterable[str]) -> str:
    """The mark of a layout: the same headers in any order, case or width give the same mark."""
    kept = sorted(filter(None, map(squeeze, headers)))
    return hashlib.sha256("\n".join(kept).encode()).hexdigest()[:32]


OWN = "own"
"""The name of the profile for the product's own sheet, which is never saved."""


def own_profile(headers: Iterable[str]) -> Profile:
    """The profile for the product's own sheet, for those of its columns that are present."""
    found = ((header, own_meaning(header)) for header in headers)
    columns = tuple(Column(header, meaning) for header, meaning in found if meaning is not None)
    return Profile(name=OWN, layout=Layout.BAND_LINES, columns=columns, places=Places.PORTS)


def is_own(headers: Iterable[str]) -> bool:
    """Whether these are the headers of the product's own sheet, in one of its languages."""
    words_ = {squeeze(header) for header in headers}
    core = (Meaning.CATEGORY, Meaning.CHARGE_CODE, Meaning.CALCULATION, Meaning.UNIT)
    return any(all(squeeze(HEADERS[m][side]) in words_ for m in core) for side in (0, 1))
