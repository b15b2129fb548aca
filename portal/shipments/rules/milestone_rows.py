"""A file of milestones as plain values, and everything that is wrong with it by row and column."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from enum import StrEnum
from typing import Literal
from zoneinfo import ZoneInfo

from portal.catalogue.rules.sheets import cells
from portal.catalogue.rules.sheets.columns import header_texts, positions, shown, wrong_header
from portal.catalogue.rules.sheets.meaning import squeeze
from portal.kernel.errors import FileProblems, Problem
from portal.kernel.tables import Cell, Row, Table, column_letter
from portal.kernel.text import Text, t
from portal.shipments.rules.iso6346 import cleaned
from portal.shipments.rules.plans import NAMES, ZONE, Step, accepted, find_code
from portal.shipments.rules.progress import actual_problem, order_warning, past_problem

SEARCHED = 40
LONGEST = {"place": 80, "note": 300}
CLOCK = ("%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d %H:%M:%S", "%Y-%m-%dT%H:%M")  # fmt: skip
DAYS_END = time(18)
"""A day without a clock time is its end of work."""


class Told(StrEnum):
    """What a column says."""

    SHIPMENT = "shipment"
    BILL = "bill"
    BOX = "box"
    MILESTONE = "milestone"
    PLACE = "place"
    PLANNED = "planned"
    ACTUAL = "actual"
    NOTE = "note"


_SPELLINGS = {
    Told.SHIPMENT: "Shipment;业务单号;业务单;shipment number;shipment no;单号",
    Told.BILL: "Bill of lading;提单号;提单;b/l;bl;bl no;运单号;waybill",
    Told.BOX: "Box;箱号;集装箱号;柜号;container;container no;box number",
    Told.MILESTONE: "Milestone;节点;节点代码;状态;event;status;milestone code",
    Told.PLACE: "Place;地点;发生地点;location",
    Told.PLANNED: "Planned;计划时间;预计时间;eta;etd;planned at;estimated",
    Told.ACTUAL: "Actual;实际时间;发生时间;ata;atd;actual at;time",
    Told.NOTE: "Note;备注;说明;remark;remarks",
}
"""The English header of the template first, its Chinese one second, then what else people write."""

HEADERS: Mapping[Told, tuple[str, str]] = {
    told: (words.split(";")[1], words.split(";")[0]) for told, words in _SPELLINGS.items()
}
KNOWN = {squeeze(word): told for told, words in _SPELLINGS.items() for word in words.split(";")}
NAMING = (Told.SHIPMENT, Told.BILL, Told.BOX)


@dataclass(frozen=True, slots=True)
class Columns:
    """The header row's number, and where each column stands: its index from 0 and its label for messages."""

    header_row: int
    places: Mapping[Told, tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Stored:
    """A milestone as it is stored; fits `progress.Point`."""

    code: str
    planned_at: datetime | None
    actual_at: datetime | None
    place: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """A shipment as a file may name it; `own` are the firm's own milestones of its kind."""

    id: int
    number: str
    is_finished: bool
    points: tuple[Stored, ...]
    own: tuple[Step, ...] = ()
    opened_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class MilestoneRow:
    """One row that can be applied; `changes` is False when all of it is stored already."""

    row: int
    shipment_id: int
    shipment: str
    said: Stored
    changes: bool


@dataclass(slots=True)
class Reading:
    """What a file gave."""

    rows: list[MilestoneRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    count: int = 0


Find = Callable[[Told, str], tuple[Known, ...]]
"""The shipments behind a number, a bill of lading or a box number."""


def find_columns(table: Table) -> Columns:
    """The columns by the row with the most known headers; FileProblems naming what is missing or doubled."""
    number, header = _header(table)
    if not header:
        listed = ", ".join(each[0] for each in HEADERS.values())
        expected = t("a header row with the columns: %(headers)s", headers=listed)
        raise FileProblems([Problem(None, None, "", expected)])
    problems: list[Problem] = []
    places: dict[Told, tuple[int, str]] = {}
    for word, where in positions(header).items():
        told = KNOWN.get(word)
        if told is None:
            continue
        name = str(header[where[0]]).strip()
        if told in places or len(where) > 1:
            problems.append(wrong_header(name, where, number, header))
        places[told] = (where[0], f"{column_letter(where[0] + 1)} · {name}")
    problems += [
        wrong_header(" / ".join(HEADERS[choices[0]]), [], number, header)
        for choices in (NAMING, (Told.MILESTONE,), (Told.ACTUAL, Told.PLANNED))
        if not any(each in places for each in choices)
    ]
    if problems:
        raise FileProblems(problems)
    return Columns(number, places)


def body(table: Table, columns: Columns) -> Iterator[tuple[int, Row]]:
    """(row number, cells) below the header; empty lines left out."""
    for number, row in table.rows():
        if number > columns.header_row and not all(map(cells.is_blank, row)):
            yield number, row


def words(columns: Columns, row: Row) -> Iterator[tuple[Told, str]]:
    """By what a row names its shipment."""
    for told in NAMING:
        text = _text(columns, row, told)
        if text:
            yield told, cleaned(text) if told is Told.BOX else text.upper()


def read(
    rows: Iterable[tuple[int, Row]], columns: Columns, find: Find, now: datetime, zone: str = ZONE
) -> Reading:
    """Every row, with what is wrong told by row and column; a row with an error is left out of `rows`."""
    reader = _Reader(columns, find, now, zone)
    for number, row in rows:
        reader.take(number, row)
    if not reader.reading.count:
        reader.tell(columns.header_row + 1, None, "", t("at least one row below the header row"))
    reader.warn()
    return reader.reading


class _Reader:
    def __init__(self, columns: Columns, find: Find, now: datetime, zone: str) -> None:
        self.columns, self.find, self.now, self.zone = columns, find, now, ZoneInfo(zone)
        self.reading = Reading()
        self._first: dict[tuple[int, str], int] = {}
        self._shipments: dict[int, Known] = {}

    def take(self, number: int, row: Row) -> None:
        self.reading.count += 1
        before = self._errors()
        shipment = self._shipment(number, row)
        code = self._code(number, row, shipment)
        planned, actual = (self._instant(number, row, each) for each in (Told.PLANNED, Told.ACTUAL))
        place, note = (self._words(number, row, each) for each in (Told.PLACE, Told.NOTE))
        self._times(number, row, planned, actual, shipment)
        if planned is None and actual is None and self._errors() == before:
            self._wrong(number, row, Told.ACTUAL, t("a planned or an actual time"))
        if self._errors() > before or shipment is None or code is None:
            return
        first = self._first.setdefault((shipment.id, code), number)
        if first != number:
            expected = t("this milestone once for a shipment; row %(row)s has it", row=first)
            self._wrong(number, row, Told.MILESTONE, expected)
            return
        self._shipments[shipment.id] = shipment
        said = Stored(code, planned, actual, place, note)
        row_read = MilestoneRow(number, shipment.id, shipment.number, said, _changes(shipment, said))  # fmt: skip
        self.reading.rows.append(row_read)

    def warn(self) -> None:
        """Tell where the order looks odd, with what is stored and the whole file taken together."""
        said: dict[int, dict[str, Stored]] = {}
        for each in self.reading.rows:
            said.setdefault(each.shipment_id, {})[each.said.code] = each.said
        for each in self.reading.rows:
            points = _after(self._shipments[each.shipment_id], said[each.shipment_id])
            at = each.said.actual_at
            warning = None if at is None else order_warning(points, each.said.code, at)
            if at is not None and warning is not None:
                found = at.astimezone(self.zone).strftime(CLOCK[0])
                self.tell(each.row, Told.ACTUAL, found, warning, "warning")

    def tell(
        self,
        row: int,
        told: Told | None,
        found: str,
        expected: Text,
        severity: Literal["error", "warning"] = "error",
    ) -> None:
        place = self.columns.places.get(told) if told is not None else None
        label = None if place is None else place[1]
        self.reading.problems.append(Problem(row, label, found, expected, severity))

    def _errors(self) -> int:
        return sum(each.severity == "error" for each in self.reading.problems)

    def _wrong(self, number: int, row: Row, told: Told, expected: Text) -> None:
        self.tell(number, told, shown(_cell(self.columns, row, told)), expected)

    def _shipment(self, number: int, row: Row) -> Known | None:
        """The one shipment that every name in the row means."""
        means: list[tuple[Told, tuple[Known, ...]]] = [
            (told, self.find(told, word)) for told, word in words(self.columns, row)
        ]
        if not means:
            told = next(each for each in NAMING if each in self.columns.places)
            self._wrong(number, row, told, t("This must be filled in."))
            return None
        common = set.intersection(*({each.id for each in found} for _, found in means))
        every = {each.id: each for _, found in means for each in found}
        opened = [each for key, each in every.items() if key in common and not each.is_finished]
        if len(opened) == 1:
            return opened[0]
        told = next((each for each, found in means if not found), means[0][0])
        if opened:
            expected = t("the shipment's number; several shipments have this")
        elif common:
            expected = t("a shipment that is not finished")
        else:
            expected = t("the number, bill of lading or box of one shipment")
        self._wrong(number, row, told, expected)
        return None

    def _code(self, number: int, row: Row, shipment: Known | None) -> str | None:
        own = shipment.own if shipment else ()
        code = find_code(_text(self.columns, row, Told.MILESTONE), own)
        if code is None:
            codes = [each.code for each in shipment.points] if shipment else list(NAMES)
            names = accepted(codes, own)
            self._wrong(number, row, Told.MILESTONE, t("one of the milestones: %(names)s", names=names))  # fmt: skip
        return code

    def _times(
        self, number: int, row: Row, planned: datetime | None, actual: datetime | None, shipment: Known | None
    ) -> None:  # fmt: skip
        """Tell of times in the future or too long past."""
        opened_at = shipment.opened_at if shipment else None
        if actual is not None and (wrong := actual_problem(actual, self.now, opened_at)):
            self._wrong(number, row, Told.ACTUAL, wrong)
        today = self.now.astimezone(self.zone).date()
        if planned is not None and (wrong := past_problem(planned.date(), today)):
            self._wrong(number, row, Told.PLANNED, wrong)

    def _words(self, number: int, row: Row, told: Told) -> str:
        text = _text(self.columns, row, told)
        most = LONGEST[told.value]
        if len(text) > most:
            self._wrong(number, row, told, t("at most %(most)s characters", most=most))
        return text

    def _instant(self, number: int, row: Row, told: Told) -> datetime | None:
        try:
            return self._read_instant(_cell(self.columns, row, told))
        except cells.Unreadable as wrong:
            self._wrong(number, row, told, wrong.expected)
            return None

    def _read_instant(self, cell: Cell) -> datetime | None:
        """A day and time of the firm's zone; a day alone is its end of work."""
        if isinstance(cell, datetime):
            return cell.replace(tzinfo=self.zone)
        text = "" if cells.is_blank(cell) else cells.read_text(cell)
        for form in CLOCK:
            try:
                return datetime.strptime(text, form).replace(tzinfo=self.zone)
            except ValueError:
                continue
        day = cells.read_day(cell)
        return None if day is None else datetime.combine(day, DAYS_END, self.zone)


def _cell(columns: Columns, row: Row, told: Told) -> Cell:
    place = columns.places.get(told)
    return row[place[0]] if place is not None and place[0] < len(row) else None


def _text(columns: Columns, row: Row, told: Told) -> str:
    cell = _cell(columns, row, told)
    return "" if cells.is_blank(cell) else cells.read_text(cell)


def _changes(shipment: Known, said: Stored) -> bool:
    """Whether anything of it is not stored yet."""
    stored = next((each for each in shipment.points if each.code == said.code), None)
    if stored is None:
        return True
    told = ("planned_at", "actual_at", "place", "note")
    return any((new := getattr(said, name)) and new != getattr(stored, name) for name in told)


def _after(shipment: Known, said: Mapping[str, Stored]) -> list[Stored]:
    """The milestones as they stand once the file is applied."""
    points = [
        Stored(each.code, each.planned_at, (new.actual_at if (new := said.get(each.code)) else None) or each.actual_at)
        for each in shipment.points
    ]  # fmt: skip
    known = {each.code for each in points}
    return points + [each for code, each in said.items() if code not in known]


def _header(table: Table) -> tuple[int, Row]:
    best: tuple[int, Row] = (0, [])
    most = 1
    for number, row in table.head(SEARCHED):
        count = len({KNOWN[w] for w in map(squeeze, header_texts(row)) if w in KNOWN})
        if count > most:
            best, most = (number, row), count
    return best
