"""Container types: their trade names, the spellings that customers paste, TEU by both practices.

Source: ISO 6346 size and type codes; DOMAIN C4 (TEU), S9 (spellings).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from portal.kernel.errors import Invalid
from portal.kernel.text import t


class TeuPractice(StrEnum):
    """How boxes longer than 40' count (C4)."""

    BY_LENGTH = "by_length"  # 45' = 2.25, 53' = 2.65
    BY_PORT = "by_port"  # both 2


@dataclass(frozen=True, slots=True)
class BoxType:
    """A container type; `length` in feet, `inner_m3` and `payload_kg` are the usual ones."""

    code: str
    iso: str
    name_zh: str
    name_en: str
    length: int
    inner_m3: Decimal
    payload_kg: int

    def teu(self, practice: TeuPractice = TeuPractice.BY_PORT) -> Decimal:
        """TEU of one box."""
        if self.length <= 20:
            return Decimal(1)
        if practice is TeuPractice.BY_PORT or self.length == 40:
            return Decimal(2)
        return Decimal(self.length) / 20 if self.length != 53 else Decimal("2.65")


_TABLE = (
    ("20GP", "22G1", "20尺普柜", "20' dry", 20, "33.2", 28200),
    ("20HQ", "25G1", "20尺高柜", "20' high cube", 20, "37.4", 28000),
    ("40GP", "42G1", "40尺普柜", "40' dry", 40, "67.7", 28800),
    ("40HQ", "45G1", "40尺高柜", "40' high cube", 40, "76.3", 28600),
    ("45HQ", "L5G1", "45尺高柜", "45' high cube", 45, "86.0", 27700),
    ("53HQ", "", "53尺柜(北美)", "53' domestic", 53, "108.0", 26300),
    ("20RF", "22R1", "20尺冷柜", "20' reefer", 20, "28.3", 27400),
    ("40RH", "45R1", "40尺高冷柜", "40' high-cube reefer", 40, "67.3", 29500),
    ("40NOR", "45R1", "40尺冷代干", "40' non-operating reefer", 40, "67.3", 29500),
    ("20OT", "22U1", "20尺开顶柜", "20' open top", 20, "32.5", 28100),
    ("40OT", "42U1", "40尺开顶柜", "40' open top", 40, "66.2", 28700),
    ("20FR", "22P1", "20尺框架柜", "20' flat rack", 20, "27.9", 31200),
    ("40FR", "42P1", "40尺框架柜", "40' flat rack", 40, "55.0", 39300),
    ("20TK", "22T1", "20尺罐柜", "20' tank", 20, "26.3", 26200),
)

BOX_TYPES: dict[str, BoxType] = {
    code: BoxType(code, iso, zh, en, length, Decimal(inner), payload)
    for code, iso, zh, en, length, inner, payload in _TABLE
}

_SPELLINGS = {
    spelling: code
    for code, spellings in {
        "20GP": "20DC 20DRY 20DV 20ST 20SD 22G1",
        "20HQ": "20HC 25G1",
        "40GP": "40DC 40DRY 40DV 40ST 40SD 42G1",
        "40HQ": "40HC 40HDRY 40H 45G1",
        "45HQ": "45HC 45HDRY L5G1",
        "20RF": "20RE 20REF",
        "40RH": "40RF 40RQ 40HR 40REF 40HREF 40REFH",
    }.items()
    for spelling in spellings.split()
}

BOX_LENGTHS = {"20FT": 20, "40FT": 40, "45FT": 45, "53FT": 53}
"""Unit code of "any box of this length" → feet: 每柜 20' covers every 20' type."""


def find_box_type(written: str) -> BoxType | None:
    """The type behind any usual spelling (20DC, 40HC, 40'HQ, 45hdry); None when there is none."""
    code = "".join(written.upper().replace("'", "").replace("’", "").split())
    return BOX_TYPES.get(_SPELLINGS.get(code, code))


def box_type(written: str) -> BoxType:
    """As `find_box_type`; Invalid when the spelling is not known."""
    found = find_box_type(written)
    if found is None:
        raise Invalid(t("%(code)s is not a container type.", code=written))
    return found


def natural_boxes(boxes: Mapping[str, int]) -> int:
    """How many boxes there are (自然箱)."""
    return sum(boxes.values())


def teu_of(boxes: Mapping[str, int], practice: TeuPractice = TeuPractice.BY_PORT) -> Decimal:
    """TEU of `boxes` (type → count); Invalid for an unknown type."""
    return sum((count * box_type(code).teu(practice) for code, count in boxes.items()), Decimal(0))
