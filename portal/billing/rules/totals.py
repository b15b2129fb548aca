"""What the lines of a statement add up to: sums of rounded lines, never rounded sums (DOMAIN F2, C4).

By section (the customer or branch that was served), by service, by tax, by the lines' own currencies, in statistical
units, and by what the customer has said to them.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol, TypeVar

from portal.billing.rules.kinds import LineKind
from portal.billing.rules.states import LineState
from portal.catalogue.rules.tax import TaxKind, TaxTerms
from portal.kernel.text import Text

ZERO = Decimal(0)


class SummedLine(Protocol):
    """A statement line, stored or not, as far as sums go."""

    @property
    def kind(self) -> str: ...
    @property
    def served_id(self) -> int: ...
    @property
    def item_id(self) -> int | None: ...
    @property
    def line_currency(self) -> str: ...
    @property
    def amount(self) -> Decimal: ...
    @property
    def converted(self) -> Decimal: ...
    @property
    def tax_kind(self) -> str: ...
    @property
    def tax_percent(self) -> Decimal: ...
    @property
    def main_unit(self) -> str: ...
    @property
    def stat_quantity(self) -> Decimal: ...
    @property
    def net_amount(self) -> Decimal: ...
    @property
    def tax_amount(self) -> Decimal: ...
    @property
    def gross_amount(self) -> Decimal: ...


@dataclass(frozen=True, slots=True)
class Sums:
    """Net, tax and gross of some lines, in the statement's currency, and how many they are."""

    lines: int = 0
    net: Decimal = ZERO
    tax: Decimal = ZERO
    gross: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class TaxSums:
    """The lines of one kind and rate of tax."""

    kind: TaxKind
    percent: Decimal
    label: Text
    sums: Sums


@dataclass(frozen=True, slots=True)
class CurrencySums:
    """The lines that were charged in one currency: their sum in it, and converted."""

    currency: str
    lines: int
    amount: Decimal
    converted: Decimal


@dataclass(frozen=True, slots=True)
class Answered:
    """Gross by what the customer has said: agreed, disputed, still open; together the gross of all."""

    confirmed: Decimal = ZERO
    disputed: Decimal = ZERO
    open: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class StatementTotals:
    """All sums of a statement, each in the order in which the lines bring it up."""

    all: Sums
    by_served: Mapping[int, Sums]
    by_item: Mapping[tuple[str, int | None], Sums]
    by_tax: tuple[TaxSums, ...]
    by_currency: tuple[CurrencySums, ...]
    statistics: Mapping[str, Decimal]


T = TypeVar("T", bound=SummedLine)
K = TypeVar("K", bound=Hashable)


def sums_of(lines: Iterable[SummedLine]) -> Sums:
    """Net, tax and gross of these lines."""
    count, net, tax = 0, ZERO, ZERO
    for line in lines:
        count += 1
        net += line.net_amount
        tax += line.tax_amount
    return Sums(count, net, tax, net + tax)


def statement_totals(lines: Iterable[SummedLine]) -> StatementTotals:
    """Every sum of a statement's lines."""
    listed = list(lines)
    return StatementTotals(
        all=sums_of(listed),
        by_served=sums_by(listed, lambda line: line.served_id),
        by_item=sums_by(listed, _service),
        by_tax=by_tax(listed),
        by_currency=by_currency(listed),
        statistics=statistics(listed),
    )


def sums_by(lines: Iterable[T], key: Callable[[T], K]) -> dict[K, Sums]:
    """Sums for each value of `key`, which may be a service's category, a branch, a month."""
    return {value: sums_of(group) for value, group in _grouped(lines, key).items()}


def by_tax(lines: Iterable[SummedLine]) -> tuple[TaxSums, ...]:
    """Sums by kind and rate of tax; 0 % and exempt are not the same (F5)."""
    groups = _grouped(lines, lambda line: (TaxKind(line.tax_kind), line.tax_percent))
    return tuple(
        TaxSums(kind, percent, TaxTerms(kind, percent).label, sums_of(group))
        for (kind, percent), group in groups.items()
    )


def by_currency(lines: Iterable[SummedLine]) -> tuple[CurrencySums, ...]:
    """Sums by the currencies in which the lines were charged, and what they were converted to."""
    return tuple(
        CurrencySums(
            currency,
            len(group),
            sum((line.amount for line in group), ZERO),
            sum((line.converted for line in group), ZERO),
        )
        for currency, group in _grouped(lines, lambda line: line.line_currency).items()
    )


def statistics(lines: Iterable[SummedLine]) -> dict[str, Decimal]:
    """Main unit (TEU, m³·day) → quantity; what settles no service (shortfalls, credits) counts for nothing."""
    found: dict[str, Decimal] = {}
    for line in lines:
        if line.main_unit and line.stat_quantity:
            found[line.main_unit] = found.get(line.main_unit, ZERO) + line.stat_quantity
    return found


def answered(states: Iterable[tuple[str, Decimal]]) -> Answered:
    """Gross by what the customer has said, from (line state, gross); a decided dispute is agreed."""
    sums = {"confirmed": ZERO, "disputed": ZERO, "open": ZERO}
    for state, gross in states:
        sums[_ANSWERS[LineState(state)]] += gross
    return Answered(**sums)


_ANSWERS = {
    LineState.OPEN: "open",
    LineState.DISPUTED: "disputed",
    LineState.CONFIRMED: "confirmed",
    LineState.ADJUSTED: "confirmed",
    LineState.UPHELD: "confirmed",
}


def _service(line: SummedLine) -> tuple[str, int | None]:
    """What a line is summed under: its service, or what it is where it has none."""
    return ("" if line.item_id is not None else LineKind(line.kind).value), line.item_id


def _grouped(lines: Iterable[T], key: Callable[[T], K]) -> dict[K, list[T]]:
    groups: dict[K, list[T]] = {}
    for line in lines:
        groups.setdefault(key(line), []).append(line)
    return groups
