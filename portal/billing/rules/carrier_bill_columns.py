"""Which column of a carrier's bill, or of our own outbound records, says what: headers as carriers write them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from portal.catalogue.rules.sheets.columns import header_texts, positions, wrong_header
from portal.catalogue.rules.sheets.meaning import squeeze
from portal.kernel.errors import FileProblems, Problem
from portal.kernel.tables import Row, Table, column_letter
from portal.kernel.text import t

SEARCHED = 40


class Told(StrEnum):
    """What a column says."""

    WAYBILL = "waybill"
    DAY = "day"
    KG = "kg"
    REGION = "region"
    PRODUCT = "product"
    FEE = "fee"
    DISCOUNT = "discount"
    PAYABLE = "payable"
    SERVICE = "service"
    CUSTOMER = "customer"


MONEY = (Told.FEE, Told.DISCOUNT, Told.PAYABLE)


@dataclass(frozen=True, slots=True)
class Layout:
    """The spellings of a file's headers, the most exact first; of each tuple in `needed` one must be there.

    The first two, Chinese and English, stand in messages.
    """

    spellings: Mapping[Told, str]
    needed: tuple[tuple[Told, ...], ...]

    @property
    def known(self) -> dict[str, Told]:
        """Squeezed header → what it says."""
        return {
            squeeze(word): told
            for told, words in self.spellings.items()
            for word in words.split(";")
        }

    def word(self, told: Told) -> str:
        """The header as messages name it."""
        return " / ".join(self.spellings[told].split(";")[:2])


_WAYBILL = "运单号;waybill;运单号码;运单编号;运单;快递单号;面单号;单号;waybill no;waybill number;tracking no;提单号"
BILL = Layout(
    {
        Told.WAYBILL: _WAYBILL,
        Told.KG: "计费重量;charge kg;计费重量kg;计费重;结算重量;重量;重量kg;charged kg;chargeable weight;weight;kg",
        Told.FEE: "费用;fee;费用元;金额;金额元;运费;amount",
        Told.DISCOUNT: "折扣;discount;折扣金额;优惠;折扣/促销",
        Told.PAYABLE: "应付;payable;应付金额;应付元;应付金额元;应付费用;实付;net amount",
        Told.SERVICE: "增值服务;extra service;增值费用;服务;费用类型;费用名称;extra;charge type",
        Told.REGION: "区域;region;到件地区;对方地区;目的地;收件地区;到达地;destination;zone",
        Told.PRODUCT: "产品类型;product;产品;快件产品;业务类型;service type",
        Told.DAY: "日期;bill date;账单日期;计费日期;收寄日期;寄件日期;寄件时间;收件日期;发货日期;date;ship date",
    },
    ((Told.WAYBILL,), (Told.PAYABLE, Told.FEE)),
)
OUTBOUND = Layout(
    {
        Told.WAYBILL: _WAYBILL,
        Told.KG: "实际重量;actual kg;实际重量kg;实重;称重;称重重量;出库重量;重量;重量kg;weight;weight kg;kg",
        Told.CUSTOMER: "客户;customer;客户名称;客户代码;货主;商家;client",
        Told.DAY: "发货日期;ship date;日期;出库日期;发货时间;寄件日期;date;shipped on",
    },
    ((Told.WAYBILL,), (Told.KG,)),
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a column stands: its index from 0, and its letter and header for messages."""

    index: int
    label: str


@dataclass(frozen=True, slots=True)
class Columns:
    """The header row's number and the columns that are read; others do no harm."""

    header_row: int
    places: Mapping[Told, Place]


def find_columns(table: Table, layout: Layout) -> Columns:
    """The columns by the row with the most known headers; FileProblems naming what is missing or doubled.

    Of several columns that say the same the one with the more exact header counts (计费重量 before 重量); where it is
    money, that is told instead.
    """
    known = layout.known
    number, header = _header(table, known)
    if not header:
        listed = ", ".join(" / ".join(map(layout.word, each)) for each in layout.needed)
        expected = t("a header row with the columns: %(headers)s", headers=listed)
        raise FileProblems([Problem(None, None, "", expected)])
    stands = positions(header)
    problems: list[Problem] = []
    places: dict[Told, Place] = {}
    for told, words in layout.spellings.items():
        ranks = [squeeze(word) for word in words.split(";")]
        found = sorted((ranks.index(word), at) for word, at in stands.items() if word in ranks)
        if not found:
            continue
        first = found[0][1]
        shown = str(header[first[0]]).strip()
        if len(first) > 1 or (told in MONEY and len(found) > 1):
            every = sorted(index for _, at in found for index in at)
            problems.append(wrong_header(shown, every, number, header))
        places[told] = Place(first[0], f"{column_letter(first[0] + 1)} · {shown}")
    problems.extend(
        wrong_header(" / ".join(map(layout.word, choices)), [], number, header)
        for choices in layout.needed
        if not any(told in places for told in choices)
    )
    if problems:
        raise FileProblems(problems)
    return Columns(number, places)


def _header(table: Table, known: Mapping[str, Told]) -> tuple[int, Row]:
    best: tuple[int, Row] = (0, [])
    most = 1
    for number, row in table.head(SEARCHED):
        count = len({known[word] for word in map(squeeze, header_texts(row)) if word in known})
        if count > most:
            best, most = (number, row), count
    return best
