"""Opening table files: what each is, what is refused and why, numbers exact, addresses kept."""

from __future__ import annotations

import contextlib
import io
import zipfile
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl.cell.rich_text import CellRichText
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from portal.kernel.errors import FileProblems
from portal.kernel.tables import (
    Limits,
    column_letter,
    column_number,
    open_table,
    write_csv,
    write_xlsx,
)
from tests.rules.sheet_files import archive, parts_of, with_sheet, workbook

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
DAY_AND_TIME = datetime(2026, 3, 2, 13, 30)  # noqa: DTZ001 - a spreadsheet has no zone
_SHEET = (
    b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/'
    b'2006/main"><sheetData>%s</sheetData></worksheet>'
)


def refused(content: bytes, name: str = "a.xlsx", **more: object) -> str:
    with pytest.raises(FileProblems) as caught:
        list(open_table(content, name, **more).rows())  # type: ignore[arg-type]
    return f"{caught.value.problems[0].found} | {caught.value.problems[0].expected}"


def test_a_workbook_is_read_with_the_rows_that_the_spreadsheet_shows():
    table = open_table(workbook([[], ["", "head"], [], ["x", 0.1 + 0.2]]))
    assert list(table.rows()) == [(2, [None, "head"]), (4, ["x", Decimal("0.3")])]
    assert table.row_count == 4


def test_empty_columns_before_the_first_keep_their_letters():
    table = open_table(workbook([["", "", "C"], ["", "", 5]]))
    assert [row for _, row in table.rows()] == [[None, None, "C"], [None, None, Decimal(5)]]


@pytest.mark.parametrize(
    ("typed", "exact"),
    [
        (0.566976, "0.566976"),
        (1e6, "1000000"),
        (760.0, "760"),
        (1.005, "1.005"),
        (1 / 3, "0.333333"),
    ],
)
def test_a_number_is_the_decimal_that_was_typed(typed: float, exact: str):
    ((_, row),) = open_table(workbook([[typed]])).rows()
    assert row == [Decimal(exact)]


def test_the_second_sheet_is_found_by_its_name():
    content = workbook([["a"]], "Rates 2026")
    assert open_table(content, sheet=" rates 2026 ").sheet == "Rates 2026"


def test_a_wrong_sheet_name_is_told_with_the_names_there_are():
    assert "“Prices” | a sheet called “Rates”" in refused(workbook([["a"]]), sheet="Rates")


def test_merged_cells_are_named():
    (merge,) = open_table(workbook([["a", "b"], ["c", "d"]], merge="A3:B4")).merges
    assert merge.address == "A3:B4"


def test_every_kind_of_cell_is_read_as_the_spreadsheet_shows_it():
    book = openpyxl.Workbook()
    page = book.active
    page.append([True, date(2026, 3, 2), DAY_AND_TIME, time(8, 30), "=1+1", CellRichText("a", "b")])
    page.append([44000, 44000, 0.25, 12.5])
    for column, look in enumerate(('[$-804]yyyy"年"m"月"', '0.00"days"', "0%", "[Red]0.0"), 1):
        page.cell(2, column).number_format = look
    stream = io.BytesIO()
    book.save(stream)
    assert list(open_table(stream.getvalue()).rows()) == [
        (1, [True, date(2026, 3, 2), DAY_AND_TIME, time(8, 30), None, "ab"]),
        (2, [date(2020, 6, 18), Decimal(44000), Decimal("0.25"), Decimal("12.5")]),
    ]


def test_days_of_a_workbook_that_counts_from_1904_are_the_days_that_were_typed():
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    book.active.append([date(2026, 3, 2)])
    stream = io.BytesIO()
    book.save(stream)
    assert list(open_table(stream.getvalue()).rows()) == [(1, [date(2026, 3, 2)])]


def test_cells_without_addresses_and_with_other_namespaces_are_read_in_turn():
    plain = b"<row><c><v>1</v></c><c t='str'><v>x</v></c></row><row/><row><c><v>2</v></c></row>"
    strict = (_SHEET % plain).replace(
        b"schemas.openxmlformats.org/spreadsheetml", b"purl.oclc.org/x"
    )
    assert list(open_table(with_sheet(strict)).rows()) == [(1, [1, "x"]), (3, [2])]


@pytest.mark.parametrize(
    "content",
    [
        b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + _SHEET % b"<row><c><v>&a;</v></c></row>",
        (_SHEET % b"<row><c><v>1</v></c></row>").decode().encode("utf-16"),
        _SHEET % b"<row><c><v>ten</v></c></row>",
        _SHEET % b"<row><c t='s'><v>99</v></c></row>",
        b"<worksheet",
    ],
)
def test_a_sheet_that_hides_something_or_is_broken_is_refused(content: bytes):
    assert "a workbook" in refused(with_sheet(content)) or "damaged" in refused(with_sheet(content))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
def test_chinese_text_is_read_in_every_usual_encoding(encoding: str):
    table = open_table("起运港,价格\r\n上海,760\r\n".encode(encoding), "a.csv")
    assert list(table.rows()) == [(1, ["起运港", "价格"]), (2, ["上海", "760"])]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(mark: str):
    table = open_table(f"a{mark}b{mark}c\n1{mark}2{mark}3\n".encode(), "a.csv")
    assert list(table.rows())[1] == (2, ["1", "2", "3"])


