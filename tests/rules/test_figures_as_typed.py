"""Figures as people type them: commas between thousands only, no exponents, full-width digits."""

from __future__ import annotations

from decimal import Decimal

import pytest

from portal.kernel.errors import Invalid
from portal.web.fields import read_number


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
