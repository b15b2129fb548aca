"""The words of a quotation that are neither typed nor stored: sections, modes, units, in both languages.

A paper may show both languages at once, so these pairs stand here side by side (as in
`documents/labels.py`) and not in the message catalogue. Source: DOMAIN Q3, C5; GLOSSARY.
"""

from __future__ import annotations

from decimal import Decimal

from portal.documents.rules.words import NO_WORDS, Words, same
from portal.kernel.boxes import BOX_LENGTHS, BOX_TYPES
from portal.kernel.money import format_quantity
from portal.kernel.units import UNITS

FREIGHT = {
    "sea": Words("海运费", "Ocean freight"),
    "air": Words("空运费", "Air freight"),
    "rail": Words("铁路运费", "Rail freight"),
    "road": Words("陆运费", "Road freight"),
    "inland_water": Words("水运费", "Inland water freight"),
    "express": Words("快递运费", "Express freight"),
}
"""What the freight section is called, by service category."""

SECTIONS = {
    "freight": Words("运费", "Freight"),
    "origin": Words("起运港费用", "Origin charges"),
    "customs": Words("报关", "Customs clearance"),
    "trucking": Words("拖车", "Haulage"),
    "destination": Words("目的港费用", "Destination charges"),
    "storage": Words("仓储", "Storage"),
    "handling": Words("操作", "Handling"),
    "express": Words("快递", "Express"),
    "other": Words("其他费用", "Other charges"),
}

_ON_LAND = {
    "origin": Words("起运地费用", "Origin charges"),
    "destination": Words("目的地费用", "Destination charges"),
}

MODES = {
    ("sea", "fcl"): Words("海运整箱", "Sea FCL"),
    ("sea", "lcl"): Words("海运拼箱", "Sea LCL"),
    ("sea", "bulk"): Words("海运散货", "Sea bulk"),
    ("sea", ""): Words("海运", "Sea"),
    ("air", ""): Words("空运", "Air"),
    ("rail", "fcl"): Words("铁路整箱", "Rail FCL"),
    ("rail", "lcl"): Words("铁路拼箱", "Rail LCL"),
    ("rail", ""): Words("铁路", "Rail"),
    ("road", ""): Words("公路运输", "Road"),
    ("inland_water", ""): Words("内河运输", "Inland water"),
    ("express", ""): Words("快递", "Express"),
    ("storage", ""): Words("仓储", "Storage"),
    ("delivery", ""): Words("配送", "Delivery"),
    ("customs", ""): Words("报关", "Customs clearance"),
    ("handling", ""): Words("操作", "Handling"),
}

_BASES = {
    "CNTR": Words("每箱", "per box"),
    "TEU": Words("每标准箱", "per TEU"),
    "BL": Words("每票", "per shipment"),
    "LS": Words("每票", "lump sum"),
    "DOC": Words("每份", "per document"),
    "PAGE": Words("每页", "per page"),
    "GOODS": Words("每项品名", "per goods name"),
    "TRIP": Words("每车", "per trip"),
    "STOP": Words("每点", "per stop"),
    "ORD": Words("每单", "per order"),
    "LINE": Words("每行", "per line"),
    "KGM": Words("每公斤", "per kg"),
    "CHW": Words("每计费公斤", "per chargeable kg"),
    "TNE": Words("每吨", "per tonne"),
    "GRM": Words("每克", "per g"),
    "LBR": Words("每磅", "per lb"),
    "RT": Words("每计费吨", "per revenue ton"),
    "MTQ": Words("每立方米", "per m³"),
    "MTK": Words("每平方米", "per m²"),
    "H87": Words("每件", "per piece"),
    "C62": Words("每件", "per unit"),
    "EA": Words("每个", "each"),
    "XPX": Words("每托", "per pallet"),
    "HPX": Words("每半托", "per half pallet"),
    "XBX": Words("每箱", "per box"),
    "XCT": Words("每箱", "per carton"),
    "NMP": Words("每包", "per pack"),
    "SKU": Words("每品项", "per SKU"),
    "HUR": Words("每小时", "per hour"),
    "DAY": Words("每天", "per day"),
    "MON": Words("每月", "per month"),
    "ANN": Words("每年", "per year"),
    "KMT": Words("每公里", "per km"),
    "TKM": Words("每吨公里", "per t·km"),
    "E48": Words("每次", "per service"),
    "P1": Words("按比例", "percentage"),
    "MTQ.DAY": Words("每立方米·天", "per m³ per day"),
    "KGM.DAY": Words("每公斤·天", "per kg per day"),
    "TNE.DAY": Words("每吨·天", "per tonne per day"),
    "TEU.DAY": Words("每标准箱·天", "per TEU per day"),
    "CNTR.DAY": Words("每箱·天", "per box per day"),
    "PLT.DAY": Words("每托·天", "per pallet per day"),
    "MTK.DAY": Words("每平方米·天", "per m² per day"),
    "MTK.MON": Words("每平方米·月", "per m² per month"),
}

