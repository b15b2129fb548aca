"""A carrier's bill against what we sent out: which waybills agree, and how the others differ (DOMAIN R11, R12).

The lines of one waybill are grouped first, then compared with our own record of it. Every waybill of either side has
exactly one finding: the first of `ORDER` that holds; the others that hold are told beside it. Weights are in kg.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from portal.kernel.errors import Invalid
from portal.kernel.text import Text, t

ZERO = Decimal(0)


class Finding(StrEnum):
    """How the two sides of a waybill compare."""

    MATCHED = "matched"
    ONLY_THEIRS = "only_theirs"  # 我方无
    ONLY_OURS = "only_ours"  # 对方无
    WEIGHT = "weight"  # 重量差异
    PRICE = "price"  # 金额差异
    NOT_WEIGHED = "not_weighed"  # own weight 0: the carrier's stands
    DUPLICATE = "duplicate"  # freight billed twice for one waybill
    RETURNED = "returned"  # 退回


FINDING_WORDS: Mapping[Finding, Text] = {
    Finding.MATCHED: t("Agrees"),
    Finding.ONLY_THEIRS: t("Only on the bill"),
    Finding.ONLY_OURS: t("Only in our records"),
    Finding.WEIGHT: t("Weight differs"),
    Finding.PRICE: t("Amount differs"),
    Finding.NOT_WEIGHED: t("Not weighed by us"),
    Finding.DUPLICATE: t("Freight billed twice"),
    Finding.RETURNED: t("Returned"),
}


class Charge(StrEnum):
    """What a line of the bill charges."""

    FREIGHT = "freight"
    INSURANCE = "insurance"  # 保价, 特安
    RETURN = "return"  # 转寄退回
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class BillLine:
    """One line of the bill; `kg` None where it states no weight."""

    waybill: str
    charge: Charge
    amount: Decimal
    kg: Decimal | None = None
    on: date | None = None
    region: str = ""
    product: str = ""


@dataclass(frozen=True, slots=True)
class OwnRecord:
    """What we know of a waybill; `kg` 0 was not weighed. `usage_id`: the usage record that says so."""

    waybill: str
    kg: Decimal = ZERO
    on: date | None = None
    customer: str = ""
    usage_id: int | None = None


@dataclass(frozen=True, slots=True)
class Billed:
    """One waybill of the bill: its lines summed by what they charge.

    `freights` is how often freight is billed, lines that take one back off counted off.
    """

    waybill: str
    kg: Decimal | None
    on: date | None
    region: str
    product: str
    freights: int
    amounts: Mapping[Charge, Decimal]

    def amount(self, charge: Charge) -> Decimal:
        """What is billed of one kind."""
        return self.amounts.get(charge, ZERO)

    @property
    def has_freight(self) -> bool:
        """Whether freight is billed at all."""
        return Charge.FREIGHT in self.amounts


Price = Callable[[Billed, Decimal], Decimal | Text]
"""What the freight of a waybill of so many kg costs by the chosen prices; a Text says why it has no price."""


@dataclass(frozen=True, slots=True)
class Tolerance:
    """Differences of less than `kg` are accepted (R11).

    `by_price`: also larger ones, where the price at our weight is the price at theirs (no band is crossed).
    """

    kg: Decimal
    by_price: bool = False


@dataclass(frozen=True, slots=True)
class Compared:
    """A waybill with its finding, and the other findings that hold.

    `expected` is the freight by the prices at the billed weight, `at_own_weight` at ours; `unpriced` why there is none.
    """

    waybill: str
    finding: Finding
    also: tuple[Finding, ...]
    billed: Billed | None
    own: OwnRecord | None
    expected: Decimal | None = None
    at_own_weight: Decimal | None = None
    unpriced: Text | None = None

    def amount(self, charge: Charge) -> Decimal:
        """What is billed of one kind; 0 where nothing is."""
        return self.billed.amount(charge) if self.billed else ZERO


def check_tolerance(tolerance: Tolerance) -> None:
    """Invalid for a tolerance of nothing: two scales never agree to the gram (DOMAIN 15)."""
    if tolerance.kg <= 0:
        text = t("A tolerance above 0 kg: two scales never agree to the gram.")
        raise Invalid(text, "tolerance_kg")


def grouped(lines: Iterable[BillLine]) -> dict[str, Billed]:
    """Waybill → its lines as one, in the order of the bill."""
    found: dict[str, list[BillLine]] = {}
    for line in lines:
        found.setdefault(line.waybill, []).append(line)
    return {waybill: _together(waybill, each) for waybill, each in found.items()}


def compare(
    billed: Mapping[str, Billed],
    own: Mapping[str, OwnRecord],
    tolerance: Tolerance,
    price: Price | None = None,
) -> Iterator[Compared]:
    """Every waybill of either side once: those of the bill first, then those that only we have."""
    for waybill, theirs in billed.items():
        yield _compared(_facts(theirs, own.get(waybill), tolerance, price))
    for waybill, ours in own.items():
        if waybill not in billed:
            yield Compared(waybill, Finding.ONLY_OURS, _also_of(ours), None, ours)


def _together(waybill: str, lines: list[BillLine]) -> Billed:
    freight = [line for line in lines if line.charge is Charge.FREIGHT]
    first, amounts = (freight or lines)[0], dict[Charge, Decimal]()
    for line in lines:
        amounts[line.charge] = amounts.get(line.charge, ZERO) + line.amount
    weights = [line.kg for line in freight or lines if line.kg is not None]
    times = sum((line.amount > 0) - (line.amount < 0) for line in freight)
    kg = max(weights, default=None)
    return Billed(waybill, kg, first.on, first.region, first.product, times, amounts)


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the findings are read from."""

    billed: Billed
    own: OwnRecord | None
    tolerance: Tolerance
    expected: Decimal | None = None
    at_own_weight: Decimal | None = None
    unpriced: Text | None = None

    @property
    def difference(self) -> Decimal:
        """By how much the two weights differ; 0 where either is not known."""
        if self.own is None or not self.own.kg or not self.billed.kg:
            return ZERO
        return abs(self.billed.kg - self.own.kg)

    @property
    def is_same_price(self) -> bool:
        """Whether both weights are known to cost the same."""
        return self.expected is not None and self.expected == self.at_own_weight


