"""THE pricing engine: price terms and cargo in, one charge with its working out.

Order (DOMAIN P1): quantity and its rounding, band, step up, minimum, money rounding. Percentages of
other charges, discounts and the order between lines belong to `pricing_shipment`; tax to `tax`,
currencies to `exchange`. Missing is never zero (S6): what cannot be priced raises Invalid.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import NamedTuple

from portal.catalogue.rules.cargo import Cargo
from portal.catalogue.rules.pricing_bands import Priced, price_bands, price_graduated
from portal.catalogue.rules.quantity import Measured, given_quantity, quantity_for
from portal.catalogue.rules.terms import DECLARED_VALUE, Basis, PriceTerms
from portal.catalogue.rules.working import Step, Working
from portal.kernel.errors import Invalid
from portal.kernel.money import round_money
from portal.kernel.text import t

ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Charge:
    """One computed charge.

    `quantity` in `unit` is what is paid for (after a step up), `measured` what it was before;
    `rate` is the price of one unit, None where a flat amount or several rates made the figure.
    `amount` in `currency` is rounded to its minor unit and None only at cost (实报实销).
    """

    code: str
    unit: str
    currency: str
    quantity: Decimal
    measured: Decimal
    rate: Decimal | None
    amount: Decimal | None
    working: Working


class _Work(NamedTuple):
    """A calculation before its amount is rounded."""

    quantity: Decimal
    rate: Decimal | None
    amount: Decimal
    unit: str
    measured: Decimal
    steps: list[Step]


def price(terms: PriceTerms, cargo: Cargo | Decimal, code: str = "") -> Charge:
    """Price `cargo`, or a quantity already in the unit of `terms`.

    Invalid: a fact or a price is missing, the quantity is in no band, unit or currency is unknown.
    A percentage of other charges needs `price_percent`; of the declared value it is priced here.
    """
    if terms.basis is Basis.AT_COST:
        working = Working((("at_cost", {}),))
        return Charge(code, terms.unit, terms.currency, ONE, ONE, None, None, working)
    if terms.basis is Basis.PERCENT:
        return _price_declared_value(terms, cargo, code)
    work = _work(terms, cargo)
    amount = _to_minor_unit(work.amount, terms.currency, work.steps)
    unit = work.unit or "LS"
    working = Working(tuple(work.steps))
    quantities = (work.quantity, work.measured)
    return Charge(code, unit, terms.currency, *quantities, work.rate, amount, working)


def price_percent(
    terms: PriceTerms, base: Decimal, currency: str, codes: tuple[str, ...], code: str = ""
) -> Charge:
    """`terms.percent` % of `base`, the sum in `currency` of the charges named in `codes` (U2).

    Minimum and maximum apply only where `terms.currency` is that currency or empty.
    """
    percent = _given(terms.percent, "percent")
    amount = base * percent / 100
    values = {"percent": percent, "base": base, "currency": currency, "codes": list(codes)}
    steps: list[Step] = [("percent", {**values, "amount": amount})]
    amount = _limited(terms, amount, steps) if terms.currency in {"", currency} else amount
    rounded = _to_minor_unit(amount, currency, steps)
    return Charge(code, "P1", currency, percent, percent, None, rounded, Working(tuple(steps)))


def top_up(code: str, total: Decimal, minimum: Decimal, currency: str) -> Charge | None:
    """The visible line that lifts a document's or month's `total` to `minimum` (P15), if needed."""
    if total >= minimum:
        return None
    amount = round_money(minimum - total, currency)
    working = Working((("minimum", {"amount": total, "minimum": minimum}),))
    return Charge(code, "LS", currency, ONE, ONE, amount, amount, working)


def _price_declared_value(terms: PriceTerms, cargo: Cargo | Decimal, code: str) -> Charge:
    if terms.base_codes != (DECLARED_VALUE,) or not isinstance(cargo, Cargo):
        raise Invalid(t("A percentage needs the charges that it is taken of."), field="base_codes")
    if cargo.declared_value is None:
        raise Invalid(t("The declared value is needed for this price."), field="declared_value")
    value, currency = cargo.declared_value, cargo.declared_currency
    return price_percent(terms, value, currency, (DECLARED_VALUE,), code)


def _work(terms: PriceTerms, cargo: Cargo | Decimal) -> _Work:
    """One calculation up to its limits, before the amount is rounded."""
    if terms.basis is Basis.MAX_OF:
        return _largest(terms, cargo)
    calculate = _CALCULATIONS.get(terms.basis)
    if calculate is None:
        raise Invalid(t("A percentage needs the charges that it is taken of."), field="base_codes")
    if terms.basis is Basis.FLAT:
        measured = Measured(ONE, ONE, [])
    elif isinstance(cargo, Cargo):
        measured = quantity_for(terms, cargo)
    else:
        measured = given_quantity(terms, cargo)
    steps = measured.steps
    if terms.free_quantity and not measured.quantity:
        priced = Priced(measured.quantity, terms.rate, Decimal(0))
    else:
        priced = calculate(terms, measured, steps)
    if terms.each:
        priced = _times(terms, cargo, priced, steps)
    quantity, rate, amount = priced
    if quantity:
        amount = _limited(terms, amount, steps)
    return _Work(quantity, rate, amount, terms.unit, measured.quantity, steps)


def _largest(terms: PriceTerms, cargo: Cargo | Decimal) -> _Work:
    """P12, P13: the largest of the alternatives, the first of equals; then the limits."""
    if not terms.alternatives:
        raise Invalid(t("There are no alternatives to choose from."), field="alternatives")
    works = [_work(alternative, cargo) for alternative in terms.alternatives]
    chosen = max(works, key=lambda work: work.amount)
    steps = [step for work in works for step in work.steps]
    amounts = [work.amount for work in works]
    steps.append(("largest", {"amounts": amounts, "amount": chosen.amount}))
    return chosen._replace(amount=_limited(terms, chosen.amount, steps), steps=steps)


def _price_per_unit(terms: PriceTerms, measured: Measured, steps: list[Step]) -> Priced:
    rate, quantity = _given(terms.rate, "rate"), measured.quantity
    amount = quantity * rate
    values = {"quantity": quantity, "unit": terms.unit, "rate": rate, "amount": amount}
    steps.append(("product", values))
    return Priced(quantity, rate, amount)


def _price_flat(terms: PriceTerms, measured: Measured, steps: list[Step]) -> Priced:
    amount = _given(terms.rate, "rate")
    steps.append(("flat", {"amount": amount}))
    return Priced(ONE, amount, amount)


def _price_first_continued(terms: PriceTerms, measured: Measured, steps: list[Step]) -> Priced:
    """S7 b: the first f units cost a, each further step, begun or full, costs b; S8 on top."""
    quantity = measured.quantity
    if not quantity:
        raise Invalid(t("A quantity of 0 has no price here."), field="quantity")
    first = _given(terms.first_quantity, "first_quantity")
    amount = _given(terms.first_amount, "first_amount")
    steps.append(("first", {"first": first, "amount": amount}))
    commission = terms.commission_first
    if quantity > first:
        step = _given(terms.continued_step, "continued_step")
        each = _given(terms.continued_amount, "continued_amount")
        count = ((quantity - first) / step).to_integral_value(ROUND_CEILING)
        values = {"count": count, "step": step, "each": each, "amount": count * each}
        steps.append(("continued", values))
        amount += count * each
        commission += count * terms.commission_continued
    if commission:
        steps.append(("commission", {"amount": commission}))
    return Priced(quantity, None, amount + commission)


_CALCULATIONS: dict[Basis, Callable[[PriceTerms, Measured, list[Step]], Priced]] = {
    Basis.PER_UNIT: _price_per_unit,
    Basis.FLAT: _price_flat,
    Basis.BANDS: price_bands,
    Basis.GRADUATED: price_graduated,
    Basis.FIRST_CONTINUED: _price_first_continued,
}


def _times(terms: PriceTerms, cargo: Cargo | Decimal, priced: Priced, steps: list[Step]) -> Priced:
    """The amount once for each of a second unit: per day and per box (U7)."""
    if not isinstance(cargo, Cargo):
        raise Invalid(t("The number of units is not stated: %(unit)s.", unit=terms.each), "counts")
    times = quantity_for(PriceTerms(Basis.PER_UNIT, terms.each), cargo).quantity
    amount = priced.amount * times
    steps.append(("each", {"times": times, "unit": terms.each, "amount": amount}))
    return Priced(priced.quantity if times else times, priced.rate, amount)


def _limited(terms: PriceTerms, amount: Decimal, steps: list[Step]) -> Decimal:
    """Not below the minimum, not above the maximum (P15: the line's own)."""
    if terms.minimum is not None and amount < terms.minimum:
        steps.append(("minimum", {"amount": amount, "minimum": terms.minimum}))
        return terms.minimum
    if terms.maximum is not None and amount > terms.maximum:
        steps.append(("maximum", {"amount": amount, "maximum": terms.maximum}))
        return terms.maximum
    return amount


def _to_minor_unit(amount: Decimal, currency: str, steps: list[Step]) -> Decimal:
    rounded = round_money(amount, currency)
    if rounded != amount:
        steps.append(("money", {"exact": amount, "amount": rounded, "currency": currency}))
    return rounded


def _given(value: Decimal | None, field: str) -> Decimal:
    if value is None:
        raise Invalid(t("The price is missing; an empty price is not 0."), field=field)
    return value
