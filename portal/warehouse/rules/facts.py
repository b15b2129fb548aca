"""One movement as a paper states it, and one that was taken; what cannot be right by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from portal.catalogue.rules.working_figures import show_exact
from portal.kernel.errors import Invalid
from portal.kernel.text import Text, t
from portal.warehouse.rules.daybook import Stock
from portal.warehouse.rules.measuring import Given
from portal.warehouse.rules.stock import (
    HEAVIEST_KG_PER_M3,
    LARGEST_UNIT_M3,
    LIGHTEST_KG_PER_M3,
)
from portal.warehouse.rules.unit_days import MovementKind

CENTURY = date(2000, 1, 1)
YEARS_BEFORE = 2


class LotKey(NamedTuple):
    """Whose goods, where, which lot, of which SKU."""

    customer_id: int
    warehouse_id: int
    lot: str
    sku: str


@dataclass(frozen=True, slots=True)
class MovementFact:
    """What a paper says moved. In and out state numbers above 0, an adjustment signed ones.

    What is None follows from the goods' size (in) or the lot's own proportion (out). `clock`: "18:58" or "".
    (`source`, `reference`) is taken once. `lot` may be "" for goods kept without lots, `sku` for a lot counted whole.
    """

    customer_id: int
    warehouse_id: int
    kind: MovementKind
    moved_on: date
    source: str
    reference: str
    lot: str = ""
    sku: str = ""
    clock: str = ""
    pieces: Decimal | None = None
    m3: Decimal | None = None
    kg: Decimal | None = None
    pallets: Decimal | None = None
    teu: Decimal | None = None
    reason: str = ""
    note: str = ""
    batch_id: int | None = None

    @property
    def key(self) -> LotKey:
        """The lot it belongs to."""
        return LotKey(self.customer_id, self.warehouse_id, self.lot, self.sku)

    @property
    def given(self) -> Given:
        """The measures as stated."""
        return self.pieces, self.m3, self.kg, self.pallets, self.teu


class Taken(NamedTuple):
    """A movement that was posted: enough to see whether it comes a second time."""

    id: int
    key: LotKey
    kind: str
    moved_on: date
    change: Stock


def earliest_day(first_on: date | None) -> date:
    """The first day that a movement may have: two years before the first one known, never before this century."""
    if first_on is None:
        return CENTURY
    return max(CENTURY, date(first_on.year - YEARS_BEFORE, first_on.month, min(first_on.day, 28)))


def check_fact(fact: MovementFact, today: date, earliest: date) -> None:
    """Invalid at the field when the paper cannot be right by itself."""
    if fact.moved_on > today:
        raise Invalid(t("This day is still to come."), "moved_on")
    if fact.moved_on < earliest:
        expected = t("This day is too long ago; at the earliest %(day)s.", day=earliest.isoformat())
        raise Invalid(expected, "moved_on")
    if fact.pieces is not None and fact.pieces != fact.pieces.to_integral_value():
        raise Invalid(t("Pieces are whole: a number without decimals."), "pieces")
    if not fact.lot and not fact.sku:
        raise Invalid(t("Name the lot, the SKU, or both."), "lot")
    if fact.kind is MovementKind.ADJUST and not fact.reason.strip():
        raise Invalid(t("Give the reason of the adjustment."), "reason")
    if not fact.reference.strip():
        raise Invalid(t("Give the number of the paper."), "reference")


class Doubt(NamedTuple):
    """What is most likely wrong: the measure, what it says, and what was expected."""

    name: str
    found: str
    expected: Text


def doubt_of(fact: MovementFact) -> Doubt | None:
    """Whether the volume of the movement was most likely written in cm³ (W12)."""
    m3, kg, pieces = (abs(each or Decimal(0)) for each in (fact.m3, fact.kg, fact.pieces))
    if m3 and pieces and m3 / pieces > LARGEST_UNIT_M3:
        return Doubt("m3", str(fact.m3), t("not more than 1 m³ a piece; is it in cm³?"))
    if m3 and kg and not LIGHTEST_KG_PER_M3 <= kg / m3 <= HEAVIEST_KG_PER_M3:
        return Doubt("m3", f"{kg / m3:.1f} kg/m³", t("a density of 20 to 5,000 kg/m³"))
    return None


def check_same(fact: MovementFact, before: Taken) -> None:
    """Invalid when the movement taken before under the same reference says something else."""
    sign = -1 if fact.kind is MovementKind.OUT else 1
    is_same = (before.key, before.kind, before.moved_on) == (fact.key, fact.kind, fact.moved_on)
    stated = zip(fact.given, before.change, strict=True)
    if is_same and all(each is None or sign * each == was for each, was in stated):
        return
    words = {
        "reference": fact.reference,
        "day": before.moved_on.isoformat(),
        "pieces": show_exact(before.change.pieces),
    }
    raise Invalid(
        t(
            "%(reference)s was taken already (%(day)s, %(pieces)s pieces) and says something else.",
            **words,
        ),
        "reference",
    )
