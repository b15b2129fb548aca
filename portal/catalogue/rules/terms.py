"""Price terms: how one price line turns a quantity into money.

The one value shared by the rate-sheet reader, the database (as JSON), the pricing engine and the copy that a
quotation or contract line freezes. Source: DOMAIN sections 2-5 (S7 shapes, P1-P16, U1-U2).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any

ZERO = Decimal(0)
DECLARED_VALUE = "DECLARED_VALUE"
"""As a base code of a percentage: the declared value of the goods (保价)."""


class Basis(StrEnum):
    """The shape of the calculation."""

    PER_UNIT = "per_unit"  # quantity × rate
    FLAT = "flat"  # one amount per shipment
    BANDS = "bands"  # the whole quantity at its band: flat, rate, or flat + rate
    GRADUATED = "graduated"  # each part of the quantity at its own band's rate (分段累进)
    FIRST_CONTINUED = "first_continued"  # first f units cost a, each further step costs b (首重续重)
    PERCENT = "percent"  # of named base charges
    MAX_OF = "max_of"  # the largest of several alternatives (per tonne | per m³ | minimum)
    AT_COST = "at_cost"  # no price: what it will cost (实报实销)


class Bound(StrEnum):
    """To which band a quantity on the bound belongs."""

    OVER = "over"  # (over, up_to]: the bound belongs to the lower band (P9, express, LTL)
    FROM = "from"  # [over, up_to): the bound belongs to the higher band (P6, air)
    WITHIN = "within"  # [over, up_to]: both ends named, 250.00-499.99; what lies between is no band


class BandOn(StrEnum):
    """Which weight picks the band; the price is always worked on the charged one."""

    CHARGED = "charged"
    ACTUAL = "actual"


class Rounding(StrEnum):
    """How a quantity goes to its step."""

    UP = "up"
    HALF_UP = "half_up"
    DOWN = "down"


class PercentOn(StrEnum):
    """Whether a percentage is taken before or after the discount on its base (U2)."""

    BEFORE_DISCOUNT = "before_discount"
    AFTER_DISCOUNT = "after_discount"


@dataclass(frozen=True, slots=True)
class Break:
    """One band of a schedule; `over` and `up_to` in the price unit, read by the terms' `bound`.

    BANDS: amount = flat + rate × (quantity - beyond), at least `minimum`. GRADUATED: `rate` for the part of the
    quantity inside the band, `flat` once when the band is entered. `step` rounds the priced quantity up inside
    this band only (seen: whole kg only above 5.5 kg). `commission` and `commission_rate` add to flat and rate (S8).
    """

    over: Decimal
    up_to: Decimal | None = None
    rate: Decimal | None = None
    flat: Decimal | None = None
    minimum: Decimal | None = None
    step: Decimal | None = None
    beyond: Decimal = ZERO
    commission: Decimal = ZERO
    commission_rate: Decimal = ZERO

    def to_json(self) -> dict[str, Any]:
        """A JSON-ready form without the parts left at their default; Decimals as strings."""
        return _changed_fields(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Break:
        """The break that `to_json` wrote."""
        return cls(**{name: Decimal(value) for name, value in stored.items()})


@dataclass(frozen=True, slots=True)
class PriceTerms:
    """Everything needed to price one line. Quantities in `unit`, amounts in `currency`, percent as 4 = 4 %."""

    basis: Basis
    unit: str = ""
    """Code of `kernel.units` (CHW, RT, TEU, BL …) or a box type (40HQ: boxes of exactly that type)."""
    currency: str = ""

    rate: Decimal | None = None
    """PER_UNIT: price of one unit; FLAT: the amount. None is missing, never zero (S6)."""
    breaks: tuple[Break, ...] = ()
    bound: Bound = Bound.OVER
    band_on: BandOn = BandOn.CHARGED
    step_up: bool = False
    """A higher band's start may be paid instead when it is cheaper (靠级, P7)."""
    each: str = ""
    """A second unit that multiplies: per day *and* box is unit DAY, each 40HQ."""

    minimum: Decimal | None = None
    maximum: Decimal | None = None
    minimum_quantity: Decimal = ZERO
    free_quantity: Decimal = ZERO

    step: Decimal | None = None
    """Step of the quantity: 0.5 kg, 1 kg, 0.001 m³; for weights gross and volume each (P5)."""
    rounding: Rounding = Rounding.UP
    volume_divisor: Decimal | None = None
    """cm³ per kg (6000, 5000, 8000). None: volume does not count."""
    volume_share: Decimal = Decimal(1)
    """Share of (volume weight - gross) that is charged: 0.5 is half volume (分泡)."""
    weight_ratio: Decimal = Decimal(1000)
    """Revenue ton: kg that weigh as much as one m³ (1000 is 1 t : 1 m³; 500 in some trades, P3)."""
    per_piece: bool = False
    """Volume weight per piece, then summed (P8 exception); default per waybill."""

    first_quantity: Decimal | None = None
    first_amount: Decimal | None = None
    continued_step: Decimal | None = None
    continued_amount: Decimal | None = None
    """Price of one continued step, not of one unit."""
    commission_first: Decimal = ZERO
    commission_continued: Decimal = ZERO

    percent: Decimal | None = None
    base_codes: tuple[str, ...] = ()
    """PERCENT: codes of the charges it is taken of; empty is base freight only (U2)."""
    percent_on: PercentOn = PercentOn.BEFORE_DISCOUNT
    quantity_of: str = ""
    """Take the quantity that the charge with this code was charged for, after its step up (P6)."""

    alternatives: tuple[PriceTerms, ...] = ()
    is_rebate: bool = False
    """Only a rebate may have a negative price (退佣, P4)."""

    def to_json(self) -> dict[str, Any]:
        """A JSON-ready form without the parts left at their default; `from_json` reads it back exactly."""
        return _changed_fields(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> PriceTerms:
        """The terms that `to_json` wrote."""
        return cls(**{name: _revived(name, value) for name, value in stored.items()})


@cache
def _defaults(kind: type) -> tuple[tuple[str, Any], ...]:
    return tuple((field.name, field.default) for field in fields(kind))


def _changed_fields(value: PriceTerms | Break) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, default in _defaults(type(value)):
        current = getattr(value, name)
        if current is default or (current == default and _plain(current) == _plain(default)):
            continue
        found[name] = _plain(current)
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, Break | PriceTerms):
        return value.to_json()
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    if isinstance(value, Decimal):
        return str(value)
    return value.value if isinstance(value, StrEnum) else value


_ENUMS: dict[str, type[StrEnum]] = {
    "basis": Basis,
    "bound": Bound,
    "band_on": BandOn,
    "rounding": Rounding,
    "percent_on": PercentOn,
}
_WORDS = frozenset({"unit", "currency", "each", "quantity_of", "step_up", "per_piece", "is_rebate"})


def _revived(name: str, value: Any) -> Any:
    if name in _ENUMS:
        return _ENUMS[name](value)
    if name in _WORDS or value is None:
        return value
    if name == "breaks":
        return tuple(Break.from_json(part) for part in value)
    if name == "alternatives":
        return tuple(PriceTerms.from_json(part) for part in value)
    if name == "base_codes":
        return tuple(value)
    return Decimal(value)
