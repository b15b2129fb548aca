"""Figures as people type them: commas between thousands only, no exponents, full-width digits."""

from __future__ import annotations

from decimal import Decimal

import pytest
from wtforms import Form

from portal.kernel.errors import Invalid
from portal.web.fields import AmountField, read_number


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("1,200.50", "1200.50"),
        ("１２００", "1200"),
        (" 10 000 ", "10000"),
        ("-5", "-5"),
        ("1,234,567", "1234567"),
    ],
)
def test_usual_spellings_are_read_exactly(typed: str, number: str) -> None:
    assert read_number(typed) == Decimal(number)


@pytest.mark.parametrize(
    "typed", ["1,5", "12,00", "1,23,456", "1e5", "NaN", "Infinity", "--1", "12a", "1.2.3"]
)
def test_what_may_mean_two_things_is_refused(typed: str) -> None:
    with pytest.raises(Invalid):
        read_number(typed)


def test_nothing_typed_is_nothing_and_not_zero() -> None:
    assert read_number("  ") is None


@pytest.mark.parametrize(
    ("amount", "shown"), [("1823.200", "1823.20"), ("80000", "80000"), ("0.125", "0.125")]
)
def test_an_amount_to_be_changed_stands_with_both_its_places(amount: str, shown: str) -> None:
    class Asked(Form):
        amount = AmountField()

    assert Asked(data={"amount": Decimal(amount)}).amount._value() == shown
