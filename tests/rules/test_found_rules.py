"""Corrections, counts, the sums of complaints, and the calendar file."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from icalendar import Calendar

from portal.documents.rules.words import Words
from portal.kernel.text import t
from portal.service_requests.rules import ical
from portal.service_requests.rules.corrections import Correction, correction
from portal.service_requests.rules.goods import Count, Counted, wrong_quantity
from portal.service_requests.rules.ical import FeedEntry
from portal.service_requests.rules.registers import Complaint, statistics

TODAY = date(2026, 3, 2)
D = Decimal


@pytest.mark.parametrize(("action", "due", "done", "verified", "where"), [
    ("", None, None, None, Correction.TO_PLAN),
    ("培训", TODAY, None, None, Correction.TO_DO),
    ("培训", TODAY - timedelta(days=1), None, None, Correction.OVERDUE),
    ("培训", TODAY - timedelta(days=1), TODAY, None, Correction.TO_VERIFY),
    ("培训", TODAY - timedelta(days=9), TODAY, TODAY, Correction.VERIFIED),
])  # fmt: skip
def test_where_a_correction_is(action, due, done, verified, where):
    assert correction(action, due, done, verified, TODAY) is where


@pytest.mark.parametrize(("first", "second", "state", "difference"), [
    (None, None, Count.OPEN, None),
    (D(10), None, Count.ONCE, D(0)),
    (D(10), D(10), Count.AGREED, D(0)),
    (D(8), D(8), Count.SHORT, D(-2)),
    (D(11), D(11), Count.OVER, D(1)),
    (D(10), D(9), Count.DIFFERING, D(-1)),
    (D(0), D(0), Count.SHORT, D(-10)),
])  # fmt: skip
def test_how_far_ten_claimed_pieces_are_counted(first, second, state, difference):
    counted = Counted(D(10), first, second)
    assert (counted.state, counted.difference) == (state, difference)


def test_a_count_may_be_nothing_but_is_said_and_not_negative():
    assert wrong_quantity(D(0)) is None
    assert wrong_quantity(None) is not None and wrong_quantity(D(-1)) is not None


def complaint(number: str, on: date, kind: int, reason: int, who: str, **more) -> Complaint:
    return Complaint(
        number=number, request_id=1, received_on=on, customer=Words("海港"), content="x",
        kind=Words(f"类别{kind}", f"Kind {kind}"), reason=Words(f"原因{reason}", f"Reason {reason}"),
        responsible=t("We are") if who == "us" else t("Carrier or supplier"), keys=(kind, reason, who), **more,
    )  # fmt: skip


ROWS = [
    complaint("1", date(2026, 1, 5), 1, 11, "us", is_late=True, days=4),
    complaint("2", date(2026, 1, 9), 1, 12, "supplier", days=3),
    complaint("3", date(2026, 2, 1), 2, 21, "supplier", days=3),
    complaint("4", date(2026, 3, 1), 1, 11, "us", is_late=True),
]


def test_complaints_are_summed_by_kind_reason_responsible_and_month():
    found = statistics(ROWS)
    assert [(g.label.zh, g.count, g.late) for g in found.by_kind] == [("类别1", 3, 2), ("类别2", 1, 0)]  # fmt: skip
    assert found.by_reason[0].label.zh == "类别1 / 原因11"
    assert [(g.label.msgid, g.count) for g in found.by_responsible] == [
        ("Carrier or supplier", 2), ("We are", 2)
    ]  # fmt: skip
    assert [(g.label.zh, g.count) for g in found.by_month] == [
        ("2026-01", 2), ("2026-02", 1), ("2026-03", 1)
    ]  # fmt: skip


def test_every_table_of_the_statistics_adds_up_to_the_same():
    found = statistics(ROWS)
    for table in (found.by_kind, found.by_reason, found.by_responsible, found.by_month):
        for figure in ("count", "late", "resolved", "days", "open"):
            assert sum(getattr(g, figure) for g in table) == getattr(found.total, figure)


def test_days_to_solve_are_of_those_that_are_solved_half_up():
    found = statistics(ROWS)
    assert (found.total.resolved, found.total.open) == (3, 1)
    assert found.total.average_days == D("3.3")  # 10 / 3
    assert found.by_month[-1].average_days is None
    halves = [complaint(str(n), TODAY, 1, 1, "us", days=n) for n in (1, 1, 1, 2)]
    assert statistics(halves).total.average_days == D("1.3")  # 1.25


def test_no_complaints_are_sums_of_nothing():
    found = statistics([])
    assert found.by_kind == found.by_month == () and found.total.count == 0


def entry(**more) -> FeedEntry:
    begins = datetime(2026, 3, 3, 1, 30, tzinfo=UTC)
    values = {
        "uid": "task-1@portal.test", "summary": "上门拜访, 查看破损", "starts_at": begins,
        "ends_at": begins + timedelta(hours=1), "location": "上海市某路 1 号; 3 楼", "description": "海港食品",
        "url": "https://portal.test/desk/tasks/1", "changed_at": begins, "sequence": 0, **more,
    }  # fmt: skip
    return FeedEntry(**values)


def test_a_calendar_file_is_read_back_as_it_was_meant_and_speaks_utc():
    body = ical.feed("Zhao Min", [entry()])
    event = Calendar.from_ical(body).walk("VEVENT")[0]
    assert event["summary"] == "上门拜访, 查看破损" and event["location"] == "上海市某路 1 号; 3 楼"
    assert event.start == datetime(2026, 3, 3, 1, 30, tzinfo=UTC)
    assert b"DTSTART:20260303T013000Z" in body and b"DTEND:20260303T023000Z" in body
    assert body.startswith(b"BEGIN:VCALENDAR\r\n") and body.count(b"\r\n") == body.count(b"\n")


def test_a_task_without_a_time_blocks_none():
    body = ical.feed("Zhao Min", [entry(ends_at=None)])
    assert b"TRANSP:TRANSPARENT" in body and b"DTEND" not in body


def test_no_line_of_a_calendar_file_is_longer_than_75_bytes():
    body = ical.feed("Zhao Min", [entry(summary="检" * 150)])
    assert max(len(line) for line in body.split(b"\r\n")) <= 75


def test_the_same_plan_is_the_same_file():
    assert ical.feed("Zhao Min", [entry()]) == ical.feed("Zhao Min", [entry()])


def test_a_summary_cannot_add_a_line_of_its_own():
    body = ical.feed("Zhao Min", [entry(summary="x\r\nATTENDEE:mailto:a@b.example")])
    assert "ATTENDEE" not in Calendar.from_ical(body).walk("VEVENT")[0]