def test_rows_of_a_text_file_count_as_the_spreadsheet_would_show_them():
    table = open_table(b'a,b\n\n"two\nlines",2\nx,3\n', "a.csv")
    assert [number for number, row in table.rows() if row] == [1, 3, 4]


def test_a_text_file_is_read_from_its_path_again_and_again(tmp_path: Path):
    path = tmp_path / "rates.csv"
    path.write_bytes(b"a\n1\n")
    table = open_table(path)
    assert list(table.rows()) == list(table.rows()) == [(1, ["a"]), (2, ["1"])]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "not empty"),
        (OLE, "old .xls form"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "without a password"),
        (b"PK\x03\x04 no zip at all", "not damaged"),
        (workbook([["a"]])[:-40], "not damaged"),
        (archive(parts_of(workbook([["a"]])), zipfile.ZIP_BZIP2), "not damaged"),
        (archive({"word/document.xml": b"<w/>"}), "some other archive"),
        (archive({"xl/workbook.bin": b""}), "binary .xlsb"),
        (archive({"xl/vbaProject.bin": b"", "xl/workbook.xml": b""}), "without macros"),
        (archive({"[Content_Types].xml": b"", "xl/workbook.xml": b"<nonsense"}), "not damaged"),
        (b"<html><table></table></html>", "a web page"),
        (b"<?xml version='1.0'?><Workbook/>", "a web page"),
        (b"%PDF-1.7", "a PDF"),
        (b"POL,POD", "the content of this file is not one"),
        (workbook([]), "a header row"),
    ],
)
def test_what_is_no_workbook_is_refused_with_its_reason(content: bytes, why: str):
    assert why in refused(content)


@example([(7, 1)])  # its directory would begin before the file
@given(
    st.lists(
        st.tuples(st.integers(1, 22) | st.integers(1, 600), st.integers(0, 255)),
        min_size=1,
        max_size=4,
    )
)
def test_a_workbook_with_a_damaged_end_is_read_or_refused(damage: list[tuple[int, int]]):
    content = bytearray(workbook([["a", 1.5]]))
    for behind, byte in damage:
        content[-behind] = byte
    with contextlib.suppress(FileProblems):
        assert list(open_table(bytes(content), "a.xlsx").rows())


@pytest.mark.parametrize("content", [b"\x00\x01\x02\x03", b"a,b\n\xff\xff,\x81\n", b"a\x00b"])
def test_what_is_no_text_is_refused(content: bytes):
    assert "CSV text file" in refused(content, "a.csv")


def test_an_empty_text_file_is_refused():
    assert "a header row" in refused(b"\n\n,,\n", "a.csv")


def test_quotation_marks_that_never_close_are_told_and_not_swallowed():
    assert "matching quotation marks" in refused(b'a,b\n"' + b"x" * 200_000, "a.csv")


def test_a_bomb_is_refused_by_its_ratio_before_it_is_parsed():
    content = with_sheet(_SHEET % (b" " * 60_000_000))
    assert len(content) < 100_000
    assert "zip bomb" in refused(content)


def test_a_bomb_that_lies_about_its_size_is_refused_too():
    content = with_sheet(_SHEET % (b" " * 60_000_000))
    size = (60_000_000 + len(_SHEET) - 2).to_bytes(4, "little")
    assert content.count(size) == 2
    assert "zip bomb" in refused(content.replace(size, (100).to_bytes(4, "little")))


@pytest.mark.parametrize("address", [b"A200001", b"A9999999", b"XFD1", b"xfd9"])
def test_a_cell_far_away_is_refused(address: bytes):
    content = with_sheet(_SHEET % (b'<row><c r="%s"><v>1</v></c></row>' % address))
    assert "at most" in refused(content)


def test_too_many_rows_are_refused():
    few = Limits(rows=2)
    assert "at most 2 rows" in refused(b"a\n1\n2\n", "a.csv", limits=few)
    assert "at most 2 rows" in refused(workbook([["a"], [1], [2]]), limits=few)


def test_too_many_columns_and_too_large_files_are_refused():
    assert "at most 2 columns" in refused(b"a,b,c\n", "a.csv", limits=Limits(columns=2))
    assert "at most 0 MB" in refused(b"a,b,c\n", "a.csv", limits=Limits(packed=3))


def test_what_is_written_is_read_back_and_nothing_runs_as_a_formula():
    row = [
        "=1+1",
        "+49",
        "-",
        "@x",
        "'quoted",
        "'=y",
        "plain",
        "",
        Decimal("-60.5"),
        date(2026, 3, 2),
    ]
    text, book = io.BytesIO(), io.BytesIO()
    write_csv(text, [row])
    write_xlsx(book, ["a"] * len(row), [row])
    assert b"'=1+1,'+49,'-,'@x,''quoted,''=y" in text.getvalue()
    as_text = ["=1+1", "+49", "-", "@x", "'quoted", "'=y", "plain", None, "-60.5", "2026-03-02"]
    assert list(open_table(text.getvalue(), "a.csv").rows()) == [(1, as_text)]
    assert list(open_table(book.getvalue()).rows())[1] == (2, [*as_text[:8], *row[8:]])


@pytest.mark.parametrize(("number", "letters"), [(1, "A"), (26, "Z"), (27, "AA"), (703, "AAA")])
def test_columns_are_lettered_as_in_a_spreadsheet(number: int, letters: str):
    assert (column_letter(number), column_number(letters)) == (letters, number)
