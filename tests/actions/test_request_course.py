"""The course of a request: every step by its own verb, its people told, its clocks met, locked at the end (T4, S11)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from portal.access.scope import set_viewer
from portal.access.viewer import SYSTEM, Viewer
from portal.db.audit import timeline
from portal.db.base import db
from portal.db.outbox import OutboxMessage
from portal.jobs import service_requests as job
from portal.kernel.errors import Forbidden, Invalid, NotAllowedNow, NotFound
from portal.service_requests.actions import course, talking
from portal.service_requests.models import RequestClock, RequestMessage, ServiceRequest
from portal.service_requests.queries import requests
from portal.service_requests.rules.clock_kinds import ClockKind
from portal.service_requests.rules.states import REQUEST_STEPS, RequestState, RequestStep
from tests.cast import Cast, viewer
from tests.service import a_request, a_service_manager, an_agent, fresh, moved_to

Verb = Callable[[ServiceRequest, Viewer, datetime], object]
VERBS: dict[RequestStep, Verb] = {
    RequestStep.ACCEPT: course.accept,
    RequestStep.START: course.start,
    RequestStep.WAIT_CUSTOMER: lambda r, a, n: course.wait_for_customer(r, "请补充照片", a, n),
    RequestStep.WAIT_THIRD_PARTY: lambda r, a, n: course.wait_for_third_party(r, "船公司", a, n),
    RequestStep.RESUME: course.resume,
    RequestStep.RESOLVE: lambda r, a, n: course.resolve(r, "已找到货物", a, n),
    RequestStep.CLOSE: course.close,
    RequestStep.REOPEN: lambda r, a, n: course.reopen(r, "仍未收到", a, n),
    RequestStep.WITHDRAW: lambda r, a, n: course.withdraw(r, "客户撤回", a, n),
    RequestStep.REJECT: lambda r, a, n: course.reject(r, "不是我司业务", a, n),
}
MOVES = [(state, step) for state in RequestState for step in VERBS]


def clock_states(row: ServiceRequest) -> dict[str, str]:
    """Kind → state of the request's clocks of the latest round."""
    db.session.flush()
    wanted = select(RequestClock).where(RequestClock.request_id == row.id)
    return {each.kind: each.state for each in db.session.scalars(wanted.order_by(RequestClock.round))}  # fmt: skip


def letters_to(address: str) -> list[str]:
    wanted = select(OutboxMessage.template).where(OutboxMessage.recipient == address)
    return list(db.session.scalars(wanted.order_by(OutboxMessage.id)))


@pytest.mark.one_database
@pytest.mark.parametrize(("state", "step"), MOVES, ids=lambda each: each.value)
def test_a_move_is_made_or_refused_as_the_table_says(
    state: RequestState, step: RequestStep, cast: Cast, now: datetime
) -> None:
    row = moved_to(cast, now, state)
    if REQUEST_STEPS.allows(state, step):
        VERBS[step](row, SYSTEM, now)
        assert fresh(row).state == REQUEST_STEPS.next(state, step)
    else:
        with pytest.raises(NotAllowedNow):
            VERBS[step](row, SYSTEM, now)
        db.session.expire(row)
        assert row.state == state


@pytest.mark.parametrize("state", RequestState)
def test_only_what_somebody_still_has_to_do_is_open(
    state: RequestState, cast: Cast, now: datetime
) -> None:
    ended = ("resolved", "closed", "withdrawn", "merged", "rejected")
    assert fresh(moved_to(cast, now, state)).is_open is (state not in ended)


def test_who_accepts_owns_it_and_the_clock_is_met(cast: Cast, now: datetime) -> None:
    row = a_request(cast, now)
    course.accept(row, viewer(cast.customer_service), now)
    assert fresh(row).owner_id == cast.customer_service.id
    assert (row.accepted_at, clock_states(row)[ClockKind.ACCEPT]) == (now, "met")


def test_the_later_of_two_who_accept_is_told_who_was_quicker(cast: Cast, now: datetime) -> None:
    row, other = a_request(cast, now), an_agent()
    course.accept(row, viewer(cast.customer_service), now)
    with pytest.raises(NotAllowedNow, match="Zhao Min"):
        course.accept(row, viewer(other), now)


