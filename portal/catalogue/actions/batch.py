"""Price a file of shipments by a tariff; the answer is the same file with charge, working, and what has no price."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from portal.access.viewer import Viewer
from portal.catalogue.models import Tariff
from portal.catalogue.queries.lookups import lookups_for, zones
from portal.catalogue.queries.places import all_places, chain
from portal.catalogue.queries.tariffs import rows_of
from portal.catalogue.rules.batch import Chain, PriceBook, PricedRow, Totals, lacking, only_origin
from portal.catalogue.rules.places import Gazetteer
from portal.catalogue.rules.sheets.rows import PriceRow
from portal.catalogue.rules.sheets.shipments import Fact, Shipment, ShipmentReading, read_shipments
from portal.kernel.errors import FileProblems, Problem
from portal.kernel.tables import Cell, Table, write_csv, write_xlsx
from portal.kernel.tables.opening import open_table
from portal.kernel.text import Text, t

Progress = Callable[[int, int], None]
Say = Callable[[Text], str]
TOLD_EVERY = 200
ADDED = (
    t("Calculated charge"),
    t("Currency"),
    t("Billed less calculated"),
    t("Price line"),
    t("Working"),
    t("Why there is no price"),
)
"""The columns that the answer adds to the file."""


@dataclass(frozen=True, slots=True)
class Batch:
    """A priced file: every line by its row, the lines that could not be read, and the totals."""

    table: Table
    header_row: int
    rows: dict[int, PricedRow]
    problems: tuple[Problem, ...]
    totals: Totals
    origin: str = ""
    """The tariff's only origin, where the file has no column for it."""

    @property
    def unpriced(self) -> list[PricedRow]:
        """The lines without a price, in the order of the file."""
        return [row for row in self.rows.values() if not row.is_priced]

    @property
    def different(self) -> list[PricedRow]:
        """The lines that were billed otherwise, the largest difference first."""
        found = [row for row in self.rows.values() if row.difference]
        return sorted(found, key=lambda row: -abs(row.difference or Decimal(0)))


def price_file(
    source: Path | bytes,
    name: str,
    tariff: Tariff,
    viewer: Viewer,
    *,
    on: date,
    cheapest: bool = False,
    most_rows: int | None = None,
    progress: Progress | None = None,
) -> Batch:
    """Price every shipment of a file by the prices of `tariff`.

    `on` is the day for lines without a date. `cheapest` takes the cheapest where several offers fit. FileProblems when
    the file is no table, has no column that is understood or lacks one that every price needs, or has more
    than `most_rows` lines.
    """
    table = open_table(source, name)
    reading = read_shipments(table)
    if not reading.shipments:
        raise FileProblems(reading.problems)
    if most_rows is not None and len(reading.shipments) > most_rows:
        expected = t(
            "at most %(rows)s shipments here; use the command line for more", rows=most_rows
        )
        raise FileProblems([Problem(None, None, str(len(reading.shipments)), expected)])
    prices = list(rows_of(tariff, viewer))
    _check_columns(reading, prices)
    origin = "" if Fact.ORIGIN in reading.facts else only_origin(prices)
    book = PriceBook(prices, on, cheapest)
    ends = _Ends(origin)
    priced: dict[int, PricedRow] = {}
    totals = Totals()
    for count, shipment in enumerate(reading.shipments, 1):
        row = book.price(ends.with_codes(shipment), ends)
        priced[shipment.row] = row
        totals.add(row)
        if progress is not None and (count % TOLD_EVERY == 0 or count == len(reading.shipments)):
            progress(count, len(reading.shipments))
    return Batch(table, reading.header_row, priced, reading.problems, totals, origin)


def pricer(
    tariff: Tariff, viewer: Viewer, *, on: date, carrier: str = ""
) -> Callable[[Shipment], PricedRow]:
    """Prices shipments one by one by the prices of `tariff`; `on` is the day for those without a date.

    Where the tariff has prices of this carrier, the others' are left out.
    """
    prices = list(rows_of(tariff, viewer))
    code = lookups_for().find_carrier(carrier) or carrier
    if code and any(row.key.carrier == code for row in prices):
        prices = [row for row in prices if row.key.carrier in ("", code)]
    book, ends = PriceBook(prices, on), _Ends(only_origin(prices))
    return lambda shipment: book.price(ends.with_codes(shipment), ends)


