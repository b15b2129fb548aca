"""Amounts in words (F8)."""

from __future__ import annotations

import cn2an
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kernel.capitals import capital_amount, english_amount
from portal.kernel.errors import Invalid
from tests.rules.prices import D


@pytest.mark.parametrize(
    ("figure", "capitals"),
    [
        ("151442.11", "人民币壹拾伍万壹仟肆佰肆拾贰元壹角壹分"),
        ("33484.85", "人民币叁万叁仟肆佰捌拾肆元捌角伍分"),
        ("1409.50", "人民币壹仟肆佰零玖元伍角"),
        ("107000.53", "人民币壹拾万柒仟元伍角叁分"),
        ("10000.05", "人民币壹万元零伍分"),
        ("0.05", "人民币伍分"),
        ("0.50", "人民币伍角"),
        ("0", "人民币零元整"),
        ("100", "人民币壹佰元整"),
        ("1000000000000.50", "人民币壹万亿元伍角"),
        ("600008080", "人民币陆亿零捌仟零捌拾元整"),
        ("-5.2", "人民币负伍元贰角"),
    ],
)
def test_capitals_say_each_figure_as_a_bill_must(figure, capitals):
    assert capital_amount(D(figure)) == capitals


@given(st.integers(0, 10**8 - 1), st.integers(0, 99))
def test_capitals_agree_with_a_second_writer_below_a_hundred_million(yuan, fen):
    figure = f"{yuan}.{fen:02d}"
    assert capital_amount(D(figure)) == f"人民币{cn2an.an2cn(figure, 'rmb')}"


@pytest.mark.parametrize(
    ("figure", "currency", "words"),
    [
        ("20485", "USD", "SAY US DOLLARS TWENTY THOUSAND FOUR HUNDRED AND EIGHTY-FIVE ONLY"),
        (
            "1409.50",
            "USD",
            "SAY US DOLLARS ONE THOUSAND FOUR HUNDRED AND NINE AND CENTS FIFTY ONLY",
        ),
        ("1005", "USD", "SAY US DOLLARS ONE THOUSAND AND FIVE ONLY"),
        ("3000000", "JPY", "SAY JAPANESE YEN THREE MILLION ONLY"),
        ("12.345", "KWD", "SAY KUWAITI DINAR TWELVE AND 345/1000 ONLY"),
        ("-7", "GBP", "SAY POUNDS STERLING MINUS SEVEN ONLY"),
    ],
)
def test_english_words_end_with_only(figure, currency, words):
    assert english_amount(D(figure), currency) == words


def test_what_cannot_be_written_in_capitals_is_refused():
    with pytest.raises(Invalid, match="too large"):
        capital_amount(D(10) ** 15)
    with pytest.raises(Invalid, match="KWD"):
        capital_amount(D("1.005"), "KWD")