def test_time_while_the_customer_is_waited_for_does_not_count(cast: Cast, now: datetime) -> None:
    row = moved_to(cast, now, RequestState.IN_PROGRESS)
    course.wait_for_customer(row, "请补充照片", SYSTEM, now)
    assert clock_states(row)[ClockKind.RESOLVE] == "paused"
    assert fresh(row).next_due_at is None
    talking.write(row, "照片在这里", (), viewer(cast.lin), now + timedelta(hours=1))
    assert (fresh(row).state, clock_states(row)[ClockKind.RESOLVE]) == ("in_progress", "running")


def test_time_while_a_third_party_is_waited_for_counts(cast: Cast, now: datetime) -> None:
    row = moved_to(cast, now, RequestState.WAITING_CUSTOMER)
    course.wait_for_third_party(row, "船公司", SYSTEM, now)
    assert clock_states(row)[ClockKind.RESOLVE] == "running"


def test_what_is_asked_reaches_the_customer_as_a_message(cast: Cast, now: datetime) -> None:
    row = moved_to(cast, now, RequestState.ACCEPTED)
    message = course.wait_for_customer(row, "请补充照片", viewer(cast.customer_service), now)
    assert (message.side, message.text) == ("staff", "请补充照片")
    assert letters_to(cast.lin.email)[-1] == "request_answered"
    assert fresh(row).customer_waits is False


def test_resolving_needs_words(cast: Cast, now: datetime) -> None:
    row = moved_to(cast, now, RequestState.IN_PROGRESS)
    with pytest.raises(Invalid) as error:
        course.resolve(row, "  ", SYSTEM, now)
    assert error.value.field == "solution"


def test_resolving_meets_every_clock_and_tells_the_customer(cast: Cast, now: datetime) -> None:
    row = moved_to(cast, now, RequestState.IN_PROGRESS)
    course.resolve(row, "已找到货物", viewer(cast.customer_service), now)
    assert set(clock_states(row).values()) == {"met"}
    assert letters_to(cast.lin.email)[-1] == "request_resolved"
    assert (fresh(row).resolved_at, row.next_due_at, row.is_open) == (now, None, False)


def test_the_customer_confirms_and_it_is_locked(cast: Cast, now: datetime) -> None:
    row = moved_to(cast, now, RequestState.RESOLVED)
    course.close(row, viewer(cast.lin), now)
    assert (fresh(row).state, row.closed_at) == ("closed", now)


def test_resolved_ones_close_by_themselves_after_three_days(cast: Cast, now: datetime) -> None:
    row_id = moved_to(cast, now, RequestState.RESOLVED).id
    db.session.commit()
    early = job.close(now + timedelta(days=3, seconds=-1))
    late = job.close(now + timedelta(days=3))
    state = db.session.get_one(ServiceRequest, row_id).state
    assert (early, late, state) == ("0 closed", "1 closed", "closed")
    assert job.close(now + timedelta(days=4)) == "0 closed"


def test_one_on_which_the_customer_wrote_since_does_not_close_by_itself(
    cast: Cast, now: datetime
) -> None:
    row = moved_to(cast, now, RequestState.RESOLVED)
    talking.write(row, "还是不对", (), viewer(cast.lin), now)
    db.session.commit()
    assert job.close(now + timedelta(days=9)) == "0 closed"


LAST = datetime(2026, 3, 9, 15, 59, tzinfo=UTC)
"""Resolved on Monday 2 March; five working days later, 23:59 in Shanghai."""


def test_the_customer_may_reopen_within_five_working_days(cast: Cast, now: datetime) -> None:
    row = moved_to(cast, now, RequestState.CLOSED)
    course.reopen(row, "仍未收到", viewer(cast.lin), LAST)
    assert (fresh(row).state, row.reopened, row.closed_at) == ("in_progress", 1, None)
    wanted = select(RequestMessage.text).where(RequestMessage.request_id == row.id)
    assert "仍未收到" in list(db.session.scalars(wanted))


