"""A bank's file: columns in several spellings, what came in, whose it is (DOMAIN R8)."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal

import pytest

from portal.kernel.errors import FileProblems
from portal.kernel.tables import table_of
from portal.receivables.rules.bank_columns import find_columns
from portal.receivables.rules.bank_rows import read
from portal.receivables.rules.payers import FoundBy, Match, Payer, Payers, numbers_in

D = Decimal
TODAY = date(2026, 3, 2)
ICBC = [
    "交易日期",
    "借方发生额",
    "贷方发生额",
    "余额",
    "对方户名",
    "对方账号",
    "摘要",
    "交易流水号",
]
CMB = ["入账日期", "收入金额", "支出金额", "对方名称", "用途", "附言", "币种"]
SIDED = ["日期", "借贷标志", "金额", "付款人名称", "摘要", "流水号"]


def reading(header, *rows, above=(), **more):
    table = table_of([*above, header, *rows])
    return read(table, find_columns(table), TODAY, **{"account": "6222-0001", **more})


def problems(found):
    return [(each.row, each.column, each.found, str(each.expected)) for each in found.problems]


def test_credits_are_read_and_debits_only_counted():
    found = reading(
        ICBC,
        ["2026-02-27", "", "1,250.00", "9,000", "海港食品有限公司", "6222 0202", "货款 ST-2026-02-0001", "A1"],
        ["2026-02-28", "88.5", "", "8,911.5", "房东", "1", "房租", "A2"],
    )  # fmt: skip
    (row,) = found.rows
    assert (row.on, row.amount, row.payer_name, row.payer_account, row.reference) == (
        date(2026, 2, 27), D(1250), "海港食品有限公司", "62220202", "A1",
    )  # fmt: skip
    assert (row.account, row.currency, row.memo) == ("62220001", "CNY", "货款 ST-2026-02-0001")
    assert (found.count, found.debits, found.problems) == (2, 1, [])


def test_another_bank_s_headers_mean_the_same_and_memos_are_joined():
    found = reading(CMB, ["20260227", D("70"), None, "北风", "运费", "二月", "USD"])
    (row,) = found.rows
    assert (row.on, row.amount, row.currency, row.memo) == (
        date(2026, 2, 27), 70, "USD", "运费 二月",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("side", "came"), [("贷", 1), ("贷方", 1), ("C", 1), ("借", 0), ("支出", 0)]
)
def test_one_column_of_amounts_with_the_side_beside_it(side, came):
    found = reading(SIDED, ["2026-02-27", side, "100", "海港", "x", "7"])
    assert (len(found.rows), found.debits) == (came, 1 - came)


def test_a_sign_says_the_side_where_no_column_does():
    header = ["Date", "Amount", "Payer", "Reference"]
    found = reading(header, ["2026-02-27", "-5.00", "x", "1"], ["2026-02-27", "5.00", "x", "2"])
    assert ([row.amount for row in found.rows], found.debits) == ([5], 1)


def test_lines_above_the_header_may_name_our_account_and_totals_below_are_left_out():
    found = reading(
        ICBC, ["2026-02-27 08:15:00", None, D("1"), None, "a", "1", "b", "c"], ["合计", "", "1.00"],
        above=(["账户明细查询"], ["账号:6217 0000 1111 2222", "户名:远港物流"]),
    )  # fmt: skip
    assert [row.account for row in found.rows] == ["6217000011112222"]
    assert (found.count, found.problems) == (1, [])


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (["27.2", "", "1", "", "a", "1", "m", "r"], (2, "A · 交易日期", "27.2", "a date such as 2026-03-02")),
        (["2026-02-27", "", "1o", "", "a", "1", "m", "r"], (2, "C · 贷方发生额", "1o", "a number")),
        (["2026-02-27", "", "", "", "a", "1", "m", "r"], (2, "C · 贷方发生额", "", "an amount")),
        (["2026-02-27", "1", "1", "", "a", "1", "m", "r"],
         (2, "C · 贷方发生额", "1", "money in or money out, not both")),
        (["2026-02-27", "", "1.005", "", "a", "1", "m", "r"],
         (2, "C · 贷方发生额", "1.005", "an amount with the decimals of CNY")),
        (["2026-03-03", "", "1", "", "a", "1", "m", "r"],
         (2, "A · 交易日期", "2026-03-03", "a day that is not still to come")),
    ],
)  # fmt: skip
def test_a_wrong_row_is_named_by_row_and_column(row, problem):
    found = reading(ICBC, row)
    assert (problems(found), found.rows) == ([problem], [])


def test_a_reference_counts_once_in_a_file():
    row = ["2026-02-27", "", "1", "", "a", "1", "m", "r"]
    assert problems(reading(ICBC, row, row)) == [
        (3, "H · 交易流水号", "r", "a reference that is used once; row 2 has it")
    ]


def test_a_bank_without_references_gets_the_same_ones_each_time_and_twins_different_ones():
    row = ["2026-02-27", D("70"), None, "北风", "运费", "二月", "CNY"]
    first, again = (reading(CMB, row, row).rows for _ in range(2))
    assert [each.reference for each in first] == [each.reference for each in again]
    assert len({each.reference for each in first}) == 2


def test_an_account_must_be_told_somewhere():
    (problem,) = reading(ICBC, ["2026-02-27", "", "1", "", "a", "1", "m", "r"], account="").problems
    assert "which of our accounts" in str(problem.expected)


def test_a_file_without_rows_or_without_a_header_is_no_bank_file():
    assert "at least one row" in str(reading(ICBC).problems[0].expected)
    with pytest.raises(FileProblems):
        find_columns(table_of([["a", "b"], ["c", "d"]]))
    with pytest.raises(FileProblems) as refused:
        find_columns(table_of([["对方户名", "摘要", "余额", "对方账号"]]))
    assert [each.column for each in refused.value.problems] == [
        "入账日期 / Posting date",
        "贷方发生额 / Credit",
    ]


def test_a_spreadsheet_s_own_dates_and_numbers_are_read():
    day = datetime.combine(date(2026, 2, 27), time(9, 30))
    (row,) = reading(ICBC, [day, None, D("3.5"), None, "a", D(123), "m", D(77)]).rows
    assert (row.on, row.amount) == (date(2026, 2, 27), D("3.5"))
    assert (row.payer_account, row.reference) == ("123", "77")


PAYERS = Payers.of([
    Payer(1, ("海港食品有限公司", "Harbour Foods Ltd."), "海港食品", "6222 0202"),
    Payer(2, ("北风零件有限公司", "Nordwind Parts GmbH"), "北风"),
    Payer(3, ("北风贸易有限公司",), "北风"),
])  # fmt: skip
OWNERS = {"ST-2026-02-0001": (1, 11), "ST-2026-02-0002": (2, 22)}


@pytest.mark.parametrize(
    ("name", "account", "memo", "match"),
    [
        ("somebody", "6222-0202", "", Match(1, FoundBy.ACCOUNT)),
        ("海港食品 有限公司", "", "", Match(1, FoundBy.NAME)),
        ("HARBOUR FOODS LTD", "", "", Match(1, FoundBy.NAME)),
        ("海港食品", "", "付 ST-2026-02-0001", Match(1, FoundBy.SHORT_NAME, (11,))),
        ("", "", "st-2026-02-0002运费", Match(2, FoundBy.MEMO, (22,))),
        ("北风", "", "", None), ("北风", "", "ST-2026-02-0002", Match(2, FoundBy.SHORT_NAME, (22,))),
        ("海港食品有限公司", "", "ST-2026-02-0002", None), ("", "", "", None),
        ("谁", "", "ST-2026-02-0001 ST-2026-02-0002", None),
    ],
)  # fmt: skip
def test_the_payer_is_found_by_account_name_or_a_number_in_the_memo(name, account, memo, match):
    assert PAYERS.find(name, account, memo, OWNERS) == match


def test_numbers_stand_apart_from_the_words_around_them():
    assert numbers_in("付ST-2026-02-0001，25312000000012345678、12345678号;X12345678") == (
        "ST-2026-02-0001", "25312000000012345678", "12345678",
    )  # fmt: skip
