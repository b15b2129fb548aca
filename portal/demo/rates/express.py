"""Express from Shanghai by province: first and continued kilogram, and bands for small parcels."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from portal.catalogue.rules.sheets.meaning import Meaning
from portal.catalogue.rules.terms import Basis, Bound
from portal.demo.rates.sheet import Line, RateSheet, month_end, month_start, read_figures, valid

ORIGIN = "310000"
_DAYS = {"1": 1, "2": 2, "3": 3, "4": 4, "5": 5, "6": 6}
_SMALL = {
    # zone: flat to 0.5, 1, 2, 3 kg; then base and price of each started kilogram
    "1": ("2.30", "2.60", "3.20", "3.90", "2.00", "0.70"),
    "2": ("2.40", "2.80", "3.60", "4.60", "2.20", "1.00"),
    "3": ("2.60", "3.10", "4.40", "5.80", "2.50", "1.60"),
    "4": ("3.20", "4.20", "6.50", "9.00", "3.00", "2.60"),
    "5": ("9.00", "13.00", "22.00", "31.00", "3.00", "9.50"),
    "6": ("11.00", "16.00", "28.00", "40.00", "3.00", "12.50"),
}
_BOUNDS = ("0", "0.5", "1", "2", "3")


def _key(province: str, carrier: str, product: str, zone: str) -> dict[Meaning, str | Decimal]:
    return {
        Meaning.CATEGORY: "express",
        Meaning.LOAD: "parcel",
        Meaning.CHARGE_CODE: "EXPR",
        Meaning.ORIGIN: ORIGIN,
        Meaning.DESTINATION: province,
        Meaning.CARRIER: carrier,
        Meaning.QUALIFIER: product,
        Meaning.UNIT: "CHW",
        Meaning.CURRENCY: "CNY",
        Meaning.TRANSIT_DAYS: Decimal(_DAYS[zone]),
    }


def express(month: date) -> RateSheet:
    """Both products in one sheet: 标快 of 顺丰, 经济件 of 中通."""
    start, end = month_start(month), month_end(month, 2)
    lines = valid((*_first_and_continued(), *_banded()), start, end)
    name = "Express from Shanghai by province"
    return RateSheet("FH-EXP-1", "快递费(上海始发)", name, "express", lines, start, end)


def _first_and_continued() -> Iterator[Line]:
    for row in read_figures("express_zones"):
        yield _key(row["province"], "SF", "标快", row["zone"]) | {
            Meaning.CALCULATION: Basis.FIRST_CONTINUED,
            Meaning.STEP: Decimal("0.5"),
            Meaning.VOLUME_DIVISOR: Decimal(6000),
            Meaning.FIRST_QUANTITY: Decimal(1),
            Meaning.FIRST_AMOUNT: Decimal(row["first"]) + 3,
            Meaning.CONTINUED_STEP: Decimal("0.5"),
            Meaning.CONTINUED_AMOUNT: Decimal(row["continued"]) / 2,
        }


def _banded() -> Iterator[Line]:
    for row in read_figures("express_zones"):
        *flats, base, rate = _SMALL[row["zone"]]
        key = _key(row["province"], "ZTO", "经济件", row["zone"]) | {
            Meaning.VOLUME_DIVISOR: Decimal(8000)
        }
        for over, up_to, flat in zip(_BOUNDS, _BOUNDS[1:], flats, strict=False):
            yield {
                **_band(key, over),
                Meaning.UP_TO: Decimal(up_to),
                Meaning.BAND_FLAT: Decimal(flat),
            }
        yield {
            **_band(key, _BOUNDS[-1]),
            Meaning.BAND_FLAT: Decimal(base),
            Meaning.BAND_RATE: Decimal(rate),
            Meaning.BAND_STEP: Decimal(1),
        }


def _band(key: Line, over: str) -> Line:
    return {
        **key,
        Meaning.CALCULATION: Basis.BANDS,
        Meaning.BOUND: Bound.OVER,
        Meaning.OVER: Decimal(over),
    }
