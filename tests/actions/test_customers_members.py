"""Users of a customer: invited, given powers, sent away, switching."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest
from sqlalchemy import select

from portal.access.gate import load
from portal.access.permissions import Permission, Power
from portal.access.scope import set_viewer
from portal.access.viewer import SYSTEM, Viewer
from portal.accounts.models import User
from portal.customers import actions, queries
from portal.customers.models import Customer, Membership
from portal.customers.rules.people import Grant
from portal.db import audit
from portal.db.base import db
from portal.db.outbox import OutboxMessage
from portal.kernel.edits import EditClash
from portal.kernel.errors import Invalid, InvalidMany, NotFound
from tests.cast import EVERY_POWER, Cast, customer, member, viewer

SEE = Grant(frozenset({Power.SEE_QUOTATIONS}))


def acting(user: User) -> Viewer:
    """`user` as the session's viewer, whoever it was before."""
    set_viewer(SYSTEM)
    value = viewer(user)
    set_viewer(value)
    return value


def place(user: User, of: Customer) -> Membership:
    found = db.session.scalar(select(Membership).filter_by(user_id=user.id, customer_id=of.id))
    assert found is not None
    return found


def branches(cast: Cast, *codes: str) -> list[Customer]:
    cast.harbour.kind = "group"
    db.session.flush()
    return [customer(c, f"海港{c}", "", kind="branch", parent_id=cast.harbour.id) for c in codes]


def test_an_invited_person_becomes_a_user_and_gets_a_mail(cast: Cast, now: datetime) -> None:
    new = actions.add_member(
        cast.harbour, " Zhou@Harbour.cn", "周平", SEE, "zh_CN", viewer(cast.sales), now
    )
    assert (new.user.email, new.user.kind, new.power_set) == (
        "zhou@harbour.cn",
        "customer",
        SEE.powers,
    )
    mail = db.session.scalar(select(OutboxMessage).filter_by(recipient="zhou@harbour.cn"))
    assert mail is not None and mail.locale == "zh_CN"


def test_somebody_who_signs_in_already_acts_for_a_second_customer(
    cast: Cast, now: datetime
) -> None:
    new = actions.add_member(
        cast.harbour, cast.erik.email, "Erik", SEE, "en", viewer(cast.sales), now
    )
    assert new.user_id == cast.erik.id
    assert [name for _, name in viewer(cast.erik).switchable] == ["北风零件有限公司", "海港食品"]


@pytest.mark.parametrize("who", ["lin", "sales"])
def test_a_user_of_this_customer_and_our_own_staff_cannot_be_invited(
    cast: Cast, now: datetime, who: str
) -> None:
    with pytest.raises(Invalid) as refused:
        actions.add_member(
            cast.harbour, getattr(cast, who).email, "X", SEE, "en", viewer(cast.sales), now
        )
    assert refused.value.field == "email"


def test_changed_powers_count_at_once_and_are_in_the_public_history(
    cast: Cast, now: datetime
) -> None:
    actions.change_member(place(cast.clerk, cast.harbour), SEE, 1, viewer(cast.sales), now)
    grant = Grant(frozenset({Power.BOOK}))
    actions.change_member(place(cast.clerk, cast.harbour), grant, 1, viewer(cast.sales), now)
    assert not viewer(cast.clerk).may(Permission.QUOTATION_SEE)
    (entry,) = audit.timeline(place(cast.clerk, cast.harbour), public_only=True)
    assert (entry.event, entry.is_public) == ("customer.member_changed", True)


def test_two_who_change_the_same_user_do_not_overwrite_each_other(
    cast: Cast, now: datetime
) -> None:
    actor, membership = viewer(cast.sales), place(cast.clerk, cast.harbour)
    actions.change_member(membership, Grant(frozenset({Power.BOOK})), 1, actor, now)
    with pytest.raises(EditClash) as refused:
        actions.change_member(membership, Grant(frozenset({Power.SEE_BILLS})), 1, actor, now)
    assert [clash.field for clash in refused.value.found] == ["powers"]


