"""Opening table files: what each is, what is refused and why, numbers exact, addresses kept."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from portal.kernel.errors import FileProblems
from portal.kernel.tables import (
    Limits,
    column_letter,
    column_number,
    open_table,
    write_csv,
    write_xlsx,
)
from tests.rules.sheet_files import archive, with_sheet, workbook

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
_SHEET = (
    b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/'
    b'2006/main"><sheetData>%s</sheetData></worksheet>'
)


def refused(content: bytes, name: str = "a.xlsx", **more: object) -> str:
    with pytest.raises(FileProblems) as caught:
        list(open_table(content, name, **more).rows())  # type: ignore[arg-type]
    return f"{caught.value.problems[0].found} | {caught.value.problems[0].expected}"


def test_a_workbook_is_read_with_the_rows_that_the_spreadsheet_shows():
    table = open_table(workbook([[], ["", "head"], ["x", 0.1 + 0.2]]))
    assert list(table.rows()) == [
        (1, [None, None]),
        (2, [None, "head"]),
        (3, ["x", Decimal("0.3")]),
    ]


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
def test_a_cell_far_away_is_refused_before_a_rectangle_is_laid_out_for_it(address: bytes):
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
