"""The demo world on any day: its contracts fit into its past, and nothing is taken off a shelf that is not there."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from portal.demo.agreed import SIGNED_AFTER, Reached, stories
from portal.demo.carriage import JOURNEYS
from portal.demo.in_use import in_use
from portal.demo.rates.sheet import month_end
from portal.demo.routine import SERVICES, used
from portal.demo.stage import Timeline
from portal.demo.stock import COUNTED, Shelves, goods
from portal.demo.used import files, reference
from portal.demo.world import FIRST_DAY
from portal.warehouse.rules.unit_days import MovementKind

AWKWARD = [
    datetime(2026, 3, 1, 0, 30, tzinfo=UTC),
    datetime(2026, 10, 31, 15, 59, tzinfo=UTC),
    datetime(2027, 1, 1, 0, 0, tzinfo=UTC),
    datetime(2028, 2, 29, 16, 30, tzinfo=UTC),
]


@pytest.mark.parametrize("now", AWKWARD)
def test_every_contract_is_written_after_the_people_came_and_signed_before_today(now: datetime) -> None:  # fmt: skip
    days = Timeline(now)
    for story in (*stories(days).values(), *in_use(days).values()):
        assert story.starts_on < story.ends_on
        assert story.drafted_on > days.today - FIRST_DAY
        if story.reached is Reached.SIGNED:
            assert story.drafted_on + SIGNED_AFTER <= story.starts_on <= days.today


@pytest.mark.parametrize("now", AWKWARD)
def test_one_contract_ends_in_45_days_and_one_has_ended(now: datetime) -> None:
    days = Timeline(now)
    ends = {name: (story.ends_on - days.today).days for name, story in stories(days).items()}
    assert ends["europe"] == 45
    assert ends["shop_old"] < -80


def test_steps_are_played_in_the_order_of_their_instants_and_none_after_now() -> None:
    days, played = Timeline(AWKWARD[0]), list[tuple[str, datetime]]()
    days.add(days.day(1), "09:00", lambda at: played.append(("tomorrow", at)))
    days.add(days.day(-2), "10:00", lambda at: played.append(("ten", at)))
    days.add(days.day(-2), "09:00", lambda at: played.append(("nine", at)))
    days.play()
    assert [name for name, _at in played] == ["nine", "ten", "tomorrow"]
    assert played[-1][1] == AWKWARD[0]


def test_nothing_leaves_a_shelf_that_is_not_there() -> None:
    shelves, there = Shelves(), {(each.sku, ""): each.opening for each in goods()}
    shelves.there.update(there)
    moved = [each for each in goods() if each.sku != COUNTED]
    for month in (date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)):
        for move in shelves.moves(moved, month, month_end(month)):
            sign = 1 if move.kind is MovementKind.IN else -1
            key = move.goods.sku, move.lot
            there[key] = there.get(key, 0) + sign * move.pieces
            assert there[key] >= 0
    assert shelves.there == there


def test_all_goods_but_the_counted_move_within_a_month() -> None:
    shelves = Shelves({(each.sku, ""): each.opening for each in goods()})
    for owner in ("HARBOUR", "YUNSHANG"):
        moved = [each for each in goods() if each.customer == owner and each.sku != COUNTED]
        moves = list(shelves.moves(moved, date(2026, 3, 2), date(2026, 3, 2) + timedelta(days=29)))
        assert {move.goods.sku for move in moves} == {each.sku for each in moved}


def test_a_lots_pallets_are_those_that_its_pieces_need() -> None:
    shelves = Shelves({(each.sku, ""): each.opening for each in goods()})
    stacked = {(each.sku, ""): each.pallets(each.opening) for each in goods()}
    for month in (date(2026, 1, 1), date(2026, 2, 1)):
        for move in shelves.moves(
            [each for each in goods() if each.sku != COUNTED], month, month_end(month)
        ):
            sign = 1 if move.kind is MovementKind.IN else -1
            key = move.goods.sku, move.lot
            stacked[key] = stacked.get(key, 0) + sign * move.pallets
            assert stacked[key] == move.goods.pallets(shelves.there[key])


def test_a_year_of_movements_neither_empties_nor_fills_the_shelves() -> None:
    shelves = Shelves({(each.sku, ""): each.opening for each in goods()})
    moved = [each for each in goods() if each.customer == "HARBOUR" and each.sku != COUNTED]
    for month in range(1, 13):
        list(shelves.moves(moved, date(2026, month, 1), month_end(date(2026, month, 1))))
    for each in moved:
        left = sum(pieces for (sku, _lot), pieces in shelves.there.items() if sku == each.sku)
        assert each.opening / 4 < left < each.opening * 4


def test_every_service_of_a_rhythm_is_known_and_told_within_its_days() -> None:
    first, last = date(2026, 3, 1), date(2026, 3, 20)
    for told in used(-1, first, last).values():
        assert told and all(first <= each.on <= last and each.quantity > 0 for each in told)
        assert {each.service for each in told} <= SERVICES.keys()


@pytest.mark.parametrize("now", AWKWARD)
def test_no_two_rows_of_the_usage_files_have_one_number(now: datetime) -> None:
    numbers = [
        reference(customer, each, place)
        for _name, _day, told in files(Timeline(now))
        for customer, rows in told.items()
        for place, each in enumerate(rows, start=1)
    ]
    assert len(numbers) > 1000 and len(set(numbers)) == len(numbers)


def test_rhythms_with_the_same_figures_tell_the_same_quantities() -> None:
    boxes = used(-1, date(2026, 3, 1), date(2026, 3, 31))["CHONGHE"]
    carried = [each.quantity for each in boxes if each.service == "to Dubai"]
    assert carried == [each.quantity for each in boxes if each.service == "terminal 20"] != []


def test_journeys_end_in_every_way() -> None:
    assert {each.end for each in JOURNEYS} == {"", "open", "done", "called_off", "taken_back", "refused"}  # fmt: skip
