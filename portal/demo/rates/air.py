"""Air freight from Shanghai and Beijing by weight breaks, in CNY."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from portal.catalogue.rules.sheets.meaning import Meaning
from portal.catalogue.rules.terms import Basis, Bound
from portal.demo.rates.sheet import Line, RateSheet, month_end, month_start, read_figures, to_step
from portal.demo.rates.sheet import valid as with_validity

ORIGINS = {"PVG": ("1.00", 0), "PEK": ("1.04", 0)}
"""Airport → (rate in terms of Shanghai's, days more)."""
BREAKS = ((0, "1"), (45, "0.75"), (100, "0.60"), (300, "0.542"), (500, "0.497"), (1000, "0.4605"))
"""(from kg, rate in terms of the normal one): N, 45, 100, 300, 500, 1000."""
_SECOND = "1.04"
_COST = "0.90"


def air_freight(month: date) -> RateSheet:
    """Two airlines to each airport; volume at 6000, half-kilogram steps, cheaper break allowed."""
    start, end = month_start(month), month_end(month, 1)
    lines = with_validity(_lines(), start, end)
    name = "Air freight from Shanghai and Beijing"
    return RateSheet("FH-AIR-1", "空运费(沪京)", name, "air", lines, start, end)


def _lines() -> Iterator[Line]:
    for row in read_figures("airports"):
        for rank, carrier in enumerate(row["carriers"].split(";")):
            for origin in ORIGINS:
                yield from _schedule(row, rank, carrier, origin)


def _schedule(row: dict[str, str], rank: int, carrier: str, origin: str) -> Iterator[Line]:
    dearer, days = ORIGINS[origin]
    factor = Decimal(dearer) * (Decimal(_SECOND) if rank else 1)
    normal = Decimal(row["normal"]) * factor
    key: dict[Meaning, str] = {
        Meaning.CATEGORY: "air",
        Meaning.LOAD: "none",
        Meaning.CHARGE_CODE: "A/F",
        Meaning.ORIGIN: origin,
        Meaning.DESTINATION: row["airport"],
        Meaning.CARRIER: carrier,
        Meaning.UNIT: "CHW",
        Meaning.CURRENCY: "CNY",
    }
    # The cost of one kilogram is that of the consolidated pallet, which travels at the 300 rate.
    cost = to_step(normal * Decimal(BREAKS[3][1]) * Decimal(_COST), "0.1")
    for index, (start, share) in enumerate(BREAKS):
        end = BREAKS[index + 1][0] if index + 1 < len(BREAKS) else None
        yield key | {
            Meaning.CALCULATION: Basis.BANDS,
            Meaning.MINIMUM: to_step(Decimal(row["minimum"]) * factor, "10"),
            Meaning.STEP: Decimal("0.5"),
            Meaning.VOLUME_DIVISOR: Decimal(6000),
            Meaning.STEP_UP: "是",
            Meaning.BOUND: Bound.FROM,
            Meaning.OVER: Decimal(start),
            Meaning.UP_TO: None if end is None else Decimal(end),
            Meaning.BAND_RATE: to_step(normal * Decimal(share), "0.1"),
            Meaning.TRANSIT_DAYS: Decimal(int(row["transit"]) + rank + days),
            Meaning.COST_BASE: cost,
        }
