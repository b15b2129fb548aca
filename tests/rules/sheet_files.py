"""Small files for the tests of the sheet reader."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from decimal import Decimal

import xlsxwriter

from portal.catalogue.rules.sheets.meaning import Meaning as M
from portal.catalogue.rules.sheets.profile import Column, Layout, Places, Profile, constants
from portal.catalogue.rules.sheets.reading import read_prices
from portal.catalogue.rules.sheets.rows import Lookups, Reading
from portal.kernel.tables import Cell, table_of

PORTS = {"上海": "CNSHA", "Shanghai": "CNSHA", "宁波": "CNNGB", "纽约": "USNYC", "汉堡": "DEHAM"}
LINES = Profile(
    name="lines",
    layout=Layout.LINES,
    columns=(
        Column("POL", M.ORIGIN),
        Column("POD", M.DESTINATION),
        Column("Charge", M.CHARGE_CODE),
        Column("Unit", M.UNIT),
        Column("Price", M.PRICE),
        Column("From", M.VALID_FROM),
        Column("To", M.VALID_TO),
    ),
    constants=constants(category="sea", load="lcl"),
)
LINES_HEADER = ("POL", "POD", "Charge", "Unit", "Price", "From", "To")
BOXES = Profile(
    name="boxes",
    layout=Layout.BOX_COLUMNS,
    columns=(
        Column("POL", M.ORIGIN),
        Column("POD", M.DESTINATION),
        Column("20GP", M.BOX, "20GP"),
        Column("40GP", M.BOX, "40GP"),
    ),
    constants=constants(category="sea", load="fcl", charge_code="O/F", currency="USD"),
)
BANDS = Profile(
    name="bands",
    layout=Layout.BAND_LINES,
    columns=(
        Column("to", M.DESTINATION),
        Column("over", M.OVER),
        Column("up to", M.UP_TO),
        Column("rate", M.BAND_RATE),
    ),
    constants=constants(category="road", charge_code="T/F", currency="CNY", unit="KGM"),
    places=Places.FREE,
)
BANDS_HEADER = ("to", "over", "up to", "rate")


def read(profile: Profile, *rows: Sequence[object]) -> Reading:
    """Read rows (the first is the header) by `profile`; whole numbers stand for numeric cells."""
    return read_prices(table_of([_cells(row) for row in rows]), profile, Lookups(PORTS.get))


def lines(*rows: Sequence[object]) -> Reading:
    """Read lines below the usual header."""
    return read(LINES, LINES_HEADER, *rows)


def _cells(row: Sequence[object]) -> list[Cell]:
    return [Decimal(cell) if type(cell) is int else cell for cell in row]  # type: ignore[misc]


def told(reading: Reading) -> list[tuple[int | None, str | None, str]]:
    """(row, column, found) of every error."""
    return [(one.row, one.column, one.found) for one in reading.errors]


def workbook(rows: Sequence[Sequence[object]], sheet: str = "Prices", merge: str = "") -> bytes:
    """An .xlsx file with these rows."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    page = book.add_worksheet(sheet)
    for number, row in enumerate(rows):
        page.write_row(number, 0, row)
    if merge:
        page.merge_range(merge, "both")
    book.close()
    return stream.getvalue()


def archive(parts: dict[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip file with these parts."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", packing) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return stream.getvalue()


def parts_of(content: bytes) -> dict[str, bytes]:
    """The parts of a zip file."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def with_sheet(content: bytes) -> bytes:
    """A workbook whose first sheet has this XML."""
    return archive(parts_of(workbook([["a"]])) | {"xl/worksheets/sheet1.xml": content})
