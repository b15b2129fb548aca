"""Which column of a usage file says what: headers in Chinese and English, in any order."""

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

    CUSTOMER = "customer"
    CUSTOMER_NAME = "customer_name"
    ITEM = "item"
    ITEM_NAME = "item_name"
    QUANTITY = "quantity"
    UNIT = "unit"
    DAY = "day"
    REFERENCE = "reference"
    NOTE = "note"
    SHIPMENT = "shipment"


_SPELLINGS = {
    Told.CUSTOMER: "Customer code;客户代码;客户编号;客户编码;customer;client code;客户",
    Told.CUSTOMER_NAME: "Customer name;客户名称;客户全称;client name",
    Told.ITEM: "Item code;服务项目代码;项目代码;项目编号;服务代码;item;service code;service item",
    Told.ITEM_NAME: "Item name;服务项目;项目名称;服务名称;service name;service",
    Told.QUANTITY: "Quantity;数量;用量;qty;usage",
    Told.UNIT: "Unit;单位;计费单位;uom",
    Told.DAY: "Date;日期;使用日期;发生日期;业务日期;used on;day",
    Told.REFERENCE: "Reference;参考号;单号;唯一编号;流水号;ref;reference no;document no",
    Told.NOTE: "Note;备注;说明;remark;remarks;comment",
    Told.SHIPMENT: "Shipment;业务单号;业务单;运单号;shipment no;shipment number",
}
"""The English header of the template first, its Chinese one second, then what else people write."""

HEADERS: Mapping[Told, tuple[str, str]] = {
    told: (words.split(";")[1], words.split(";")[0]) for told, words in _SPELLINGS.items()
}
KNOWN = {squeeze(word): told for told, words in _SPELLINGS.items() for word in words.split(";")}
NEEDED = (
    (Told.CUSTOMER, Told.CUSTOMER_NAME),
    (Told.ITEM, Told.ITEM_NAME),
    (Told.QUANTITY,),
    (Told.DAY,),
    (Told.REFERENCE,),
)
"""Of each of these a file needs one; without a unit the service's own counts."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a column stands: its index from 0, and its letter and header for messages."""

    index: int
    label: str


@dataclass(frozen=True, slots=True)
class Columns:
    """The header row's number, the known columns, and those that nobody reads."""

    header_row: int
    places: Mapping[Told, Place]
    ignored: tuple[Place, ...] = ()


def find_columns(table: Table) -> Columns:
    """The columns by the row with the most known headers; FileProblems naming what is missing or doubled."""
    number, header = _header(table)
    if not header:
        listed = ", ".join(each[0] for each in HEADERS.values())
        expected = t("a header row with the columns: %(headers)s", headers=listed)
        raise FileProblems([Problem(None, None, "", expected)])
    problems, places, ignored = [], {}, []
    for word, where in positions(header).items():
        told = KNOWN.get(word)
        shown = str(header[where[0]]).strip()
        place = Place(where[0], f"{column_letter(where[0] + 1)} · {shown}")
        if told is None:
            ignored.append(place)
        elif told in places or len(where) > 1:
            problems.append(wrong_header(shown, where, number, header))
        else:
            places[told] = place
    problems += _missing(places, number, header)
    if problems:
        raise FileProblems(problems)
    return Columns(number, places, tuple(ignored))


def _missing(places: Mapping[Told, Place], number: int, header: Row) -> list[Problem]:
    return [
        wrong_header(" / ".join(HEADERS[choices[0]]), [], number, header)
        for choices in NEEDED
        if not any(each in places for each in choices)
    ]


def _header(table: Table) -> tuple[int, Row]:
    best: tuple[int, Row] = (0, [])
    most = 1
    for number, row in table.head(SEARCHED):
        count = len({KNOWN[w] for w in map(squeeze, header_texts(row)) if w in KNOWN})
        if count > most:
            best, most = (number, row), count
    return best
