"""Rounding, writing and naming of money (F1, F9)."""

from __future__ import annotations

import pytest

from portal.kernel.errors import Invalid
from portal.kernel.money import (
    CURRENCIES,
    format_amount,
    format_money,
    format_rate,
    minor_units,
    round_money,
)
from tests.rules.prices import D


@pytest.mark.parametrize(
    ("exact", "rounded"),
    [("0.005", "0.01"), ("1.005", "1.01"), ("2.675", "2.68"), ("-0.005", "-0.01")],
)
def test_half_a_fen_rounds_away_from_zero(exact, rounded):
    assert round_money(D(exact)) == D(rounded)


@pytest.mark.parametrize(
    ("currency", "rounded"),
    [("JPY", "1235"), ("KRW", "1235"), ("KWD", "1234.568"), ("USD", "1234.57")],
)
def test_each_currency_rounds_to_its_own_minor_unit(currency, rounded):
    assert str(round_money(D("1234.5675"), currency)) == rounded
    assert minor_units(currency) == len(rounded.partition(".")[2])


def test_an_unknown_currency_is_refused_by_name():
    with pytest.raises(Invalid, match="XYZ is not a currency code"):
        round_money(D(1), "XYZ")


def test_amounts_are_written_with_thousands_and_the_code_before_them():
    assert format_amount(D("1482")) == "1,482.00"
    assert format_money(D("-1234567.891"), "KWD") == "KWD -1,234,567.891"
    assert format_money(D("5000"), "JPY") == "JPY 5,000"


def test_rates_keep_their_decimals_and_lose_idle_zeros():
    assert format_rate(D("0.566976")) == "0.566976"
    assert [format_rate(D(text)) for text in ("28.5000", "7", "1200.10")] == [
        "28.50",
        "7.00",
        "1,200.10",
    ]


def test_every_currency_has_both_names_and_a_code_of_three_letters():
    assert len(CURRENCIES) >= 60
    for code, currency in CURRENCIES.items():
        assert len(code) == 3
        assert currency.name_zh
        assert currency.name_en
