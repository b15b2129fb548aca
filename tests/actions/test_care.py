"""Visits and what follows them, the plan of each tier, lent things, notes and news."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from portal.access.permissions import Role
from portal.access.scope import set_viewer
from portal.access.viewer import SYSTEM
from portal.calls.models import CallPlan
from portal.care.actions import assets, notes, plans, visits
from portal.care.models import Asset, AssetLoan, Visit, VisitTarget
from portal.care.queries import assets as asset_queries
from portal.care.queries import notes as note_queries
from portal.care.queries import plans as plan_queries
from portal.care.queries import visits as visit_queries
from portal.care.rules.assets import ReturnFacts
from portal.care.rules.kinds import VisitKind
from portal.care.rules.notes import WatchFacts
from portal.care.rules.plans import Goal
from portal.care.rules.settings import CareSettings
from portal.care.rules.visits import Promise
from portal.customers.models import Contact, Customer
from portal.db.base import db
from portal.db.work import unit_of_work
from portal.documents.attached import attached_to
from portal.jobs import care as job
from portal.kernel import clock
from portal.kernel.errors import Forbidden, Invalid, InvalidMany, NotAllowedNow, NotFound, StaleEdit
from portal.service_requests.models import RequestTask
from portal.web.flask_app import PortalApp
from portal.web.uploads import Upload
from tests.actions.test_money_at_once import at_once
from tests.care import (
    a_loan,
    a_note,
    a_price,
    a_thing,
    a_visit,
    a_visit_made,
    loan_facts,
    sheet_facts,
    visit_plan,
)
from tests.cast import Cast, staff, viewer
from tests.factories import add
from tests.offers import keep

DAY = timedelta(days=1)
MONDAY = date(2026, 3, 2)


def test_a_visit_is_planned_moved_and_called_off_with_a_reason(cast: Cast, now: datetime):
    me, visit = viewer(cast.sales), a_visit(cast, now)
    plan = visit_plan(cast, now, planned_on=MONDAY + 3 * DAY, starts_at=now + 3 * DAY)
    visits.move(visit, plan, visit.version, me, now)
    assert (visit.planned_on, visit.starts_at) == (MONDAY + 3 * DAY, now + 3 * DAY)
    with pytest.raises(Invalid):
        visits.cancel(visit, " ", me, now)
    assert visits.cancel(visit, "客户出差", me, now).state == "cancelled"
    with pytest.raises(NotAllowedNow):
        visits.finish(visit, sheet_facts(now), me, now)


def test_two_visits_of_one_person_at_the_same_time_are_told(cast: Cast, now: datetime):
    a_visit(cast, now, starts_at=now, minutes=90)
    at_ten = visit_plan(
        cast, now, customer_id=cast.nordwind.id, starts_at=now + timedelta(minutes=60)
    )
    assert len(visits.plan(at_ten, SYSTEM, now).clashes) == 1
    after = visit_plan(cast, now, starts_at=now + timedelta(minutes=150))
    assert visits.plan(after, SYSTEM, now).clashes == ()


def test_nobody_is_sent_to_a_customer_that_they_do_not_look_after(cast: Cast, now: datetime):
    stranger = staff("Stranger", Role.SALES)
    with pytest.raises(Invalid) as refused:
        visits.plan(visit_plan(cast, now, visitor_id=stranger.id), SYSTEM, now)
    assert refused.value.field == "visitor_id"
    with pytest.raises(NotFound):
        visits.plan(visit_plan(cast, now), viewer(stranger), now)


def test_what_another_customer_owns_has_no_place_on_a_visit(cast: Cast, now: datetime):
    theirs = add(Contact(customer_id=cast.nordwind.id, name="Erik"))
    with pytest.raises(NotFound):
        visits.plan(visit_plan(cast, now, contact_id=theirs.id), SYSTEM, now)


def test_promises_become_tasks_of_who_went(cast: Cast, now: datetime):
    visit = a_visit(cast, now)
    promised = (Promise("发新报价", MONDAY + 2 * DAY), Promise("  ", None))
    visits.finish(visit, sheet_facts(now, promises=promised), viewer(cast.sales), now)
    [task] = db.session.scalars(select(RequestTask)).all()
    assert (task.title, task.assignee_id, task.customer_id) == ("发新报价", cast.sales.id, cast.harbour.id)  # fmt: skip
    assert task.due_at == datetime(2026, 3, 4, 10, 0, tzinfo=now.tzinfo)
    assert [row.task_id for row in visit.promises] == [task.id]


@pytest.mark.parametrize("next_as", ["", "visit", "call"])
def test_the_next_step_is_a_remark_a_visit_or_a_call(cast: Cast, now: datetime, next_as: str):
    contact = add(Contact(customer_id=cast.harbour.id, name="周敏", phone="13800138000"))
    visit = a_visit(cast, now, contact_id=contact.id)
    facts = sheet_facts(now, next_step="看样柜", next_on=MONDAY + 7 * DAY, next_as=next_as)
    visits.finish(visit, facts, viewer(cast.sales), now)
    planned = db.session.scalars(select(Visit).where(Visit.state == "planned")).all()
    calls = db.session.scalars(select(CallPlan)).all()
    assert (len(planned), len(calls)) == (int(next_as == "visit"), int(next_as == "call"))
    assert [row.planned_on for row in planned] in ([], [MONDAY + 7 * DAY])
    assert [row.number for row in calls] in ([], ["13800138000"])


def test_a_photograph_of_a_visit_is_ours_alone(cast: Cast, now: datetime):
    visit, photo = a_visit(cast, now), Upload(b"\x89PNG\r\n\x1a\n", "仓库.png", "png")
    visits.finish(visit, sheet_facts(now), viewer(cast.sales), now, [photo])
    [file] = attached_to(visit, viewer(cast.sales))
    assert (file.is_shared, file.kind, file.subject_type) == (False, "photo", "care_visit")
    assert attached_to(visit, viewer(cast.lin)) == []


def test_a_sheet_is_put_right_by_the_one_who_read_it_last(cast: Cast, now: datetime):
    me, visit = viewer(cast.sales), a_visit_made(cast, now)
    version = visit.version
    visits.correct(visit, sheet_facts(now, summary="要三千平"), version, me, now)
    assert visit.summary == "要三千平"
    with pytest.raises(StaleEdit):
        visits.correct(visit, sheet_facts(now, summary="要一千平"), version, me, now)


def test_no_customer_sees_a_visit_or_a_note(cast: Cast, now: datetime):
    a_visit_made(cast, now)
    a_note(cast.harbour, now)
    lin = viewer(cast.lin)
    assert db.session.scalars(visit_queries.visits(lin)).all() == []
    assert db.session.scalars(note_queries.watch_notes(lin)).all() == []


@pytest.fixture
def planned(cast: Cast, now: datetime) -> Cast:
    """The plan that a firm begins with; Harbour is a VIP and ours for a year, Nordwind floating."""
    plans.seed(SYSTEM, now)
    for row, segment in ((cast.harbour, "vip"), (cast.nordwind, "floating")):
        found = db.session.get_one(Customer, row.id)
        found.segment, found.created_at, found.state = segment, now - 365 * DAY, "active"
    db.session.flush()
    return cast


def run(now: datetime) -> str:
    db.session.commit()
    set_viewer(SYSTEM)
    return job.plan_visits(now)


def planned_visits() -> list[tuple[int, str, date]]:
    rows = db.session.scalars(select(Visit).where(Visit.state == "planned").order_by(Visit.id))
    return [(row.customer_id, row.kind, row.planned_on) for row in rows]


def test_the_job_plans_a_visit_once_for_its_cause(planned: Cast, now: datetime):
    harbour = planned.harbour.id
    assert run(now) == "1 visits planned"
    assert planned_visits() == [(harbour, "on_site", MONDAY + DAY)]
    assert run(now) == "0 visits planned"


def test_a_visit_that_was_made_counts_from_its_own_day(planned: Cast, now: datetime):
    a_visit_made(planned, now, done_on=MONDAY - 50 * DAY)
    assert run(now) == "1 visits planned"
    assert planned_visits()[0][2] == MONDAY + 10 * DAY


def test_a_call_does_not_stand_for_a_visit_on_their_ground(planned: Cast, now: datetime):
    a_visit_made(planned, now, kind="telephone", done_on=MONDAY - DAY)
    assert run(now) == "1 visits planned"
    a_visit_made(planned, now, done_on=MONDAY)
    for row in db.session.scalars(select(Visit).where(Visit.state == "planned")):
        visits.cancel(row, "刚去过", SYSTEM, now)
    assert run(now) == "0 visits planned"


def test_a_visit_called_off_is_not_planned_again_at_once(planned: Cast, now: datetime):
    run(now)
    visit = db.session.scalars(select(Visit)).one()
    visits.cancel(visit, "客户不想见", SYSTEM, now)
    assert run(now + DAY) == "0 visits planned"
    assert run(now + 60 * DAY) == "1 visits planned"


def test_another_tier_counts_from_the_day_on_which_it_changes(planned: Cast, now: datetime):
    a_visit_made(planned, now, done_on=MONDAY - 45 * DAY)
    harbour = db.session.get_one(Customer, planned.harbour.id)
    assert overdue(planned) == []  # a VIP is visited every sixty days
    harbour.segment = "project"
    assert overdue(planned) == [(harbour.id, MONDAY - 45 * DAY)]  # every thirty
    assert run(now) == "1 visits planned"
    harbour.segment = "ordinary"
    assert overdue(planned) == [] and run(now + 60 * DAY) == "0 visits planned"
    assert planned_visits() == [
        (planned.harbour.id, "on_site", MONDAY + DAY)
    ]  # what is agreed stays


def test_key_customers_are_visited_by_a_manager(planned: Cast, now: datetime):
    db.session.get_one(Customer, planned.nordwind.id).structure = "key"
    nordwind, boss = planned.nordwind.id, planned.sales_manager.id
    assert run(now) == "2 visits planned"
    visit = db.session.scalars(select(Visit).where(Visit.customer_id == nordwind)).one()
    assert (visit.kind, visit.visitor_id) == ("management", boss)


def test_a_person_has_no_more_visits_a_day_than_the_firm_wants(planned: Cast, now: datetime):
    plans.change(
        {}, CareSettings(a_day=1), plans.version_of_plan(), viewer(planned.sales_manager), now
    )
    db.session.get_one(Customer, planned.nordwind.id).segment = "vip"
    assert run(now) == "2 visits planned"
    assert [on for _id, _kind, on in planned_visits()] == [MONDAY + DAY, MONDAY + 2 * DAY]


def overdue(cast: Cast) -> list[tuple[int, date]]:
    rows = [row for row in plan_queries.wanted_now(plan_queries.targets()) if row.segment]
    found = db.session.execute(plan_queries.overdue(viewer(cast.sales), rows, MONDAY))
    return [(row.Customer.id, row.last_on) for row in found]


def test_who_waits_for_a_visit_stands_on_the_list(planned: Cast, now: datetime):
    assert overdue(planned) == [(planned.harbour.id, plan_queries.NEVER)]
    a_visit_made(planned, now, done_on=MONDAY - 61 * DAY)
    assert overdue(planned) == [(planned.harbour.id, MONDAY - 61 * DAY)]
    a_visit_made(planned, now, done_on=MONDAY - 60 * DAY)
    assert overdue(planned) == []


def test_customers_nobody_ever_visited_are_known(planned: Cast, now: datetime):
    a_visit_made(planned, now, kind="telephone")
    rows = db.session.execute(plan_queries.never(viewer(planned.sales)))
    assert [row.Customer.id for row in rows] == [planned.nordwind.id]


def test_the_plan_is_changed_by_who_may_and_by_one_at_a_time(planned: Cast, now: datetime):
    wanted = {"vip": Goal("vip", VisitKind.VIDEO, 45)}
    version, boss = plans.version_of_plan(), viewer(planned.sales_manager)
    with pytest.raises(Forbidden):
        plans.change(wanted, CareSettings(), version, viewer(planned.sales), now)
    plans.change(wanted, CareSettings(), version, boss, now)
    row = db.session.scalars(select(VisitTarget).where(VisitTarget.segment == "vip")).one()
    assert (row.kind, row.every_days) == ("video", 45)
    with pytest.raises(StaleEdit):
        plans.change(wanted, CareSettings(), version, boss, now)
    with pytest.raises(InvalidMany):
        plans.change({"vip": Goal("vip", VisitKind.VIDEO, -1)}, CareSettings(), version, boss, now)


def test_a_thing_is_lent_and_comes_back_in_another_condition(cast: Cast, now: datetime):
    loan = a_loan(cast.harbour, now)
    assert loan.asset.state == "lent"
    back = ReturnFacts(MONDAY, "屏幕有划痕")
    assets.take_back(loan, back, SYSTEM, now)
    assert (loan.asset.state, loan.asset.condition) == ("here", "屏幕有划痕")
    assert (loan.returned_on, loan.deposit_back_on) == (MONDAY, MONDAY)
    with pytest.raises(NotAllowedNow):
        assets.take_back(loan, back, SYSTEM, now)


def test_of_ten_who_lend_one_thing_at_once_one_does(app: PortalApp, cast: Cast, now: datetime):
    asset_id, facts = a_thing(now).id, loan_facts(cast.harbour, MONDAY)
    keep(cast)

    def deed() -> object:
        with unit_of_work():
            assets.lend(db.session.get_one(Asset, asset_id), facts, SYSTEM, clock.now())
            return "lent"

    assert at_once(app, [deed] * 10) == {"lent": 1, "not_allowed_now": 9}
    assert len(db.session.scalars(select(AssetLoan.id)).all()) == 1


def test_what_is_not_given_back_keeps_its_deposit_until_it_is_found(cast: Cast, now: datetime):
    loan = a_loan(cast.harbour, now)
    assets.lose(loan, "客户说丢了", SYSTEM, now)
    assert (loan.is_lost, loan.deposit_back_on, loan.asset.state) == (True, None, "lost")
    assert assets.revive(loan.asset, "在他们仓库找到", SYSTEM, now).state == "here"


def test_a_number_stands_on_one_thing_only(cast: Cast, now: datetime):
    a_thing(now)
    with pytest.raises(Invalid) as refused:
        a_thing(now, "pr-001")
    assert refused.value.field == "number"


def test_the_same_thing_is_not_registered_twice(cast: Cast, now: datetime):
    a_thing(now, serial="ZT411-88")
    with pytest.raises(Invalid) as refused:
        a_thing(now, "PR-002", serial="zt411-88")
    assert refused.value.field == "serial"
    a_thing(now, "SC-001", kind="scale", serial="ZT411-88")  # another maker's number


def test_a_thing_is_not_in_two_hands_on_one_day(cast: Cast, now: datetime):
    loan = a_loan(cast.harbour, now)
    assets.take_back(loan, ReturnFacts(MONDAY, "完好"), SYSTEM, now)
    before = replace(loan_facts(cast.nordwind, MONDAY), lent_on=MONDAY - DAY)
    with pytest.raises(Invalid) as refused:
        assets.lend(loan.asset, before, SYSTEM, now)
    assert (refused.value.field, loan.asset.state) == ("lent_on", "here")
    assert assets.lend(loan.asset, loan_facts(cast.nordwind, MONDAY), SYSTEM, now).lent_on == MONDAY


def test_a_customer_reads_its_own_loans_and_lends_nothing(cast: Cast, now: datetime):
    mine = a_loan(cast.harbour, now)
    a_loan(cast.nordwind, now, "PR-002")
    lin = viewer(cast.lin)
    assert [row.id for row in db.session.scalars(asset_queries.loans(lin))] == [mine.id]
    with pytest.raises(Forbidden):
        assets.prolong(mine, MONDAY + 400 * DAY, lin, now)


def test_a_note_counts_until_its_day_or_until_it_is_taken_off(cast: Cast, now: datetime):
    me = viewer(cast.sales)
    short = a_note(cast.harbour, now, expires_on=MONDAY)
    long = a_note(cast.harbour, now, text="老板姓郑")
    in_force = lambda on: [row.id for row in note_queries.notes_of(cast.harbour.id, me, on, 10)]  # noqa: E731
    assert in_force(MONDAY) == [long.id, short.id] and in_force(MONDAY + DAY) == [long.id]
    notes.end(long, "换老板了", me, now)
    assert in_force(MONDAY) == [short.id]
    with pytest.raises(NotAllowedNow):
        notes.change(long, WatchFacts("firm", "x"), long.version, me, now)


def test_what_is_heard_of_the_market_needs_its_source(cast: Cast, now: datetime):
    with pytest.raises(InvalidMany) as refused:
        a_price(now, source=" ", price=None)
    assert set(refused.value.errors) == {"source", "price"}
    entry = a_price(now, price=Decimal("0.35"))
    assert "hanbao" in entry.search_text and entry.price == Decimal("0.35")
