"""From a line's values to price terms and a price row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

from portal.catalogue.rules.margin import CostComponent, CostKind
from portal.catalogue.rules.sheets.cells import AtCost
from portal.catalogue.rules.sheets.columns import COSTS
from portal.catalogue.rules.sheets.line import Values
from portal.catalogue.rules.sheets.meaning import Meaning
from portal.catalogue.rules.sheets.rows import PriceKey, PriceRow
from portal.catalogue.rules.terms import ZERO, Basis, Break, PriceTerms

SCALARS: dict[Meaning, str] = {
    Meaning.UNIT: "unit",
    Meaning.EACH: "each",
    Meaning.CURRENCY: "currency",
    Meaning.PRICE: "rate",
    Meaning.MINIMUM: "minimum",
    Meaning.MAXIMUM: "maximum",
    Meaning.MINIMUM_QUANTITY: "minimum_quantity",
    Meaning.FREE_QUANTITY: "free_quantity",
    Meaning.STEP: "step",
    Meaning.ROUNDING: "rounding",
    Meaning.VOLUME_DIVISOR: "volume_divisor",
    Meaning.VOLUME_SHARE: "volume_share",
    Meaning.WEIGHT_RATIO: "weight_ratio",
    Meaning.PER_PIECE: "per_piece",
    Meaning.FIRST_QUANTITY: "first_quantity",
    Meaning.FIRST_AMOUNT: "first_amount",
    Meaning.CONTINUED_STEP: "continued_step",
    Meaning.CONTINUED_AMOUNT: "continued_amount",
    Meaning.COMMISSION_FIRST: "commission_first",
    Meaning.COMMISSION_CONTINUED: "commission_continued",
    Meaning.PERCENT: "percent",
    Meaning.BASE_CODES: "base_codes",
    Meaning.PERCENT_ON: "percent_on",
    Meaning.QUANTITY_OF: "quantity_of",
    Meaning.IS_REBATE: "is_rebate",
    Meaning.STEP_UP: "step_up",
    Meaning.BOUND: "bound",
    Meaning.BAND_ON: "band_on",
}
"""Meaning → the attribute of `PriceTerms` that it fills."""

BREAKS: dict[Meaning, str] = {
    Meaning.OVER: "over",
    Meaning.UP_TO: "up_to",
    Meaning.BAND_FLAT: "flat",
    Meaning.BAND_RATE: "rate",
    Meaning.BAND_MINIMUM: "minimum",
    Meaning.BAND_STEP: "step",
    Meaning.BAND_BEYOND: "beyond",
    Meaning.BAND_COMMISSION: "commission",
    Meaning.BAND_COMMISSION_RATE: "commission_rate",
}
"""Meaning → the attribute of `Break` that it fills."""

KINDS = dict(zip(COSTS, CostKind, strict=True))
_QUALIFYING = (Meaning.SERVICE, Meaning.MODE, Meaning.COMMODITY)
BAND_MEANINGS = frozenset((*BREAKS, Meaning.BAND_KIND, Meaning.BAND_PRICE))


def template_parts(template: PriceTerms) -> dict[str, Any]:
    """The attributes that a profile's template states, without those at their default."""
    plain = PriceTerms(Basis.PER_UNIT)
    return {
        one.name: getattr(template, one.name)
        for one in fields(template)
        if getattr(template, one.name) != getattr(plain, one.name)
    }


def make_key(values: Values, packaging: str = "", unit: str = "") -> PriceKey:
    """The natural key of a line. A lane runs from receipt (or load port) to delivery (or discharge)."""
    get = values.get
    receipt, port = get(Meaning.RECEIPT, ""), get(Meaning.ORIGIN, "")
    delivery, discharge = get(Meaning.DELIVERY, ""), get(Meaning.DESTINATION, "")
    return PriceKey(
        category=get(Meaning.CATEGORY, ""),
        load=get(Meaning.LOAD, "none"),
        charge_code=get(Meaning.CHARGE_CODE, ""),
        origin=receipt or port,
        destination=delivery or discharge,
        packaging=packaging or get(Meaning.PACKAGING, ""),
        unit=unit or get(Meaning.UNIT, ""),
        carrier=get(Meaning.CARRIER, ""),
        qualifier=get(Meaning.QUALIFIER) or _qualifier(values, receipt, delivery),
    )


