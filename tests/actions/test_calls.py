"""Calls noted, planned and made; who rings; return visits that plan themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from portal.access.viewer import SYSTEM, Viewer
from portal.calls.actions import noting, planning
from portal.calls.models import Call, CallPlan
from portal.calls.queries import calls as queries
from portal.calls.queries.callers import caller
from portal.calls.rules.facts import CallFacts, PlanFacts
from portal.calls.rules.kinds import Direction, Outcome, Purpose
from portal.customers import actions as customers
from portal.customers.models import Contact, Site
from portal.customers.rules.people import ContactFacts
from portal.db.base import db
from portal.jobs import calls as jobs
from portal.kernel.errors import Forbidden, Invalid, InvalidMany, NotAllowedNow, NotFound, StaleEdit
from tests.cast import Cast, customer, viewer
from tests.factories import add
from tests.service import a_request
from tests.surveys import answered, resolved

DAY = timedelta(days=1)


@pytest.fixture
def agent(cast: Cast) -> Viewer:
    """Customer service on the telephone."""
    return viewer(cast.customer_service)


def rang(now: datetime, **changed: object) -> CallFacts:
    return CallFacts(
        **{"direction": Direction.IN, "began_at": now, "number": "138-0013-8000", "subject": "催货", **changed}
    )  # fmt: skip


def to_call(now: datetime, **changed: object) -> PlanFacts:
    return PlanFacts(
        **{"purpose": Purpose.CALLBACK, "due_at": now + DAY, "number": "13800138000", **changed}
    )


def closed(cast: Cast, now: datetime, kind: str = "complaint", **changes: object):  # type: ignore[no-untyped-def]
    request = resolved(cast, now, kind=kind, **changes)
    request.state, request.closed_at = "closed", now
    db.session.commit()
    return request


def test_a_call_is_noted_with_the_key_of_its_number(cast: Cast, now: datetime, agent: Viewer) -> None:  # fmt: skip
    call = noting.note(rang(now, customer_id=cast.harbour.id), agent, now)
    assert (call.number, call.digits, call.handled_by) == ("138-0013-8000", "13800138000", agent.user_id)  # fmt: skip


@pytest.mark.parametrize(("changed", "field"), [
    ({"number": "", "caller_name": ""}, "number"),
    ({"subject": " "}, "subject"),
    ({"seconds": -1}, "seconds"),
    ({"text": "长" * 8001}, "text"),
])  # fmt: skip
def test_a_note_that_says_nothing_is_refused_at_its_field(
    cast: Cast, now: datetime, agent: Viewer, changed: dict[str, object], field: str
) -> None:
    with pytest.raises(InvalidMany) as refused:
        noting.note(rang(now, **changed), agent, now)
    assert set(refused.value.errors) == {field}


def test_a_call_of_tomorrow_is_planned_not_noted(cast: Cast, now: datetime, agent: Viewer) -> None:
    with pytest.raises(InvalidMany):
        noting.note(rang(now + DAY), agent, now)
    assert noting.note(rang(now + timedelta(minutes=9)), agent, now).id


def test_nobody_answered_needs_no_subject(cast: Cast, now: datetime, agent: Viewer) -> None:
    facts = rang(now, direction=Direction.OUT, outcome=Outcome.NO_ANSWER, subject="")
    assert noting.note(facts, agent, now).outcome == "no_answer"


def test_a_contact_of_another_customer_is_not_the_caller(
    cast: Cast, now: datetime, agent: Viewer
) -> None:
    theirs = add(Contact(customer_id=cast.nordwind.id, name="Erik"))
    with pytest.raises(NotFound):
        noting.note(rang(now, customer_id=cast.harbour.id, contact_id=theirs.id), agent, now)


def test_finance_sees_no_calls_and_notes_none(cast: Cast, now: datetime) -> None:
    with pytest.raises(Forbidden):
        noting.note(rang(now), viewer(cast.finance), now)


def test_a_note_is_put_right_by_who_read_the_latest(
    cast: Cast, now: datetime, agent: Viewer
) -> None:
    call = noting.note(rang(now), agent, now)
    first = call.version
    noting.change(call, replace(noting.facts_of(call), subject="改地址"), first, agent, now)
    assert call.subject == "改地址"
    with pytest.raises(StaleEdit):
        noting.change(call, rang(now, subject="x"), first, agent, now)


def test_a_call_becomes_a_request_in_one_step_and_once(
    cast: Cast, now: datetime, agent: Viewer
) -> None:
    facts = rang(now, customer_id=cast.harbour.id, caller_name="周敏", text="少了两箱")
    call = noting.note(facts, agent, now)
    request = noting.to_request(call, "complaint", 2, "", agent, now)
    assert (request.channel, request.title, request.text) == ("phone", "催货", "少了两箱")
    assert (request.requester_name, request.requester_phone) == ("周敏", "138-0013-8000")
    assert (call.request_id, request.severity) == (request.id, 2)
    with pytest.raises(NotAllowedNow):
        noting.to_request(call, "complaint", 2, "", agent, now)


def test_a_caller_who_said_no_name_asks_by_the_number(
    cast: Cast, now: datetime, agent: Viewer
) -> None:
    call = noting.note(rang(now, customer_id=cast.harbour.id, caller_name=""), agent, now)
    request = noting.to_request(call, "problem", 2, "冷柜坏了", agent, now)
    assert request.requester_name == "138-0013-8000"


def test_a_call_of_nobody_known_makes_no_request(cast: Cast, now: datetime, agent: Viewer) -> None:
    with pytest.raises(Invalid):
        noting.to_request(noting.note(rang(now), agent, now), "enquiry", 3, "", agent, now)


def test_a_call_is_not_tied_to_another_customers_request(
    cast: Cast, now: datetime, agent: Viewer
) -> None:
    call = noting.note(rang(now, customer_id=cast.harbour.id), agent, now)
    with pytest.raises(Invalid):
        noting.attach(call, a_request(cast, now, customer=cast.nordwind), agent, now)


def test_a_planned_call_is_ended_by_the_call_that_reaches_somebody(
    cast: Cast, now: datetime, agent: Viewer
) -> None:
    plan = planning.plan(to_call(now), agent, now)
    noting.note(rang(now, outcome=Outcome.NO_ANSWER), agent, now, plan=plan)
    assert plan.state == "open" and plan.call_id is not None
    call = noting.note(rang(now), agent, now, plan=plan)
    assert (plan.state, plan.call_id) == ("done", call.id)
    with pytest.raises(NotAllowedNow):
        noting.note(rang(now), agent, now, plan=plan)


def test_a_planned_call_is_dropped_with_a_reason(cast: Cast, now: datetime, agent: Viewer) -> None:
    plan = planning.plan(to_call(now), agent, now)
    with pytest.raises(Invalid):
        planning.drop(plan, " ", agent, now)
    planning.drop(plan, "客户已来访", agent, now)
    assert (plan.state, plan.end_reason) == ("dropped", "客户已来访")
    with pytest.raises(NotAllowedNow):
        planning.move(plan, to_call(now), plan.version, agent, now)


def test_a_planned_call_goes_only_to_who_makes_calls(
    cast: Cast, now: datetime, agent: Viewer
) -> None:
    with pytest.raises(Invalid):
        planning.plan(to_call(now, assignee_id=cast.keeper.id), agent, now)
    plan = planning.plan(to_call(now, assignee_id=cast.sales.id), agent, now)
    db.session.flush()
    planning.move(plan, to_call(now, due_at=now + 2 * DAY), plan.version, agent, now)
    assert (plan.due_at, plan.assignee_id) == (now + 2 * DAY, None)


def test_a_caller_is_found_through_contact_site_user_and_firm(
    cast: Cast, now: datetime, agent: Viewer
) -> None:
    both = ContactFacts("周敏", phone="138 0013 8000/0755-26581234")
    known = customers.add_contact(cast.harbour, both, SYSTEM, now)
    place = {"name": "仓", "address": "路", "contact_name": "小李", "phone": "021-58881234"}
    add(Site(customer_id=cast.nordwind.id, **place))
    cast.erik.phone, cast.nordwind.phone = "13900139000", "400-888-1234"
    db.session.flush()

    def found(number: str) -> list[tuple[str, str]]:
        known = caller(number, agent, now.date()).candidates
        return [(each.customer.code, each.name) for each in known]

    assert found("+8613800138000") == [("HARBOUR", "周敏")]
    assert found("0755 2658 1234") == [("HARBOUR", "周敏")]
    assert found("02158881234") == [("NORDWIND", "小李")]
    assert found("013900139000") == [("NORDWIND", "Erik Nord")]
    assert found("4008881234") == [("NORDWIND", "")] and found("13700000000") == []
    assert caller("13800138000", agent, now.date()).candidates[0].contact is known


def test_a_number_of_two_customers_offers_both_and_a_removed_contact_none(
    cast: Cast, now: datetime, agent: Viewer
) -> None:
    first = add(Contact(customer_id=cast.harbour.id, name="周敏", phone="13800138000"))
    add(Contact(customer_id=cast.nordwind.id, name="Erik", phone="+86 138 0013 8000"))
    found = caller("13800138000", agent, now.date()).candidates
    assert [each.customer.code for each in found] == ["NORDWIND", "HARBOUR"]
    first.active = False
    db.session.flush()
    assert len(caller("13800138000", agent, now.date()).candidates) == 1


def test_a_landline_written_without_its_area_code_is_found_but_not_for_sure(
    cast: Cast, now: datetime, agent: Viewer
) -> None:
    add(Contact(customer_id=cast.harbour.id, name="周敏", phone="26581234"))
    (found,) = caller("0755-26581234", agent, now.date()).candidates
    assert not found.is_sure


def test_who_rang_before_is_remembered(cast: Cast, now: datetime, agent: Viewer) -> None:
    noting.note(rang(now, number="13611112222", customer_id=cast.harbour.id), agent, now)
    (found,) = caller("+86 136 1111 2222", agent, now.date()).candidates
    assert (found.customer.code, found.is_sure) == ("HARBOUR", False)


def test_a_colleagues_customer_is_told_as_a_count_and_a_colleague_by_name(
    cast: Cast, now: datetime
) -> None:
    alien = customer("ALIEN", "外人公司", "Alien")
    add(Contact(customer_id=alien.id, name="机密", phone="13800138000"))
    cast.keeper.phone = "13800138000"
    db.session.flush()
    found = caller("13800138000", viewer(cast.sales), now.date())
    assert (found.candidates, found.hidden, found.colleagues) == ((), 1, ("Ma Kun",))


def test_who_may_sign_in_no_more_makes_no_hidden_customer(
    cast: Cast, now: datetime, agent: Viewer
) -> None:
    cast.lin.phone, cast.lin.active = "13611113333", False
    db.session.flush()
    found = caller("13611113333", agent, now.date())
    assert (found.candidates, found.hidden) == ((), 0)


def test_calls_are_seen_with_their_customer_and_those_of_nobody_by_all(
    cast: Cast, now: datetime, agent: Viewer
) -> None:
    alien = customer("ALIEN", "外人公司", "Alien")
    hidden = noting.note(rang(now, customer_id=alien.id), agent, now)
    open_ = noting.note(rang(now), agent, now)
    plan = planning.plan(to_call(now, customer_id=alien.id), agent, now)
    db.session.flush()
    sales = viewer(cast.sales)
    assert db.session.scalars(queries.calls(sales)).all() == [open_]
    for read, row in ((queries.call_of, hidden), (queries.plan_of, plan)):
        assert read(row.id, agent) is row
        with pytest.raises(NotFound):
            read(row.id, sales)


def test_a_closed_complaint_is_visited_once_some_days_later(cast: Cast, now: datetime) -> None:
    request = closed(cast, now, requester_name="周敏", requester_phone="13800138000")
    assert jobs.plan_visits(now) == "1 return visits planned"
    assert jobs.plan_visits(now + DAY) == "0 return visits planned"
    plan = db.session.scalars(select(CallPlan)).one()
    assert (plan.purpose, plan.number, plan.name) == ("return_visit", "13800138000", "周敏")
    assert plan.due_at == datetime(2026, 3, 9, 10, tzinfo=UTC)  # a week later, 18:00 in Shanghai
    assert (plan.request_id, plan.assignee_id) == (request.id, cast.customer_service.id)


def test_an_enquiry_and_what_is_only_resolved_are_not_visited(cast: Cast, now: datetime) -> None:
    closed(cast, now, kind="enquiry")
    resolved(cast, now, kind="complaint")
    db.session.commit()
    assert jobs.plan_visits(now) == "0 return visits planned"


def test_a_low_score_is_called_about_the_next_working_day(cast: Cast, now: datetime) -> None:
    answered(cast, now, 1, "等了三天")
    answered(cast, now, 3)
    db.session.commit()
    assert jobs.plan_visits(now) == "1 return visits planned"
    assert jobs.plan_visits(now) == "0 return visits planned"
    plan = db.session.scalars(select(CallPlan)).one()
    assert plan.due_at == datetime(2026, 3, 3, 10, tzinfo=UTC) and "等了三天" in plan.text


def test_a_return_visit_that_waits_is_brought_forward_by_a_low_score(
    cast: Cast, now: datetime
) -> None:
    row = answered(cast, now, 1, "很慢", kind="complaint")
    request = row.request
    request.state, request.closed_at = "closed", now
    of_it = {"customer_id": request.customer_id, "request_id": request.id}
    visit = to_call(now, purpose=Purpose.RETURN_VISIT, due_at=now + 7 * DAY, **of_it)
    later = planning.plan(visit, SYSTEM, now)
    db.session.commit()
    assert jobs.plan_visits(now) == "1 return visits planned"
    assert jobs.plan_visits(now) == "0 return visits planned"
    assert db.session.scalar(select(func.count()).select_from(CallPlan)) == 1
    assert later.due_at == datetime(2026, 3, 3, 10, tzinfo=UTC) and "很慢" in later.text


def test_calls_and_plans_of_a_request_stand_beside_it(
    cast: Cast, now: datetime, agent: Viewer
) -> None:
    request = a_request(cast, now)
    call = noting.note(rang(now, customer_id=cast.harbour.id), agent, now)
    noting.attach(call, request, agent, now)
    plan = planning.plan(to_call(now, customer_id=cast.harbour.id, request_id=request.id), agent, now)  # fmt: skip
    db.session.flush()
    assert queries.of_request(request.id, agent) == ([call], [plan])
    assert db.session.scalar(select(func.count()).select_from(Call)) == 1
