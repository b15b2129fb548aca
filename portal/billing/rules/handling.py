"""Handling in and out of the warehouse, priced by the same engine as everything else (DOMAIN P12, G7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from portal.catalogue.rules.pricing import Charge, price
from portal.catalogue.rules.terms import PriceTerms
from portal.kernel.period import Period
from portal.warehouse.rules.unit_days import Flow, MovementKind

ZERO = Decimal(0)
CODES = {MovementKind.IN: "HANDLING_IN", MovementKind.OUT: "HANDLING_OUT"}


def moved(flows: Iterable[Flow], period: Period) -> dict[MovementKind, Decimal]:
    """What came in, left and was adjusted in the period; in and out are 0 or more."""
    total = dict.fromkeys(MovementKind, ZERO)
    for flow in flows:
        if period.contains(flow.day):
            total[flow.kind] += -flow.quantity if flow.kind is MovementKind.OUT else flow.quantity
    return total


def handling_charges(
    flows: Iterable[Flow], period: Period, terms: Mapping[MovementKind, PriceTerms]
) -> list[Charge]:
    """A line for what came in and one for what left, where it has a price; adjustments are not handled.

    The flows are in the unit of the `terms`. A quantity of 0 has no line.
    """
    total = moved(flows, period)
    return [
        price(terms[kind], total[kind], code)
        for kind, code in CODES.items()
        if kind in terms and total[kind]
    ]
