"""What single cells say; blanks are missing, zero is a price (DOMAIN S6, section 15)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from portal.catalogue.rules.sheets import cells
from portal.catalogue.rules.sheets.cells import AT_COST, Unreadable
from portal.catalogue.rules.sheets.spellings import read_choice
from portal.catalogue.rules.terms import BandOn, Basis, Bound, PercentOn, Rounding
from portal.kernel.tables import Cell

D = Decimal


def expectation(read: object, cell: Cell) -> str:
    with pytest.raises(Unreadable) as caught:
        read(cell)  # type: ignore[operator]
    return str(caught.value.expected)


@pytest.mark.parametrize(
    ("cell", "price"),
    [
        ("760 USD", (D(760), "USD")),
        ("USD 760", (D(760), "USD")),
        ("USD760", (D(760), "USD")),
        ("565   CNY  ", (D(565), "CNY")),
        ("1,250.00 usd", (D(1250), "USD")),
        ("１２３．５ 元", (D("123.5"), "CNY")),
        ("美元 12", (D(12), "USD")),
        ("-60 USD", (D(-60), "USD")),
        ("1,234,567", (D(1234567), "")),
        (".5", (D("0.5"), "")),
        (D("72.5"), (D("72.5"), "")),
        ("0", (D(0), "")),
        ("免", (D(0), "")),
        ("实报实销", (AT_COST, "")),
        (None, (None, "")),
        ("   ", (None, "")),
        ("-", (None, "")),
        ("n/a", (None, "")),
    ],
)
def test_a_price_is_read_in_every_usual_spelling(cell: Cell, price: object):
    assert cells.read_price(cell) == price


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("INR", "a number before INR"),
        (" CNY", "a number before CNY"),
        ("72,5", "a decimal point, not a comma"),
        ("1.250,00", "a decimal point, not a comma"),
        ("72,5 USD", "a decimal point, not a comma"),
        ("$5", "several meanings"),
        ("5 ￥", "several meanings"),
        ("12 abc", "a currency code"),
        ("on request", "a number"),
        ("1 250", "a number"),
        ("1e5", "a number"),
        ("#REF!", "an error"),
        ("0.1234567", "at most 6 decimals"),
        (10**12, "a number below"),
        (True, "a number"),
        (date(2026, 3, 2), "turned this cell into a date"),
    ],
)
def test_what_is_no_price_is_told_with_what_was_expected(cell: Cell, expected: str):
    written = D(cell) if type(cell) is int else cell
    assert expected in expectation(cells.read_price, written)


@pytest.mark.parametrize(
    "cell",
    [
        "2011-04-29", "2011/4/29", "2011.4.29", "20110429", "2011年4月29日", "29-Apr-2011",
        "29 Apr 2011", "Apr 29, 2011", "2011-04-29 00:00:00", "40662", D(40662),
        date(2011, 4, 29), datetime(2011, 4, 29, 12, 30, tzinfo=UTC),
    ],
)  # fmt: skip
def test_a_day_is_read_in_every_unambiguous_spelling(cell: Cell):
    assert cells.read_day(cell) == date(2011, 4, 29)


@pytest.mark.parametrize("cell", ["02/03/2026", "2-3-26", "31.02.2026"])
def test_a_day_that_could_be_a_month_is_refused(cell: str):
    assert "could be exchanged" in expectation(cells.read_day, cell)


@pytest.mark.parametrize("cell", ["soon", "2026-02-30", D(5)])
def test_what_is_no_day_is_refused(cell: Cell):
    assert "such as 2026-03-02" in expectation(cells.read_day, cell)


@pytest.mark.parametrize(
    ("cell", "percent"), [("4%", D(4)), ("0.5 %", D("0.5")), (D(4), D(4)), ("", None)]
)
def test_a_percentage_is_four_for_four_percent(cell: Cell, percent: Decimal | None):
    assert cells.read_percent(cell) == percent


def test_a_bare_fraction_is_no_percentage_since_it_could_mean_two_things():
    assert "two meanings" in expectation(cells.read_percent, D("0.04"))


@pytest.mark.parametrize("cell", ["CY/CY", "CY / CY", "CYCY", "cy-cy", " CY CY "])
def test_a_service_mode_has_one_spelling(cell: str):
    assert cells.read_mode(cell) == "CY/CY"


@pytest.mark.parametrize(
    ("cell", "days"), [("28", 28), (D(2), 2), ("1-2天", 2), ("25~28 days", 28), (None, None)]
)
def test_of_a_span_of_days_the_longer_is_promised(cell: Cell, days: int | None):
    assert cells.read_days(cell) == days


@pytest.mark.parametrize(
    ("cell", "code"), [("usd", "USD"), ("RMB", "CNY"), ("人民币", "CNY"), (" ", "")]
)
def test_a_currency_is_a_code_or_its_usual_word(cell: str, code: str):
    assert cells.read_currency(cell) == code


def test_an_unknown_currency_is_refused_and_so_is_a_flag_that_says_neither_yes_nor_no():
    assert "a currency code" in expectation(cells.read_currency, "XXY")
    assert [cells.read_flag(cell) for cell in ("是", "no", "")] == [True, False, None]
    assert "yes or no" in expectation(cells.read_flag, "maybe")


def test_words_lose_width_and_extra_blanks():
    assert cells.read_text("  ＡＩＲ   Freight , x  ") == "AIR Freight, x"


@pytest.mark.parametrize("kind", [Basis, Bound, BandOn, Rounding, PercentOn])
def test_an_unknown_choice_is_told_with_every_choice_there_is(kind):
    with pytest.raises(Unreadable) as told:
        read_choice(kind, "something")
    named = str(told.value.expected).removeprefix("one of: ").split(", ")
    assert named == [choice.value for choice in kind]
