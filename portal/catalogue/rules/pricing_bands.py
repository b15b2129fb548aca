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


class _InBand(NamedTuple):
    """A quantity priced in one band; flat and rate with commission, `plain` before the minimum."""

    quantity: Decimal
    rate: Decimal | None
    flat: Decimal | None
    plain: Decimal
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
    best = _cheapest_above(terms, own, steps) if terms.step_up else own
    return Priced(best.quantity, best.rate, best.amount)


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
        part = _in_band(band, covered - band.over)
        values = {"over": band.over, "to": covered, "quantity": part.quantity}
        prices = {"rate": part.rate, "flat": part.flat, "amount": part.plain}
        steps.append(("part", {**values, **prices}))
        _tell_extras(band, part, steps)
        total += part.amount
    if covered != quantity:
        raise _no_band(terms, quantity)
    return Priced(quantity, None, total)


def _in_band(band: Break, quantity: Decimal) -> _InBand:
    """flat + rate × what is beyond, with the band's own step, minimum and commission."""
    rate, flat = band.rate, band.flat
    if band.commission:
        flat = band.commission if flat is None else flat + band.commission
    if rate is None:
        if band.flat is None or flat is None:
            raise Invalid(t("The band over %(over)s has no price.", over=band.over), field="breaks")
        return _InBand(quantity, None, flat, flat, flat)
    further = quantity - band.beyond
    if further < 0:  # all of it lies inside the first weight
        further = Decimal(0)
    elif band.step is not None:
        further = to_step(further, band.step)
        quantity = further + band.beyond
    if band.commission_rate:
        rate += band.commission_rate
    plain = rate * further
    if flat is not None:
        plain += flat
    amount = plain if band.minimum is None else max(plain, band.minimum)
    return _InBand(quantity, rate, flat, plain, amount)


def _cheapest_above(terms: PriceTerms, own: _InBand, steps: list[Step]) -> _InBand:
    """Every higher break at its own start against the own band (P6); a tie stays in the own."""
    best: _InBand | None = None
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


def _tell_amount(band: Break, own: _InBand, steps: list[Step]) -> None:
    values = {"flat": own.flat, "rate": own.rate, "beyond": band.beyond}
    steps.append(("band_amount", {**values, "quantity": own.quantity, "amount": own.plain}))
    _tell_extras(band, own, steps)


def _tell_extras(band: Break, own: _InBand, steps: list[Step]) -> None:
    """The commission inside the figures, and the band's own minimum."""
    if band.commission or band.commission_rate:
        contained = band.commission
        if own.rate is not None:
            contained += band.commission_rate * max(own.quantity - band.beyond, Decimal(0))
        steps.append(("contained_commission", {"amount": contained}))
    if own.amount != own.plain:
        steps.append(("band_minimum", {"minimum": own.amount}))


def _no_band(terms: PriceTerms, quantity: Decimal) -> Invalid:
    unit = unit_word(terms.unit)
    text = t("No price band covers %(quantity)s %(unit)s.", quantity=quantity, unit=unit)
    return Invalid(text, field="quantity")
