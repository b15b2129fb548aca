"""When clocks of requests run out: golden cases of China's calendar, and what holds for every clock."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kernel.workcalendar import CHINA, WorkCalendar
from portal.service_requests.rules.clock_kinds import TimeUnit
from portal.service_requests.rules.clocks import (
    Rest,
    Span,
    end_of_days,
    left,
    passed,
    put_on,
    reckon,
    unknown_years,
    unsure,
)
from portal.service_requests.rules.work_hours import ZONE, WorkHours, WorkTime

WORK = WorkTime(CHINA)
BREAK = WorkTime(CHINA, WorkHours(time(9), time(18), time(12), time(13)))
MINUTES, DAYS = TimeUnit.WORKING_MINUTES, TimeUnit.WORKING_DAYS


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("start", "minutes", "due"),
    [
        ("2026-03-02 10:00", 30, "2026-03-02 10:30"),
        ("2026-03-02 17:50", 30, "2026-03-03 09:20"),  # ten minutes before the end of work
        ("2026-03-02 10:00", 480, "2026-03-02 18:00"),  # to the last minute: not the next morning
        ("2026-03-02 18:00", 1, "2026-03-03 09:01"),
        ("2026-03-02 06:15", 30, "2026-03-02 09:30"),
        ("2026-03-01 22:00", 30, "2026-03-02 09:30"),  # received on a Sunday night
        ("2026-02-27 17:50", 30, "2026-02-28 09:20"),  # a Friday before a made-up Saturday
        ("2026-02-28 17:50", 30, "2026-03-02 09:20"),
        ("2026-01-03 12:00", 60, "2026-01-04 10:00"),  # New Year's holiday, then a made-up Sunday
        ("2026-09-20 08:00", 60, "2026-09-20 10:00"),  # a made-up Sunday itself
        ("2026-09-30 17:30", 60, "2026-10-08 09:30"),  # National Day
        ("2026-10-03 11:00", 60, "2026-10-08 10:00"),
        ("2026-10-09 17:00", 120, "2026-10-10 10:00"),  # and the Saturday that makes up for it
        ("2026-10-10 17:00", 120, "2026-10-12 10:00"),
        ("2024-02-28 17:00", 120, "2024-02-29 10:00"),  # a leap day
        ("2024-02-29 17:00", 120, "2024-03-01 10:00"),
        ("2026-02-14 17:00", 120, "2026-02-24 10:00"),  # Spring Festival
    ],
)
def test_minutes_of_work_pass_in_the_hours_of_working_days_only(
    start: str, minutes: int, due: str
) -> None:
    assert reckon(at(start), Span(minutes, MINUTES), 75, WORK).due_at == at(due)


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2026-03-02 15:00", 1, "2026-03-03 15:00"),
        ("2026-03-01 15:00", 1, "2026-03-02 18:00"),
        ("2026-09-30 15:00", 1, "2026-10-08 15:00"),
        ("2026-10-08 15:00", 3, "2026-10-12 15:00"),  # Friday, made-up Saturday, Monday
        ("2026-02-13 18:00", 2, "2026-02-24 18:00"),
        ("2024-02-28 09:00", 2, "2024-02-29 18:00"),
    ],
)
def test_a_working_day_is_as_long_as_the_hours_of_work(start: str, days: int, due: str) -> None:
    assert reckon(at(start), Span(days, DAYS), 75, WORK).due_at == at(due)


@pytest.mark.parametrize(
    ("start", "minutes", "due"),
    [
        ("2026-03-02 11:30", 60, "2026-03-02 13:30"),
        ("2026-03-02 12:30", 30, "2026-03-02 13:30"),
        ("2026-03-02 11:00", 60, "2026-03-02 12:00"),
        ("2026-03-02 12:00", 1, "2026-03-02 13:01"),
        ("2026-03-02 17:50", 230, "2026-03-03 13:40"),
    ],
)
def test_nobody_works_at_noon_where_there_is_a_break(start: str, minutes: int, due: str) -> None:
    assert reckon(at(start), Span(minutes, MINUTES), 75, BREAK).due_at == at(due)


@pytest.mark.parametrize(
    ("start", "span", "due"),
    [
        ("2026-09-30 17:30", Span(1, TimeUnit.NATURAL_DAYS), "2026-10-01 17:30"),
        ("2024-02-28 23:00", Span(2, TimeUnit.NATURAL_DAYS), "2024-03-01 23:00"),
        ("2026-03-01 23:50", Span(30, TimeUnit.NATURAL_MINUTES), "2026-03-02 00:20"),
        ("2026-09-28 10:00", Span(7, TimeUnit.NATURAL_DAYS), "2026-10-05 10:00"),  # T5
    ],
)
def test_natural_time_passes_on_holidays_too(start: str, span: Span, due: str) -> None:
    assert reckon(at(start), span, 75, WORK).due_at == at(due)


def test_the_warning_comes_when_its_part_of_the_time_is_used() -> None:
    found = reckon(at("2026-03-02 17:00"), Span(120, MINUTES), 75, WORK)
    assert (found.warn_at, found.due_at) == (at("2026-03-03 09:30"), at("2026-03-03 10:00"))


@pytest.mark.parametrize(
    ("until", "due"),
    [
        ("2026-10-08 10:00", "2026-10-08 13:00"),
        ("2026-10-03 20:00", "2026-10-08 12:00"),
        ("2026-09-30 17:00", "2026-10-08 11:00"),
    ],
)
def test_what_was_left_before_a_holiday_is_left_after_it(until: str, due: str) -> None:
    rests = [(at("2026-09-30 17:00"), at(until))]
    span, start = Span(240, MINUTES), at("2026-09-30 16:00")
    assert left(start, span, at("2026-09-30 17:00"), WORK) == 180 * 60
    assert reckon(start, span, 75, WORK, rests).due_at == at(due)


def test_a_clock_of_days_as_they_pass_keeps_its_own_time_while_it_rests() -> None:
    rests = [(at("2026-03-02 22:00"), at("2026-03-05 06:00"))]
    span, start = Span(1, TimeUnit.NATURAL_DAYS), at("2026-03-02 10:00")
    assert left(start, span, at("2026-03-04 10:00"), WORK, rests) == 12 * 3600
    assert reckon(start, span, 75, WORK, rests).due_at == at("2026-03-05 18:00")


def test_a_clock_that_ran_out_before_it_was_paused_stays_late() -> None:
    rests = [(at("2026-03-02 11:00"), at("2026-03-02 15:00"))]
    found = reckon(at("2026-03-02 10:00"), Span(30, MINUTES), 75, WORK, rests)
    assert found.due_at == at("2026-03-02 10:30")
    assert left(at("2026-03-02 10:00"), Span(30, MINUTES), at("2026-03-02 16:00"), WORK, rests) == (
        -90 * 60
    )


def test_the_firms_own_days_go_before_the_decree() -> None:
    friday_off = WorkCalendar(
        CHINA.holidays | {date(2026, 3, 6)}, CHINA.made_up | {date(2026, 3, 8)}, CHINA.years
    )
    due = reckon(at("2026-03-05 17:50"), Span(30, MINUTES), 75, WorkTime(friday_off)).due_at
    assert due == at("2026-03-08 09:20")  # the Sunday that the firm works instead


def test_a_year_whose_days_nobody_knows_is_said_and_its_weekdays_count() -> None:
    year = max(CHINA.years) + 1
    start, due = at(f"{year - 1}-12-31 17:50"), at(f"{year}-01-01 09:20")
    assert unsure(start, due, MINUTES, CHINA)
    assert not unsure(start, start, MINUTES, CHINA)
    assert not unsure(start, due, TimeUnit.NATURAL_DAYS, CHINA)
    assert unknown_years(date(year - 1, 1, 1), date(year + 1, 1, 1), CHINA) == (year, year + 1)


@pytest.mark.parametrize(
    ("unit", "last"), [(DAYS, date(2026, 10, 10)), (TimeUnit.NATURAL_DAYS, date(2026, 10, 3))]
)
def test_days_allowed_do_not_count_the_first_one(unit: TimeUnit, last: date) -> None:
    assert end_of_days(date(2026, 9, 29), 4, unit, WORK) == last


@pytest.mark.parametrize(
    ("hours", "field"),
    [
        (WorkHours(time(18), time(9)), "closes"),
        (WorkHours(time(9), time(9, 30)), "closes"),
        (WorkHours(lunch_from=time(12)), "lunch_until"),
        (WorkHours(lunch_from=time(13), lunch_until=time(12)), "lunch_until"),
        (WorkHours(lunch_from=time(8), lunch_until=time(10)), "lunch_until"),
    ],
)
def test_hours_that_cannot_be_worked_are_told_at_their_field(hours: WorkHours, field: str) -> None:
    assert list(hours.problems()) == [field]


def test_a_calendar_without_a_working_day_is_not_searched_for_ever() -> None:
    days = frozenset(date(2026, 1, 1) + timedelta(days=n) for n in range(366 * 41))
    with pytest.raises(ValueError, match="no working day"):
        WorkTime(WorkCalendar(days)).put_on(at("2026-01-01 10:00"), 1)


INSTANTS = st.integers(0, 1060 * 86_400).map(
    lambda seconds: at("2024-01-01 00:00") + timedelta(seconds=seconds)
)
SECONDS = st.integers(0, 40 * 9 * 3600)
WORKS = st.sampled_from([WORK, BREAK])


@given(INSTANTS, SECONDS, SECONDS, WORKS)
def test_time_put_on_twice_is_the_sum_put_on_once(
    start: datetime, one: int, two: int, work: WorkTime
) -> None:
    assert work.put_on(work.put_on(start, one), two) == work.put_on(start, one + two)


@given(INSTANTS, INSTANTS, SECONDS, SECONDS, WORKS)
def test_more_time_or_a_later_beginning_never_ends_earlier(
    start: datetime, other: datetime, one: int, two: int, work: WorkTime
) -> None:
    early, late = sorted((start, other))
    less, more = sorted((one, two))
    assert work.put_on(early, less) <= work.put_on(early, more)
    assert work.put_on(early, less) <= work.put_on(late, less)


@given(INSTANTS, SECONDS, WORKS)
def test_the_time_put_on_is_the_time_counted(start: datetime, some: int, work: WorkTime) -> None:
    due = work.put_on(start, some)
    assert work.between(start, due) == some
    assert work.between(due, start) == -some


@given(INSTANTS, SECONDS, WORKS)
def test_no_clock_of_work_ends_outside_the_hours_of_work(
    start: datetime, some: int, work: WorkTime
) -> None:
    due = work.put_on(start, some).astimezone(ZONE)
    second = due.hour * 3600 + due.minute * 60 + due.second
    assert work.calendar.is_working(due.date())
    assert any(begin <= second <= until for begin, until in work.hours.spans)


@given(
    INSTANTS,
    st.integers(1, 2000),
    st.sampled_from(list(TimeUnit)),
    st.lists(st.tuples(st.integers(0, 100), st.integers(0, 10**6)), max_size=4),
    WORKS,
)
def test_waiting_and_going_on_loses_nothing(
    start: datetime, amount: int, unit: TimeUnit, waits: list[tuple[int, int]], work: WorkTime
) -> None:
    span, cursor, ran = Span(amount, unit), start, 0
    rests: list[Rest] = []
    for percent, rest in waits:
        runs = (span.seconds(work) - ran) * percent // 100
        begin = put_on(cursor, runs, unit, work)
        assert left(start, span, begin, work, rests) == span.seconds(work) - ran - runs
        cursor, ran = begin + timedelta(seconds=rest), ran + runs
        rests.append((begin, cursor))
    due = reckon(start, span, 75, work, rests).due_at
    if ran < span.seconds(work):
        assert ran + passed(cursor, due, unit, work) == span.seconds(work)
    else:
        assert due <= cursor


@given(INSTANTS, st.integers(1, 30), st.sampled_from(list(TimeUnit)), WORKS)
def test_at_its_end_nothing_is_left_of_a_clock(
    start: datetime, amount: int, unit: TimeUnit, work: WorkTime
) -> None:
    span = Span(amount, unit)
    due = put_on(start, span.seconds(work), unit, work)
    assert left(start, span, due, work) == 0
    assert left(start, span, due + timedelta(days=30), work) < 0
