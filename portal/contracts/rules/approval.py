"""What sales may send for signature alone, and what somebody else must approve first (DOMAIN M3, section 16)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from portal.catalogue.rules.exchange import ExchangeRate, convert
from portal.catalogue.rules.margin import CostComponent, Floor, Margin, below_floor, cost_of
from portal.catalogue.rules.terms import Basis, PriceTerms
from portal.contracts.rules.ledger import plain
from portal.kernel.errors import Invalid
from portal.kernel.money import round_money
from portal.kernel.text import Text, t

HUNDRED = Decimal(100)
MANY = Decimal(10_000)
PER_ONE = frozenset({Basis.PER_UNIT, Basis.FLAT})
"""Prices of which one unit's is known without knowing the shipment."""


@dataclass(frozen=True, slots=True)
class Priced:
    """What a price comes to: the same in a contract line and in the quotation line that it was taken from."""

    name: str
    currency: str
    unit: str
    quantity: Decimal | None
    discount_percent: Decimal
    terms: Mapping[str, Any]
    tax_class: str
    tax_percent: Decimal
    tax_inclusive: bool


@dataclass(frozen=True, slots=True)
class Cost:
    """What one unit costs us, and the least margin that its scheme asks for, in percent of the sale."""

    components: tuple[CostComponent, ...]
    floor_percent: Decimal
    scheme: str


def differing(contract: Mapping[int, Priced], accepted: Mapping[int, Priced]) -> tuple[Text, ...]:
    """Where a contract is not what the customer accepted; both by the quotation line's id."""
    reasons = []
    for key, offered in accepted.items():
        line = contract.get(key)
        if line is None:
            reasons.append(t("“%(name)s” of the quotation is left out.", name=offered.name))
            continue
        if _price(line) != _price(offered):
            reasons.append(t("“%(name)s”: not the accepted price.", name=line.name))
        if line.quantity != offered.quantity:
            reasons.append(_other_quantity(line, offered))
    return tuple(reasons)


def added(names: Iterable[str]) -> tuple[Text, ...]:
    """Lines that no accepted quotation stands behind."""
    return tuple(t("“%(name)s” is not in the accepted quotation.", name=name) for name in names)


def by_hand(reasons: Sequence[tuple[str, str]]) -> tuple[Text, ...]:
    """(name, reason) of each price that a person set."""
    return tuple(
        t("“%(name)s”: the price was set by hand: %(why)s", name=name, why=why)
        for name, why in reasons
    )


def below_the_floor(
    line: Priced, cost: Cost, functional: str, rates: Mapping[str, ExchangeRate]
) -> Text | None:
    """Why the price is too low; None when it is not, or when that cannot be told (no price, cost or rate).

    Many units are compared, so that rounding to the cent decides nothing. The words name no cost and no margin: they
    are shown to sales, who may not see either (M5).
    """
    terms = PriceTerms.from_json(line.terms)
    price, count = unit_price(terms), MANY if terms.basis is Basis.PER_UNIT else Decimal(1)
    by_shipment = count == MANY and any(part.flat is not None for part in cost.components)
    if price is None or by_shipment or not cost.components:
        return None
    net = _net(price * count * (HUNDRED - line.discount_percent) / HUNDRED, line)
    try:
        sale = convert(net, line.currency, functional, rates.get(line.currency)).converted
        margin = Margin(sale, cost_of(cost.components, count, functional, rates))
    except Invalid:
        return None
    if below_floor(margin, Floor(rate=cost.floor_percent)) is None:
        return None
    return t(
        "“%(name)s”: below the margin floor of %(scheme)s.", name=line.name, scheme=cost.scheme
    )


def unit_price(terms: PriceTerms) -> Decimal | None:
    """The price of one unit, where the terms are that simple."""
    return terms.rate if terms.basis in PER_ONE else None


def _price(line: Priced) -> tuple[object, ...]:
    tax = (line.tax_class, line.tax_percent, line.tax_inclusive)
    return line.currency, line.unit, line.discount_percent, dict(line.terms), tax


def _net(gross: Decimal, line: Priced) -> Decimal:
    """Without the tax that the price contains (DOMAIN F7)."""
    share = 1 + line.tax_percent / HUNDRED if line.tax_inclusive else Decimal(1)
    return round_money(gross / share, line.currency)


def _other_quantity(line: Priced, offered: Priced) -> Text:
    if line.quantity is None:
        return t("“%(name)s”: without a limit.", name=line.name)
    return t(
        "“%(name)s”: %(quantity)s instead of the accepted %(offered)s.",
        name=line.name,
        quantity=plain(line.quantity),
        offered=plain(offered.quantity or Decimal(0)),
    )
