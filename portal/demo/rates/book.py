"""All demo rate sheets, in the order in which the demo loads them."""

from __future__ import annotations

from datetime import date

from portal.demo.rates import air, express, land, sea, warehouse
from portal.demo.rates.sheet import RateSheet


def sheets(month: date) -> tuple[RateSheet, ...]:
    """The sheets in force in `month`; every call gives the same."""
    return (
        sea.full_containers(month),
        sea.part_loads(month),
        air.air_freight(month),
        express.express(month),
        land.part_loads(month),
        land.trucking(month),
        warehouse.warehouse(month),
    )


def coming_sheets(month: date) -> tuple[RateSheet, ...]:
    """The sheets that a person loads in the demo to see what would change."""
    return (sea.next_full_containers(month),)
