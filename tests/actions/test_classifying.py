"""The monthly run: what it writes, that it is done once, taken up, recomputed, told, and that customers follow it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal as D

import pytest
from sqlalchemy import func, select

from portal.access.viewer import SYSTEM
from portal.customers.models import Customer
from portal.db.audit import AuditEntry
from portal.db.base import db
from portal.db.outbox import OutboxMessage
from portal.documents.models import FirmProfile
from portal.insights.actions import classifying
from portal.insights.actions.class_rows import row_values
from portal.insights.models import Classification, ClassificationRun
from portal.insights.rules.classifying import Rules, classified
from portal.insights.rules.inputs import Inputs
from portal.jobs import classes as job
from portal.kernel.errors import Invalid
from portal.kernel.text import Text
from portal.receivables.rules.report_months import moved
from tests.cast import Cast, customer
from tests.factories import add
from tests.insights import FEBRUARY, a_month, classified_in, months_of, row_of, run_whole

MARCH = date(2026, 3, 1)
APRIL = datetime.fromisoformat("2026-04-09T10:00:00+08:00")


def entries(event: str) -> int:
    wanted = select(func.count()).where(AuditEntry.event == event)
    return db.session.scalar(wanted) or 0


def test_a_run_writes_tier_state_and_classes_to_the_customers(cast: Cast, now: datetime):
    months_of(cast.harbour, ["12000"] * 12)
    months_of(cast.nordwind, ["100"] * 2)
    run = classified_in(FEBRUARY, now)
    assert (run.state, run.counts["customers"], run.done) == ("done", 2, 2)
    assert (cast.harbour.segment, cast.harbour.abc, cast.harbour.structure) == ("vip", "A", "key")
    assert (cast.nordwind.segment, cast.nordwind.abc) == ("floating", "C")
    assert entries("customer.classified") == 2


def test_the_same_run_again_changes_nothing(cast: Cast, now: datetime):
    months_of(cast.harbour, ["12000"] * 12)
    classified_in(FEBRUARY, now)
    before = row_of(cast.harbour).inputs
    run = classified_in(FEBRUARY, now)
    assert (run.counts["written"], run.counts["changed"], run.rounds) == (0, 0, 2)
    assert row_of(cast.harbour).inputs == before and entries("customer.classified") == 1


def test_every_row_works_out_again_from_what_it_kept(cast: Cast, now: datetime):
    months_of(cast.harbour, ["9000", "8000", "12000", "5000"])
    a_month(cast.nordwind, "70", answer_count=4, good_count=1)
    run = classified_in(FEBRUARY, now)
    for row in db.session.scalars(select(Classification)):
        inputs = Inputs.from_json(row.inputs)
        values = row_values(
            row.customer_id, run.month, inputs, classified(inputs, Rules.from_json(run.rules))
        )
        assert {name: getattr(row, name) for name in values} == values


def test_a_customer_that_never_ordered_keeps_what_it_has_and_has_no_row(cast: Cast, now: datetime):
    cast.harbour.segment = "vip"
    run = classified_in(FEBRUARY, now)
    assert run.counts.get("customers", 0) == 0
    assert (cast.harbour.segment, cast.harbour.state) == ("vip", "potential")


def test_a_month_that_is_not_over_is_not_classified(cast: Cast, now: datetime):
    with pytest.raises(Invalid):
        classifying.start(MARCH, SYSTEM, now)


def test_a_month_has_one_run_however_often_it_is_asked_for(cast: Cast, now: datetime):
    first = classifying.start(FEBRUARY, SYSTEM, now)
    assert classifying.start(FEBRUARY, SYSTEM, now) is first and first.rounds == 1
    assert entries("classification_run.started") == 1


def test_a_tier_goes_down_with_the_second_run_under_its_bound(cast: Cast, now: datetime):
    months_of(cast.harbour, ["0", "0", "20000", "20000"])
    cast.harbour.segment = "vip"
    classified_in(FEBRUARY, now)
    assert row_of(cast.harbour).tier == "vip"
    a_month(cast.harbour, "0", MARCH)
    classified_in(MARCH, APRIL)
    assert (row_of(cast.harbour).tier, row_of(cast.harbour).tier_before) == ("mid", "vip")
    assert cast.harbour.segment == "mid"


def test_an_older_month_done_later_leaves_the_customers_alone(cast: Cast, now: datetime):
    months_of(cast.harbour, ["12000"] * 3)
    classified_in(FEBRUARY, now)
    run = classified_in(moved(FEBRUARY, -1), now)
    assert run.counts["written"] == 1 and "changed" not in run.counts
    assert cast.harbour.segment == "vip"


def test_a_run_is_taken_up_after_its_last_batch(
    cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(classifying, "BATCH", 1)
    months_of(cast.harbour, ["12000"] * 3)
    months_of(cast.nordwind, ["400"] * 3)
    run_id = classifying.start(FEBRUARY, SYSTEM, now).id
    classifying.claim(run_id, now)
    found = classifying.begin(run_id, now)
    assert classifying.classify_batch(run_id, found, SYSTEM, now)
    db.session.commit()
    assert db.session.scalar(select(func.count()).select_from(Classification)) == 1
    assert job.work(run_id)
    run = classifying.row_of(run_id)
    assert (run.state, run.done, run.counts["customers"]) == ("done", 2, 2)
    assert not job.work(run_id)


def test_the_job_gathers_the_months_and_tells_owners_once(cast: Cast, now: datetime):
    months_of(cast.harbour, ["1000"] * 3, moved(FEBRUARY, -3))
    months_of(cast.nordwind, ["1700"] * 3)
    db.session.commit()
    run = run_whole(FEBRUARY, now)
    assert (run.state, run.counts["at_risk"], run.counts["new_risk"]) == ("done", 1, 1)
    signals = {each[0] for each in row_of(cast.harbour).causes["churn"]}
    assert signals == {"volume", "interval"}
    run_whole(FEBRUARY, now)
    letter = db.session.scalars(select(OutboxMessage)).one()
    assert (letter.template, letter.recipient) == ("classes_staff", cast.sales.email)
    assert letter.facts["risks"][0]["signals"] == ["volume", "interval"]


def test_the_month_that_ended_is_put_in_line_once_from_the_firms_day_on(cast: Cast, now: datetime):
    assert job.monthly(now) == "0 ended"
    later = now.replace(day=9)
    assert job.monthly(later) == "0 ended, 2026-02 started" and job.monthly(later) == "0 ended"
    assert db.session.scalars(select(ClassificationRun.month)).all() == [FEBRUARY]
    assert job.work_all() == 1


def test_merged_customers_are_left_out(cast: Cast, now: datetime):
    twin = customer("TWIN", "海港食品", "", merged_into_id=cast.harbour.id)
    months_of(twin, ["5000"] * 3)
    months_of(cast.harbour, ["100"] * 3)
    run = classified_in(FEBRUARY, now)
    assert run.counts["customers"] == 1 and row_of(cast.harbour).rank == 1
    assert Rules.from_json(run.rules).portfolio.total == D(300)


def a_group(cast: Cast, *nets: str) -> Customer:
    """Harbour as a group with a branch for each row of monthly nets."""
    cast.harbour.kind = "group"
    for number, net in enumerate(nets):
        branch = customer(
            f"BRANCH{number}", f"分公司{number}", "", kind="branch", parent_id=cast.harbour.id
        )
        months_of(branch, [net] * 3)
    db.session.flush()
    return cast.harbour


def adding_up(on: bool) -> None:
    profile = db.session.get(FirmProfile, 1) or add(FirmProfile(id=1, name_zh="示例物流"))
    profile.insight = {"group_sums": on}
    db.session.flush()


def test_a_group_adds_up_its_branches_where_the_firm_wants_it_and_says_so(
    cast: Cast, now: datetime
):
    adding_up(True)
    group = a_group(cast, "6000", "5000")
    months_of(group, ["400"] * 3)
    classified_in(FEBRUARY, now)
    row = row_of(group)
    assert (row.tier, row.tier_amount, row.inputs["branches"]) == ("vip", D(11400), 2)
    assert "who brought CNY 11,000.00 of it" in str(Text.from_json(row.causes["tier"][1]))
    assert row.period_amount == 1200  # rank and shares stay its own
    branch = db.session.scalars(select(Customer).where(Customer.code == "BRANCH0")).one()
    assert row_of(branch).tier == "mid"


def test_a_group_without_business_of_its_own_gets_a_row_from_its_branches(
    cast: Cast, now: datetime
):
    adding_up(True)
    group = a_group(cast, "3000")
    classified_in(FEBRUARY, now)
    assert (row_of(group).tier, group.segment) == ("mid", "mid")


def test_without_that_wish_a_group_goes_by_its_own_business(cast: Cast, now: datetime):
    group = a_group(cast, "6000")
    months_of(group, ["400"] * 3)
    classified_in(FEBRUARY, now)
    assert row_of(group).tier == "ordinary" and "branches" not in row_of(group).inputs