def test_not_a_minute_later(cast: Cast, now: datetime) -> None:
    row = moved_to(cast, now, RequestState.CLOSED)
    with pytest.raises(NotAllowedNow, match="2026-03-09"):
        course.reopen(row, "仍未收到", viewer(cast.lin), LAST + timedelta(minutes=1))
    assert not course.may_reopen(row, viewer(cast.lin), LAST + timedelta(minutes=1))
    assert course.may_reopen(row, viewer(cast.lin), LAST)


def test_a_lead_may_within_thirty_days_with_a_reason(cast: Cast, now: datetime) -> None:
    lead = viewer(a_service_manager())
    row = moved_to(cast, now, RequestState.CLOSED)
    with pytest.raises(Invalid):
        course.reopen(row, "", lead, now)
    with pytest.raises(NotAllowedNow):
        course.reopen(row, "补充处理", lead, now + timedelta(days=31))
    course.reopen(row, "补充处理", lead, now + timedelta(days=30))
    assert fresh(row).state == "in_progress"


def test_who_answers_requests_may_not_reopen_a_closed_case(cast: Cast, now: datetime) -> None:
    row = moved_to(cast, now, RequestState.CLOSED)
    with pytest.raises(Forbidden):
        course.reopen(row, "补充处理", viewer(cast.customer_service), now)
    resolved = moved_to(cast, now, RequestState.RESOLVED)
    course.reopen(resolved, "客户来电", viewer(cast.customer_service), now)
    assert fresh(resolved).state == "in_progress"


def test_a_reopened_one_owes_an_answer_and_a_solution_anew(cast: Cast, now: datetime) -> None:
    row = moved_to(cast, now, RequestState.RESOLVED)
    course.reopen(row, "仍未收到", viewer(cast.lin), now)
    assert clock_states(row)[ClockKind.RESOLVE] == "running"
    assert fresh(row).next_due_at is not None


def test_the_customer_withdraws_without_a_word_and_staff_with_a_reason(
    cast: Cast, now: datetime
) -> None:
    row, other = a_request(cast, now), a_request(cast, now)
    course.withdraw(row, "", viewer(cast.lin), now)
    assert set(clock_states(row).values()) == {"cancelled"}
    with pytest.raises(Invalid):
        course.withdraw(other, "", viewer(cast.customer_service), now)


def test_a_rejection_is_explained_to_the_customer(cast: Cast, now: datetime) -> None:
    row = a_request(cast, now)
    with pytest.raises(Invalid):
        course.reject(row, "", SYSTEM, now)
    course.reject(row, "不是我司业务", SYSTEM, now)
    assert fresh(row).end_reason == "不是我司业务"
    assert letters_to(cast.lin.email)[-1] == "request_ended"


def test_a_customer_takes_no_step_of_ours(cast: Cast, now: datetime) -> None:
    row = moved_to(cast, now, RequestState.IN_PROGRESS)
    for verb in (course.start, course.resume, VERBS[RequestStep.RESOLVE], VERBS[RequestStep.REJECT]):  # fmt: skip
        with pytest.raises(Forbidden):
            verb(row, viewer(cast.lin), now)


@pytest.mark.parametrize("step", [RequestStep.WITHDRAW, RequestStep.CLOSE, RequestStep.REOPEN])
def test_another_firms_people_find_nothing(step: RequestStep, cast: Cast, now: datetime) -> None:
    row = moved_to(cast, now, RequestState.RESOLVED)
    erik = viewer(cast.erik)
    set_viewer(erik)
    with pytest.raises(NotFound):
        VERBS[step](row, erik, now)
    with pytest.raises(NotFound):
        requests.one(row.id, erik)


def test_the_customer_reads_the_course_step_by_step(cast: Cast, now: datetime) -> None:
    row = moved_to(cast, now, RequestState.RESOLVED)
    events = [entry.event for entry in reversed(timeline(row, public_only=True))]
    assert events == ["request.opened", "request.accepted", "request.started", "request.resolved"]


def test_an_internal_request_ends_with_a_letter_to_the_colleague_only(
    cast: Cast, now: datetime
) -> None:
    row = a_request(cast, now, by=viewer(cast.sales), kind="internal", channel="internal")
    course.accept(row, viewer(cast.customer_service), now)
    course.resolve(row, "资料已备好", viewer(cast.customer_service), now)
    assert letters_to(cast.sales.email) == ["request_staff"]
    assert letters_to(cast.lin.email) == []
