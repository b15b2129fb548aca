"""What commission is worked out on: the net of what was paid, and the margin after rebate in it (DOMAIN M2, K11).

A payment settles a statement, not its lines, so each part of the statement is paid in the same proportion. What was
paid is counted from the beginning and the difference taken: the months of a statement paid in parts add up to its net.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from portal.catalogue.rules.exchange import ExchangeRate
from portal.catalogue.rules.margin import CostComponent, cost_of
from portal.kernel.errors import Invalid
from portal.kernel.money import round_money

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Quoted:
    """What the quotation said a service costs: its components, for `quantity` of `unit`."""

    unit: str
    quantity: Decimal
    components: tuple[CostComponent, ...]


@dataclass(frozen=True, slots=True)
class Billed:
    """Billed lines of one contract line at one rate of exchange, in the statement's currency.

    `line_currency` is what the price was in, `rate` what one unit of it was worth in the statement's currency.
    `is_service`: it was used or stored; a shortfall, a credit or interest costs nothing.
    """

    currency: str
    line_currency: str
    rate: ExchangeRate | None
    quantity: Decimal
    unit: str
    net: Decimal
    gross: Decimal
    is_service: bool = True


@dataclass(frozen=True, slots=True)
class Part:
    """What one owner has in a statement. `known_net` of `net` is that of lines whose cost is known: `cost`."""

    gross: Decimal = ZERO
    net: Decimal = ZERO
    known_net: Decimal = ZERO
    cost: Decimal = ZERO

    def __add__(self, other: Part) -> Part:
        return Part(*(mine + yours for mine, yours in zip(self._all(), other._all(), strict=True)))

    @property
    def unknown_net(self) -> Decimal:
        """The net of lines whose cost nobody knows."""
        return self.net - self.known_net

    @property
    def margin(self) -> Decimal:
        """Known net less its cost after rebate."""
        return self.known_net - self.cost

    def _all(self) -> tuple[Decimal, Decimal, Decimal, Decimal]:
        return self.gross, self.net, self.known_net, self.cost


def part_of(billed: Billed, quoted: Quoted | None) -> Part:
    """Billed lines with what they cost after rebate; without a cost where none is known."""
    cost = ZERO if not billed.is_service else cost_after_rebate(billed, quoted)
    if cost is None:
        return Part(billed.gross, billed.net)
    return Part(billed.gross, billed.net, billed.net, cost)


def cost_after_rebate(billed: Billed, quoted: Quoted | None) -> Decimal | None:
    """The cost in the statement's currency; None without one, in another unit, or in a currency without a rate.

    An amount for the whole quoted quantity counts in proportion to what was billed of it.
    """
    if quoted is None or not quoted.components or quoted.unit != billed.unit:
        return None
    if any(part.flat is not None for part in quoted.components) and not quoted.quantity:
        return None
    parts = [_in_proportion(each, billed.quantity, quoted.quantity) for each in quoted.components]
    rates = {billed.line_currency: billed.rate} if billed.rate is not None else {}
    try:
        return cost_of(parts, billed.quantity, billed.currency, rates).after_rebate
    except Invalid:
        return None


def paid_parts(
    parts: Sequence[Part], before: Decimal, until: Decimal, whole: Decimal, currency: str
) -> list[Part]:
    """What of each part was paid between two states of payment of a statement of `whole`.

    `before` and `until`: what had been paid in all. The shares of all parts together are the share of their sum.
    """
    if not whole:
        return [Part() for _each in parts]
    columns = [
        _shares(values, before, until, whole, currency)
        for values in (
            [each.gross for each in parts], [each.net for each in parts],
            [each.known_net for each in parts], [each.cost for each in parts],
        )
    ]  # fmt: skip
    return [Part(*values) for values in zip(*columns, strict=True)]


def added(parts: Iterable[Part]) -> Part:
    """Their sum."""
    return sum(parts, Part())


def _shares(
    values: Sequence[Decimal], before: Decimal, until: Decimal, whole: Decimal, currency: str
) -> list[Decimal]:
    found, running, told = [], ZERO, ZERO
    for value in values:
        running += value
        reached = _share(running, until, whole, currency) - _share(running, before, whole, currency)
        found.append(reached - told)
        told = reached
    return found


def _share(value: Decimal, paid: Decimal, whole: Decimal, currency: str) -> Decimal:
    """So much of `value` as was paid of the whole, and never more than all of it."""
    return value if paid == whole else round_money(value * min(paid / whole, Decimal(1)), currency)


def _in_proportion(part: CostComponent, billed: Decimal, quoted: Decimal) -> CostComponent:
    return part if part.flat is None else replace(part, flat=part.flat * billed / quoted)
