"""Tables as files: how a number is written, and what the columns come to."""

from __future__ import annotations

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.web.exports import Total, table_bytes


def csv_of(*rows: tuple[object, ...], totals: tuple[Total | None, ...] = (None, None)) -> list[str]:
    """The lines of the file, its head left out."""
    return (
        table_bytes("csv", ("Currency", "Sum"), rows, totals).decode("utf-8-sig").splitlines()[1:]
    )


@pytest.mark.parametrize(
    ("stored", "written"),
    [
        ("3000.000", "3000.00"),  # sums have a third decimal for the dinar
        ("3000.125", "3000.125"),
        ("0.1500", "0.15"),
        ("12", "12"),
        ("12.5", "12.5"),
        ("-0.500", "-0.50"),
        ("1E+3", "1000"),
    ],
)
def test_a_number_is_written_without_the_zeros_that_only_its_column_has(
    stored: str, written: str
) -> None:
    assert csv_of(("CNY", D(stored))) == [f"CNY,{written}"]


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=4, min_value=-(10**12), max_value=10**12
    )
)
def test_what_is_read_again_is_the_same_number(value: D) -> None:
    [line] = csv_of(("CNY", value))
    assert D(line.split(",")[1]) == value


def test_a_sum_for_each_currency_stands_below() -> None:
    rows = [("CNY", D("1.250")), ("USD", D("2.000")), ("CNY", D("0.750"))]
    assert csv_of(*rows, totals=(None, Total(by=0)))[3:] == ["CNY,2.00", "USD,2.00"]
