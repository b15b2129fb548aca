"""Billing units: codes, names in both languages, and conversion inside one dimension.

Source: UN/ECE Recommendations 20 (KGM, TNE, MTQ …) and 21 (packages), with trade and storage
units of our own; DOMAIN C5. Weight never becomes volume here: that takes a divisor.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from portal.kernel.boxes import BOX_LENGTHS, BOX_TYPES, find_box_type
from portal.kernel.errors import Invalid
from portal.kernel.text import Text, t


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit; `factor` is its size in the base unit of its dimension, None: no conversion."""

    code: str
    name_zh: str
    name_en: str
    short_zh: str
    short_en: str
    dimension: str
    factor: Decimal | None = None


# code | dimension | factor | 名称 | 简称 | English | short
_TABLE = """
KGM|weight|1|千克|kg|kilogram|kg
TNE|weight|1000|吨|t|tonne|t
GRM|weight|0.001|克|g|gram|g
LBR|weight|0.45359237|磅|lb|pound|lb
CHW|chargeable weight||计费重量|kg|chargeable kilogram|kg
RT|revenue ton||计费吨|RT|revenue ton (W/M)|RT
MTQ|volume|1|立方米|m³|cubic metre|m³
CMQ|volume|0.000001|立方厘米|cm³|cubic centimetre|cm³
LTR|volume|0.001|升|L|litre|L
MTK|area||平方米|m²|square metre|m²
TEU|statistical box||标准箱|TEU|twenty-foot equivalent unit|TEU
CNTR|box||自然箱|柜|container (any)|box
C62|count||件/票/单|件|one|unit
EA|count||个|个|each|each
H87|count||件|件|piece|pc
XPX|package||托盘|板|pallet|pallet
HPX|package||半托盘|半板|half pallet|half pallet
XBX|package||箱|箱|box|box
XCT|package||纸箱|箱|carton|ctn
NMP|package||包数|包|number of packs|pack
SKU|count||品项|SKU|stock keeping unit|SKU
HUR|time|1|小时|小时|hour|h
DAY|time|24|天|天|day|day
MON|months|1|月|月|month|month
ANN|months|12|年|年|year|year
KMT|distance||公里|km|kilometre|km
TKM|transport||吨公里|t·km|tonne kilometre|t·km
E48|service||服务单位|次|service unit|service
LS|service||一口价|票|lump sum|lump sum
P1|ratio||百分比|%|percent|%
BL|document||票(提单)|票|shipment (bill of lading)|shipment
DOC|document||份(单证)|份|document|document
PAGE|document||页|页|page|page
GOODS|document||品名项|项|goods name on the declaration|goods name
TRIP|trucking||车次|车|truck trip|trip
STOP|trucking||停靠点|点|stop|stop
ORD|order||订单|单|order|order
LINE|order||订单行|行|order line|line
MTQ.DAY|volume × time|1|立方米·天|m³·天|cubic metre day|m³·day
KGM.DAY|weight × time|1|千克·天|kg·天|kilogram day|kg·day
TNE.DAY|weight × time|1000|吨·天|t·天|tonne day|t·day
TEU.DAY|statistical box × time||标准箱·天|TEU·天|TEU day|TEU·day
CNTR.DAY|box × time||柜·天|柜·天|container day|box·day
PLT.DAY|package × time||托盘·天|板·天|pallet day|pallet·day
MTK.DAY|area × time||平方米·天|m²·天|square metre day|m²·day
MTK.MON|area × months||平方米·月|m²·月|square metre month|m²·month
"""


def _read(line: str) -> Unit:
    code, dimension, factor, name_zh, short_zh, name_en, short_en = line.split("|")
    size = Decimal(factor) if factor else None
    return Unit(code, name_zh, name_en, short_zh, short_en, dimension, size)


def _box_units() -> dict[str, Unit]:
    """One unit for each container type and for "any box of this length"."""
    exact = {
        each.code: Unit(each.code, each.name_zh, each.name_en, each.code, each.code, "box")
        for each in BOX_TYPES.values()
    }
    by_length = {code: _box_of_length(code, code[:2]) for code in BOX_LENGTHS}
    return exact | by_length


def _box_of_length(code: str, feet: str) -> Unit:
    return Unit(code, f"{feet}尺柜", f"{feet}' container", f"{feet}'柜", f"{feet}' box", "box")


