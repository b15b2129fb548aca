"""Road: part loads from Shanghai by city and weight, trucking to the port by district and box."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from portal.catalogue.rules.sheets.meaning import Meaning
from portal.catalogue.rules.terms import Basis
from portal.demo.rates.sheet import Line, RateSheet, month_end, month_start, read_figures, valid

ORIGIN = "310000"
_ZONES = {
    # zone: flat to 50 kg, then CNY per kg to 200, 500, 1000, 3000 and above
    "1": ("30", "0.70", "0.50", "0.45", "0.35", "0.30"),
    "2": ("35", "0.80", "0.62", "0.55", "0.45", "0.40"),
    "3": ("45", "0.95", "0.78", "0.70", "0.60", "0.55"),
    "4": ("60", "1.25", "1.05", "0.95", "0.85", "0.78"),
    "5": ("75", "1.55", "1.35", "1.22", "1.10", "1.00"),
    "6": ("95", "2.10", "1.90", "1.75", "1.60", "1.50"),
    "7": ("140", "3.20", "2.90", "2.70", "2.50", "2.35"),
}
_BOUNDS = ("0", "50", "200", "500", "1000", "3000")


def part_loads(month: date) -> RateSheet:
    """零担 from Shanghai: flat to 50 kg, then the whole weight at its band's rate; m³ is 250 kg."""
    start, end = month_start(month), month_end(month, 2)
    lines = valid(_ltl_lines(), start, end)
    name = "Part loads from Shanghai by city"
    return RateSheet("FH-LTL-1", "零担运费(上海始发)", name, "road", lines, start, end)


def _ltl_lines() -> Iterator[Line]:
    for row in read_figures("ltl_cities"):
        flat, *rates = _ZONES[row["zone"]]
        key: dict[Meaning, str | Decimal | Basis] = {
            Meaning.CATEGORY: "road",
            Meaning.LOAD: "ltl",
            Meaning.CHARGE_CODE: "LTL",
            Meaning.ORIGIN: ORIGIN,
            Meaning.DESTINATION: row["city"],
            Meaning.CALCULATION: Basis.BANDS,
            Meaning.UNIT: "CHW",
            Meaning.CURRENCY: "CNY",
            Meaning.VOLUME_DIVISOR: Decimal(4000),
            Meaning.TRANSIT_DAYS: Decimal(row["days"]),
        }
        yield key | _band(0) | {Meaning.BAND_FLAT: Decimal(flat)}
        for index, rate in enumerate(rates, 1):
            yield key | _band(index) | {Meaning.BAND_RATE: Decimal(rate)}


def _band(index: int) -> dict[Meaning, Decimal]:
    start = {Meaning.OVER: Decimal(_BOUNDS[index])}
    last = index + 1 == len(_BOUNDS)
    return start if last else start | {Meaning.UP_TO: Decimal(_BOUNDS[index + 1])}


def trucking(month: date) -> RateSheet:
    """拖车 from the factory's district to the port, by box, return of the empty included."""
    start, end = month_start(month), month_end(month, 2)
    lines = valid(_truck_lines(), start, end)
    name = "Trucking to the port by district and box"
    return RateSheet("FH-TRK-1", "拖车费(按区县与箱型)", name, "road", lines, start, end)


def _truck_lines() -> Iterator[Line]:
    for row in read_figures("truck_districts"):
        twenty, forty = Decimal(row["cny_20"]), Decimal(row["cny_40"])
        for box, price in (("20GP", twenty), ("40GP", forty), ("40HQ", forty)):
            yield {
                Meaning.CATEGORY: "road",
                Meaning.LOAD: "fcl",
                Meaning.CHARGE_CODE: "TRK",
                Meaning.ORIGIN: row["district"],
                Meaning.DESTINATION: row["port"],
                Meaning.PACKAGING: box,
                Meaning.CALCULATION: Basis.PER_UNIT,
                Meaning.UNIT: box,
                Meaning.CURRENCY: "CNY",
                Meaning.PRICE: price,
                Meaning.COST_BASE: price - (100 if price < 2000 else 180),
            }
