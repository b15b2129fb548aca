"""Schedules: the band of a quantity, what it costs there, and when a higher band is cheaper.

Source: DOMAIN S7 (the four shapes), P6 and P7 (step up, 靠级), P9 (bounds), S8 (commission).
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from portal.catalogue.rules.quantity import Measured, to_step
from portal.catalogue.rules.terms import BandOn, Bound, Break, PriceTerms
from portal.catalogue.rules.working import Step
from portal.kernel.errors import Invalid
from portal.kernel.text import t
from portal.kernel.units import unit_word


class Priced(NamedTuple):
    """The quantity paid for, the rate of one unit (None: a flat amount), the unrounded amount."""

    quantity: Decimal
    rate: Decimal | None
    amount: Decimal


def find_band(terms: PriceTerms, quantity: Decimal) -> Break:
    """The band that `quantity` belongs to by the terms' bound; Invalid when it is in none (P9)."""
    bound = terms.bound
    for band in terms.breaks:
        over, up_to = band.over, band.up_to
        if bound is Bound.OVER:
            inside = quantity > over and (up_to is None or quantity <= up_to)
        elif bound is Bound.FROM:
            inside = quantity >= over and (up_to is None or quantity < up_to)
        else:
            inside = quantity >= over and (up_to is None or quantity <= up_to)
        if inside and quantity:
            return band
    raise _no_band(terms, quantity)


def price_bands(terms: PriceTerms, measured: Measured, steps: list[Step]) -> Priced:
    """The whole quantity at its band (S7 a, b, d); with step up, at a higher band when cheaper."""
    quantity = measured.quantity
    picked_by = measured.actual if terms.band_on is BandOn.ACTUAL else quantity
    band = find_band(terms, picked_by)
    own = _in_band(band, quantity)
    _tell_band(terms, band, picked_by, steps)
    if own.quantity != quantity:
        rounding = {"before": quantity, "after": own.quantity, "step": band.step}
        steps.append(("rounded", rounding))
    _tell_amount(band, own, steps)
    if not terms.step_up:
        return own
    return _cheapest_above(terms, own, steps)


def price_graduated(terms: PriceTerms, measured: Measured, steps: list[Step]) -> Priced:
    """Each part of the quantity at its own band's rate (S7 c, U7); Invalid over a gap."""
    quantity = measured.quantity
    total = covered = Decimal(0)
    for band in terms.breaks:
        if quantity <= band.over:
            break
        if band.over != covered:
            raise _no_band(terms, quantity)
        covered = quantity if band.up_to is None else min(quantity, band.up_to)
        part = covered - band.over
        amount = _in_band(band, part).amount
        values = {"over": band.over, "to": covered, "quantity": part}
        steps.append(("part", {**values, "rate": band.rate, "flat": band.flat, "amount": amount}))
        total += amount
    if covered != quantity:
        raise _no_band(terms, quantity)
    return Priced(quantity, None, total)


def _in_band(band: Break, quantity: Decimal) -> Priced:
    """flat + rate × what is beyond, with the band's own step, minimum and commission."""
    rate, flat = band.rate, band.flat
    if rate is None:
        if flat is None:
            raise Invalid(t("The band over %(over)s has no price.", over=band.over), field="breaks")
        return Priced(quantity, None, flat + band.commission)
    further = quantity - band.beyond
    if further < 0:  # all of it lies inside the first weight
        further = Decimal(0)
    elif band.step is not None:
        further = to_step(further, band.step)
        quantity = further + band.beyond
    rate += band.commission_rate
    amount = rate * further
    if flat is not None:
        amount += flat
    if band.commission:
        amount += band.commission
    if band.minimum is not None and amount < band.minimum:
        amount = band.minimum
    return Priced(quantity, rate, amount)


def _cheapest_above(terms: PriceTerms, own: Priced, steps: list[Step]) -> Priced:
    """Every higher break at its own start against the own band (P6); a tie stays in the own."""
    best: Priced | None = None
    for band in terms.breaks:
        if band.over > own.quantity:
            there = _in_band(band, band.over)
            if best is None or there.amount < best.amount:
                best = there
    if best is None:
        return own
    values = {"quantity": best.quantity, "unit": terms.unit, "amount": best.amount}
    if best.amount >= own.amount:
        steps.append(("no_step_up", values))
        return own
    steps.append(("step_up", {**values, "rate": best.rate, "own": own.amount}))
    return best


def _tell_band(terms: PriceTerms, band: Break, quantity: Decimal, steps: list[Step]) -> None:
    values = {"bound": terms.bound.value, "over": band.over, "up_to": band.up_to}
    steps.append(("band", {**values, "quantity": quantity, "unit": terms.unit}))


def _tell_amount(band: Break, own: Priced, steps: list[Step]) -> None:
    values = {"flat": band.flat, "rate": band.rate, "beyond": band.beyond}
    if band.commission or band.commission_rate:
        values["commission"] = band.commission
        values["commission_rate"] = band.commission_rate
    steps.append(("band_amount", {**values, "quantity": own.quantity, "amount": own.amount}))
    if band.minimum is not None and own.amount == band.minimum:
        steps.append(("band_minimum", {"minimum": band.minimum}))


def _no_band(terms: PriceTerms, quantity: Decimal) -> Invalid:
    unit = unit_word(terms.unit)
    text = t("No price band covers %(quantity)s %(unit)s.", quantity=quantity, unit=unit)
    return Invalid(text, field="quantity")
