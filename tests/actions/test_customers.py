"""Taking in and changing customers, their people, their team."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import select

from portal.access.models import Assignment
from portal.access.scope import set_viewer
from portal.customers import actions, queries
from portal.customers.models import Customer
from portal.customers.queries.finding import matching
from portal.customers.rules.people import ContactFacts, SiteFacts
from portal.customers.rules.profile import CustomerFacts
from portal.db.audit import AuditEntry
from portal.db.base import db
from portal.kernel.edits import EditClash
from portal.kernel.errors import Invalid, InvalidMany, NotAllowedNow
from tests.cast import Cast, viewer

GOOD_CODE = "91310000MA1FL8XQ37"


def taken_in(cast: Cast, now: datetime, **facts: object) -> Customer:
    actor = viewer(cast.sales_manager)
    return actions.create(CustomerFacts(**{"name_zh": "东方纸业有限公司", **facts}), actor, now)


def facts_of(customer: Customer, **changed: object) -> CustomerFacts:
    return replace(CustomerFacts(**queries.facts_of(customer)), **changed)


def history(customer: Customer, limit: int) -> list[AuditEntry]:
    """The latest entries about a customer, newest first."""
    theirs = select(AuditEntry).where(AuditEntry.customer_id == customer.id)
    return list(db.session.scalars(theirs.order_by(AuditEntry.id.desc()).limit(limit)))


def test_a_new_customer_gets_a_code_from_its_initials(cast: Cast, now: datetime) -> None:
    assert [taken_in(cast, now).code, taken_in(cast, now).code] == ["DFZY001", "DFZY002"]


def test_a_sales_person_owns_the_customer_they_take_in(cast: Cast, now: datetime) -> None:
    sales = viewer(cast.sales)
    set_viewer(sales)
    customer = actions.create(CustomerFacts(name_zh="东方纸业"), sales, now)
    assert [(m.name, m.part) for m in queries.team(customer.id)] == [("Chen Li", "owner")]
    assert customer in db.session.scalars(queries.customers(sales)).all()


def test_a_code_that_a_colleague_s_customer_holds_is_refused_without_naming_it(
    cast: Cast, now: datetime
) -> None:
    hidden = taken_in(cast, now, credit_code=GOOD_CODE)
    sales = viewer(cast.sales)
    set_viewer(sales)
    with pytest.raises(InvalidMany) as refused:
        actions.create(
            CustomerFacts(name_zh="新客", code=hidden.code, credit_code=GOOD_CODE), sales, now
        )
    assert set(refused.value.errors) == {"code", "credit_code"}
    assert "东方" not in str(refused.value.errors["credit_code"])


def test_a_credit_code_taken_by_a_customer_one_sees_names_it(cast: Cast, now: datetime) -> None:
    taken_in(cast, now, credit_code=GOOD_CODE)
    with pytest.raises(InvalidMany) as refused:
        taken_in(cast, now, name_zh="新客", credit_code=GOOD_CODE)
    assert "东方纸业" in str(refused.value.errors["credit_code"])


def test_similar_names_are_found_and_a_colleague_s_are_only_counted(
    cast: Cast, now: datetime
) -> None:
    taken_in(cast, now)
    found = queries.similar("东方纸业股份有限公司", "", "", viewer(cast.sales_manager))
    assert [c.name_zh for c in found.seen] == ["东方纸业有限公司"]
    sales = viewer(cast.sales)
    set_viewer(sales)
    found = queries.similar("东方纸业股份有限公司", "", "", sales)
    assert (found.seen, found.unseen) == ((), 1)
    assert not queries.similar("西方纸业有限公司", "", "", sales)


def test_a_branch_belongs_to_a_group_and_inherits_its_team(cast: Cast, now: datetime) -> None:
    group = taken_in(cast, now, kind="group")
    actions.assign(group, cast.sales.id, [cast.sales_manager.id], viewer(cast.sales_manager), now)
    branch = taken_in(cast, now, name_zh="东方纸业苏州", kind="branch", parent_id=group.id)
    parts = {m.name: m.part for m in queries.team(branch.id)}
    assert parts == {"Wu Mei": "owner", "Chen Li": "team"}


@pytest.mark.parametrize("wrong", ["ordinary", "unseen", "missing"])
def test_a_branch_of_something_else_than_a_group_is_refused(
    cast: Cast, now: datetime, wrong: str
) -> None:
    unseen = taken_in(cast, now, kind="group")
    parent = {"ordinary": cast.harbour.id, "unseen": unseen.id, "missing": 99_999}[wrong]
    sales = viewer(cast.sales)
    set_viewer(sales)
    with pytest.raises(Invalid) as refused:
        actions.create(CustomerFacts(name_zh="分", kind="branch", parent_id=parent), sales, now)
    assert refused.value.field == "parent_id"


def test_a_change_is_kept_in_history_field_by_field(cast: Cast, now: datetime) -> None:
    customer = taken_in(cast, now)
    actions.change(
        customer, facts_of(customer, industry="造纸"), 1, viewer(cast.sales_manager), now
    )
    entry = history(customer, 1)[0]
    assert (entry.event, entry.before, entry.after) == (
        "customer.changed",
        {"industry": ""},
        {"industry": "造纸", "version": 2},
    )


def test_saving_without_a_change_leaves_no_trace(cast: Cast, now: datetime) -> None:
    customer = taken_in(cast, now)
    actions.change(customer, facts_of(customer), 1, viewer(cast.sales_manager), now)
    assert [e.event for e in history(customer, 9)] == ["customer.created"]


def test_a_stale_edit_is_told_who_changed_what(cast: Cast, now: datetime) -> None:
    customer = taken_in(cast, now, phone="021-1111")
    yours = facts_of(customer, phone="021-3333")
    actions.change(
        customer, facts_of(customer, phone="021-2222"), 1, viewer(cast.sales_manager), now
    )
    with pytest.raises(EditClash) as refused:
        actions.change(customer, yours, 1, viewer(cast.administrator), now)
    (clash,) = refused.value.found
    assert (clash.field, clash.who) == ("phone", "Wu Mei")
    assert (clash.was, clash.theirs, clash.yours) == ("021-1111", "021-2222", "021-3333")
    assert customer.phone == "021-2222"


def test_a_contact_added_in_between_does_not_disturb_an_edit(cast: Cast, now: datetime) -> None:
    customer = taken_in(cast, now)
    yours = facts_of(customer, industry="造纸")
    actions.add_contact(customer, ContactFacts("王敏"), viewer(cast.sales_manager), now)
    actions.change(customer, yours, 1, viewer(cast.administrator), now)
    assert customer.industry == "造纸"


def test_the_first_contact_is_the_main_one_and_there_is_one_only(cast: Cast, now: datetime) -> None:
    customer, actor = taken_in(cast, now), viewer(cast.sales_manager)
    for name, main in (("王敏", False), ("李强", False), ("周平", True)):
        actions.add_contact(customer, ContactFacts(name), actor, now, main=main)
    people = queries.contacts(customer.id, actor)
    assert [(c.name, c.is_main) for c in people] == [
        ("周平", True),
        ("王敏", False),
        ("李强", False),
    ]
    actions.remove_contact(people[0], actor, now)
    assert [c.is_main for c in queries.contacts(customer.id, actor)] == [True, False]


@pytest.mark.parametrize(
    "typed", ["东方", "dongfang", "dfzy", "DFZY001", "wangmin", "王敏 东方", "１３８", GOOD_CODE]
)
def test_a_customer_is_found_by_whatever_one_types(cast: Cast, now: datetime, typed: str) -> None:
    customer = taken_in(cast, now, credit_code=GOOD_CODE)
    actor = viewer(cast.sales_manager)
    actions.add_contact(customer, ContactFacts("王敏", phone="13800001111"), actor, now)
    db.session.flush()
    assert matching(typed, actor) == [customer]
    assert matching(f"{typed} xx", actor) == []


def test_a_percent_sign_in_a_search_is_a_percent_sign(cast: Cast, now: datetime) -> None:
    taken_in(cast, now)
    db.session.flush()
    assert matching("%", viewer(cast.sales_manager)) == []


def test_contacts_and_sites_are_changed_and_removed_with_their_history(
    cast: Cast, now: datetime
) -> None:
    customer, actor = taken_in(cast, now), viewer(cast.sales_manager)
    site = actions.add_site(customer, SiteFacts("外高桥仓", "上海市浦东新区"), actor, now)
    actions.change_site(site, SiteFacts("外高桥仓", "富特北路 1 号"), 1, actor, now)
    with pytest.raises(EditClash):
        actions.change_site(site, SiteFacts("外高桥仓", "别处"), 1, actor, now)
    actions.remove_site(site, actor, now)
    events = [e.event.removeprefix("customer.") for e in history(customer, 3)]
    assert events == ["site_removed", "site_changed", "site_added"]


def test_a_customer_has_exactly_one_owner_whatever_is_assigned(cast: Cast, now: datetime) -> None:
    customer, actor = taken_in(cast, now), viewer(cast.sales_manager)
    actions.assign(customer, cast.sales.id, [cast.sales.id, cast.customer_service.id], actor, now)
    rows = db.session.scalars(select(Assignment).where(Assignment.customer_id == customer.id)).all()
    assert {(r.user_id, r.part) for r in rows} == {
        (cast.sales.id, "owner"),
        (cast.customer_service.id, "team"),
    }
    entry = db.session.scalar(select(AuditEntry).where(AuditEntry.event == "customer.assigned"))
    assert entry is not None and entry.after == {"owner": "Chen Li", "team": ["Zhao Min"]}


@pytest.mark.parametrize("who", ["lin", "finance"])
def test_only_those_who_look_after_customers_can_own_one(
    cast: Cast, now: datetime, who: str
) -> None:
    customer = taken_in(cast, now)
    with pytest.raises(Invalid) as refused:
        actions.assign(customer, getattr(cast, who).id, [], viewer(cast.sales_manager), now)
    assert refused.value.field == "owner_id"


def test_a_group_is_handed_over_with_its_branches_when_asked(cast: Cast, now: datetime) -> None:
    group, actor = taken_in(cast, now, kind="group"), viewer(cast.sales_manager)
    branch = taken_in(cast, now, name_zh="东方纸业苏州", kind="branch", parent_id=group.id)
    actions.assign(group, cast.sales.id, [], actor, now, with_branches=True)
    assert [m.name for m in queries.team(branch.id)] == ["Chen Li"]


def test_setting_inactive_needs_a_reason_and_is_done_once(cast: Cast, now: datetime) -> None:
    customer, actor = taken_in(cast, now), viewer(cast.sales_manager)
    with pytest.raises(Invalid):
        actions.deactivate(customer, "  ", actor, now)
    actions.deactivate(customer, "已并入总公司", actor, now)
    with pytest.raises(NotAllowedNow):
        actions.deactivate(customer, "again", actor, now)
    actions.reactivate(customer, actor, now)
    assert customer.active


def test_a_group_with_branches_stays_a_group(cast: Cast, now: datetime) -> None:
    group = taken_in(cast, now, kind="group")
    taken_in(cast, now, name_zh="东方纸业苏州", kind="branch", parent_id=group.id)
    with pytest.raises(Invalid) as refused:
        actions.change(
            group, facts_of(group, kind="organisation"), 1, viewer(cast.sales_manager), now
        )
    assert refused.value.field == "kind"
