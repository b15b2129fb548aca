"""What a booking must say, and how much it may ask for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from portal.kernel.errors import Invalid, InvalidMany
from portal.shipments.rules.booking import (
    BookingFacts,
    Left,
    Wish,
    check_facts,
    check_wishes,
    cleaned,
    is_bookable,
    wish_problem,
)

D = Decimal
TODAY = date(2026, 3, 2)
BOXES = Left(7, "40HQ", D(5), date(2026, 1, 1), date(2026, 12, 31))
FACTS = BookingFacts(ready_on=TODAY, goods="冻虾")


@pytest.mark.parametrize(
    ("quantity", "fits"),
    [("0", False), ("-1", False), ("1.5", False), ("1", True), ("5", True), ("6", False)],
)
def test_whole_boxes_from_one_up_to_what_is_left_can_be_booked(quantity: str, fits: bool) -> None:
    assert (wish_problem(D(quantity), BOXES, TODAY) is None) is fits


def test_parts_of_a_tonne_can_be_booked() -> None:
    assert wish_problem(D("1.5"), replace(BOXES, unit="TNE"), TODAY) is None


def test_without_a_limit_any_quantity_can_be_booked() -> None:
    assert wish_problem(D(100000), replace(BOXES, left=None), TODAY) is None


def test_too_much_is_told_what_is_left() -> None:
    assert str(wish_problem(D(6), BOXES, TODAY)) == "Only 5 left."


@pytest.mark.parametrize("on", [date(2025, 12, 31), date(2027, 1, 1)])
def test_a_day_outside_the_entitlements_period_is_refused(on: date) -> None:
    assert "2026-01-01" in str(wish_problem(D(1), BOXES, on))
    assert wish_problem(D(1), BOXES, date(2026, 12, 31)) is None


def test_a_suspended_contract_is_not_booked_against() -> None:
    assert "not in force" in str(wish_problem(D(1), replace(BOXES, is_in_force=False), TODAY))


def test_each_wrong_wish_is_told_at_its_own_field() -> None:
    with pytest.raises(InvalidMany) as refused:
        check_wishes([Wish(7, D(6)), Wish(8, D(1))], [BOXES], TODAY)
    assert set(refused.value.errors) == {"q-7", "q-8"}


def test_a_booking_of_nothing_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        check_wishes([], [BOXES], TODAY)
    assert refused.value.field == "lines"


@pytest.mark.parametrize(
    ("unit", "fits"), [("40HQ", True), ("TRIP", True), ("PLT.DAY", False), ("MTK.MON", False)]
)
def test_what_stock_draws_by_the_day_is_not_booked(unit: str, fits: bool) -> None:
    assert is_bookable(unit) is fits


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"ready_on": None}, "ready_on"), ({"ready_on": TODAY - timedelta(days=1)}, "ready_on"),
     ({"ready_on": TODAY + timedelta(days=400)}, "ready_on"), ({"wanted_on": TODAY - timedelta(days=1)}, "wanted_on"),
     ({"goods": ""}, "goods"), ({"weight_kg": D(0)}, "weight_kg"), ({"pieces": 0}, "pieces"),
     ({"volume_m3": D(-1)}, "volume_m3")],
)  # fmt: skip
def test_a_wrong_fact_is_told_at_its_field(wrong: dict[str, object], field: str) -> None:
    check_facts(FACTS, TODAY)
    with pytest.raises(InvalidMany) as refused:
        check_facts(replace(FACTS, **wrong), TODAY)
    assert set(refused.value.errors) == {field}


def test_facts_are_stored_without_idle_blanks_and_a_note_keeps_its_lines() -> None:
    kept = cleaned(replace(FACTS, goods=" 冻虾　２箱 ", note=" one\ntwo "))
    assert (kept.goods, kept.note) == ("冻虾 2箱", "one\ntwo")
