"""From cargo to the quantity that a price line charges: chargeable weight, revenue tons, counts.

Source: DOMAIN P1 (order), P3 (revenue ton), P5 and P8 (volume weight), C4, C5. Order here: measure,
round to the step, take off the free quantity, raise to the minimum quantity.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from portal.catalogue.rules.cargo import Cargo
from portal.catalogue.rules.terms import PriceTerms, Rounding
from portal.catalogue.rules.working import Step
from portal.kernel.errors import Invalid
from portal.kernel.text import t
from portal.kernel.units import UNITS, unit_of, unit_word

_MODES = {
    Rounding.UP: ROUND_CEILING,
    Rounding.DOWN: ROUND_FLOOR,
    Rounding.HALF_UP: ROUND_HALF_UP,
}
_SIX_PLACES = Decimal("0.000001")
_THREE_PLACES = Decimal("0.001")


class Measured(NamedTuple):
    """A quantity ready to be priced, the actual one that may pick the band, and the way there."""

    quantity: Decimal
    actual: Decimal
    steps: list[Step]


def to_step(quantity: Decimal, step: Decimal, rounding: Rounding = Rounding.UP) -> Decimal:
    """`quantity` on a multiple of `step`; exact, no binary fractions."""
    return (quantity / step).to_integral_value(_MODES[rounding]) * step


def quantity_for(terms: PriceTerms, cargo: Cargo) -> Measured:
    """The quantity of `cargo` in the unit of `terms`.

    Invalid when the unit is unknown or the fact that it counts was not stated.
    """
    measure = _MEASURES[unit_of(terms.unit).code]
    return _adjusted(terms, measure(terms, cargo))


def given_quantity(terms: PriceTerms, quantity: Decimal) -> Measured:
    """A quantity that somebody else measured (a bill, a usage record), in the unit of `terms`."""
    step: Step = ("counted", {"quantity": quantity, "unit": unit_of(terms.unit).code})
    return _adjusted(terms, _rounded(terms, quantity, [step]))


def _adjusted(terms: PriceTerms, measured: Measured) -> Measured:
    """Less the free quantity, at least the minimum quantity; what is all free stays zero."""
    quantity, actual, steps = measured
    if quantity < 0:
        raise Invalid(t("A quantity cannot be negative."), field="quantity")
    if terms.free_quantity:
        quantity = max(quantity - terms.free_quantity, Decimal(0))
        steps.append(("free", {"free": terms.free_quantity, "left": quantity}))
    if terms.minimum_quantity and 0 < quantity < terms.minimum_quantity:
        steps.append(("minimum_quantity", {"before": quantity, "after": terms.minimum_quantity}))
        quantity = terms.minimum_quantity
    return Measured(quantity, actual, steps) if quantity is not measured.quantity else measured


def _rounded(terms: PriceTerms, quantity: Decimal, steps: list[Step]) -> Measured:
    if terms.step is None:
        return Measured(quantity, quantity, steps)
    rounded = to_step(quantity, terms.step, terms.rounding)
    if rounded != quantity:
        steps.append(("rounded", {"before": quantity, "after": rounded, "step": terms.step}))
    return Measured(rounded, quantity, steps)


def _gross(cargo: Cargo) -> Decimal:
    gross = cargo.gross
    if not gross:  # a weight of 0 means that nothing was weighed (R12)
        raise Invalid(t("The gross weight is needed for this price."), field="gross_kg")
    return gross


def _cm3(cargo: Cargo) -> Decimal:
    cm3 = cargo.cm3
    if cm3 is None:
        raise Invalid(t("The volume or the dimensions are needed for this price."), "volume_m3")
    return cm3


def _chargeable_weight(terms: PriceTerms, cargo: Cargo) -> Measured:
    """P5, P8: the larger of gross and volume weight, each rounded up to the step."""
    if terms.per_piece:
        return _weight_by_piece(terms, cargo)
    gross = _gross(cargo)
    if terms.volume_divisor is None:
        return _rounded(terms, gross, [("gross", {"gross": gross})])
    cm3 = _cm3(cargo)
    volume = cm3 / terms.volume_divisor
    values: dict[str, Any] = {"gross": gross, "cm3": cm3, "divisor": terms.volume_divisor}
    values["volume_weight"] = volume
    if terms.volume_share != 1 and volume > gross:
        values["share"] = terms.volume_share
        volume = gross + (volume - gross) * terms.volume_share
        values["shared"] = volume
    if terms.step is not None:
        values["gross_rounded"] = to_step(gross, terms.step, terms.rounding)
        values["volume_rounded"] = to_step(volume, terms.step, terms.rounding)
        charged = max(values["gross_rounded"], values["volume_rounded"])
    else:
        charged = max(gross, _at_most_six_places(volume))
    values["charged"] = charged
    return Measured(charged, gross, [("weights", values)])


def _weight_by_piece(terms: PriceTerms, cargo: Cargo) -> Measured:
    """P8 exception: each piece at the larger of its own two weights, rounded, then summed."""
    if not cargo.pieces or terms.volume_divisor is None:
        raise Invalid(t("Weight and dimensions of each piece are needed."), field="pieces")
    charged = Decimal(0)
    for piece in cargo.pieces:
        if piece.gross_kg is None:
            raise Invalid(t("Weight and dimensions of each piece are needed."), field="pieces")
        larger = max(piece.gross_kg, piece.cm3 / terms.volume_divisor)
        if terms.step is not None:
            larger = to_step(larger, terms.step, terms.rounding)
        charged += larger * piece.count
    charged = _at_most_six_places(charged)
    count = sum(piece.count for piece in cargo.pieces)
    step: Step = ("by_piece", {"pieces": count, "charged": charged})
    return Measured(charged, _gross(cargo), [step])


def _revenue_tons(terms: PriceTerms, cargo: Cargo) -> Measured:
    """P3: max(weight, volume), each to three decimals half up unless the terms name a step."""
    step = terms.step or _THREE_PLACES
    rounding = terms.rounding if terms.step else Rounding.HALF_UP
    gross, cm3 = _gross(cargo), _cm3(cargo)
    tons = to_step(gross / terms.weight_ratio, step, rounding)
    volume = to_step(cm3.scaleb(-6), step, rounding)
    larger = max(tons, volume)
    values = {"gross": gross, "tons": tons, "volume": volume, "ratio": terms.weight_ratio}
    return Measured(larger, larger, [("revenue_tons", {**values, "charged": larger})])


def _weight_in(factor: Decimal) -> Callable[[PriceTerms, Cargo], Measured]:
    def measure(terms: PriceTerms, cargo: Cargo) -> Measured:
        gross = _gross(cargo)
        quantity = gross if factor == 1 else _at_most_six_places(gross / factor)
        return _rounded(terms, quantity, [("gross", {"gross": gross})])

    return measure


def _volume_in(factor: Decimal) -> Callable[[PriceTerms, Cargo], Measured]:
    def measure(terms: PriceTerms, cargo: Cargo) -> Measured:
        m3 = _cm3(cargo).scaleb(-6)
        quantity = _at_most_six_places(m3 / factor)
        return _rounded(terms, quantity, [("volume", {"volume": m3})])

    return measure


def _counted(unit: str) -> Callable[[PriceTerms, Cargo], Measured]:
    def measure(terms: PriceTerms, cargo: Cargo) -> Measured:
        quantity = cargo.stated(unit)
        if quantity is None:
            word = unit_word(unit)
            raise Invalid(t("The number of units is not stated: %(unit)s.", unit=word), "counts")
        return _rounded(terms, quantity, [("counted", {"quantity": quantity, "unit": unit})])

    return measure


def _fact(unit: str, read: Callable[[Cargo], Decimal]) -> Callable[[PriceTerms, Cargo], Measured]:
    def measure(terms: PriceTerms, cargo: Cargo) -> Measured:
        quantity = read(cargo)
        return _rounded(terms, quantity, [("counted", {"quantity": quantity, "unit": unit})])

    return measure


def _box_count(unit: str) -> Callable[[PriceTerms, Cargo], Measured]:
    return _fact(unit, lambda cargo: cargo.boxes_of(unit))


def _at_most_six_places(quantity: Decimal) -> Decimal:
    """Quantities are stored with six decimals: a longer one is rounded half up."""
    exponent = quantity.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -6:
        return quantity.quantize(_SIX_PLACES, ROUND_HALF_UP)
    return quantity


def _measures() -> dict[str, Callable[[PriceTerms, Cargo], Measured]]:
    by_dimension = {"weight": _weight_in, "volume": _volume_in}
    found: dict[str, Callable[[PriceTerms, Cargo], Measured]] = {
        "CHW": _chargeable_weight,
        "RT": _revenue_tons,
        "TEU": _fact("TEU", lambda cargo: cargo.teu),
        "CNTR": _fact("CNTR", lambda cargo: Decimal(cargo.natural_boxes)),
        "BL": _fact("BL", lambda cargo: cargo.shipments),
        "DOC": _fact("DOC", lambda cargo: cargo.documents),
    }
    for unit in UNITS.values():
        if unit.dimension in by_dimension and unit.factor is not None:
            found[unit.code] = by_dimension[unit.dimension](unit.factor)
        elif unit.code not in found:
            found[unit.code] = (_box_count if unit.dimension == "box" else _counted)(unit.code)
    return found


_MEASURES = _measures()
