"""Surcharges of the demo firm: what attaches itself to a shipment by category, load and lane.

One row of `tables/surcharges.csv` becomes one rule for each of its places and boxes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from portal.catalogue.rules.terms import DECLARED_VALUE, Basis, PriceTerms
from portal.demo.rates.sheet import month_end, month_start, read_figures
from portal.kernel.boxes import BOX_TYPES

_FREIGHT = {"sea": "O/F", "air": "A/F", "express": "EXPR"}
"""Category → the charge of which a percentage is taken."""


@dataclass(frozen=True, slots=True)
class DemoSurcharge:
    """One rule; "" matches anything. Terms and cost terms are those of the pricing engine."""

    charge: str
    category: str
    load: str
    origin: str
    destination: str
    packaging: str
    terms: PriceTerms
    cost_terms: PriceTerms | None
    is_optional: bool
    is_collect: bool
    is_pass_through: bool
    valid_from: date
    valid_to: date
    position: int


def surcharges(month: date) -> tuple[DemoSurcharge, ...]:
    """Every rule, in the order of a quotation."""
    rows = read_figures("surcharges")
    return tuple(
        rule for place, row in enumerate(rows, 1) for rule in _rules(row, place * 10, month)
    )


def _rules(row: dict[str, str], position: int, month: date) -> Iterator[DemoSurcharge]:
    flags = row["flags"].split()
    for origin in row["origin"].split(";"):
        for destination in row["destination"].split(";"):
            for packaging, terms, cost_terms in _priced(row):
                yield DemoSurcharge(
                    charge=row["charge"],
                    category=row["category"],
                    load=row["load"],
                    origin=origin,
                    destination=destination,
                    packaging=packaging,
                    terms=terms,
                    cost_terms=cost_terms,
                    is_optional="optional" in flags,
                    is_collect="collect" in flags,
                    is_pass_through="pass-through" in flags,
                    valid_from=month_start(month, int(row["from_month"])),
                    valid_to=month_end(month, int(row["to_month"])),
                    position=position,
                )


def _priced(row: dict[str, str]) -> Iterator[tuple[str, PriceTerms, PriceTerms | None]]:
    """(box type or "", terms, cost terms) for each price of the row."""
    costs = dict(part.split("=") for part in row["cost"].split(";") if part)
    for part in row["price"].split(";"):
        unit, _, price = part.partition("=")
        cost = _terms(row, unit, costs[unit]) if unit in costs else None
        yield (unit if unit in BOX_TYPES else "", _terms(row, unit, price), cost)


def _terms(row: dict[str, str], unit: str, price: str) -> PriceTerms:
    currency, minimum = row["currency"], Decimal(row["minimum"]) if row["minimum"] else None
    if unit == "cost":
        return PriceTerms(Basis.AT_COST, currency=currency)
    if unit == "%":
        figure, _, of_what = price.partition(" ")
        base = DECLARED_VALUE if of_what else _FREIGHT[row["category"]]
        return PriceTerms(
            Basis.PERCENT,
            currency=currency,
            percent=Decimal(figure),
            base_codes=(base,),
            minimum=minimum,
        )
    # Air counts volume and rounds to half a kilogram; a revenue ton is at least one.
    weighed = unit == "CHW"
    return PriceTerms(
        Basis.PER_UNIT,
        unit=unit,
        currency=currency,
        rate=Decimal(price),
        minimum=minimum,
        step=Decimal("0.5") if weighed else Decimal("0.001") if unit == "RT" else None,
        volume_divisor=Decimal(6000) if weighed else None,
        minimum_quantity=Decimal(1) if unit == "RT" else Decimal(0),
    )
