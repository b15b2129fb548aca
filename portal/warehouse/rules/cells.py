"""What the cells of a stock file say: kinds of movement, clock times, sizes of one piece."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from portal.catalogue.rules.sheets.cells import (
    Unreadable,
    is_blank,
    read_day,
    read_number,
    read_text,
)
from portal.catalogue.rules.sheets.meaning import squeeze
from portal.kernel.tables import Cell
from portal.kernel.text import t
from portal.warehouse.rules.unit_days import MovementKind

SIZE_STEP = Decimal("0.000000001")
CM3_IN_M3 = Decimal("0.000001")
_KINDS = {
    squeeze(word): kind
    for kind, words in {
        MovementKind.IN: "in;inbound;receipt;received;入;入库;收货;进;进仓;收",
        MovementKind.OUT: "out;outbound;issue;shipped;出;出库;发货;出仓;发",
        MovementKind.ADJUST: "adjust;adjustment;adj;调整;盘点;盘盈;盘亏;盘点调整",
    }.items()
    for word in words.split(";")
}
_VOLUME_UNITS = {"m3": Decimal(1), "cbm": Decimal(1), "立方米": Decimal(1), "方": Decimal(1),
                 "cm3": CM3_IN_M3, "立方厘米": CM3_IN_M3, "cc": CM3_IN_M3}  # fmt: skip
_CLOCK = re.compile(r"([01]?\d|2[0-3])[:：]([0-5]\d)(?:[:：][0-5]\d)?")
_SIZE = re.compile(r"\d+(\.\d*)?|\.\d+")


def read_kind(cell: Cell) -> MovementKind:
    """In, out or adjust, in any usual word."""
    found = _KINDS.get(squeeze(read_text(cell)))
    if found is None:
        raise Unreadable(t("IN, OUT or ADJUST"))
    return found


def read_clock(cell: Cell) -> str:
    """`18:58`, or "" for a blank cell; seconds are left out."""
    if isinstance(cell, datetime | time):
        return f"{cell:%H:%M}"
    if is_blank(cell):
        return ""
    found = _CLOCK.fullmatch(read_text(cell))
    if found is None:
        raise Unreadable(t("a time such as 18:58"))
    return f"{int(found[1]):02d}:{found[2]}"


@lru_cache(maxsize=4096)
def _day_of(text: str) -> date | None:
    return read_day(text)


def read_moved_day(cell: Cell) -> date:
    """A day; a blank cell is none."""
    day = _day_of(cell) if isinstance(cell, str) else read_day(cell)
    if day is None:
        raise Unreadable(t("a date such as 2026-03-02"))
    return day


def read_quantity(cell: Cell) -> Decimal | None:
    """A quantity of at most six decimals; None for a blank cell."""
    if type(cell) is str and cell.isdigit() and len(cell) < 12 and cell.isascii():
        return Decimal(cell)
    return read_number(cell)


def read_size(cell: Cell) -> Decimal | None:
    """What one piece measures, to nine decimals; blank, `0` and `0.` are not known (W12)."""
    if is_blank(cell):
        return None
    text = read_text(cell).replace(",", "")
    if not _SIZE.fullmatch(text):
        raise Unreadable(t("a number above 0, or nothing where it is not known"))
    return Decimal(text).quantize(SIZE_STEP, ROUND_HALF_UP).normalize() or None


def read_volume_unit(cell: Cell) -> Decimal | None:
    """How many m³ one of it is; None for a blank cell."""
    if is_blank(cell):
        return None
    factor = _VOLUME_UNITS.get(squeeze(read_text(cell)))
    if factor is None:
        raise Unreadable(t("m3 or cm3"))
    return factor
