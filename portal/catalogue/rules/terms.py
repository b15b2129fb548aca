"""Price terms: how one price line turns a quantity into money.

The one value shared by the rate-sheet reader, the database (as JSON), the pricing engine and the
copy that a quotation or contract line freezes. Source: DOMAIN S7 (shapes), P1-P16, U1-U2.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import Any, Literal

from portal.kernel.errors import Problem
from portal.kernel.money import CURRENCIES
from portal.kernel.text import Text, t
from portal.kernel.units import UNITS

ZERO = Decimal(0)
DECLARED_VALUE = "DECLARED_VALUE"
"""As a base code of a percentage: the declared value of the goods (保价)."""


class Basis(StrEnum):
    """The shape of the calculation."""

    PER_UNIT = "per_unit"  # quantity × rate
    FLAT = "flat"  # one amount per shipment
    BANDS = "bands"  # the whole quantity at its band: flat, rate, or flat + rate
    GRADUATED = "graduated"  # each part of the quantity at its own band's rate (分段累进)
    FIRST_CONTINUED = (
        "first_continued"  # first f units cost a, each further step costs b (首重续重)
    )
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

    BANDS: flat + rate × (quantity - beyond, not below 0), at least `minimum`. GRADUATED: `rate` for
    the part of the quantity inside the band, `flat` once when the band is entered. `step` rounds
    the priced quantity up inside this band only (seen: whole kg only above 5.5 kg). `commission`
    and `commission_rate` add to flat and rate (S8).
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
    """All that prices one line: quantities in `unit`, amounts in `currency`, percent 4 = 4 %."""

    basis: Basis
    unit: str = ""
    """Code of `kernel.units`: CHW, RT, TEU, BL …, 40HQ (exactly that type), 40FT (any 40')."""
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
        """A JSON-ready form without the parts left at their default; `from_json` reads it back."""
        return _changed_fields(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> PriceTerms:
        """The terms that `to_json` wrote."""
        return cls(**{name: _revived(name, value) for name, value in stored.items()})

    def check(self) -> list[Problem]:
        """What is wrong with these terms (errors) or worth asking about (warnings); S6, S15, P4.

        `column` of each problem is the field's name; `row` is left to the reader of the file.
        """
        return [*_wrong_words(self), *_wrong_prices(self), *_wrong_limits(self), *_odd_breaks(self)]


_DEFAULTS: dict[type, tuple[tuple[str, Any], ...]] = {
    kind: tuple((field.name, field.default) for field in fields(kind))
    for kind in (Break, PriceTerms)
}


def _changed_fields(value: PriceTerms | Break) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, default in _DEFAULTS[type(value)]:
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


def _problem(
    column: str, found: Any, expected: Text, severity: Literal["error", "warning"] = "error"
) -> Problem:
    return Problem(None, column, "" if found is None else str(found), expected, severity)


def _wrong_words(terms: PriceTerms) -> Iterator[Problem]:
    measured = terms.basis not in {Basis.FLAT, Basis.PERCENT, Basis.MAX_OF, Basis.AT_COST}
    if (measured or terms.unit) and terms.unit not in UNITS:
        yield _problem("unit", terms.unit, t("a billing unit"))
    if terms.each and terms.each not in UNITS:
        yield _problem("each", terms.each, t("a billing unit"))
    priced = terms.basis not in {Basis.PERCENT, Basis.AT_COST}
    if (priced or terms.currency) and terms.currency not in CURRENCIES:
        yield _problem("currency", terms.currency, t("a currency code"))


def _wrong_prices(terms: PriceTerms) -> Iterator[Problem]:
    """A price that is absent, or negative without being a rebate; an explicit 0 is a price."""
    for column, price in _prices(terms):
        if price is None:
            yield _problem(column, None, t("a price; 0 if it is free"))
        elif price < 0 and not terms.is_rebate:
            yield _problem(column, price, t("a negative price only on a rebate"))
    if terms.basis is Basis.MAX_OF:
        if len(terms.alternatives) < 2:
            yield _problem("alternatives", len(terms.alternatives), t("two alternatives or more"))
        for alternative in terms.alternatives:
            yield from alternative.check()
            if alternative.basis in {Basis.PERCENT, Basis.AT_COST}:
                yield _problem("alternatives", alternative.basis, t("an amount of its own"))
            if alternative.currency != terms.currency:
                yield _problem("currency", alternative.currency, t("one currency for all"))


def _prices(terms: PriceTerms) -> Iterator[tuple[str, Decimal | None]]:
    if terms.basis in {Basis.PER_UNIT, Basis.FLAT}:
        yield "rate", terms.rate
    elif terms.basis in {Basis.BANDS, Basis.GRADUATED}:
        if not terms.breaks:
            yield "breaks", None
        for band in terms.breaks:
            yield "breaks", band.flat if band.rate is None else band.rate
            if band.rate is not None and band.flat is not None:
                yield "breaks", band.flat
    elif terms.basis is Basis.FIRST_CONTINUED:
        yield "first_quantity", terms.first_quantity
        yield "first_amount", terms.first_amount
        yield "continued_step", terms.continued_step
        yield "continued_amount", terms.continued_amount
    elif terms.basis is Basis.PERCENT:
        yield "percent", terms.percent


def _wrong_limits(terms: PriceTerms) -> Iterator[Problem]:
    for column in ("step", "volume_divisor", "weight_ratio", "continued_step"):
        size = getattr(terms, column)
        if size is not None and size <= 0:
            yield _problem(column, size, t("more than 0"))
    if not 0 <= terms.volume_share <= 1:
        yield _problem("volume_share", terms.volume_share, t("between 0 and 1"))
    if None not in (terms.minimum, terms.maximum) and terms.minimum > terms.maximum:  # type: ignore[operator]
        yield _problem("minimum", terms.minimum, t("not above the maximum"))
    if terms.is_rebate and terms.minimum is not None:
        yield _problem("minimum", terms.minimum, t("no minimum on a rebate"))


def _odd_breaks(terms: PriceTerms) -> Iterator[Problem]:
    """Overlaps are errors; gaps, a late start, a closed end and rising rates only warn (S15)."""
    for band in terms.breaks:
        if band.up_to is not None and band.up_to <= band.over:
            yield _problem("breaks", band.up_to, t("an upper bound above %(over)s", over=band.over))
        if band.step is not None and band.step <= 0:
            yield _problem("breaks", band.step, t("a step of more than 0"))
        if band.beyond and terms.basis is Basis.GRADUATED:
            yield _problem("breaks", band.beyond, t("no first weight inside a graduated band"))
    breaks = terms.breaks
    if breaks and breaks[0].over > 0:
        yield _problem("breaks", breaks[0].over, t("a price from 0 on"), "warning")
    if breaks and breaks[-1].up_to is not None:
        yield _problem("breaks", breaks[-1].up_to, t("a price for all above it"), "warning")
    for lower, higher in pairwise(breaks):
        shared = terms.bound is Bound.WITHIN and higher.over == lower.up_to
        if lower.up_to is None or higher.over < lower.up_to or shared:
            yield _problem("breaks", higher.over, t("bands that do not overlap"))
        elif higher.over > lower.up_to:
            gap = t("a price between %(one)s and %(other)s", one=lower.up_to, other=higher.over)
            yield _problem("breaks", higher.over, gap, "warning")
        if terms.basis is Basis.BANDS and _rises(lower, higher):
            yield _problem("breaks", higher.rate, t("not above the band below it"), "warning")


def _rises(lower: Break, higher: Break) -> bool:
    if lower.rate is None or higher.rate is None:
        return False
    plain = lower.flat is None and higher.flat is None  # beside a first price rates may rise
    return plain and higher.rate > lower.rate
