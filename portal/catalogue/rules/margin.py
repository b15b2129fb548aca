"""What a sale costs and leaves: typed cost components, margin before and after rebate, floors.

Source: DOMAIN M1-M3; DESIGN section 4 (cost components). All amounts without VAT.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from portal.catalogue.rules.exchange import ExchangeRate, convert
from portal.kernel.errors import Invalid
from portal.kernel.money import round_money
from portal.kernel.text import Text, t

ZERO = Decimal(0)


class CostKind(StrEnum):
    """The typed parts of a cost (M1)."""

    BASE = "base"  # 基础成本
    REBATE = "rebate"  # 退佣: comes back, so it lowers the cost
    STICKER = "sticker"  # 箱贴: either sign
    SURCHARGE = "surcharge"  # 附加费 at cost
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class CostComponent:
    """One part of the cost. Exactly one of `per_unit`, `flat` (the line), `percent` (of base cost).

    A rebate is written as the positive sum that comes back. `actual`, once known, is the whole
    amount for the line in `currency` and takes the place of what was expected (M1, M4).
    """

    kind: CostKind
    currency: str
    per_unit: Decimal | None = None
    flat: Decimal | None = None
    percent: Decimal | None = None
    actual: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Cost:
    """Cost of a line in the functional currency, signed by kind: a rebate is negative."""

    by_kind: Mapping[CostKind, Decimal]

    @property
    def before_rebate(self) -> Decimal:
        """Everything that has to be paid first."""
        parts = (amount for kind, amount in self.by_kind.items() if kind is not CostKind.REBATE)
        return sum(parts, ZERO)

    @property
    def after_rebate(self) -> Decimal:
        """What it costs once the rebate has come."""
        return sum(self.by_kind.values(), ZERO)

    def __add__(self, other: Cost) -> Cost:
        kinds = {**self.by_kind, **other.by_kind}
        return Cost({k: self.by_kind.get(k, ZERO) + other.by_kind.get(k, ZERO) for k in kinds})


@dataclass(frozen=True, slots=True)
class Margin:
    """Sale less cost in one currency, before and after rebate; rates in percent of the sale.

    A rate is None when the sale is 0: no rate, not 0 % (M2).
    """

    sale: Decimal
    cost: Cost

    @property
    def before_rebate(self) -> Decimal:
        """Sale less the cost before rebate."""
        return self.sale - self.cost.before_rebate

    @property
    def after_rebate(self) -> Decimal:
        """Sale less the cost after rebate."""
        return self.sale - self.cost.after_rebate

    @property
    def rate_before_rebate(self) -> Decimal | None:
        """Percent with two decimals."""
        return _rate(self.before_rebate, self.sale)

    @property
    def rate_after_rebate(self) -> Decimal | None:
        """Percent with two decimals."""
        return _rate(self.after_rebate, self.sale)

    def __add__(self, other: Margin) -> Margin:
        return Margin(self.sale + other.sale, self.cost + other.cost)


@dataclass(frozen=True, slots=True)
class Floor:
    """The least margin: `rate` in percent of the sale, `amount` in the functional currency (M3)."""

    rate: Decimal | None = None
    amount: Decimal | None = None
    after_rebate: bool = True


def cost_of(
    components: Iterable[CostComponent],
    quantity: Decimal,
    functional: str = "CNY",
    rates: Mapping[str, ExchangeRate] | None = None,
) -> Cost:
    """The cost of `quantity` units, each component rounded and converted once (M1).

    Invalid: a component without exactly one price, a percentage without a base in its currency, or
    a missing rate of exchange.
    """
    parts = list(components)
    base = _base_cost(parts, quantity)
    by_kind: dict[CostKind, Decimal] = {}
    for part in parts:
        own = round_money(_own_amount(part, quantity, base), part.currency)
        rate = (rates or {}).get(part.currency)
        amount = convert(own, part.currency, functional, rate).converted
        signed = -amount if part.kind is CostKind.REBATE else amount
        by_kind[part.kind] = by_kind.get(part.kind, ZERO) + signed
    return Cost(by_kind)


def below_floor(margin: Margin, floor: Floor) -> Text | None:
    """Why this needs approval; None when it is on or above the floor.

    A sale of 0 has no rate: it is below a floor by rate as soon as it costs anything.
    """
    left = margin.after_rebate if floor.after_rebate else margin.before_rebate
    rate = _rate(left, margin.sale)
    if floor.amount is not None and left < floor.amount:
        return t("The margin %(left)s is below %(floor)s", left=left, floor=floor.amount)
    if floor.rate is None:
        return None
    if rate is None:
        return t("The sale is 0 and costs money") if left < 0 else None
    # Compared by product: the rate shown is rounded, the floor is not.
    if left * 100 < floor.rate * margin.sale:
        return t("The margin %(rate)s %% is below %(floor)s %%", rate=rate, floor=floor.rate)
    return None


def _rate(margin: Decimal, sale: Decimal) -> Decimal | None:
    if not sale:
        return None
    return (margin * 100 / sale).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _base_cost(parts: list[CostComponent], quantity: Decimal) -> dict[str, Decimal]:
    """Currency → base cost, of which percentages are taken."""
    sums: dict[str, Decimal] = {}
    for part in parts:
        if part.kind is CostKind.BASE and part.percent is None:
            own = _own_amount(part, quantity, {})
            sums[part.currency] = sums.get(part.currency, ZERO) + own
    return sums


def _own_amount(part: CostComponent, quantity: Decimal, base: Mapping[str, Decimal]) -> Decimal:
    if sum(price is not None for price in (part.per_unit, part.flat, part.percent)) != 1:
        raise Invalid(t("A cost is per unit, one amount, or a percentage: exactly one of them."))
    if part.actual is not None:
        return part.actual
    if part.per_unit is not None:
        return part.per_unit * quantity
    if part.flat is not None:
        return part.flat
    if part.currency not in base:
        raise Invalid(
            t("There is no base cost in %(code)s to take a share of.", code=part.currency)
        )
    return base[part.currency] * (part.percent or ZERO) / 100
