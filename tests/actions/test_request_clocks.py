"""The clocks of a request: begun with its targets, met, paused, put on, moved with the firm's days."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import func, select

from portal.access.viewer import SYSTEM
from portal.customers.rules.kinds import Segment
from portal.db.audit import AuditEntry, first_broken_link
from portal.db.base import db
from portal.documents.queries import firm_profile
from portal.kernel.errors import Invalid, InvalidMany, StaleEdit
from portal.service_requests.actions import clocks, targets, work_days
from portal.service_requests.models import ServiceRequest
from portal.service_requests.models.clocks import LegalDeadline, RequestClock, SlaTarget
from portal.service_requests.queries.clocks import clocks_of
from portal.service_requests.queries.targets import Target, all_targets, targets_for
from portal.service_requests.queries.work_calendar import (
    firm_calendar,
    service_settings,
    work_hours,
)
from portal.service_requests.rules.clock_kinds import ClockKind, ClockState, Duty, TimeUnit
from portal.service_requests.rules.clocks import Span
from portal.service_requests.rules.settings import ServiceSettings
from portal.service_requests.rules.work_hours import ZONE, WorkHours
from tests.cast import Cast
from tests.service import a_request, fresh

K = ClockKind


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def clock(request: ServiceRequest, kind: ClockKind, code: str = "") -> RequestClock:
    db.session.flush()
    db.session.expire_all()
    found = [row for row in clocks_of(request.id) if row.kind == kind and code in ("", row.code)]
    return found[0]


@pytest.fixture
def request_(cast: Cast, now: datetime) -> ServiceRequest:
    targets.seed(SYSTEM, now)
    return a_request(cast, now, severity=2)


def test_a_new_request_has_the_clocks_of_its_tier_and_severity(request_: ServiceRequest) -> None:
    due = {row.kind: row.due_at for row in clocks_of(request_.id)}
    assert due == {
        K.ACCEPT: at("2026-03-02 11:00"),
        K.FIRST_REPLY: at("2026-03-02 12:00"),
        K.PLAN: at("2026-03-02 18:00"),
        K.RESOLVE: at("2026-03-05 10:00"),
    }
    assert fresh(request_).next_due_at == at("2026-03-02 11:00")


def test_a_project_customer_is_served_as_if_it_were_one_degree_worse(
    cast: Cast, now: datetime
) -> None:
    cast.harbour.segment = Segment.PROJECT.value
    request = a_request(cast, now, severity=2)
    assert clock(request, K.FIRST_REPLY).amount == 30
    assert targets_for("vip", 1)[K.FIRST_REPLY].span == Span(30, TimeUnit.WORKING_MINUTES)


def test_the_next_end_follows_what_is_met(request_: ServiceRequest, now: datetime) -> None:
    clocks.meet(request_, K.ACCEPT, now)
    assert fresh(request_).next_due_at == at("2026-03-02 12:00")
    clocks.meet(request_, K.PLAN, now + timedelta(hours=1))
    assert clock(request_, K.FIRST_REPLY).met_at == now + timedelta(hours=1)
    assert fresh(request_).next_due_at == at("2026-03-05 10:00")
    clocks.meet(request_, K.RESOLVE, now + timedelta(hours=2))
    assert fresh(request_).next_due_at is None
    assert clock(request_, K.ACCEPT).met_at == now  # what was met stays as it was


def test_waiting_for_the_customer_over_the_night_costs_us_nothing(
    request_: ServiceRequest, now: datetime
) -> None:
    clocks.pause(request_, at("2026-03-02 11:30"))
    row = clock(request_, K.FIRST_REPLY)
    assert (row.state, row.left_seconds) == (ClockState.PAUSED, 1800)
    assert fresh(request_).next_due_at is None
    clocks.go_on(request_, at("2026-03-03 17:50"))
    row = clock(request_, K.FIRST_REPLY)
    assert (row.state, row.left_seconds, row.due_at) == ("running", None, at("2026-03-04 09:20"))
    assert clock(request_, K.ACCEPT).due_at == at("2026-03-02 11:00")  # was late before the rest


def test_a_second_wait_is_left_out_as_the_first(request_: ServiceRequest) -> None:
    for begin, until in (("02 10:30", "02 11:30"), ("02 12:00", "02 14:00")):
        clocks.pause(request_, at(f"2026-03-{begin}"))
        clocks.go_on(request_, at(f"2026-03-{until}"))
    assert clock(request_, K.FIRST_REPLY).due_at == at("2026-03-02 15:00")
    assert clock(request_, K.RESOLVE).due_at == at("2026-03-05 13:00")


def test_a_worse_severity_counts_from_the_same_beginning_without_the_wait(
    request_: ServiceRequest, now: datetime
) -> None:
    clocks.pause(request_, at("2026-03-02 10:10"))
    clocks.go_on(request_, at("2026-03-02 16:10"))
    request_.severity = 1
    clocks.retarget(request_, at("2026-03-02 16:15"))
    assert clock(request_, K.FIRST_REPLY).due_at == at("2026-03-02 16:30")
    assert clock(request_, K.RESOLVE).due_at == at("2026-03-03 16:00")


def test_severity_changed_while_we_wait_changes_what_is_left(request_: ServiceRequest) -> None:
    clocks.pause(request_, at("2026-03-02 10:10"))
    request_.severity = 3
    clocks.retarget(request_, at("2026-03-02 15:00"))
    assert clock(request_, K.FIRST_REPLY).left_seconds == 230 * 60
    assert fresh(request_).next_due_at is None
    clocks.go_on(request_, at("2026-03-02 16:00"))
    assert clock(request_, K.FIRST_REPLY).due_at == at("2026-03-03 10:50")


def test_a_reopened_request_owes_an_answer_and_a_solution_anew(request_: ServiceRequest) -> None:
    clocks.meet(request_, K.RESOLVE, at("2026-03-03 10:00"))
    begun = clocks.restart(request_, at("2026-03-06 17:00"))
    assert {(row.kind, row.round) for row in begun} == {(K.FIRST_REPLY, 2), (K.RESOLVE, 2)}
    assert fresh(request_).next_due_at == at("2026-03-09 10:00")
    assert clocks_of(request_.id)[0].round == 2


def test_nobody_waits_for_what_was_withdrawn(request_: ServiceRequest, now: datetime) -> None:
    clocks.stop(request_, now)
    assert {row.state for row in clocks_of(request_.id)} == {ClockState.CANCELLED}
    assert fresh(request_).next_due_at is None


@pytest.mark.parametrize(
    ("received", "article"),
    [("2025-05-30 12:00", "第二十八条"), ("2026-03-01 22:00", "第二十九条")],
)
def test_an_express_complaint_is_answered_in_seven_days_by_the_text_then_in_force(
    cast: Cast, now: datetime, received: str, article: str
) -> None:
    targets.seed(SYSTEM, now)
    request = a_request(cast, at(received), kind="complaint", details={"mode": "express"})
    row = clock(request, K.LEGAL)
    assert row.due_at == at(received) + timedelta(days=7)
    limit = db.session.scalar(select(LegalDeadline).where(LegalDeadline.code == row.code))
    assert limit is not None and article in limit.source
    clocks.pause(request, at(received))
    assert clock(request, K.LEGAL).state == ClockState.RUNNING  # the law does not wait with us
    clocks.meet(request, K.RESOLVE, at(received))
    assert clock(request, K.LEGAL).state == ClockState.MET


def test_a_deadline_of_a_claim_runs_until_it_is_met_by_its_name(
    request_: ServiceRequest, now: datetime
) -> None:
    clocks.add_deadline(request_, "sea_recourse", at("2026-03-04 10:00"), now)
    clocks.add_deadline(request_, "sea_recourse", at("2026-03-02 10:40"), now)
    assert fresh(request_).next_due_at == at("2026-03-02 10:40")
    clocks.meet(request_, K.RESOLVE, now)
    assert fresh(request_).next_due_at == at("2026-03-02 10:40")
    clocks.meet(request_, K.LEGAL, now, "sea_recourse")
    assert fresh(request_).next_due_at is None


def test_the_seed_is_sown_once_and_keeps_what_the_owner_changed(cast: Cast, now: datetime) -> None:
    assert targets.seed(SYSTEM, now) == 80 + 15
    place = (Segment.VIP, 1, K.FIRST_REPLY)
    wanted = {place: Target(Span(20, TimeUnit.NATURAL_MINUTES), 50)}
    assert targets.change_targets(wanted, SYSTEM, now, seen=targets.targets_version()) == 1
    assert targets.change_targets(wanted, SYSTEM, now, seen=targets.targets_version()) == 0
    assert targets.seed(SYSTEM, now) == 0
    row = all_targets()[place]
    assert (row.amount, row.unit, row.warn_percent) == (20, "natural_minutes", 50)
    assert first_broken_link() is None


def test_a_target_out_of_reason_or_over_anothers_change_is_refused(
    cast: Cast, now: datetime
) -> None:
    targets.seed(SYSTEM, now)
    wanted = {(Segment.VIP, 1, K.PLAN): Target(Span(0, TimeUnit.NATURAL_DAYS))}
    with pytest.raises(InvalidMany) as refused:
        targets.change_targets(wanted, SYSTEM, now, seen=targets.targets_version())
    assert list(refused.value.errors) == ["vip-1-plan"]
    with pytest.raises(StaleEdit):
        targets.change_targets({}, SYSTEM, now, seen=targets.targets_version() - 1)


def test_a_later_text_ends_the_older_one_which_stays(cast: Cast, now: datetime) -> None:
    targets.seed(SYSTEM, now)
    old = db.session.scalar(select(LegalDeadline).where(LegalDeadline.code == "sea_notice"))
    assert old is not None
    values = {name: getattr(old, name) for name in targets.EDITED} | {
        "amount": 10, "source": "海商法（2025 修订）", "from_on": date(2026, 5, 1), "until_on": None,
    }  # fmt: skip
    new = targets.change_deadline(None, values, SYSTEM, now, replaces=old)
    assert (old.until_on, old.amount, new.amount) == (date(2026, 4, 30), 7, 10)
    early = values | {"from_on": date(1990, 1, 1)}
    with pytest.raises(InvalidMany) as refused:
        targets.change_deadline(None, early, SYSTEM, now, replaces=old)
    assert list(refused.value.errors) == ["from_on"]
    assert Duty(new.duty) is Duty.CLAIM_NOTICE


def test_a_day_that_the_firm_takes_off_moves_the_clocks_that_run(
    request_: ServiceRequest, now: datetime
) -> None:
    before = clock(request_, K.RESOLVE).due_at
    assert work_days.set_days(date(2026, 3, 2), None, False, "盘点", SYSTEM, now) == 1
    assert clock(request_, K.FIRST_REPLY).due_at == at("2026-03-03 11:00")
    assert clock(request_, K.RESOLVE).due_at == before  # in days as they pass
    assert fresh(request_).next_due_at == at("2026-03-03 10:00")
    assert work_days.set_days(date(2026, 3, 2), None, None, "", SYSTEM, now) == 1
    assert fresh(request_).next_due_at == at("2026-03-02 11:00")


def test_a_stretch_is_kept_where_it_differs_from_the_decree(cast: Cast, now: datetime) -> None:
    first, last = date(2026, 10, 1), date(2026, 10, 12)
    assert work_days.set_days(first, last, False, "", SYSTEM, now) == 4  # 8, 9, 10 and 12
    assert not firm_calendar().is_working(date(2026, 10, 10))
    assert work_days.take_back(2026, SYSTEM, now) == 4
    assert firm_calendar().is_working(date(2026, 10, 10))
    with pytest.raises(InvalidMany):
        work_days.set_days(last, first, False, "", SYSTEM, now)


def test_a_year_that_nobody_decreed_is_known_once_its_list_was_pasted(
    cast: Cast, now: datetime
) -> None:
    text = "元旦：1月1日（周五）至3日（周日）放假，共3天。1月9日（周六）上班。"
    assert not firm_calendar().knows(date(2031, 1, 1))
    assert work_days.paste_year(2031, text, True, SYSTEM, now) == 4
    calendar = firm_calendar()
    assert calendar.knows(date(2031, 1, 1))
    assert not calendar.is_working(date(2031, 1, 1)) and calendar.is_working(date(2031, 1, 9))
    with pytest.raises(Invalid):
        work_days.paste_year(2031, "2030-01-01 off", True, SYSTEM, now)
    work_days.take_back(2031, SYSTEM, now)
    assert not firm_calendar().knows(date(2031, 1, 1))


def test_other_hours_move_the_clocks_that_run(request_: ServiceRequest, now: datetime) -> None:
    hours = WorkHours(time(8, 30), time(17, 30), time(11), time(12))
    wanted = ServiceSettings(hours=hours, reopen_days=7)
    work_days.change_settings(wanted, SYSTEM, now, version=firm_profile().version or 1)
    assert work_hours() == hours and service_settings().reopen_days == 7
    assert clock(request_, K.FIRST_REPLY).due_at == at("2026-03-02 13:00")
    with pytest.raises(StaleEdit):
        work_days.change_settings(wanted, SYSTEM, now, version=99)
    wrong, version = ServiceSettings(WorkHours(time(9), time(8)), 0), firm_profile().version
    with pytest.raises(InvalidMany) as refused:
        work_days.change_settings(wrong, SYSTEM, now, version=version)
    assert set(refused.value.errors) == {"closes", "reopen_days"}


def test_every_change_is_in_the_history(cast: Cast, now: datetime) -> None:
    targets.seed(SYSTEM, now)
    work_days.set_days(date(2026, 3, 2), date(2026, 3, 4), False, "", SYSTEM, now)
    for event, count in (("targets.changed", 80), ("workdays.changed", 3)):
        found = select(func.count()).where(AuditEntry.event == event)
        assert db.session.scalar(found) == count
    assert db.session.scalar(select(func.count()).select_from(SlaTarget)) == 80
