"""Tax invoices: numbers, sums, coverage, remark, red letters (DOMAIN R7)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from portal.kernel.errors import InvalidMany
from portal.receivables.rules.invoices import (
    Billable,
    InvoiceFacts,
    RedFacts,
    check,
    check_red,
    missing_in_remark,
    number_problems,
    transport_remark,
)
from portal.receivables.rules.kinds import InvoiceKind

D = Decimal
DAY = date(2026, 3, 2)
DIGITAL = "25312000000012345678"
GOOD = InvoiceFacts(
    InvoiceKind.SPECIAL, DIGITAL, DAY, "海港食品有限公司", D("94.34"), D("5.66"), D("100"),
    {1: D(60), 2: D(40)}, tax_number="91310000MA1FL0000X",
)  # fmt: skip
STATEMENTS = {
    1: Billable(1, "ST-2026-02-0001", "CNY", D(100), D(40)),
    2: Billable(2, "ST-2026-02-0002", "CNY", D(40), D(0)),
    3: Billable(3, "ST-2026-02-0003", "USD", D(40), D(0)),
}


def wrong(**changes) -> set[str]:
    with pytest.raises(InvalidMany) as refused:
        check(replace(GOOD, **changes), STATEMENTS, DAY)
    return set(refused.value.errors)


def test_an_invoice_for_what_is_confirmed_and_not_invoiced_is_right():
    check(GOOD, STATEMENTS, DAY)


@pytest.mark.parametrize(
    ("code", "number", "fields"),
    [
        ("", DIGITAL, set()), ("031002300111", "12345678", set()),
        ("", DIGITAL[:-1], {"number"}), ("", "12345678", {"code"}),
        ("0310023001", "12345678", {"code"}), ("031002300111", "1234567", {"number"}),
        ("031002300111", DIGITAL, {"number"}), ("", "2531200000001234567X", {"number"}),
        ("03100230011x", "123", {"code", "number"}),
    ],
)  # fmt: skip
def test_a_number_has_twenty_digits_or_twelve_and_eight(code, number, fields):
    assert set(number_problems(InvoiceKind.ORDINARY, code, number)) == fields


def test_a_debit_note_has_a_number_of_our_own():
    assert number_problems(InvoiceKind.RECEIPT, "", "DN-2026-7") == {}
    assert set(number_problems(InvoiceKind.RECEIPT, "", "")) == {"number"}


def test_the_sum_of_invoices_never_exceeds_what_is_confirmed():
    assert wrong(covers={1: D("60.01"), 2: D("39.99")}) == {"covers-1"}


def test_net_and_tax_and_what_it_covers_add_up():
    assert wrong(net_amount=D("94.35")) == {"gross_amount"}
    assert wrong(covers={1: D(60)}) == {"gross_amount"}
    assert wrong(net_amount=D("94.345"), tax_amount=D("5.655")) == {"net_amount", "tax_amount"}


def test_it_covers_statements_of_its_currency_that_are_known():
    assert wrong(covers={1: D(60), 3: D(40)}) == {"covers-3"}
    assert wrong(covers={1: D(60), 9: D(40)}) == {"covers-9"}


def test_title_tax_number_and_a_day_that_has_come_are_needed():
    named = wrong(title="", tax_number="", issued_on=date(2026, 3, 3))
    assert named == {"title", "tax_number", "issued_on"}
    check(replace(GOOD, kind=InvoiceKind.ORDINARY, tax_number=""), STATEMENTS, DAY)


def test_a_transport_invoice_names_origin_destination_vehicle_and_goods():
    whole = transport_remark("上海", "成都", "沪A12345", "电子产品")
    check(replace(GOOD, is_transport=True, remark=whole), STATEMENTS, DAY)
    assert wrong(is_transport=True, remark="起运地:上海 到达地:成都") == {"remark"}
    check(replace(GOOD, remark=""), STATEMENTS, DAY)


def test_a_label_without_a_word_behind_it_names_nothing():
    assert missing_in_remark("起运地:上海 到达地: 车种车号:沪A12345 货物:电子产品") == (
        "destination",
    )
    assert missing_in_remark("起运地：上海；到达地：成都；车号：沪A；货物：电子") == ()
    assert missing_in_remark("Origin: Shanghai, Destination: Chengdu") == ("vehicle", "goods")


def test_a_red_invoice_needs_sheet_reason_and_a_day_after_the_blue():
    good = RedFacts(DIGITAL[:-1] + "9", DAY, "3101042603000001", "金额有误")
    check_red(good, InvoiceKind.SPECIAL, DAY, DAY)
    for change in (
        {"sheet_number": ""},
        {"reason": ""},
        {"issued_on": date(2026, 3, 1)},
        {"number": "1"},
    ):
        with pytest.raises(InvalidMany) as refused:
            check_red(replace(good, **change), InvoiceKind.SPECIAL, DAY, DAY)
        assert set(refused.value.errors) == set(change)