UNITS: dict[str, Unit] = {
    unit.code: unit for unit in map(_read, _TABLE.strip().splitlines())
} | _box_units()

_SPELLINGS = {
    spelling: code
    for code, spellings in {
        "KGM": "KG KGS 公斤",
        "TNE": "T TON TONS MT",
        "MTQ": "CBM M3 M³ 方 立方",
        "CMQ": "CM3 CM³",
        "LTR": "L",
        "TEU": "E22",
        "RT": "W/M RTON",
        "H87": "PCS PC 件",
        "CNTR": "BOX 柜",
        "BL": "B/L SHIPMENT 票",
        "DOC": "份",
        "ORD": "单",
        "TRIP": "车",
        "XPX": "PLT PALLET 板 托",
        "XCT": "CTN 箱",
        "HUR": "HOUR",
        "DAY": "天",
        "MON": "月",
        "P1": "%",
        "20FT": "20'",
        "40FT": "40'",
        "MTK": "㎡ M2 M²",
        "MTK.DAY": "㎡·天",
        "MTK.MON": "㎡·月",
        "MTQ.DAY": "M³·天",
        "KGM.DAY": "KG·天",
        "PLT.DAY": "板·天",
        "TEU.DAY": "TEU·天",
    }.items()
    for spelling in spellings.split()
}


def find_unit(written: str) -> Unit | None:
    """The unit behind a code, a name, a short name or a usual spelling; None when there is none."""
    word = written.strip()
    code = _SPELLINGS.get(word.upper(), word.upper())
    if code in UNITS:
        return UNITS[code]
    box = find_box_type(word) if word else None
    if box is not None:
        return UNITS[box.code]
    names = ((unit, (unit.name_zh, unit.short_zh, unit.name_en)) for unit in UNITS.values())
    return next((unit for unit, known in names if word in known), None)


def unit_of(code: str) -> Unit:
    """The unit with exactly this code; Invalid when there is none."""
    found = UNITS.get(code)
    if found is None:
        raise Invalid(t("%(code)s is not a billing unit.", code=code or "-"))
    return found


def convert(quantity: Decimal, from_code: str, to_code: str) -> Decimal:
    """`quantity` in another unit of the same dimension, exact; Invalid between dimensions (C5)."""
    source, target = unit_of(from_code), unit_of(to_code)
    if source is target:
        return quantity
    if source.dimension != target.dimension or source.factor is None or target.factor is None:
        raise Invalid(t("%(one)s cannot be converted to %(other)s.", one=from_code, other=to_code))
    return quantity * source.factor / target.factor


_UNIT_WORDS = {
    "BL": t("shipment"),
    "DOC": t("document"),
    "PAGE": t("page"),
    "GOODS": t("goods name"),
    "TRIP": t("trip"),
    "STOP": t("stop"),
    "ORD": t("order"),
    "LINE": t("line"),
    "CNTR": t("box"),
    "20FT": t("20' box"),
    "40FT": t("40' box"),
    "45FT": t("45' box"),
    "53FT": t("53' box"),
    "C62": t("unit"),
    "EA": t("each"),
    "H87": t("piece"),
    "XPX": t("pallet"),
    "HPX": t("half pallet"),
    "XBX": t("box"),
    "XCT": t("carton"),
    "NMP": t("pack"),
    "DAY": t("day"),
    "HUR": t("hour"),
    "MON": t("month"),
    "ANN": t("year"),
    "E48": t("service"),
    "LS": t("lump sum"),
    "MTQ.DAY": t("m³·day"),
    "KGM.DAY": t("kg·day"),
    "TNE.DAY": t("t·day"),
    "TEU.DAY": t("TEU·day"),
    "CNTR.DAY": t("box·day"),
    "PLT.DAY": t("pallet·day"),
    "MTK.DAY": t("m²·day"),
    "MTK.MON": t("m²·month"),
}


def unit_word(code: str) -> Text:
    """The unit as a word to translate; symbols (kg, m³, TEU, 40HQ) need no translation."""
    known = _UNIT_WORDS.get(code)
    if known is not None:
        return known
    unit = UNITS.get(code)
    return Text(unit.short_en if unit else code)
