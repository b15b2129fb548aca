"""An opportunity comes to be (REQUIREMENTS O1, O5-O8, O15, O16)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select

from portal.access.viewer import SYSTEM
from portal.accounts.models import User
from portal.customers.models import Contact, Customer, Site
from portal.db.audit import timeline
from portal.db.base import db
from portal.db.outbox import OutboxMessage
from portal.kernel.errors import Forbidden, InvalidMany
from portal.opportunities.actions import opening, seeding
from portal.opportunities.models import OpportunityTask, SalesMethod
from portal.opportunities.rules.values import NewLine
from tests.cast import Cast, customer, viewer
from tests.factories import add, item
from tests.opportunities import an_opportunity, first_words, new_opportunity

D = Decimal


def problems(cast: Cast, now: datetime, **changes: object) -> set[str]:
    first_words(now)
    with pytest.raises(InvalidMany) as error:
        opening.open_(new_opportunity(cast, **changes), SYSTEM, now)
    return set(error.value.errors)


def test_it_begins_in_the_first_stage_of_the_usual_method(cast: Cast, now: datetime) -> None:
    row = an_opportunity(cast, now)
    assert (row.number, row.state, row.method.code, row.stage.code) == (
        "OP-2026-000001",
        "open",
        "lane",
        "enquiry",
    )
    assert (row.likelihood, row.category, row.amount_from) == (10, "omitted", "hand")
    assert timeline(row, public_only=False)[0].event == "opportunity.created"


def test_its_stage_s_tasks_are_the_owners_and_due_in_working_days(
    cast: Cast, now: datetime
) -> None:
    row = an_opportunity(cast, now)
    task = db.session.scalars(select(OpportunityTask)).one()
    assert (task.assignee_id, task.stage_id, task.due_on) == (
        cast.sales.id,
        row.stage_id,
        date(2026, 3, 4),
    )
    assert task.title == "Call: which lanes, how much cargo"  # Chen Li reads English


def test_the_amount_is_the_lines_sum_where_none_is_given(cast: Cast, now: datetime) -> None:
    freight = item("O/F", "海运费", unit="20GP", packaging="20GP")
    lines = (
        NewLine(freight.id, "", D(3), "", D("812.505")),
        NewLine(None, "报关", D(1), "票", None),
    )
    row = an_opportunity(cast, now, amount=None, currency="USD", lines=lines)
    assert (row.amount, row.currency, row.amount_from) == (D("2437.52"), "USD", "items")
    assert [(x.name, x.unit, x.amount) for x in row.lines] == [
        ("海运费", "TEU", D("2437.52")),
        ("报关", "票", None),
    ]


@pytest.mark.parametrize(("currency", "amount", "fits"), [
    ("JPY", "1000", True), ("JPY", "1000.5", False), ("KWD", "10.125", True), ("USD", "10.125", False),
    ("XXX", "1", False), ("CNY", "-1", False),
])  # fmt: skip
def test_an_amount_has_its_currencys_places(
    cast: Cast, now: datetime, currency: str, amount: str, fits: bool
) -> None:
    if fits:
        assert an_opportunity(cast, now, currency=currency, amount=D(amount)).amount == D(amount)
    else:
        assert problems(cast, now, currency=currency, amount=D(amount)) <= {"amount", "currency"}


def test_everything_that_is_wrong_is_told_at_its_field_at_once(cast: Cast, now: datetime) -> None:
    other = add(Site(customer_id=cast.nordwind.id, name="汉堡", address="汉堡"))
    stranger = add(Contact(customer_id=cast.nordwind.id, name="Erik"))
    told = problems(
        cast,
        now,
        title=" ",
        kind="gift",
        rating="x",
        source="x",
        likelihood=101,
        site_id=other.id,
        contact_id=stranger.id,
        category_id=99,
        owner_id=cast.finance.id,
        method_id=99,
        lines=[NewLine()],
    )
    assert told == {
        "title",
        "kind",
        "rating",
        "source",
        "likelihood",
        "site_id",
        "contact_id",
        "category_id",
        "owner_id",
        "method_id",
        "lines",
    }


def test_any_site_of_the_customer_its_group_and_its_branches_will_do(
    cast: Cast, now: datetime
) -> None:
    branch = customer("HARBOUR-S", "海港食品深圳", "", kind="branch", parent_id=cast.harbour.id)
    site = add(Site(customer_id=branch.id, name="深圳仓", address="盐田"))
    assert an_opportunity(cast, now, site_id=site.id).site_id == site.id


def test_a_private_person_has_opportunities_too(cast: Cast, now: datetime) -> None:
    person: Customer = customer("P-1", "张三", "", kind="person")
    row = an_opportunity(cast, now, customer_id=person.id, contact_id=None)
    assert row.customer.kind == "person"


def test_where_nobody_is_named_the_customers_owner_gets_it(cast: Cast, now: datetime) -> None:
    assert an_opportunity(cast, now, owner_id=None).owner_id == cast.sales.id
    nobodys = customer("LONE", "独行", "")
    row = an_opportunity(cast, now, customer_id=nobodys.id, owner_id=None)
    assert row.owner_id == cast.sales_manager.id
    mine = an_opportunity(cast, now, owner_id=None, by=viewer(cast.sales_manager))
    assert mine.owner_id == cast.sales_manager.id


def test_its_new_owner_is_told_unless_it_is_their_own_doing(cast: Cast, now: datetime) -> None:
    def told(user: User) -> int:
        wanted = select(OutboxMessage).where(OutboxMessage.recipient == user.email)
        return len(db.session.scalars(wanted).all())

    an_opportunity(cast, now, by=viewer(cast.sales))
    assert told(cast.sales) == 0
    an_opportunity(cast, now, by=viewer(cast.sales_manager))
    assert told(cast.sales) == 1


def test_who_may_not_work_on_opportunities_records_none(cast: Cast, now: datetime) -> None:
    first_words(now)
    with pytest.raises(Forbidden):
        opening.open_(new_opportunity(cast), viewer(cast.finance), now)


def test_seeding_twice_changes_nothing(cast: Cast, now: datetime) -> None:
    assert seeding.seed(SYSTEM, now) > 0
    assert seeding.seed(SYSTEM, now) == 0
    codes = db.session.scalars(select(SalesMethod.code).order_by(SalesMethod.position)).all()
    assert codes == ["lane", "project"]
