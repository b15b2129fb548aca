"""By when damage must be notified (DOMAIN T7): seven days at sea, fifteen for containers, fourteen in the air."""

from __future__ import annotations

from datetime import date

import pytest

from portal.claims.rules.deadlines import is_late, last_day, nearest, notice_variant
from portal.kernel.workcalendar import CHINA
from portal.service_requests.rules.clock_kinds import Duty, Mode, TimeUnit
from portal.service_requests.rules.targets import FIRST_DEADLINES
from portal.service_requests.rules.work_hours import WorkTime

WORK = WorkTime(CHINA)


class Row:
    """A deadline as the table has it."""

    def __init__(
        self, mode: str | None, variant: str, amount: int, unit: str = TimeUnit.NATURAL_DAYS,
        from_on: date = date(1993, 7, 1), code: str = "x",
    ) -> None:  # fmt: skip
        self.mode, self.variant, self.amount, self.unit = mode, variant, amount, unit
        self.from_on, self.code = from_on, code


def notices(mode: Mode) -> list[Row]:
    return [
        Row(each.mode, each.variant, each.days, from_on=each.from_on, code=each.code)
        for each in FIRST_DEADLINES
        if each.duty is Duty.CLAIM_NOTICE and each.mode is mode
    ]


@pytest.mark.parametrize(("mode", "loss", "in_container", "last"), [
    (Mode.SEA, "damaged", False, date(2026, 3, 8)), (Mode.SEA, "damaged", True, date(2026, 3, 16)),
    (Mode.AIR, "damaged", False, date(2026, 3, 15)), (Mode.AIR, "delayed", False, date(2026, 3, 22)),
])  # fmt: skip
def test_the_last_day_of_notice_goes_by_carriage_and_loss(
    mode: Mode, loss: str, in_container: bool, last: date
) -> None:
    variant = notice_variant(mode, loss, in_container=in_container)
    row = nearest(notices(mode), variant)
    assert row is not None and last_day(row, date(2026, 3, 1), WORK) == last


def test_a_road_carriage_has_no_deadline_of_its_own() -> None:
    assert (
        nearest(notices(Mode.ROAD), notice_variant("road", "damaged", in_container=False)) is None
    )


def test_a_row_of_the_mode_goes_before_one_of_any_and_a_variant_before_none() -> None:
    any_, mode, variant = Row(None, "", 1), Row("sea", "", 2), Row("sea", "container", 3)
    assert nearest([any_, mode, variant], "container") is variant
    assert nearest([any_, mode, variant], "loose") is mode
    assert nearest([any_], "loose") is any_


def test_of_two_texts_in_force_the_later_counts() -> None:
    old, new = Row("sea", "", 1), Row("sea", "", 2, from_on=date(2026, 5, 1))
    assert nearest([new, old], "") is new


def test_working_days_leave_out_the_holidays_and_work_the_make_up_saturday() -> None:
    row = Row("sea", "", 3, TimeUnit.WORKING_DAYS)
    assert last_day(row, date(2026, 2, 13), WORK) == date(2026, 2, 25)  # the 14th and 24th, 25th


def test_minutes_end_on_their_day() -> None:
    assert last_day(Row("sea", "", 90, TimeUnit.NATURAL_MINUTES), date(2026, 3, 1), WORK) == date(
        2026, 3, 1
    )


@pytest.mark.parametrize(("noticed", "due", "late"), [
    (date(2026, 3, 8), date(2026, 3, 8), False), (date(2026, 3, 9), date(2026, 3, 8), True),
    (date(2026, 3, 9), None, False),
])  # fmt: skip
def test_notice_is_late_after_its_last_day_alone(
    noticed: date, due: date | None, late: bool
) -> None:
    assert is_late(noticed, due) is late
