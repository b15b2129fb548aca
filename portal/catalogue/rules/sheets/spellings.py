"""Fixed words of a sheet: ways of calculation, bounds, units as carriers write them, service kinds."""

from __future__ import annotations

import re
from decimal import Decimal
from enum import StrEnum

from portal.catalogue.rules.sheets.cells import Unreadable, read_text
from portal.catalogue.rules.sheets.meaning import squeeze
from portal.catalogue.rules.terms import BandOn, Basis, Bound, PercentOn, Rounding
from portal.kernel.tables import Cell
from portal.kernel.text import Text, t

CHINESE: dict[StrEnum, str] = {
    Basis.PER_UNIT: "按单位",
    Basis.FLAT: "一口价",
    Basis.BANDS: "分档",
    Basis.GRADUATED: "分段累进",
    Basis.FIRST_CONTINUED: "首重续重",
    Basis.PERCENT: "百分比",
    Basis.MAX_OF: "取最高",
    Basis.AT_COST: "实报实销",
    Bound.OVER: "上界含",
    Bound.FROM: "下界含",
    Bound.WITHIN: "两界含",
    BandOn.CHARGED: "计费量",
    BandOn.ACTUAL: "实际量",
    Rounding.UP: "向上",
    Rounding.HALF_UP: "四舍五入",
    Rounding.DOWN: "向下",
    PercentOn.BEFORE_DISCOUNT: "折前",
    PercentOn.AFTER_DISCOUNT: "折后",
}
"""The word of each choice on the Chinese sheet; the English sheet has the code itself."""

_EXPECTED: dict[type[StrEnum], Text] = {
    Basis: t("one of: per_unit, flat, bands, graduated, first_continued, percent, max_of, at_cost"),
    Bound: t("one of: over, from, within"),
    BandOn: t("one of: charged, actual"),
    Rounding: t("one of: up, half_up, down"),
    PercentOn: t("one of: before_discount, after_discount"),
}
"""What may stand in such a cell, in the words of the sheet of the reader's language."""

_CHOICES = {(type(choice), squeeze(word)): choice for choice, word in CHINESE.items()} | {
    (type(choice), squeeze(choice.value)): choice for choice in CHINESE
}


def read_choice(kind: type[StrEnum], cell: Cell) -> StrEnum | None:
    """One of the choices of `kind` by its Chinese word or its code; None for a blank cell."""
    text = read_text(cell)
    if not text:
        return None
    found = _CHOICES.get((kind, squeeze(text)))
    if found is None:
        raise Unreadable(_EXPECTED[kind])
    return found


CATEGORIES = {
    "sea": "海运", "air": "空运", "rail": "铁路运输", "road": "公路运输", "inland_water": "内河运输",
    "express": "快递", "delivery": "配送", "storage": "仓储", "handling": "操作", "sorting": "分拣",
    "consolidation": "集拼", "packing": "包装", "customs": "报关", "documentation": "单证",
    "other": "其他服务",
}  # fmt: skip
"""Category → its Chinese word; a sheet may have either."""

_CATEGORY_CODES = {squeeze(word): code for code, zh in CATEGORIES.items() for word in (code, zh)}


def read_category(cell: Cell) -> str:
    """The code of a service category by its code or Chinese word; empty for a blank cell."""
    text = read_text(cell)
    code = _CATEGORY_CODES.get(squeeze(text)) if text else ""
    if code is None:
        raise Unreadable(t(
            "one of: sea, air, rail, road, inland_water, express, delivery, storage, handling,"
            " sorting, consolidation, packing, customs, documentation, other"
        ))  # fmt: skip
    return code


_UNIT_WORDS = {
    spelling: code
    for code, spellings in {
        "CNTR": "PER_CONTAINER;PER CONTAINER;PER CNTR;PER BOX;每柜;每箱;CONTAINER;UNIT;箱;柜",
        "BL": "PER_DOC;PER DOC;PER_BL;PER B/L;PER BL;PER SHIPMENT;PER_SHIPMENT;SHPT;每票;票",
        "TEU": "PER_TEU;PER TEU;每TEU;每标箱",
        "RT": "PER_RT;PER RT;W/M;PER W/M;每计费吨;RT;CBM/TON",
        "CHW": "PER KG;PER_KG;每公斤;每千克;/KG",
        "P1": "PERCENT;%;PER_CENT",
        "LS": "LUMPSUM;LUMP SUM;PER_LUMPSUM",
    }.items()
    for spelling in spellings.split(";")
}


def unit_word(written: str) -> str:
    """A unit as a carrier writes it, in a word that the unit table knows."""
    return _UNIT_WORDS.get(written.upper(), written)


_FLAT_KINDS = frozenset({"flat", "一口价", "包价", "固定"})
_RATE_KINDS = frozenset({"perkg", "rate", "perunit", "每公斤", "单价", "每kg"})


def read_band_kind(cell: Cell) -> str:
    """Whether a band's price is "flat" for the whole quantity or a "rate" per unit."""
    word = squeeze(read_text(cell))
    if word in _FLAT_KINDS:
        return "flat"
    if word in _RATE_KINDS:
        return "rate"
    raise Unreadable(t("flat or per_kg"))


_STEP = re.compile(r"(?:ceil_?|进位|向上)?(\d+(?:\.\d+)?)(?:kg|公斤)?", re.IGNORECASE)


def read_band_step(cell: Cell) -> Decimal | None:
    """The step a band rounds its quantity up to: `ceil_1kg`, `0.5`; None for `none` or blank."""
    text = read_text(cell).replace(" ", "")
    if text.casefold() in ("", "none", "无"):
        return None
    found = _STEP.fullmatch(text)
    if found is None or not Decimal(found[1]):
        raise Unreadable(t("a step such as 0.5 or 1"))
    return Decimal(found[1])
