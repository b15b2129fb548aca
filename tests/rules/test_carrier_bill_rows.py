"""How a carrier's bill and our outbound records are read, and what is told about wrong cells."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from portal.billing.rules.carrier_bill_rows import charge_of, read_bill, read_outbound
from portal.billing.rules.carrier_bills import BillLine, Charge, OwnRecord
from portal.kernel.errors import FileProblems, Problem
from portal.kernel.tables import Cell, Table, table_of

D = Decimal
CHINESE = ["日期", "运单号", "区域", "计费重量", "产品类型", "费用", "应付", "增值服务"]
ENGLISH = [
    "bill_date", "waybill", "region", "charge_kg", "product", "fee", "payable", "extra_service",
]  # fmt: skip
ROW = ["2020-08-01", "SF1", "上海", "3.400", "特惠专配", "12.20", "11.00", ""]


def sheet(*rows: list[Cell], header: list[str] = CHINESE) -> Table:
    return table_of([header, *rows])


def wrong(read, table: Table) -> list[Problem]:
    with pytest.raises(FileProblems) as told:
        read(table)
    return list(told.value.problems)


def sentences(problems: list[Problem]) -> list[tuple[int | None, str | None, str]]:
    return [(each.row, each.column, str(each.expected)) for each in problems]


@pytest.mark.parametrize("header", [CHINESE, ENGLISH])
def test_a_bill_is_read_under_chinese_and_english_headers(header):
    assert read_bill(sheet(ROW, header=header)) == [
        BillLine(
            "SF1", Charge.FREIGHT, D("11.00"), D("3.400"), date(2020, 8, 1), "上海", "特惠专配"
        )
    ]


def test_a_bill_may_begin_below_a_title_and_end_with_its_total():
    table = table_of(
        [["顺丰速运"], [], ["运单号码", "费用(元)"], ["SF1", "8.80"], ["合计", "8.80"]]
    )
    assert [line.amount for line in read_bill(table)] == [D("8.80")]


def test_a_total_that_the_lines_do_not_come_to_is_told():
    table = table_of([["运单号", "备注", "应付"], ["SF1", "", "8.80"], ["", "合计", "9.80"]])
    assert sentences(wrong(read_bill, table)) == [
        (3, "C · 应付", "the sum of the lines above, 8.80")
    ]


def test_a_page_total_in_the_waybills_column_is_a_total_too():
    table = table_of([["备注", "运单号", "应付"], ["", "SF1", "8.80"], ["小计", "", "8.80"]])
    assert len(read_bill(table)) == 1


def test_without_a_payable_column_the_discount_is_taken_off_the_fee():
    table = table_of([["waybill", "fee", "discount"], ["SF1", "10.00", "1.50"], ["SF2", "4", ""]])
    assert [line.amount for line in read_bill(table)] == [D("8.50"), D(4)]


def test_of_two_weights_the_charged_one_counts():
    table = table_of([["重量", "运单号", "计费重量", "应付"], ["1", "SF1", "2", "9"]])
    assert read_bill(table)[0].kg == D(2)


def test_two_columns_of_money_are_told_and_not_chosen_from():
    table = table_of([["运单号", "费用", "运费"], ["SF1", "1", "2"]])
    assert sentences(wrong(read_bill, table)) == [(1, "B, C", "the column “费用” only once")]


def test_missing_columns_are_named():
    problems = wrong(read_bill, table_of([["运单号", "日期"], ["SF1", "2020-08-01"]]))
    assert [each.column for each in problems] == ["应付 / payable / 费用 / fee"]
    assert wrong(read_bill, table_of([["nothing", "known"]]))[0].row is None


@pytest.mark.parametrize(
    ("service", "charge"),
    [
        ("", Charge.FREIGHT), ("运费", Charge.FREIGHT), ("保价", Charge.INSURANCE), ("特安", Charge.INSURANCE),
        ("保价费", Charge.INSURANCE), ("转寄退回", Charge.RETURN), ("退回运费", Charge.RETURN),
        ("签单返还", Charge.OTHER), ("Insurance", Charge.INSURANCE), ("超长超重附加费", Charge.OTHER),
    ],
)  # fmt: skip
def test_an_extra_service_says_what_a_line_charges(service, charge):
    assert charge_of(service) is charge


def test_wrong_cells_are_named_by_row_and_column():
    bad = ["2020-13-01", "", "上海", "-1", "", "", "1.234", ""]
    assert sentences(wrong(read_bill, sheet(ROW, bad))) == [
        (3, "B · 运单号", "This must be filled in."),
        (3, "G · 应付", "an amount in CNY to the cent"),
        (3, "D · 计费重量", "a weight in kg, from 0 to 100,000"),
        (3, "A · 日期", "a date such as 2026-03-02"),
    ]


def test_an_amount_that_is_missing_is_not_nought():
    assert sentences(wrong(read_bill, sheet([*ROW[:6], None, ""]))) == [
        (2, "G · 应付", "This must be filled in.")
    ]


def test_a_waybill_that_a_spreadsheet_shortened_is_refused():
    problems = wrong(read_bill, sheet([ROW[0], "7.73013E+14", *ROW[2:]]))
    assert "shortened" in str(problems[0].expected)


def test_blanks_and_small_letters_do_not_part_two_sides_of_a_waybill():
    bill = read_bill(sheet([ROW[0], "'sf 1 ", *ROW[2:]]))
    own = read_outbound(table_of([["运单号", "实重"], ["SF1", "3"]]))
    assert bill[0].waybill in own


def test_our_records_are_read_and_a_blank_weight_was_not_weighed():
    header = ["waybill", "customer", "channel", "actual_kg", "ship_date"]
    table = table_of([header, ["S1", "C05", "淘宝", "1.66", "2020-08-09"], ["S2", "", "", "", ""]])
    assert read_outbound(table) == {
        "S1": OwnRecord("S1", D("1.66"), date(2020, 8, 9), "C05"),
        "S2": OwnRecord("S2", D(0)),
    }


def test_a_waybill_that_stands_twice_in_our_records_is_told_with_both_rows():
    table = table_of([["运单号", "实际重量"], ["S1", "1"], ["S1", "2"]])
    assert sentences(wrong(read_outbound, table)) == [
        (3, "A · 运单号", "a waybill of its own; row 2 has the same")
    ]


def test_a_file_with_only_its_header_is_told():
    assert sentences(wrong(read_bill, sheet())) == [
        (2, None, "at least one row below the header row")
    ]