def _qualifier(values: Values, receipt: str, delivery: str) -> str:
    """What else tells this price from others of its lane; ports only where they differ from the lane."""
    parts = [values.get(meaning, "") for meaning in _QUALIFYING]
    for meaning, end in ((Meaning.ORIGIN, receipt), (Meaning.DESTINATION, delivery)):
        port = values.get(meaning, "")
        if end and port and port != end:
            parts.append(f"via {port}")
    return " · ".join(filter(None, parts))


def make_terms(
    values: Values,
    template: dict[str, Any],
    breaks: Sequence[Break] = (),
    alternatives: Sequence[PriceTerms] = (),
) -> PriceTerms:
    """Terms from a line's values over the profile's template. The way of calculation is inferred."""
    parts = dict(template)
    for meaning, value in values.items():
        name = SCALARS.get(meaning)
        if name is not None:
            parts[name] = value
    ladder: tuple[Break, ...] = parts.pop("breaks", ())
    if breaks:
        parts["breaks"] = tuple(breaks)
    elif ladder:
        parts["breaks"] = _raised(ladder, parts.pop("rate", None), values.get(Meaning.BAND_RATE))
    if alternatives:
        parts["alternatives"] = tuple(alternatives)
    parts["basis"] = values.get(Meaning.CALCULATION) or _basis(parts, template)
    if isinstance(parts.get("rate"), AtCost):
        del parts["rate"]
    return PriceTerms(**parts)


def _basis(parts: dict[str, Any], template: dict[str, Any]) -> Basis:
    if isinstance(parts.get("rate"), AtCost):
        return Basis.AT_COST
    if parts.get("alternatives"):
        return Basis.MAX_OF
    stated: Basis | None = template.get("basis")
    if parts.get("breaks"):
        return stated if stated is Basis.GRADUATED else Basis.BANDS
    if parts.get("percent") is not None:
        return Basis.PERCENT
    if parts.get("first_amount") is not None:
        return Basis.FIRST_CONTINUED
    return stated or (Basis.FLAT if parts.get("unit") == "LS" else Basis.PER_UNIT)


def _raised(ladder: Sequence[Break], flat: Any, rate: Any) -> tuple[Break, ...]:
    """A fixed ladder with the line's price added to each step, its rate to each that has one."""
    return tuple(
        replace(
            step,
            flat=step.flat if step.flat is None or flat is None else step.flat + flat,
            rate=step.rate if step.rate is None or rate is None else step.rate + rate,
        )
        for step in ladder
    )


def make_break(values: Values) -> Break:
    """One band from a line's values. A price with its kind is a flat amount or a rate."""
    parts = {name: values[meaning] for meaning, name in BREAKS.items() if meaning in values}
    parts.setdefault("over", ZERO)
    price = values.get(Meaning.BAND_PRICE)
    if price is not None:
        parts["flat" if values.get(Meaning.BAND_KIND) == "flat" else "rate"] = price
    return Break(**parts)


def split_first(band: Break) -> tuple[Break, ...]:
    """A band whose first weight reaches beyond its start, as flat up to there and rate after (S8)."""
    if band.flat is None or band.beyond <= band.over:
        return (band,)
    flat = replace(band, rate=None, step=None, beyond=ZERO, commission_rate=ZERO)
    if band.up_to is not None and band.up_to <= band.beyond:
        return (flat,)
    return replace(flat, up_to=band.beyond), replace(band, over=band.beyond)


def make_row(key: PriceKey, terms: PriceTerms, values: Values, rows: Sequence[int]) -> PriceRow:
    """The price row with what belongs to the price beside its terms."""
    get = values.get
    return PriceRow(
        key=key,
        terms=terms,
        charge_name=get(Meaning.CHARGE_NAME, ""),
        costs=_costs(values, terms.currency),
        transit_days=get(Meaning.TRANSIT_DAYS),
        free_days=get(Meaning.FREE_DAYS),
        valid_from=get(Meaning.VALID_FROM),
        valid_to=get(Meaning.VALID_TO),
        inclusive=get(Meaning.INCLUSIVE, ()),
        note=get(Meaning.NOTE, ""),
        source_rows=tuple(rows),
    )


def _costs(values: Values, currency: str) -> tuple[CostComponent, ...]:
    found = []
    for meaning, kind in KINDS.items():
        for part, amount, own in values.get(meaning, ()):
            money = "" if part == "percent" else own or currency
            found.append(CostComponent(kind, money, **{part: amount}))
    return tuple(found)
