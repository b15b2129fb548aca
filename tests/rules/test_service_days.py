"""Lists of days as the State Council words them, a year's sheet, and the firm's values of service."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.customers.rules.kinds import Segment
from portal.kernel.errors import Invalid, InvalidMany
from portal.kernel.workcalendar import CHINA, WEEKDAYS
from portal.service_requests.rules.clock_kinds import ClockKind, TimeUnit
from portal.service_requests.rules.clock_words import in_words
from portal.service_requests.rules.clocks import Span
from portal.service_requests.rules.day_lists import read_days
from portal.service_requests.rules.settings import ServiceSettings
from portal.service_requests.rules.targets import FIRST_DEADLINES, first_targets
from portal.service_requests.rules.work_hours import WorkHours
from portal.service_requests.rules.year_sheet import DayKind, FirmDay, kind_of, year_sheet

DECREE_OF_2026 = """
一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。
"""


def days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]


def test_the_decree_as_it_is_worded_gives_the_calendar_of_its_year() -> None:
    listed = {day.on: day.is_working for day in read_days(DECREE_OF_2026, 2026)}
    assert len(listed) == 33 + 6
    for day in days_of(2026):
        assert listed.get(day, WEEKDAYS.is_working(day)) == CHINA.is_working(day), day


@pytest.mark.parametrize(
    ("text", "off", "worked"),
    [
        ("2027-05-01 ~ 2027-05-03 off\n2027-05-08 works", [1, 2, 3], [8]),
        ("2027/5/1-2027/5/3 休", [1, 2, 3], []),
        ("2027.5.1 - 5.3 休；5月8日补班", [1, 2, 3], [8]),
        ("5月1日到3日放假，5月8日、5月9日上班", [1, 2, 3], [8, 9]),
        ("2027-05-01 off\n2027-05-01 work", [], [1]),
    ],
)
def test_lists_are_read_however_they_are_written(
    text: str, off: list[int], worked: list[int]
) -> None:
    found = read_days(text, 2027)
    assert [day.on.day for day in found if not day.is_working] == off
    assert [day.on.day for day in found if day.is_working] == worked


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "No day was found"),
        ("放假", "No day was found"),
        ("5月1日", "Say of 2027-05-01"),
        ("2月30日 放假", "There is no day"),
        ("2026-05-01 off", "2026-05-01 is not a day of 2027"),
        ("5月3日至1日放假", "no stretch of days"),
        ("1月1日至12月31日放假", "no stretch of days"),
        ("1" * 9000, "At most 8000 characters"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_reason(text: str, said: str) -> None:
    with pytest.raises(Invalid, match=said) as refused:
        read_days(text, 2027)
    assert refused.value.field == "text"


def test_a_sheet_has_every_day_of_its_year_once_under_its_weekday() -> None:
    sheet = year_sheet(2028, CHINA, {})
    shown = [day.on for month in sheet for week in month.weeks for day in week if day]
    assert shown == days_of(2028)
    for month in sheet:
        for week in month.weeks:
            assert len(week) == 7
            assert all(day is None or day.on.weekday() == place for place, day in enumerate(week))


def test_a_sheet_counts_working_days_and_marks_the_firms_own() -> None:
    firm = {date(2026, 10, 8): FirmDay(False, "盘点"), date(2026, 10, 17): FirmDay(True)}
    october = year_sheet(2026, CHINA, firm)[9]
    assert october.working_days == 18 and year_sheet(2026, CHINA, {})[9].working_days == 18
    found = {day.on.day: day for week in october.weeks for day in week if day}
    assert found[8].kind is DayKind.HOLIDAY and found[8].firm == FirmDay(False, "盘点")
    assert found[17].kind is found[10].kind is DayKind.MADE_UP and found[10].firm is None
    assert kind_of(date(2026, 10, 3), CHINA, None) is DayKind.HOLIDAY
    assert kind_of(date(2026, 10, 18), CHINA, None) is DayKind.WEEKEND


def test_settings_that_nobody_made_are_those_a_firm_begins_with() -> None:
    assert ServiceSettings.from_json(None) == ServiceSettings() == ServiceSettings.from_json({})
    kept = ServiceSettings.from_json({"opens": "08:00", "claim_limit": "0", "years": [2031]})
    assert kept.hours == WorkHours(time(8), time(18))
    assert (kept.claim_limit, kept.years, kept.reopen_days) == (Decimal(0), (2031,), 5)


@given(
    st.times(min_value=time(0), max_value=time(11)),
    st.integers(1, 365),
    st.decimals(0, 10**8, places=2),
)
def test_settings_come_back_from_where_they_are_kept(
    opens: time, days: int, limit: Decimal
) -> None:
    hours = WorkHours(opens.replace(second=0, microsecond=0), time(18), time(12), time(13, 30))
    made = ServiceSettings(hours=hours, reopen_days=days, claim_limit=limit)
    assert ServiceSettings.from_json(made.checked().to_json()) == made


def test_figures_out_of_reason_are_told_at_their_fields() -> None:
    wrong = ServiceSettings(reopen_days=0, close_after_days=366, claim_limit=Decimal(-1))
    with pytest.raises(InvalidMany) as refused:
        wrong.checked()
    assert set(refused.value.errors) == {"reopen_days", "close_after_days", "claim_limit"}


@pytest.mark.parametrize(
    ("tier", "severity", "clock", "span"),
    [
        (Segment.ORDINARY, 1, ClockKind.FIRST_REPLY, Span(30, TimeUnit.WORKING_MINUTES)),
        (Segment.FLOATING, 4, ClockKind.RESOLVE, Span(7, TimeUnit.NATURAL_DAYS)),
        (Segment.MID, 3, ClockKind.PLAN, Span(1, TimeUnit.NATURAL_DAYS)),
        (Segment.VIP, 3, ClockKind.RESOLVE, Span(3, TimeUnit.NATURAL_DAYS)),
        (Segment.PROJECT, 2, ClockKind.PLAN, Span(120, TimeUnit.WORKING_MINUTES)),
        (Segment.VIP, 1, ClockKind.RESOLVE, Span(1, TimeUnit.NATURAL_DAYS)),
    ],
)
def test_a_firm_begins_with_the_targets_of_the_trade(
    tier: Segment, severity: int, clock: ClockKind, span: Span
) -> None:
    found = {(each.tier, each.severity, each.clock): each.span for each in first_targets()}
    assert found[tier, severity, clock] == span and len(found) == 80


def test_limits_of_law_cite_their_text_and_follow_each_other_without_a_gap() -> None:
    assert len({each.code for each in FIRST_DEADLINES}) == len(FIRST_DEADLINES)
    assert all("第" in each.source and "条" in each.source for each in FIRST_DEADLINES)
    old, new = (each for each in FIRST_DEADLINES if each.code.startswith("express_complaint"))
    assert old.until_on is not None and old.until_on + timedelta(days=1) == new.from_on


@pytest.mark.parametrize(
    ("seconds", "day", "words"),
    [
        (20, 86_400, "1 min"),
        (3599, 86_400, "59 min"),
        (7200, 32_400, "2 h"),
        (32_399, 32_400, "8 h 59 min"),
        (32_400, 32_400, "1 d"),
        (-40_000, 32_400, "1 d 2 h"),
    ],
)
def test_time_is_told_in_its_two_largest_measures(seconds: int, day: int, words: str) -> None:
    assert str(in_words(seconds, day)) == words
