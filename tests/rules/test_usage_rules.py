"""Sharing a usage out, units, headers, and files at work: the pure parts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from portal.contracts.rules.kinds import Overage
from portal.contracts.rules.matching import Standing
from portal.contracts.rules.states import ContractState
from portal.kernel.errors import FileProblems
from portal.kernel.tables import table_of
from portal.usage.actions import at_work
from portal.usage.actions.spool import Spool
from portal.usage.rules.columns import HEADERS, Told, find_columns
from portal.usage.rules.drawing import (
    Share,
    in_unit,
    other_units,
    shares_with_hold,
    statistical_quantity,
)
from portal.usage.rules.facts import day_problem, quantity_problem

D = Decimal


def standing(id_: int, left: str | None, overage: Overage = Overage.STOP) -> Standing:
    return Standing(
        id_, True, date(2026, 1, 1), date(2026, 12, 31), "XPX", None if left is None else D(left), overage,
        ContractState.ACTIVE,
    )  # fmt: skip


def test_what_was_held_is_used_before_anything_that_is_free() -> None:
    held, other = standing(1, "0"), standing(2, "9")
    assert shares_with_hold(D(6), held, D(4), [held, other]) == [
        Share(1, D(4), D(4)),
        Share(2, D(2)),
    ]


def test_less_than_was_held_takes_only_what_is_needed() -> None:
    held = standing(1, "3")
    assert shares_with_hold(D(2), held, D(4), [held]) == [Share(1, D(2), D(2))]


def test_beyond_the_hold_the_same_entitlement_gives_what_it_has_left() -> None:
    held = standing(1, "3")
    assert shares_with_hold(D(6), held, D(4), [held]) == [Share(1, D(6), D(4))]


def test_an_entitlement_that_fits_no_more_gives_only_what_it_holds() -> None:
    held = standing(1, "3", Overage.SAME_PRICE)
    assert shares_with_hold(D(4), held, D(4), []) == [Share(1, D(4), D(4))]
    assert shares_with_hold(D(5), held, D(4), []) == []


@pytest.mark.parametrize(
    ("quantity", "unit", "target", "expected"),
    [("1500", "KGM", "TNE", "1.5"), ("1", "LBR", "KGM", "0.453592"), ("2", "MTQ", "LTR", "2000"),
     ("0.0000005", "KGM", "KGM", "0.0000005"), ("0.5", "GRM", "KGM", "0.0005")],
)  # fmt: skip
def test_a_quantity_is_converted_half_up_to_six_places(
    quantity: str, unit: str, target: str, expected: str
) -> None:
    assert in_unit(D(quantity), unit, target) == D(expected)


def test_only_units_of_one_dimension_can_be_converted() -> None:
    assert other_units("KGM") == ["GRM", "LBR", "TNE"]
    assert other_units("XPX") == [] and other_units("nonsense") == []


def test_statistical_units_are_rounded_half_up() -> None:
    assert statistical_quantity(D("0.000001"), D("0.5")) == D("0.000001")


@pytest.mark.parametrize(
    ("typed", "is_wrong"),
    [
        ("0", True), ("-1", True), ("1E+11", True), ("0.0000001", True), ("0.000001", False),
        ("99999999999", False),
    ],
)  # fmt: skip
def test_a_used_quantity_is_positive_exact_and_not_absurd(typed: str, is_wrong: bool) -> None:
    assert (quantity_problem(D(typed)) is not None) is is_wrong


def test_a_usage_lies_in_the_past_of_this_century() -> None:
    today = date(2026, 3, 2)
    assert day_problem(today, today) is None
    assert day_problem(date(2026, 3, 3), today) and day_problem(date(1999, 12, 31), today)


@pytest.mark.parametrize("side", [0, 1])
def test_the_templates_headers_are_all_understood(side: int) -> None:
    header = [both[side] for both in HEADERS.values()]
    found = find_columns(table_of([["2026 年 2 月"], header, ["x"]]))
    assert set(found.places) == set(Told) and found.header_row == 2 and not found.ignored


def test_a_column_that_stands_twice_is_told_with_its_places() -> None:
    header = ["客户代码", "服务项目代码", "数量", "日期", "参考号", "Qty"]
    with pytest.raises(FileProblems) as refused:
        find_columns(table_of([header]))
    assert [each.column for each in refused.value.problems] == ["F"]


def test_a_sheet_without_known_headers_lists_those_that_are_read() -> None:
    with pytest.raises(FileProblems) as refused:
        find_columns(table_of([["a", "b"], ["1", "2"]]))
    assert "参考号" in str(refused.value.problems[0].expected)


def test_a_spool_gives_its_rows_back_in_order_as_often_as_asked() -> None:
    spool = Spool((n, D(n)) for n in range(4_500))
    for _ in range(2):
        rows = [row for piece in spool.pieces() for row in piece]
        assert rows[0] == (0, D(0)) and rows[-1] == (4_499, D(4_499)) and len(rows) == spool.count


def test_a_spool_gives_rows_by_owner_each_owners_in_their_order() -> None:
    rows = [(n * 7 % 41, n) for n in range(12_000)]
    pieces = list(Spool(rows).grouped(lambda row: row[0]))
    together = [row for piece in pieces for row in piece]
    assert together == sorted(rows) and len(pieces) == 3
    owners = [{row[0] for row in piece} for piece in pieces]
    assert not owners[0] & owners[1] and not owners[1] & owners[2]


def test_work_on_a_file_is_held_by_one_and_tells_how_far_it_is(tmp_path: Path) -> None:
    assert not at_work.is_held(tmp_path, 7) and at_work.how_far(tmp_path, 7).total == 0
    with at_work.holding(tmp_path, 7) as tell:
        assert tell is not None and at_work.is_held(tmp_path, 7)
        tell(3, 9)
        with at_work.holding(tmp_path, 7) as second:
            assert second is None
        assert at_work.how_far(tmp_path, 7) == at_work.HowFar(3, 9)
    assert not at_work.is_held(tmp_path, 7)
