"""What one draw of an entitlement costs: the line's price, its discount, and the overage price beyond (DOMAIN E4, P1).

The price and its working are a pure function of the line, the part and the quantity; a run bills the same quantities
of the same lines over and over, so each `LinePrice` keeps what it has worked out. Quantities are written without idle
zeros first, so that the same draw is told in the same words however the database wrote it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from portal.billing.rules.kinds import Part
from portal.catalogue.rules.pricing import Charge, price
from portal.catalogue.rules.tax import TaxTerms
from portal.catalogue.rules.terms import Basis, PriceTerms
from portal.catalogue.rules.working import Working
from portal.kernel.errors import Invalid
from portal.kernel.money import round_money
from portal.kernel.text import t
from portal.kernel.units import convert

ZERO = Decimal(0)
ONE = Decimal(1)
HUNDRED = Decimal(100)
SIX_PLACES = Decimal("0.000001")
REMEMBERED = 20_000
"""Quantities that one line price keeps; beyond that it works on without keeping more."""

Steps = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class DrawnUsage:
    """One part of one draw of a usage record: `quantity` > 0 in the entitlement's `unit`.

    `served_id` is who used it. `cost` is what was paid out for it, where the line is charged at cost.
    """

    usage_id: int
    entitlement_id: int
    part: Part
    quantity: Decimal
    unit: str
    used_on: date
    served_id: int
    reference: str = ""
    note: str = ""
    shipment_id: int | None = None
    cost: Decimal | None = None


@dataclass(frozen=True, slots=True)
class LinePrice:
    """What a contract line says about the price of a draw, on the days on which that line counts.

    `overage_terms` None: what is drawn beyond the quantity has the same price. `stat_factor`: statistical units
    (`main_unit`) in one `unit`. `kept` is the memory of `charge` and no part of the value.
    """

    contract_line_id: int
    terms: PriceTerms
    tax: TaxTerms
    discount_percent: Decimal = ZERO
    overage_terms: PriceTerms | None = None
    tax_class: str = ""
    currency: str = "CNY"
    unit: str = ""
    contract_id: int | None = None
    item_id: int | None = None
    name_zh: str = ""
    name_en: str = ""
    main_unit: str = ""
    stat_factor: Decimal = ONE
    kept: dict[tuple[Part, Decimal], Charged] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )


@dataclass(frozen=True, slots=True)
class Charged:
    """What was worked out: `quantity` in `unit` is what is paid for, `rate` the price of one of these.

    `rate` None: a flat amount or several rates made the figure. `amount` in `currency` is rounded to its minor unit
    and after the discount. `working` is JSON-ready: ((kind, {name: value}), …), numbers as strings.
    """

    amount: Decimal
    currency: str
    quantity: Decimal
    unit: str
    rate: Decimal | None
    working: Steps


def charge(drawn: DrawnUsage, line: LinePrice) -> Charged:
    """The price of one draw; Invalid when the line has none for it (a missing price is never 0, DOMAIN S6)."""
    if drawn.cost is not None:
        return _worked_out(drawn, line)
    key = drawn.part, drawn.quantity
    found = line.kept.get(key)
    if found is None:
        found = _worked_out(drawn, line)
        if len(line.kept) < REMEMBERED:
            line.kept[key] = found
    return found


def charge_quantity(quantity: Decimal, line: LinePrice, part: Part = Part.WITHIN) -> Charged:
    """The price of a quantity in the line's unit that nobody drew: a fee's month, what was not used."""
    drawn = DrawnUsage(0, 0, part, quantity, line.unit, date.min, 0)
    return charge(drawn, line)


def _worked_out(drawn: DrawnUsage, line: LinePrice) -> Charged:
    beyond = drawn.part is Part.OVER and line.overage_terms is not None
    terms = line.overage_terms if beyond and line.overage_terms is not None else line.terms
    steps: list[Any] = []
    if drawn.part is Part.OVER:
        steps.append(("overage", {"own_price": beyond}))
    quantity = _in_unit_of(terms, drawn, steps)
    found = _priced(terms, quantity, drawn, line.currency)
    if found.amount is None:
        raise Invalid(t("What was paid out is missing; it is charged at cost."), field="cost")
    steps += _json(found.working)
    amount = found.amount
    if not beyond:
        amount = _discounted(amount, found.currency, line.discount_percent, steps)
    return Charged(
        amount, found.currency, _six(found.quantity), found.unit, found.rate, tuple(steps)
    )


def _priced(terms: PriceTerms, quantity: Decimal, drawn: DrawnUsage, currency: str) -> Charge:
    """The engine's charge; one amount for each shipment is one for each unit drawn, at cost is what was paid."""
    if terms.basis is Basis.FLAT:
        terms = replace(terms, basis=Basis.PER_UNIT, unit=terms.unit or "LS")
    found = price(terms, quantity)
    if terms.basis is Basis.AT_COST and drawn.cost is not None:
        return replace(found, amount=round_money(drawn.cost, currency), currency=currency)
    return found


def _in_unit_of(terms: PriceTerms, drawn: DrawnUsage, steps: list[Any]) -> Decimal:
    """The quantity in the price's unit, to six places; Invalid where the units measure different things."""
    quantity = plain(drawn.quantity)
    if not terms.unit or not drawn.unit or terms.unit == drawn.unit:
        return quantity
    found = plain(convert(quantity, drawn.unit, terms.unit).quantize(SIX_PLACES, ROUND_HALF_UP))
    values = {"before": str(quantity), "unit": drawn.unit, "after": str(found), "into": terms.unit}
    steps.append(("in_unit", values))
    return found


def _discounted(amount: Decimal, currency: str, percent: Decimal, steps: list[Any]) -> Decimal:
    """The amount less the discount, which is rounded on its own and a step of the working."""
    if not percent:
        return amount
    less = round_money(amount * percent / HUNDRED, currency)
    values = {"percent": str(plain(percent)), "amount": str(less), "currency": currency}
    steps.append(("discount", values))
    return amount - less


def _json(working: Working) -> list[Any]:
    return [(kind, values) for kind, values in working.to_json()]


def _six(quantity: Decimal) -> Decimal:
    """The quantity as the column holds it: six places at most."""
    rounded = quantity.quantize(SIX_PLACES, ROUND_HALF_UP)
    return quantity if rounded == quantity else rounded


def plain(number: Decimal) -> Decimal:
    """The same number without idle zeros and never in powers of ten: 12.500000 is 12.5, 1E+2 is 100."""
    short = number.normalize()
    return short.quantize(ONE) if short.as_tuple().exponent > 0 else short  # type: ignore[operator]