def _check_columns(reading: ShipmentReading, prices: Sequence[PriceRow]) -> None:
    missing = lacking(prices, reading.facts)
    if missing:
        found = ", ".join(reading.headers)
        raise FileProblems([Problem(reading.header_row, None, found, each) for each in missing])


class _Ends:
    """The places of shipments as codes, each word looked up once."""

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self._places: Gazetteer = all_places()
        self._zone = zones(self._places)
        self._lookups = lookups_for()
        self._known: dict[tuple[str, str], Chain] = {}

    def with_codes(self, shipment: Shipment) -> Shipment:
        """The shipment with its carrier's code."""
        if not shipment.carrier:
            return shipment
        code = self._lookups.find_carrier(shipment.carrier) or shipment.carrier
        return replace(shipment, carrier=code)

    def __call__(self, shipment: Shipment) -> tuple[Chain, Chain] | Text:
        start = self._chain(shipment.origin or self._origin, shipment.category)
        if shipment.province or shipment.city:
            code = self._zone(shipment.province, shipment.city)
            code = code or (self._zone(shipment.province, "") if shipment.province else None)
            if code is None:
                words = f"{shipment.province} {shipment.city}".strip()
                return t("“%(words)s” is not a province or city that is known", words=words)
            return start, self._chain(code, "")
        return start, self._chain(shipment.destination, shipment.category)

    def _chain(self, word: str, category: str) -> Chain:
        key = (word, category)
        found = self._known.get(key)
        if found is None:
            code = self._lookups.find_place(word) if word else ""
            found = self._known[key] = chain(code or word, self._places)
        return found


def write_answer(target: Path, batch: Batch, say: Say) -> None:
    """The file as it came, with what was found beside each line and the totals below; .csv or .xlsx by the name."""
    header, *rest = _answer(batch, say)
    if target.suffix.lower() == ".csv":
        write_csv(target, [header, *rest])
    else:
        write_xlsx(target, [str(cell or "") for cell in header], rest)


def _answer(batch: Batch, say: Say) -> Iterator[Sequence[Cell]]:
    wrong = _by_row(batch.problems)
    added = [say(text) for text in ADDED]
    width = 0
    for number, cells in batch.table.rows():
        if number == batch.header_row:
            width = len(cells)
            yield [*cells, *added]
        elif number > batch.header_row and any(cell not in (None, "") for cell in cells):
            padded = [*cells, *([None] * (width - len(cells)))]
            yield [*padded, *_beside(batch.rows.get(number), wrong.get(number, ()), say)]
    for currency, amount in batch.totals.amounts.items():
        label = say(t("Total"))
        yield [label, *([None] * (width - 1)), amount, currency, None, None, None, None]


def _by_row(problems: Sequence[Problem]) -> dict[int, list[Problem]]:
    found: dict[int, list[Problem]] = {}
    for problem in problems:
        if problem.row is not None:
            found.setdefault(problem.row, []).append(problem)
    return found


def _beside(row: PricedRow | None, problems: Sequence[Problem], say: Say) -> list[Cell]:
    if row is None:
        told = "; ".join(f"{p.column or ''} {p.found}: {say(p.expected)}".strip() for p in problems)
        return [None, None, None, None, None, told]
    if row.why is not None:
        return [None, None, None, row.offer, None, say(row.why)]
    single = len(row.amounts) == 1
    amount: Cell = next(iter(row.amounts.values())) if single else None
    words = " + ".join(f"{code} {figure}" for code, figure in row.amounts.items())
    currency = next(iter(row.amounts)) if single else words
    working = "; ".join(say(sentence) for sentence in row.working)
    return [amount, currency, row.difference, row.offer, working, None]