SCALE = Words("按阶梯", "by scale")
"""In the place of a unit price where several rates made the amount."""

_MEASURES = frozenset({"TEU", "RT", "KGM", "CHW", "TNE", "MTQ", "MTK"})
"""Units whose sign stands behind the quantity: 10 TEU, 52.0 kg."""


def section_words(section: str, category: str) -> Words:
    """The heading of a group of charges; freight is called after the way it goes."""
    if section == "freight":
        return FREIGHT.get(category, SECTIONS["freight"])
    if category in ("air", "road", "rail", "express") and section in _ON_LAND:
        return _ON_LAND[section]
    return SECTIONS.get(section, SECTIONS["other"])


def mode_words(category: str, load: str) -> Words:
    """How it is carried: 海运整箱, Sea FCL."""
    return MODES.get((category, load)) or MODES.get((category, "")) or NO_WORDS


def basis_words(unit: str) -> Words:
    """What a price is for: 每箱, per box. A box's type stands in the charge's name."""
    if unit in BOX_TYPES or unit in BOX_LENGTHS:
        return _BASES["CNTR"]
    known = UNITS.get(unit)
    if unit in _BASES or known is None:
        return _BASES.get(unit) or (Words(f"每{unit}", f"per {unit}") if unit else NO_WORDS)
    return Words(f"每{known.short_zh}", f"per {known.short_en}")


def quantity_unit(unit: str) -> str:
    """The sign behind a quantity; empty where the basis says it all."""
    return UNITS[unit].short_en if unit in _MEASURES else ""


def charge_words(
    name: Words, unit: str, packaging: str, lane: Words = NO_WORDS, *, bilingual: bool = False
) -> Words:
    """The charge with the box it is for: 海运费 20GP, 码头操作费 20′.

    A name that repeats the paper's own `lane` (上海–纽约) loses it: it stands above the charges. On a
    bilingual paper the box stands with the Chinese name alone; the English follows it.
    """
    box = packaging or (unit if unit in BOX_TYPES else "")
    if not box and unit in BOX_LENGTHS:
        box = f"{BOX_LENGTHS[unit]}′"
    chinese, english = _without(name.zh, lane.zh, box), _without(name.en, lane.en, box)
    in_english = f"{english} {box}".strip() if english and not bilingual else english
    return Words(f"{chinese} {box}".strip(), in_english)


def _without(name: str, *parts: str) -> str:
    """`name` without these words; the whole name where nothing else would be left."""
    left = name
    for part in parts:
        left = " ".join(left.replace(part, " ").split()) if part else left
    return left or name


def about_days_words(days: int) -> Words:
    """约 28 天, ~28 days."""
    return Words(f"约 {days} 天", f"~{days} day{'' if days == 1 else 's'}")


def free_days_words(days: int) -> Words:
    """免柜期 7 天, 7 free days."""
    return Words(f"免柜期 {days} 天", f"{days} free day{'' if days == 1 else 's'}")


def weight_words(gross_kg: Decimal) -> Words:
    """From ten tonnes on in tonnes, below in kilograms."""
    if gross_kg >= 10_000:
        return same(f"{_short(gross_kg.scaleb(-3))} t")
    return same(f"{_short(gross_kg)} kg")


def volume_words(volume_m3: Decimal) -> Words:
    """312 m³."""
    return same(f"{_short(volume_m3)} m³")


def _short(number: Decimal) -> str:
    text = format_quantity(number)
    return text.rstrip("0").rstrip(".") if "." in text else text
