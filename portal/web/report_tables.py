"""A table of a report: the same rows and sums on the page and in a file, money apart for each currency."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any

from flask import Response
from flask_babel import gettext as _
from markupsafe import Markup, escape

from portal.kernel.money import format_amount
from portal.kernel.text import Text
from portal.web.exports import Total, table_response
from portal.web.filters import is_unbroken, moved, quantity
from portal.web.words import say

SHOWN = 100
"""Rows on the page; the file has all."""
DASH = "—"
ZERO = Decimal(0)


class Kind(StrEnum):
    """What a column holds."""

    TEXT = "text"
    COUNT = "count"
    AMOUNT = "amount"
    QUANTITY = "quantity"
    PERCENT = "percent"
    CHANGE = "change"
    FIGURE = "figure"  # each row in its own unit, as it was read already


class Where(StrEnum):
    """Where a column stands."""

    BOTH = "both"
    PAGE = "page"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Head:
    """One column. `total`: it is added up, by currency where the table has one."""

    label: Text
    kind: Kind = Kind.TEXT
    total: bool = False
    where: Where = Where.BOTH

    @property
    def align(self) -> str:
        """The class of its cells."""
        return "" if self.kind is Kind.TEXT else "num"


@dataclass(frozen=True, slots=True)
class Line:
    """One row: a value for each head; `urls`: place of a column → where its figure leads."""

    values: Sequence[Any]
    urls: Mapping[int, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cell:
    """One drawn value."""

    label: str
    shown: Any
    url: str | None
    align: str
    unbroken: bool = False

    @property
    def classes(self) -> str:
        """What the cell is and whether it stays on one line."""
        names = (self.align, "nothing" if self.nothing else "", "nowrap" if self.unbroken else "")
        return " ".join(name for name in names if name)

    @property
    def nothing(self) -> bool:
        """Whether a phone may leave it out."""
        return self.shown in ("", DASH)


@dataclass(frozen=True, slots=True)
class ReportTable:
    """Heads and lines. `currency_at`: the column with the currency of the row's amounts.

    `sums_apart`: they add up for each currency. `foot`: sums that were worked out where the rows were; None: the
    marked columns are added up here.
    """

    key: str
    title: str
    heads: Sequence[Head]
    lines: Sequence[Line]
    currency_at: int | None = None
    sums_apart: bool = True
    foot: Sequence[Line] | None = None
    note: str = ""
    empty: str = ""

    @property
    def page_heads(self) -> list[Head]:
        """What stands over the columns of the page."""
        return [head for head in self.heads if head.where is not Where.FILE]

    @property
    def rows(self) -> list[list[Cell]]:
        """The first lines, drawn."""
        return [self._drawn(line) for line in self.lines[:SHOWN]]

    @property
    def sums(self) -> list[list[Cell]]:
        """The control totals, drawn; none where there is one line or nothing to add up."""
        if len(self.lines) < 2 or not any(head.total for head in self.heads):
            return []
        return [self._drawn(line) for line in (self.foot or self._added())]

    @property
    def _sums_by(self) -> int | None:
        return self.currency_at if self.sums_apart else None

    @property
    def more(self) -> str:
        """That the page does not have all, where it does not."""
        shown = {"shown": SHOWN, "all": f"{len(self.lines):,}"}
        long = len(self.lines) > SHOWN
        return _("The first %(shown)s of %(all)s; the download has all.", **shown) if long else ""

    def only(self, currency: str) -> ReportTable:
        """The lines of one currency."""
        at = self.currency_at or 0
        mine = [line for line in self.lines if line.values[at] == currency]
        foot = [line for line in self.foot if line.values[at] == currency] if self.foot else None
        return replace(self, lines=mine, foot=foot)

    def file(self, kind: str) -> Response:
        """Every line, with the control totals."""
        kept = [at for at, head in enumerate(self.heads) if head.where is not Where.PAGE]
        by = None if self._sums_by is None else kept.index(self._sums_by)
        totals = [Total(by) if self.heads[at].total else None for at in kept]
        rows = ([line.values[at] for at in kept] for line in self.lines)
        return table_response(
            kind, f"report_{self.key}", [say(self.heads[at].label) for at in kept], rows, totals
        )

    def _drawn(self, line: Line) -> list[Cell]:
        currency = "CNY" if self.currency_at is None else str(line.values[self.currency_at])
        return [
            Cell(
                say(head.label),
                _shown(head.kind, value, currency),
                line.urls.get(at),
                head.align,
                is_unbroken(value),
            )
            for at, (head, value) in enumerate(zip(self.heads, line.values, strict=True))
            if head.where is not Where.FILE
        ]

    def _added(self) -> list[Line]:
        """One line of sums, or one for each currency."""
        found: dict[Any, list[Any]] = {}
        for line in self.lines:
            group = None if self._sums_by is None else line.values[self._sums_by]
            sums = found.setdefault(group, [ZERO if head.total else None for head in self.heads])
            for at, head in enumerate(self.heads):
                if head.total:
                    sums[at] += line.values[at] or ZERO
        for group, sums in found.items():
            if self._sums_by is not None:
                sums[self._sums_by] = group
            sums[0] = _("Total") if sums[0] is None else sums[0]
        return [Line(sums) for sums in found.values()]


def stacked(parts: Iterable[str]) -> Markup:
    """Words below each other in one cell."""
    return Markup("<br>").join(
        Markup('<span class="nowrap">{}</span>').format(part) for part in parts
    )


def _shown(kind: Kind, value: Any, currency: str) -> Any:
    if value is None:
        return DASH
    if kind is Kind.AMOUNT:
        return format_amount(value, currency)
    if kind is Kind.COUNT:
        return f"{value:,.0f}"
    if kind is Kind.QUANTITY:
        return quantity(value)
    if kind is Kind.PERCENT:
        return f"{quantity(value)} %"
    if kind is Kind.CHANGE:
        return moved(value)
    return value if isinstance(value, Markup) else escape(value)
