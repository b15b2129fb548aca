"""The days of a lot, closed months, what a movement measures: at their boundaries."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from portal.catalogue.rules.sheets.cells import Unreadable
from portal.kernel.errors import Invalid
from portal.warehouse.rules import cells, months
from portal.warehouse.rules.daybook import NOTHING, Entry, Stock, booked, lowest, standing
from portal.warehouse.rules.layers import Layer
from portal.warehouse.rules.measuring import Size, change_of, size_on
from portal.warehouse.rules.unit_days import MovementKind

D = Decimal
DAY = date(2026, 3, 1)


def pieces(number: int) -> Stock:
    return Stock(pieces=D(number))


def test_a_day_keeps_what_came_what_left_and_its_highest_moment() -> None:
    entries = [Entry(1, "10:00", pieces(-80)), Entry(2, "09:00", pieces(50))]
    row = booked(DAY, pieces(100), entries)
    assert (row.came, row.left, row.closing, row.peak) == tuple(map(pieces, (50, 80, 70, 150)))


def test_one_adjustment_may_raise_one_measure_and_lower_another() -> None:
    row = booked(DAY, Stock(D(5), D(5)), [Entry(1, "", Stock(D(1), D(-2)))])
    assert (row.came, row.left) == (Stock(D(1)), Stock(m3=D(2)))


def test_a_reversal_on_its_own_day_takes_both_away_and_one_of_another_day_stays() -> None:
    here = [Entry(1, "", pieces(5)), Entry(2, "", pieces(-5), reverses=1)]
    assert standing(here) == []
    assert booked(DAY, pieces(9), [Entry(2, "", pieces(-5), reverses=1)]).left == pieces(5)


def test_the_first_day_below_nothing_is_named_with_its_measure() -> None:
    days = [(DAY, NOTHING), (date(2026, 3, 2), Stock(m3=D("-0.5"))), (date(2026, 3, 3), pieces(-9))]
    assert lowest(days) == (date(2026, 3, 2), "MTQ", D("0.5"))
    assert lowest(days[:1]) is None


@pytest.mark.parametrize(
    ("moved", "closed", "counted"),
    [
        (date(2026, 2, 28), None, date(2026, 2, 28)),
        (date(2026, 2, 28), date(2026, 1, 1), date(2026, 2, 28)),
        (date(2026, 1, 31), date(2026, 1, 1), date(2026, 2, 1)),
        (date(2025, 6, 1), date(2026, 1, 1), date(2026, 2, 1)),
        (date(2025, 12, 31), date(2025, 12, 1), date(2026, 1, 1)),
    ],
)
def test_a_late_paper_counts_on_the_first_open_day(
    moved: date, closed: date | None, counted: date
) -> None:
    assert months.counted_on(moved, closed) == counted


def test_a_month_can_be_closed_the_day_after_its_last() -> None:
    months.check_closing(date(2026, 2, 1), None, date(2026, 3, 1))
    with pytest.raises(Invalid, match="not over"):
        months.check_closing(date(2026, 2, 1), None, date(2026, 2, 28))


def test_the_size_of_the_day_is_the_latest_that_has_begun() -> None:
    old, new = Size(date(2026, 1, 1), D(1), D(1)), Size(date(2026, 3, 1), D(2), D(2))
    found = [size_on((old, new), date(2026, month, 1)) for month in (2, 3, 4)]
    assert found == [old, new, new]
    assert size_on((new,), date(2025, 1, 1)) == new


def test_the_last_pieces_take_all_that_is_left_of_the_lot() -> None:
    balance = Stock(D(3), D("0.000010"), D(1))
    change = change_of(MovementKind.OUT, (D(3), None, None, None, None), None, balance)
    assert balance.plus(change) == NOTHING


def test_a_lot_counted_whole_is_led_by_its_first_stated_measure() -> None:
    balance = Stock(m3=D(10), kg=D(4000))
    change = change_of(MovementKind.OUT, (None, D("2.5"), None, None, None), None, balance)
    assert change == Stock(D(0), D("-2.5"), D(-1000))


def test_the_seventh_free_day_is_followed_by_the_first_charged_one() -> None:
    lot = Layer("L1", date(2026, 3, 1), D(10))
    assert [lot.age_on(date(2026, 3, day)) for day in (1, 7, 8)] == [1, 7, 8]


@pytest.mark.parametrize(
    ("typed", "size"),
    [("0.", None), ("0", None), ("", None), ("0.0009385", "0.0009385"), ("938.5", "938.5")],
)
def test_a_size_of_nothing_is_not_known(typed: str, size: str | None) -> None:
    assert cells.read_size(typed) == (None if size is None else D(size))


@pytest.mark.parametrize("typed", ["24:00", "7.30", "noon"])
def test_a_time_that_is_none_is_refused(typed: str) -> None:
    with pytest.raises(Unreadable):
        cells.read_clock(typed)


@pytest.mark.parametrize(
    ("typed", "kind"), [("IN", "in"), ("入库", "in"), ("出 库", "out"), ("盘点", "adjust")]
)
def test_kinds_are_read_in_both_languages(typed: str, kind: str) -> None:
    assert cells.read_kind(typed) == kind
