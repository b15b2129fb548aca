"""Warehouse prices of the demo firm in Shanghai: storage, handling, packing, delivery; CNY."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from portal.catalogue.rules.sheets.meaning import Meaning
from portal.catalogue.rules.terms import Basis
from portal.demo.rates.sheet import Line, RateSheet, month_end, month_start, valid

PLACE = "310000"

# category | charge | unit | CNY | qualifier | minimum
_PER_UNIT = """
storage|STG|MTQ.DAY|0.85|常温|
storage|STG|PLT.DAY|2.50|常温|
storage|STG|MTQ.DAY|2.60|恒温|
storage|RENT|MTK.MON|28|高台库|
handling|DEV|20GP|450||
handling|DEV|40GP|780||
handling|DEV|40HQ|820||
handling|PICK|ORD|3.50||
handling|LAB|H87|0.12||20
handling|RTN|ORD|6.00||
sorting|SORT|H87|0.20||50
packing|PLTZ|XPX|25||
packing|PACK|ORD|1.80||
consolidation|CONS|RT|35||100
delivery|DLV|XPX|80|市内|240
delivery|DLV|HPX|45|市内|240
"""

# charge | CNY per tonne | CNY per m³ | minimum: the larger of the two is charged (DOMAIN P12)
_HEAVY_OR_LIGHT = """
INB|28|12|30
OUTB|28|12|30
LIFT|30|10|30
"""


def warehouse(month: date) -> RateSheet:
    """Everything that the warehouse sells, for a quarter."""
    start, end = month_start(month), month_end(month, 2)
    lines = valid((*_per_unit(), *_heavy_or_light()), start, end)
    name = "Warehouse and handling"
    return RateSheet("FH-WH-1", "仓储与操作费", name, "storage", lines, start, end)


def _per_unit() -> Iterator[Line]:
    for row in _PER_UNIT.strip().splitlines():
        category, charge, unit, price, qualifier, minimum = row.split("|")
        line = _head(category, charge, qualifier) | {
            Meaning.CALCULATION: Basis.PER_UNIT,
            Meaning.UNIT: unit,
            Meaning.PRICE: Decimal(price),
        }
        if unit[:2].isdigit():
            line |= {Meaning.PACKAGING: unit}
        yield line | ({Meaning.MINIMUM: Decimal(minimum)} if minimum else {})


def _heavy_or_light() -> Iterator[Line]:
    for row in _HEAVY_OR_LIGHT.strip().splitlines():
        charge, per_tonne, per_cubic_metre, minimum = row.split("|")
        head = _head("handling", charge, "")
        yield head | {Meaning.CALCULATION: Basis.MAX_OF, Meaning.MINIMUM: Decimal(minimum)}
        for number, unit, price in ((1, "TNE", per_tonne), (2, "MTQ", per_cubic_metre)):
            yield head | {
                Meaning.ALTERNATIVE: str(number),
                Meaning.CALCULATION: Basis.PER_UNIT,
                Meaning.UNIT: unit,
                Meaning.PRICE: Decimal(price),
            }


def _head(category: str, charge: str, qualifier: str) -> dict[Meaning, str | Decimal | Basis]:
    return {
        Meaning.CATEGORY: category,
        Meaning.LOAD: "none",
        Meaning.CHARGE_CODE: charge,
        Meaning.ORIGIN: PLACE,
        Meaning.QUALIFIER: qualifier,
        Meaning.CURRENCY: "CNY",
    }
