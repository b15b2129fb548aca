"""Tasks and visits: planned, moved, done, called off; who is told; a person who is somewhere else already."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from portal.access.permissions import Role
from portal.customers.models import Site
from portal.db import audit
from portal.db.base import db
from portal.db.outbox import OutboxMessage
from portal.kernel.errors import Forbidden, InvalidMany, NotAllowedNow, NotFound
from portal.service_requests.actions import feeds, tasks
from portal.service_requests.actions.tasks import Plan
from portal.service_requests.models import CalendarFeed, RequestTask
from portal.service_requests.queries import tasks as queries
from portal.service_requests.rules.states import RequestState
from tests.cast import Cast, staff, viewer
from tests.factories import add
from tests.service import a_request

HOUR = timedelta(hours=1)


def a_visit(cast: Cast, now: datetime, **more) -> Plan:
    begins = now + timedelta(days=1)
    values = {"kind": "visit", "title": "上门查看破损", "assignee_id": cast.customer_service.id, "starts_at": begins,
              "ends_at": begins + HOUR, "place": "上海市某路 1 号", **more}  # fmt: skip
    return Plan(**values)


def a_task(cast: Cast, now: datetime, **more) -> Plan:
    values = {
        "kind": "task",
        "title": "查询签收",
        "assignee_id": cast.customer_service.id,
        "due_at": now + HOUR,
    }
    return Plan(**values | more)


def made(plan: Plan, cast: Cast, now: datetime, request=None) -> RequestTask:
    return tasks.make(plan, cast.harbour, viewer(cast.sales), now, request).task


def mails() -> list[tuple[str, str, str]]:
    rows = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))
    return [(row.template, row.facts.get("step", ""), row.recipient) for row in rows]


def of_templates(*names: str) -> list[tuple[str, str, str]]:
    return [each for each in mails() if each[0] in names]


def test_whoever_is_to_do_it_is_told_by_mail_once(cast: Cast, now: datetime):
    made(a_task(cast, now), cast, now, a_request(cast, now))
    assert of_templates("task_staff") == [("task_staff", "given", cast.customer_service.email)]


def test_nobody_is_told_of_what_they_plan_for_themselves(cast: Cast, now: datetime):
    made(a_task(cast, now, assignee_id=cast.sales.id), cast, now)
    assert of_templates("task_staff") == []


def test_a_visit_at_the_time_of_another_is_kept_and_the_clash_is_told(cast: Cast, now: datetime):
    first = made(a_visit(cast, now), cast, now)
    plan = a_visit(cast, now, starts_at=first.starts_at + HOUR / 2, ends_at=first.ends_at + HOUR)
    kept = tasks.make(plan, cast.nordwind, viewer(cast.sales), now)
    assert kept.task.id and [each.key for each in kept.clashes] == [first.id]


def test_a_visit_that_begins_when_the_other_ends_is_no_clash(cast: Cast, now: datetime):
    first = made(a_visit(cast, now), cast, now)
    plan = a_visit(cast, now, starts_at=first.ends_at, ends_at=first.ends_at + HOUR)
    assert tasks.make(plan, cast.harbour, viewer(cast.sales), now).clashes == ()


def test_a_clash_with_a_customer_one_may_not_see_is_told_without_its_name(
    cast: Cast, now: datetime
):
    first = made(a_visit(cast, now), cast, now)
    assert queries.clashes(cast.customer_service.id, first.starts_at, first.ends_at)
    assert set(queries.Planned.__dataclass_fields__) == {"key", "starts", "ends"}


@pytest.mark.parametrize(("change", "field"), [
    ({"title": " "}, "title"),
    ({"kind": "party"}, "kind"),
    ({"starts_at": None}, "starts_at"),
    ({"ends_at": None}, "ends_at"),
    ({"assignee_id": 999_999}, "assignee_id"),
    ({"is_shared": True}, "is_shared"),
    ({"place": "x" * 241}, "place"),
])  # fmt: skip
def test_what_a_visit_lacks_is_said_at_its_field(cast: Cast, now: datetime, change, field):
    with pytest.raises(InvalidMany) as refused:
        made(a_visit(cast, now, **change), cast, now)
    assert field in refused.value.errors


def test_a_visit_ends_after_it_begins(cast: Cast, now: datetime):
    plan = a_visit(cast, now)
    with pytest.raises(InvalidMany) as refused:
        made(replace(plan, ends_at=plan.starts_at), cast, now)
    assert "ends_at" in refused.value.errors


def test_a_task_needs_a_day(cast: Cast, now: datetime):
    with pytest.raises(InvalidMany) as refused:
        made(a_task(cast, now, due_at=None), cast, now)
    assert "due_at" in refused.value.errors


def test_a_customers_user_is_given_no_task(cast: Cast, now: datetime):
    with pytest.raises(InvalidMany):
        made(a_task(cast, now, assignee_id=cast.lin.id), cast, now)


def test_a_place_of_another_customer_is_refused(cast: Cast, now: datetime):
    site = add(Site(customer_id=cast.nordwind.id, name="仓库", address="某路"))
    with pytest.raises(InvalidMany) as refused:
        made(a_visit(cast, now, site_id=site.id), cast, now)
    assert "site_id" in refused.value.errors


def test_a_request_of_another_customer_is_not_found(cast: Cast, now: datetime):
    other = a_request(cast, now, customer=cast.nordwind)
    with pytest.raises(NotFound):
        made(a_task(cast, now), cast, now, other)


def test_nothing_is_planned_for_a_closed_case(cast: Cast, now: datetime):
    request = a_request(cast, now)
    request.state, request.solution, request.is_open = RequestState.CLOSED, "好", False
    with pytest.raises(NotAllowedNow):
        made(a_task(cast, now), cast, now, request)


def test_a_shared_visit_is_told_to_the_requester_and_shown_without_our_note(
    cast: Cast, now: datetime
):
    request = a_request(cast, now)
    made(a_visit(cast, now, is_shared=True, text="客户很生气"), cast, now, request)
    made(a_visit(cast, now, title="内部"), cast, now, request)
    shown = queries.visits_shared(request.id, viewer(cast.lin))
    assert [(each.title, each.person, each.place) for each in shown] == [
        ("上门查看破损", "Zhao Min", "上海市某路 1 号")
    ]
    assert "客户很生气" not in repr(shown)
    assert of_templates("visit_customer") == [("visit_customer", "planned", cast.lin.email)]


def test_no_visit_of_an_internal_request_is_shown(cast: Cast, now: datetime):
    request = a_request(cast, now)
    made(a_visit(cast, now, is_shared=True), cast, now, request)
    request.is_internal = True
    db.session.flush()
    assert queries.visits_shared(request.id, viewer(cast.lin)) == []


def test_another_customers_user_is_shown_no_visit_of_ours(cast: Cast, now: datetime):
    request = a_request(cast, now)
    made(a_visit(cast, now, is_shared=True), cast, now, request)
    assert queries.visits_shared(request.id, viewer(cast.erik)) == []


def test_who_had_it_and_who_has_it_now_are_told_and_the_customer_of_another_time(
    cast: Cast, now: datetime
):
    request, agent = a_request(cast, now), staff("Tang Yi", Role.CUSTOMER_SERVICE)
    task = made(a_visit(cast, now, is_shared=True), cast, now, request)
    later = a_visit(
        cast,
        now,
        is_shared=True,
        assignee_id=agent.id,
        starts_at=now + HOUR * 30,
        ends_at=now + HOUR * 31,
    )
    tasks.change(task, later, viewer(cast.sales), now)
    steps = [(step, to) for _t, step, to in of_templates("task_staff", "visit_customer")]
    assert steps[2:] == [
        ("taken", cast.customer_service.email),
        ("given", agent.email),
        ("moved", cast.lin.email),
    ]


def test_the_same_plan_again_changes_and_tells_nothing(cast: Cast, now: datetime):
    task = made(a_visit(cast, now), cast, now)
    before = (len(mails()), task.version)
    tasks.change(task, a_visit(cast, now), viewer(cast.sales), now)
    db.session.flush()
    assert (len(mails()), task.version) == before


def test_a_visit_is_done_with_what_came_of_it_and_whoever_planned_it_is_told(
    cast: Cast, now: datetime
):
    task = made(a_visit(cast, now), cast, now)
    agent = viewer(cast.customer_service)
    with pytest.raises(InvalidMany):
        tasks.complete(task, " ", agent, now)
    tasks.complete(task, "破损 3 箱", agent, now)
    assert (task.state, task.result, task.done_at) == ("done", "破损 3 箱", now)
    assert of_templates("task_staff")[-1] == ("task_staff", "done", cast.sales.email)
    with pytest.raises(NotAllowedNow):
        tasks.complete(task, "又", agent, now)


def test_a_visit_is_called_off_with_a_reason_that_the_customer_does_not_read(
    cast: Cast, now: datetime
):
    request = a_request(cast, now)
    task = made(a_visit(cast, now, is_shared=True), cast, now, request)
    with pytest.raises(InvalidMany):
        tasks.cancel(task, "", viewer(cast.sales), now)
    tasks.cancel(task, "车坏了", viewer(cast.sales), now)
    public = audit.timeline(task, public_only=True)
    assert [each.event for each in public] == ["visit.cancelled", "visit.planned"]
    assert not any("车坏了" in (each.reason or "") for each in public)
    assert of_templates("visit_customer")[-1][1] == "cancelled"


def test_what_was_called_off_is_taken_up_again(cast: Cast, now: datetime):
    task = made(a_task(cast, now), cast, now)
    tasks.cancel(task, "误建", viewer(cast.sales), now)
    tasks.reopen(task, "要做", viewer(cast.sales), now)
    assert (task.state, task.done_at) == ("open", None)


def test_who_plans_nothing_may_not(cast: Cast, now: datetime):
    with pytest.raises(Forbidden):
        tasks.make(a_task(cast, now), cast.harbour, viewer(cast.auditor), now)


def test_a_calendar_address_opens_its_own_persons_plan_until_it_is_made_anew_or_revoked(
    cast: Cast, now: datetime
):
    agent = viewer(cast.customer_service)
    token = feeds.make(agent, now)
    assert feeds.reader_of(token).user_id == cast.customer_service.id
    assert token not in db.session.scalar(select(CalendarFeed.token_hash))
    newer = feeds.make(agent, now)
    with pytest.raises(NotFound):
        feeds.reader_of(token)
    feeds.revoke(agent)
    with pytest.raises(NotFound):
        feeds.reader_of(newer)


def test_the_calendar_of_somebody_who_left_is_closed(cast: Cast, now: datetime):
    token = feeds.make(viewer(cast.customer_service), now)
    cast.customer_service.active = False
    db.session.flush()
    with pytest.raises(NotFound):
        feeds.reader_of(token)


def test_an_administrator_who_has_a_task_keeps_it_when_it_changes(cast: Cast, now: datetime):
    task = made(a_task(cast, now, assignee_id=cast.administrator.id), cast, now)
    tasks.change(
        task,
        a_task(cast, now, title="再查", assignee_id=cast.administrator.id),
        viewer(cast.sales),
        now,
    )
    assert (task.title, task.assignee_id) == ("再查", cast.administrator.id)


def test_a_colleague_who_does_not_look_after_the_customer_is_given_none_of_its_tasks(
    cast: Cast, now: datetime
):
    stranger = staff("Stranger", Role.SALES)
    with pytest.raises(InvalidMany) as refused:
        made(a_task(cast, now, assignee_id=stranger.id), cast, now)
    assert "assignee_id" in refused.value.errors
