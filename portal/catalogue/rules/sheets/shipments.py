"""A file of shipments to be priced in one go: a carrier's bill, a month of parcels, a list of orders."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from portal.catalogue.rules.cargo import Cargo
from portal.catalogue.rules.sheets import cells
from portal.catalogue.rules.sheets.columns import header_texts, positions, shown, wrong_header
from portal.catalogue.rules.sheets.meaning import squeeze
from portal.kernel.boxes import find_box_type
from portal.kernel.errors import Problem
from portal.kernel.tables import Cell, Row, Table, column_letter
from portal.kernel.text import Text, t

_SEARCHED = 40


class Fact(StrEnum):
    """What a column of a shipment file says."""

    REFERENCE = "reference"
    DATE = "date"
    ORIGIN = "origin"
    DESTINATION = "destination"
    PROVINCE = "province"
    CITY = "city"
    CARRIER = "carrier"
    SERVICE = "service"
    CATEGORY = "category"
    WEIGHT = "weight"
    VOLUME = "volume"
    PIECES = "pieces"
    BOX = "box"
    BOX_TYPE = "box_type"
    BOX_COUNT = "box_count"
    DECLARED = "declared"
    BILLED = "billed"


@dataclass(frozen=True, slots=True)
class ShipmentColumn:
    """One column by its header; `detail` is the box type of a BOX."""

    header: str
    fact: Fact
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Shipment:
    """One line of the file. Weights in kg, volumes in m³; a fact that is not stated is None."""

    row: int
    reference: str = ""
    on: date | None = None
    origin: str = ""
    destination: str = ""
    province: str = ""
    city: str = ""
    carrier: str = ""
    service: str = ""
    category: str = ""
    weight: Decimal | None = None
    volume: Decimal | None = None
    pieces: Decimal | None = None
    boxes: Mapping[str, int] = field(default_factory=dict)
    declared: Decimal | None = None
    billed: Decimal | None = None

    def cargo(self) -> Cargo:
        """The facts that prices count."""
        counts = {} if self.pieces is None else {"H87": self.pieces}
        return Cargo(
            gross_kg=self.weight,
            volume_m3=self.volume,
            boxes=self.boxes,
            declared_value=self.declared,
            counts=counts,
        )


@dataclass(frozen=True, slots=True)
class ShipmentReading:
    """All shipments that could be read, and what was wrong with the others."""

    shipments: tuple[Shipment, ...]
    problems: tuple[Problem, ...]
    header_row: int = 0
    headers: tuple[str, ...] = ()
    facts: frozenset[Fact] = frozenset()
    """What the columns say that were found."""


_SPELLINGS = {
    squeeze(word): fact
    for fact, words in {
        Fact.REFERENCE: "单号;运单号;参考号;提单号;waybill;reference;order id;seq;序号;order no;运单",
        Fact.DATE: "日期;开航日;发货日期;date;order date;ship date;bill date;业务日期",
        Fact.ORIGIN: "起运地;起运港;启运港;始发地;origin;origin port;pol;from",
        Fact.DESTINATION: "目的地;目的港;到达地;destination;dest port;pod;to;region",
        Fact.PROVINCE: "省;省份;province;dest province;目的省",
        Fact.CITY: "市;城市;city;dest city;目的城市",
        Fact.CARRIER: "承运人;船公司;快递公司;carrier",
        Fact.SERVICE: "服务;产品;service;product",
        Fact.CATEGORY: "业务类别;类别;category",
        Fact.WEIGHT: "重量;毛重;实重;重量kg;毛重kg;计费重量;weight;weight kg;gross weight;gw;charge kg;actual kg",
        Fact.VOLUME: "体积;方数;体积m3;体积cbm;volume;cbm;m3;volume m3",
        Fact.PIECES: "件数;数量;pieces;pcs;qty;unit qty",
        Fact.BOX_TYPE: "箱型;柜型;box type;container type",
        Fact.BOX_COUNT: "箱量;柜量;boxes;containers",
        Fact.DECLARED: "声明价值;保价金额;declared value",
        Fact.BILLED: "金额;运费;账单金额;应收;fee;billed fee;payable;amount;charge",
    }.items()
    for word in words.split(";")
}
_POSITIVE = (Fact.WEIGHT, Fact.VOLUME, Fact.PIECES, Fact.BOX, Fact.BOX_COUNT, Fact.DECLARED)
_WHOLE = (Fact.PIECES, Fact.BOX, Fact.BOX_COUNT)
_NAMES = {
    Fact.REFERENCE: "reference", Fact.DATE: "on", Fact.ORIGIN: "origin",
    Fact.DESTINATION: "destination", Fact.PROVINCE: "province", Fact.CITY: "city",
    Fact.CARRIER: "carrier", Fact.SERVICE: "service", Fact.CATEGORY: "category",
    Fact.WEIGHT: "weight", Fact.VOLUME: "volume", Fact.PIECES: "pieces",
    Fact.DECLARED: "declared", Fact.BILLED: "billed",
}  # fmt: skip


def suggest_mapping(headers: Iterable[str]) -> tuple[ShipmentColumn, ...]:
    """The columns whose headers are known spellings; a box type as a header counts its boxes."""
    found: dict[tuple[Fact, str], ShipmentColumn] = {}
    for header in headers:
        fact = _SPELLINGS.get(squeeze(header))
        box = find_box_type(header) if fact is None else None
        if fact is not None:
            found.setdefault((fact, ""), ShipmentColumn(header, fact))
        elif box is not None:
            found.setdefault((Fact.BOX, box.code), ShipmentColumn(header, Fact.BOX, box.code))
    return tuple(found.values())


def read_shipments(
    table: Table, mapping: Sequence[ShipmentColumn] | None = None
) -> ShipmentReading:
    """The shipments of a file by `mapping` (found by the usual spellings when None).

    A line with an unreadable cell is left out and told; weight 0 is told too, it is a forgotten weight
    (DOMAIN section 15). Without any column that is understood nothing is read.
    """
    number, header = _header(table, mapping)
    columns = suggest_mapping(header_texts(header)) if mapping is None else mapping
    problems: list[Problem] = []
    places = positions(header)
    for column in columns:
        where = places.get(squeeze(column.header), [])
        if len(where) != 1:
            problems.append(wrong_header(column.header, where, number, header))
    if not any(column.fact in _NAMES or column.fact in _WHOLE for column in columns):
        expected = t("a header row with weight, destination, boxes or the like")
        problems.append(Problem(number or None, None, ", ".join(header_texts(header)), expected))
    if problems:
        return ShipmentReading((), tuple(problems), number, header_texts(header))
    reader = _Reader([(column, places[squeeze(column.header)][0]) for column in columns])
    shipments = tuple(reader.shipments(table, number))
    if not shipments and not reader.problems:
        expected = t("at least one shipment below the header row")
        reader.problems.append(Problem(number + 1, None, "", expected))
    facts = frozenset(column.fact for column in columns)
    told = tuple(reader.problems)
    return ShipmentReading(shipments, told, number, header_texts(header), facts)


def _header(table: Table, mapping: Sequence[ShipmentColumn] | None) -> tuple[int, Row]:
    wanted = {squeeze(column.header) for column in mapping} if mapping is not None else None
    best: tuple[int, Row] = (0, [])
    most = 0
    for number, row in table.head(_SEARCHED):
        words = [squeeze(word) for word in header_texts(row)]
        known = wanted if wanted is not None else _SPELLINGS
        count = sum(1 for word in words if word in known or find_box_type(word))
        if count > most:
            best, most = (number, row), count
    return best


class _Reader:
    """Reads line by line; problems are kept in `problems`."""

    def __init__(self, columns: Sequence[tuple[ShipmentColumn, int]]) -> None:
        self.columns = columns
        self.problems: list[Problem] = []

    def shipments(self, table: Table, header_row: int) -> Iterator[Shipment]:
        for number, row in table.rows():
            if number <= header_row or all(cells.is_blank(cell) for cell in row):
                continue
            shipment = self._shipment(number, row)
            if shipment is not None:
                yield shipment

    def _shipment(self, number: int, row: Row) -> Shipment | None:
        before = len(self.problems)
        facts: dict[str, Any] = {}
        boxes: dict[str, int] = {}
        written_type, written_count = "", 1
        for column, index in self.columns:
            cell = row[index] if index < len(row) else None
            value = self._value(number, column, index, cell)
            if value is None or value == "":
                continue
            if column.fact is Fact.BOX:
                boxes[column.detail] = boxes.get(column.detail, 0) + int(value)
            elif column.fact is Fact.BOX_TYPE:
                written_type = value
            elif column.fact is Fact.BOX_COUNT:
                written_count = int(value)
            else:
                facts[_NAMES[column.fact]] = value
        if written_type:
            boxes[written_type] = boxes.get(written_type, 0) + written_count
        if len(self.problems) > before:
            return None
        return Shipment(number, boxes={box: n for box, n in boxes.items() if n}, **facts)

    def _value(self, number: int, column: ShipmentColumn, index: int, cell: Cell) -> Any:
        try:
            value = _read(column.fact, cell)
        except cells.Unreadable as unreadable:
            self._tell(number, column, index, cell, unreadable.expected)
            return None
        if column.fact in _POSITIVE and value is not None:
            expected = _wrong_amount(column.fact, value)
            if expected is not None:
                self._tell(number, column, index, cell, expected)
                return None
        return value

    def _tell(
        self, number: int, column: ShipmentColumn, index: int, cell: Cell, expected: Text
    ) -> None:
        label = f"{column_letter(index + 1)} · {column.header}"
        self.problems.append(Problem(number, label, shown(cell), expected))


def _read(fact: Fact, cell: Cell) -> Any:
    if fact in _POSITIVE:
        return cells.read_number(cell)
    if fact is Fact.BILLED:
        amount, _ = cells.read_price(cell)
        return amount if isinstance(amount, Decimal) else None
    if fact is Fact.DATE:
        return cells.read_day(cell)
    text = cells.read_text(cell)
    if fact is Fact.BOX_TYPE and text:
        box = find_box_type(text)
        if box is None:
            raise cells.Unreadable(t("a container type such as 20GP"))
        return box.code
    return text


def _wrong_amount(fact: Fact, value: Decimal) -> Text | None:
    if value < 0:
        return t("zero or more")
    if fact in _WHOLE and value != value.to_integral_value():
        return t("a whole number")
    if fact is Fact.WEIGHT and value == 0:
        return t("a weight above 0; it seems not to have been weighed")
    return None
