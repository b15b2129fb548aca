"""Milestones: the usual plans, what is late at an instant, and the order of what is reported."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from portal.kernel.errors import Invalid
from portal.shipments.rules.plans import (
    ALSO,
    KINDS,
    NAMES,
    PLANS,
    Step,
    find_code,
    kind_of,
    planned,
)
from portal.shipments.rules.progress import (
    Standing,
    check_actual,
    days_late,
    late_by,
    late_from,
    order_warning,
    past_problem,
    progress,
    standings,
)

AT = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class P:
    code: str
    planned_at: datetime | None = None
    actual_at: datetime | None = None


def test_every_kind_has_a_plan_whose_days_never_go_back() -> None:
    assert set(PLANS) == set(KINDS)
    for steps in PLANS.values():
        days = [step.days for step in steps]
        assert days == sorted(days) and len({step.code for step in steps}) == len(steps)


def test_every_milestone_has_a_name_in_both_languages_of_its_own() -> None:
    assert all(zh and str(en) for zh, en in NAMES.values())
    assert len({zh for zh, _ in NAMES.values()}) == len(NAMES)
    assert len({str(en) for _, en in NAMES.values()}) == len(NAMES)


@pytest.mark.parametrize(
    ("category", "load", "kind"),
    [("sea", "fcl", "sea_fcl"), ("sea", "lcl", "sea_lcl"), ("air", "none", "air"), ("storage", "none", "storage"),
     ("packing", "none", "other"), ("inland_water", "fcl", "sea_fcl")],
)  # fmt: skip
def test_an_items_category_and_load_make_the_kind(category: str, load: str, kind: str) -> None:
    assert kind_of(category, load) == kind


def test_a_plan_is_due_at_the_end_of_work_so_many_days_after_the_goods_are_ready() -> None:
    due = dict(planned(PLANS["road"], date(2026, 3, 10)))
    assert due["picked_up"] == datetime(2026, 3, 10, 10, 0, tzinfo=UTC)  # 18:00 in Shanghai
    assert due["delivered"] == datetime(2026, 3, 12, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "code"),
    [("departed", "departed"), ("Departed", "departed"), ("已离港", "departed"), ("离港", "departed"),
     ("gate in", "gate_in"), ("Gate-In", "gate_in"), ("提空箱", "empty_picked_up"), ("sailed away", None), ("", None)],
)  # fmt: skip
def test_a_milestone_is_found_by_code_and_by_either_name(written: str, code: str | None) -> None:
    assert find_code(written) == code


def test_the_names_that_pages_show_are_read_in_both_languages() -> None:
    with Path("portal/translations/zh_CN/LC_MESSAGES/messages.po").open("rb") as file:
        said = read_po(file)
    for code, (name_zh, name_en) in NAMES.items():
        assert name_zh == said.get(name_en.msgid).string
        assert find_code(name_zh) == find_code(name_en.msgid) == code


@pytest.mark.parametrize(("written", "code"), ALSO.items())
def test_other_words_for_a_milestone_are_read(written: str, code: str) -> None:
    assert find_code(written) == code and code in NAMES


def test_a_firms_own_milestone_is_found_by_its_names() -> None:
    assert find_code("过磅", [Step("weighed", "过磅", "Weighed", 1)]) == "weighed"


def test_late_is_a_plan_that_passed_and_nothing_was_reported() -> None:
    assert late_by(P("a", AT - DAY), AT) == DAY
    assert late_by(P("a", AT), AT) is None
    assert late_by(P("a", AT + DAY), AT) is None
    assert late_by(P("a"), AT) is None


def test_late_is_also_what_was_reached_after_its_plan_whatever_the_time_now() -> None:
    point = P("a", AT - 3 * DAY, AT - DAY)
    assert late_by(point, AT) == late_by(point, AT + 9 * DAY) == 2 * DAY
    assert late_by(P("a", AT, AT), AT + DAY) is None


def test_each_milestone_stands_somewhere() -> None:
    points = [P("a", AT - 3 * DAY, AT - 3 * DAY), P("b", AT - 2 * DAY), P("c", AT - 2 * DAY, AT - DAY),
              P("d", AT - DAY), P("e", AT + DAY)]  # fmt: skip
    assert standings(points, AT) == [
        Standing.DONE, Standing.PASSED_OVER, Standing.DONE_LATE, Standing.LATE, Standing.OPEN,
    ]  # fmt: skip
    assert standings(points, AT - 2 * DAY)[3] is Standing.NEXT


def test_a_shipment_is_late_from_its_earliest_plan_ahead() -> None:
    points = [P("a", AT, AT), P("b", AT + DAY), P("c", AT + 2 * DAY)]
    assert late_from(points) == AT + DAY
    assert late_from([P("a", AT), P("b", AT + DAY, AT), P("c")]) is None


def test_progress_counts_what_is_reached_and_names_what_comes_next() -> None:
    found = progress([P("a", AT, AT), P("b", AT), P("c", AT)])
    assert (found.reached, found.total, found.next_code) == (1, 3, "b")
    assert progress([P("a", AT, AT)]).next_code is None


def test_what_is_reached_before_the_one_ahead_of_it_warns() -> None:
    points = [P("departed", AT, AT), P("arrived", AT)]
    assert "Departed" in str(order_warning(points, "arrived", AT - DAY))
    assert order_warning(points, "arrived", AT + DAY) is None
    assert "later" in str(order_warning([P("departed"), P("arrived", AT, AT)], "departed", AT + DAY))  # fmt: skip


def test_nothing_is_reached_more_than_a_year_before_the_shipment_was_opened() -> None:
    check_actual(AT - timedelta(days=364), AT, AT)
    with pytest.raises(Invalid) as refused:
        check_actual(AT - timedelta(days=367), AT, AT)
    assert refused.value.field == "actual_at"


def test_a_plan_is_not_more_than_a_year_past() -> None:
    assert past_problem(AT.date() - timedelta(days=366), AT.date()) is None
    assert past_problem(AT.date() - timedelta(days=367), AT.date()) is not None


def test_the_future_is_not_reported() -> None:
    check_actual(AT + timedelta(minutes=10), AT)
    with pytest.raises(Invalid) as refused:
        check_actual(AT + timedelta(minutes=20), AT)
    assert refused.value.field == "actual_at"


@pytest.mark.parametrize(
    ("behind", "said"),
    [(timedelta(days=3, hours=5), "3 days late"), (timedelta(hours=30), "30 hours late"),
     (timedelta(minutes=50), "50 minutes late"), (timedelta(seconds=5), "1 minutes late")],
)  # fmt: skip
def test_how_late_is_said_in_the_largest_unit(behind: timedelta, said: str) -> None:
    assert str(days_late(behind)) == said
