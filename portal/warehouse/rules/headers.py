"""The columns of stock files by the words that people head them with, Chinese and English."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from portal.catalogue.rules.sheets.cells import read_text
from portal.catalogue.rules.sheets.meaning import squeeze
from portal.kernel.errors import FileProblems, Problem
from portal.kernel.tables import Row, Table, column_letter
from portal.kernel.text import t

LOOKED_AT = 20
_MOVEMENTS = """
reference: move_no;movement no;movement;paper no;reference;ref;no;number;单号;出入库单号;单据号;流水号;编号
moved_on: date;day;moved on;movement date;日期;出入库日期;业务日期;单据日期
clock: time;clock;时间;时刻
kind: dir;direction;kind;type;in/out;方向;类型;出入库;出入库类型;收发类型;业务类型
customer: customer;customer code;client;owner;客户;客户编号;客户代码;货主;货主代码
warehouse: warehouse;warehouse code;wh;仓库;仓库代码;仓库编号
lot: lot;lot no;batch;batch no;批次;批号;批次号
sku: sku;sku code;goods;item;货号;商品编码;物料编码;款号;品号
pieces: qty;quantity;pieces;pcs;pieces qty;数量;件数;出入库数量
m3: m3;cbm;volume;volume m3;total m3;体积;体积m3;立方;立方数;方数
cm3: cm3;volume cm3;total cm3;体积cm3;立方厘米
kg: kg;weight;weight kg;gross weight;重量;重量kg;毛重;公斤
pallets: pallets;pallet;plt;托盘;托盘数;板数;托数
teu: teu;标准箱;标箱
volume_unit: unit_in_source;volume unit;unit of volume;体积单位
reason: reason;原因;调整原因
note: note;remark;remarks;comment;备注;说明
"""
_STOCK_ITEMS = """
sku: sku;sku code;goods;item;货号;商品编码;物料编码;款号;品号
customer: customer;customer code;client;owner;客户;客户编号;客户代码;货主;货主代码
name: name;description;goods name;品名;名称;商品名称
pieces_per_case: units_per_case;pieces per case;pcs per carton;箱规;每箱件数;装箱数
pieces_per_pallet: pieces per pallet;units_per_pallet;每板件数;每托件数;托盘件数
unit_kg: unit_kg;unit kg;weight;unit weight;kg;单件重量;单件重量kg;单重;重量;重量kg
unit_m3: unit_m3;unit m3;unit volume;volume;m3;cbm;单件体积;单件体积m3;体积;体积m3
unit_cm3: unit_cm3;unit cm3;volume cm3;cm3;单件体积cm3;体积cm3
volume_unit: unit_in_source;volume unit;unit of volume;体积单位
from_on: from;from_on;valid from;size from;生效日期;起始日期
opening: opening;opening stock;opening qty;期初;期初库存;期初数量
"""


def _spellings(table: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in table.strip().splitlines():
        meaning, words = line.split(": ", 1)
        for word in words.split(";"):
            found[squeeze(word)] = meaning
    return found


MOVEMENTS, STOCK_ITEMS = _spellings(_MOVEMENTS), _spellings(_STOCK_ITEMS)
_OPENING_DAY = re.compile(
    r"(?:opening|openingstock|期初|期初库存)(\d{4})[-./年]?(\d{2})[-./月]?(\d{2})日?"
)


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the headers stand and which column means what (0 is column A)."""

    header_row: int
    at: Mapping[str, int]
    names: tuple[str, ...]
    opening_on: date | None = None
    """The day whose start an opening stock is of, where the header says so (opening_2020_12_01)."""

    def name(self, meaning: str) -> str:
        """The column as its owner heads it; the meaning itself where there is none."""
        at = self.at.get(meaning)
        return meaning if at is None else self.names[at] or column_letter(at + 1)


def find_columns(
    table: Table, words: Mapping[str, str], needed: Iterable[tuple[str, ...]]
) -> Columns:
    """The row that heads the most known columns. FileProblems naming what no column stands for.

    `needed`: of each group one meaning must be there.
    """
    rows = table.head(LOOKED_AT)
    best = max((_columns(number, row, words) for number, row in rows), key=lambda c: len(c.at))
    missing = [group for group in needed if not any(each in best.at for each in group)]
    if missing:
        there = ", ".join(name for name in best.names if name) or "-"
        expected = [t("a column %(names)s", names=" / ".join(_known(words, m))) for m in missing]
        raise FileProblems(Problem(best.header_row, None, there, each) for each in expected)
    return best


def no_rows(columns: Columns) -> Problem:
    """What is wrong with a file that ends with its header."""
    return Problem(columns.header_row + 1, None, "", t("at least one row below the header row"))


def _columns(number: int, row: Row, words: Mapping[str, str]) -> Columns:
    names = tuple(read_text(cell) for cell in row)
    at: dict[str, int] = {}
    opening_on = None
    for column, name in enumerate(names):
        plain = squeeze(name)
        opened = _OPENING_DAY.fullmatch(plain)
        if opened is not None and "opening" in words.values():
            at.setdefault("opening", column)
            opening_on = date(*map(int, opened.groups()))
        elif plain in words:
            at.setdefault(words[plain], column)
    return Columns(number, at, names, opening_on)


def _known(words: Mapping[str, str], group: tuple[str, ...]) -> list[str]:
    """Two spellings for each meaning of a group: an English and a Chinese one."""
    found = []
    for meaning in group:
        spellings = [word for word, known in words.items() if known == meaning]
        found += [spellings[0], next((w for w in spellings if not w.isascii()), spellings[-1])]
    return list(dict.fromkeys(found))
