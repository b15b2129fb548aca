"""One statement line as it is read: on the desk, at the customer's, in a dispute."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from markupsafe import Markup

from portal.billing.labels import LINE_KINDS, LINES, PLAIN_KINDS
from portal.billing.models import StatementLine
from portal.billing.queries.statements import served_names
from portal.billing.queries.sums import Named
from portal.billing.rules.kinds import LineKind, Part
from portal.billing.rules.states import LineState
from portal.billing.rules.working_words import sentences
from portal.catalogue.rules.tax import TaxKind, TaxTerms
from portal.kernel.money import format_rate
from portal.kernel.text import Text, t
from portal.kernel.units import unit_word
from portal.web.chips import chip
from portal.web.filters import day, quantity
from portal.web.labels import Label
from portal.web.words import name_of

LATE = t("belongs to an earlier period")
OVER = t("beyond what was bought")


@dataclass(frozen=True, slots=True)
class DrawnLine:
    """A line in words. `heading`: the branch that was served, where it differs from the line before."""

    row: StatementLine
    name: str
    notes: tuple[Text | str, ...]
    days: str
    quantity: str
    unit: Text
    rate: str
    tax: Text
    state: Label
    url: str | None
    heading: str = ""
    can_answer: bool = False

    @property
    def chip(self) -> Markup:
        """Its state, drawn."""
        return chip(self.state)

    @property
    def priced(self) -> str:
        """The rate with its currency."""
        return f"{self.row.line_currency} {self.rate}" if self.rate else ""


def drawn_lines(
    rows: Sequence[StatementLine],
    url: Callable[[StatementLine], str | None],
    *,
    several: bool,
) -> list[DrawnLine]:
    """The lines of one page in their order; where `several` branches were served, each has its heading."""
    names = served_names(rows) if several else {}
    found: list[DrawnLine] = []
    before: int | None = None
    for row in rows:
        begins = several and row.served_id != before
        heading = name_of(Named(*names[row.served_id])) if begins else ""
        found.append(drawn_line(row, url(row), heading))
        before = row.served_id
    return found


def drawn_line(row: StatementLine, url: str | None = None, heading: str = "") -> DrawnLine:
    """One line."""
    return DrawnLine(
        row=row,
        name=name_of(row),
        notes=_notes(row),
        days=days(row.starts_on, row.ends_on),
        quantity=quantity(row.quantity),
        unit=unit_word(row.unit),
        rate="" if row.rate is None else format_rate(row.rate),
        tax=tax_of(row),
        state=LINES[row.state],
        url=url,
        heading=heading,
        can_answer=row.state == LineState.OPEN,
    )


def steps_of(row: StatementLine) -> tuple[Text, ...]:
    """How the amount arose, one sentence for each step."""
    return sentences(row.working or [])


def days(first: date, last: date) -> str:
    """One day, or from the first to the last."""
    return day(first) if first == last else f"{day(first)} – {day(last)}"


def tax_of(row: Any) -> Text:
    """What the tax column shows: 6%, exempt, zero-rated, not taxed."""
    return tax_words(row.tax_kind, row.tax_percent)


def tax_words(kind: str, percent: Decimal) -> Text:
    """The same from a kind and a rate."""
    return TaxTerms(TaxKind(kind), percent).label


def _notes(row: StatementLine) -> tuple[Text | str, ...]:
    """What a reader should know beside the name."""
    kind = LineKind(row.kind)
    found: list[Text | str | Markup] = [] if kind in PLAIN_KINDS else [LINE_KINDS[kind]]
    if row.part == Part.OVER:
        found.append(OVER)
    if row.is_late:
        found.append(LATE)
    if row.note:
        found.append(row.note)
    return tuple(found)