def _facts(
    billed: Billed, own: OwnRecord | None, tolerance: Tolerance, price: Price | None
) -> _Facts:
    """What the prices say, where there are any; a weight or price that is missing is never 0."""
    if price is None or not billed.has_freight:
        return _Facts(billed, own, tolerance)
    if not billed.kg:
        unpriced = t("the bill states no weight")
        return _Facts(billed, own, tolerance, unpriced=unpriced)
    expected = price(billed, billed.kg)
    if isinstance(expected, Text):
        return _Facts(billed, own, tolerance, unpriced=expected)
    at_own = price(billed, own.kg) if own and own.kg else None
    at_own_weight = None if isinstance(at_own, Text) else at_own
    return _Facts(billed, own, tolerance, expected, at_own_weight)


def _weight_differs(facts: _Facts) -> bool:
    if not facts.difference or facts.difference < facts.tolerance.kg:
        return False
    return not (facts.tolerance.by_price and facts.is_same_price)


def _price_differs(facts: _Facts) -> bool:
    return facts.expected is not None and facts.billed.amount(Charge.FREIGHT) != facts.expected


ORDER: tuple[tuple[Finding, Callable[[_Facts], bool]], ...] = (
    (Finding.ONLY_THEIRS, lambda facts: facts.own is None),
    (Finding.DUPLICATE, lambda facts: facts.billed.freights > 1),
    (Finding.RETURNED, lambda facts: Charge.RETURN in facts.billed.amounts),
    (Finding.WEIGHT, _weight_differs),
    (Finding.PRICE, _price_differs),
    (Finding.NOT_WEIGHED, lambda facts: facts.own is not None and not facts.own.kg),
    (Finding.MATCHED, lambda _: True),
)
"""What a waybill of the bill is called when several findings hold: the first one, by what has to be cleared first.

Whether we owe it at all comes before what it costs, and what it costs before what only has to be known. A waybill that
is not on the bill is ONLY_OURS.
"""


def _compared(facts: _Facts) -> Compared:
    first, *others = (finding for finding, holds in ORDER if holds(facts))
    also = tuple(finding for finding in others if finding is not Finding.MATCHED)
    return Compared(
        facts.billed.waybill,
        first,
        also,
        facts.billed,
        facts.own,
        facts.expected,
        facts.at_own_weight,
        facts.unpriced,
    )


def _also_of(own: OwnRecord) -> tuple[Finding, ...]:
    return () if own.kg else (Finding.NOT_WEIGHED,)


@dataclass(slots=True)
class Sums:
    """What the waybills of a finding come to; `expected` is the sum over the `priced` ones only."""

    waybills: int = 0
    amounts: dict[Charge, Decimal] = field(default_factory=lambda: dict.fromkeys(Charge, ZERO))
    priced: int = 0
    expected: Decimal = ZERO
    unpriced: int = 0

    @property
    def total(self) -> Decimal:
        """Everything billed."""
        return sum(self.amounts.values(), ZERO)

    def add(self, row: Compared) -> None:
        """Count one waybill."""
        self.waybills += 1
        for charge in Charge:
            self.amounts[charge] += row.amount(charge)
        self.unpriced += row.unpriced is not None
        if row.expected is not None:
            self.priced += 1
            self.expected += row.expected

    def to_json(self) -> dict[str, int | str]:
        """A JSON-ready form; Decimals as strings."""
        amounts = {charge.value: str(amount) for charge, amount in self.amounts.items()}
        counts = {"waybills": self.waybills, "priced": self.priced, "unpriced": self.unpriced}
        return {**counts, "expected": str(self.expected), **amounts}

    @classmethod
    def from_json(cls, stored: Mapping[str, int | str]) -> Sums:
        """The sums that `to_json` wrote."""
        amounts = {charge: Decimal(stored[charge.value]) for charge in Charge}
        counts = (int(stored["priced"]), Decimal(stored["expected"]), int(stored["unpriced"]))
        return cls(int(stored["waybills"]), amounts, *counts)


def summed(rows: Iterable[Compared]) -> dict[Finding, Sums]:
    """Finding → what its waybills come to, every finding named; together they are the whole bill."""
    found = {finding: Sums() for finding in Finding}
    for row in rows:
        found[row.finding].add(row)
    return found


def altogether(sums: Iterable[Sums]) -> Sums:
    """The sums of several findings as one."""
    whole = Sums()
    for each in sums:
        whole.waybills += each.waybills
        whole.priced += each.priced
        whole.unpriced += each.unpriced
        whole.expected += each.expected
        for charge in Charge:
            whole.amounts[charge] += each.amounts[charge]
    return whole
