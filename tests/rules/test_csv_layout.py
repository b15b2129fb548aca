"""The customer's own CSV: its columns, signs and encodings; nothing runs as a formula; what is wrong is named."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.billing.rules.csv_layout import (
    FIELDS,
    MOST_COLUMNS,
    Column,
    CsvLayout,
    DateFormat,
    DecimalSign,
    Encoding,
    Separator,
    write,
)
from portal.kernel.errors import Invalid
from portal.kernel.text import t
from tests.rules.prices import D

ROW = defaultdict(
    str,
    statement="ST-2026-000012",
    serial=7,
    name_zh="国际空运费",
    starts_on=date(2026, 3, 7),
    quantity=D("1234.500000"),
    rate=D("0.566976"),
    amount=D("-1234.500"),
    line_currency="USD",
    gross_amount=D("8800.000"),
    currency="CNY",
    is_late=True,
    state=t("Confirmed"),
    note=None,
)


def layout(*names: str, **more) -> CsvLayout:
    return CsvLayout(tuple(map(Column, names)), **more)


def rows_of(made: CsvLayout, *rows) -> list[list[str]]:
    text = write(made, rows or [ROW]).decode(made.encoding.value)
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=made.separator.value))


def cells(made: CsvLayout) -> list[str]:
    return rows_of(made)[-1]


def test_the_usual_layout_has_headings_and_one_row_for_each_line():
    head, *rows = rows_of(CsvLayout(), ROW, ROW)
    assert head[:3] == ["Statement", "Line", "Served"] and len(rows) == 2


def test_columns_come_in_the_customers_order_under_its_own_headings():
    made = CsvLayout((Column("gross_amount", "金额(含税)"), Column("serial")))
    assert rows_of(made) == [["金额(含税)", "Line"], ["8800.00", "7"]]


def test_headings_may_be_left_out():
    assert rows_of(layout("serial", with_headings=False)) == [["7"]]


def test_amounts_have_their_currencys_decimals_and_others_no_idle_zeros():
    assert cells(layout("amount", "gross_amount", "quantity", "rate")) == [
        "-1234.50",
        "8800.00",
        "1234.5",
        "0.566976",
    ]
    yen = {**ROW, "currency": "JPY"}
    assert rows_of(layout("gross_amount"), yen)[-1] == ["8800"]


def test_a_decimal_comma_goes_with_semicolons():
    made = layout("amount", "rate", separator=Separator.SEMICOLON, decimal_sign=DecimalSign.COMMA)
    assert write(made, [ROW]).decode("utf-8-sig").endswith("-1234,50;0,566976\r\n")


@pytest.mark.parametrize(
    ("chosen", "written"),
    [
        (DateFormat.ISO, "2026-03-07"),
        (DateFormat.SLASHES, "2026/03/07"),
        (DateFormat.COMPACT, "20260307"),
        (DateFormat.DAY_FIRST, "07.03.2026"),
        (DateFormat.DAY_SLASHES, "07/03/2026"),
    ],
)
def test_days_are_written_as_the_customer_writes_them(chosen, written):
    assert cells(layout("starts_on", date_format=chosen)) == [written]


def test_nothing_is_empty_and_yes_is_1():
    assert cells(layout("note", "is_late", "state")) == ["", "1", "Confirmed"]


def test_words_are_said_in_the_readers_language():
    body = write(layout("state", "serial"), [ROW], say=lambda text: f"«{text}»")
    assert body.decode("utf-8-sig") == "«Answer to the line»,«Line»\r\n«Confirmed»,7\r\n"


def test_chinese_in_the_encodings_that_spreadsheets_here_expect():
    chinese = {one: write(layout("name_zh", encoding=one), [ROW]) for one in Encoding}
    assert chinese[Encoding.UTF_8_SIG].startswith(b"\xef\xbb\xbf")
    assert not chinese[Encoding.UTF_8].startswith(b"\xef\xbb\xbf")
    assert "国际空运费".encode("gb18030") in chinese[Encoding.GB18030]


@pytest.mark.parametrize("risky", ["=1+1", "+86 21", "-x", "@SUM(A1)", "\tx", "\r=x"])
def test_no_text_runs_as_a_formula(risky):
    (cell,) = (
        cells(layout("reference")) and rows_of(layout("reference"), {**ROW, "reference": risky})[-1]
    )
    assert cell[:1] not in tuple("=+-@\t\r")


def test_no_heading_runs_as_a_formula():
    made = CsvLayout((Column("serial", "=cmd()"),))
    assert rows_of(made)[0] == ["'=cmd()"]


@given(st.text(max_size=30), st.sampled_from(Separator), st.sampled_from(Encoding))
def test_any_text_stays_one_cell_of_one_row(text, separator, encoding):
    made = layout("reference", "serial", separator=separator, encoding=encoding)
    clean = text.encode("utf-8", "ignore").decode()
    found = rows_of(made, {**ROW, "reference": clean})
    assert len(found) == 2 and [len(row) for row in found] == [2, 2] and found[1][1] == "7"


LAYOUTS = st.builds(
    CsvLayout,
    st.lists(
        st.builds(Column, st.sampled_from(sorted(FIELDS))), min_size=1, max_size=9, unique=True
    ).map(tuple),
    st.sampled_from([Separator.SEMICOLON, Separator.TAB, Separator.PIPE]),
    st.sampled_from(Encoding),
    st.sampled_from(DecimalSign),
    st.sampled_from(DateFormat),
    st.booleans(),
)


@given(LAYOUTS)
def test_a_layout_is_read_back_as_it_was_kept(made):
    assert made.check() == []
    assert CsvLayout.from_json(made.to_json()) == made


def test_an_empty_layout_is_the_usual_one_and_sound():
    assert CsvLayout.from_json({}) == CsvLayout()
    assert CsvLayout().check() == []


def test_columns_may_be_given_by_their_names_alone():
    assert CsvLayout.from_json({"columns": ["serial", ["amount", "金额"]]}).columns == (
        Column("serial"),
        Column("amount", "金额"),
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("columns", "serial"),
        ("columns", []),
        ("columns", [["serial", "x", "y"]]),
        ("columns", [[7, "x"]]),
        ("columns", [["cost", "x"]]),
        ("columns", ["serial", "serial"]),
        ("columns", [["serial", "x" * 81]]),
        ("columns", [["serial", "a\nb"]]),
        ("columns", [["serial", f"{n}"] for n in range(MOST_COLUMNS + 1)]),
        ("separator", "::"),
        ("separator", ["x"]),
        ("encoding", "big5"),
        ("decimal_sign", ","),
        ("decimal_sign", "·"),
        ("date_format", "%Y"),
        ("with_headings", "yes"),
        ("colour", "red"),
    ],
)
def test_a_wrong_layout_is_refused_with_its_field(field, value):
    with pytest.raises(Invalid) as refused:
        CsvLayout.from_json({field: value})
    assert refused.value.field == field


def test_what_is_no_layout_at_all_is_refused():
    with pytest.raises(Invalid) as refused:
        CsvLayout.from_json([])
    assert refused.value.field == "csv_layout"


def test_a_row_without_a_field_is_a_mistake_and_no_empty_cell():
    with pytest.raises(KeyError):
        write(layout("amount"), [{"serial": 1}])