def test_the_last_administrator_cannot_give_up_but_staff_may_take_the_power(
    cast: Cast, now: datetime
) -> None:
    mine = place(cast.lin, cast.harbour)
    lin = acting(cast.lin)
    for step in (
        lambda: actions.change_member(mine, SEE, 1, lin, now),
        lambda: actions.end_member(mine, lin, now),
    ):
        with pytest.raises(Invalid) as refused:
            step()
        assert refused.value.field == "powers"
    actions.change_member(mine, SEE, 1, acting(cast.sales_manager), now)
    assert mine.power_set == SEE.powers


def test_an_administrator_may_go_when_a_colleague_administers(cast: Cast, now: datetime) -> None:
    place(cast.clerk, cast.harbour).powers = sorted(EVERY_POWER)
    db.session.flush()
    actions.end_member(place(cast.lin, cast.harbour), acting(cast.lin), now)
    assert viewer(cast.lin).customer_ids == frozenset()


def test_an_administrator_whose_access_has_ended_does_not_count(cast: Cast, now: datetime) -> None:
    colleague = place(cast.clerk, cast.harbour)
    colleague.powers, colleague.ends_on = sorted(EVERY_POWER), date(2026, 3, 1)
    db.session.flush()
    with pytest.raises(Invalid):
        actions.end_member(place(cast.lin, cast.harbour), acting(cast.lin), now)


def test_an_ended_user_can_be_invited_again(cast: Cast, now: datetime) -> None:
    actor = viewer(cast.sales)
    actions.end_member(place(cast.clerk, cast.harbour), actor, now)
    again = actions.add_member(cast.harbour, cast.clerk.email, "Ho", SEE, "en", actor, now)
    assert again.user_id == cast.clerk.id


def test_access_lasts_through_its_last_day(cast: Cast, now: datetime) -> None:
    actor, membership = viewer(cast.sales), place(cast.clerk, cast.harbour)
    actions.change_member(membership, replace(SEE, ends_on=date(2026, 3, 2)), 1, actor, now)
    assert viewer(cast.clerk).customer_id == cast.harbour.id
    membership.ends_on = date(2026, 3, 1)
    db.session.flush()
    assert viewer(cast.clerk).customer_id is None


def test_a_branch_clerk_sees_the_branch_and_nothing_beside_it(cast: Cast, now: datetime) -> None:
    east, west = branches(cast, "EAST", "WEST")
    clerk = acting(member("Branch Ho", east, EVERY_POWER, now))
    assert load(Customer, east.id, clerk, Permission.MEMBER_SEE) is east
    for other in (west, cast.harbour, cast.nordwind):
        with pytest.raises(NotFound):
            load(Customer, other.id, clerk, Permission.MEMBER_SEE)
    assert [m.customer_id for m in queries.members(clerk)] == [east.id]


def test_a_reach_over_branches_is_handed_on_only_by_who_has_it(cast: Cast, now: datetime) -> None:
    branches(cast, "EAST")
    wide = replace(SEE, covers_branches=True)
    with pytest.raises(InvalidMany) as refused:
        actions.add_member(cast.harbour, "a@b.cn", "A", wide, "en", acting(cast.lin), now)
    assert set(refused.value.errors) == {"covers_branches"}
    place(cast.lin, cast.harbour).covers_branches = True
    db.session.flush()
    assert actions.add_member(cast.harbour, "a@b.cn", "A", wide, "en", acting(cast.lin), now)


def test_one_switches_only_to_customers_one_has_a_place_in(cast: Cast, now: datetime) -> None:
    actions.add_member(cast.nordwind, cast.lin.email, "Lin", SEE, "en", viewer(cast.sales), now)
    actions.choose_customer(cast.nordwind.id, viewer(cast.lin))
    assert viewer(cast.lin).customer_id == cast.nordwind.id
    for wrong in (cast.harbour.id, 99_999):
        with pytest.raises(NotFound):
            actions.choose_customer(wrong, viewer(cast.erik))
