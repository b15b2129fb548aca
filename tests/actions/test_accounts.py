"""Users: invited, joined, given roles, blocked; never the last administrator, never oneself."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from portal.access.permissions import Role
from portal.accounts import actions
from portal.accounts.models import Invitation, User
from portal.accounts.queries import found_by, in_state, open_invitation, staff, with_role
from portal.accounts.sign_in import password_hash
from portal.db import audit
from portal.db.audit import AuditEntry
from portal.db.base import db
from portal.db.outbox import OutboxMessage
from portal.kernel.errors import Invalid, NotAllowedNow, NotFound, StaleEdit
from tests.cast import Cast, viewer


@pytest.fixture
def boss(cast: Cast):
    return viewer(cast.administrator)


def invited(boss, now, email="new@farhaven.example", roles=(Role.SALES,)) -> User:
    return actions.invite_staff(email, "王小明", "zh_CN", roles, boss, now)


def link() -> str:
    mail = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()
    assert mail is not None
    return str(mail.facts["path"]).removeprefix("/join/")


def events() -> list[str]:
    return list(db.session.scalars(select(AuditEntry.event).order_by(AuditEntry.id)))


def test_an_invited_person_gets_a_link_and_has_no_password(boss, now: datetime):
    user = invited(boss, now)
    assert not user.has_joined and user.role_set == {Role.SALES}
    assert open_invitation(link(), now).user is user
    assert events() == ["user.created", "user.invited"]


def test_only_the_hash_of_the_link_is_kept(boss, now: datetime):
    invited(boss, now)
    kept = db.session.scalars(select(Invitation.token_hash)).one()
    assert kept != link() and len(kept) == 64


def test_joining_sets_name_and_password_and_spends_the_link(boss, now: datetime):
    user = invited(boss, now)
    token = link()
    actions.join(token, "王小明", password_hash("four plain words here"), now)
    assert user.has_joined and user.confirmed_at == now
    with pytest.raises(NotFound):
        actions.join(token, "Somebody else", "hash", now)


@pytest.mark.parametrize(("hours", "is_open"), [(71, True), (72, False), (100, False)])
def test_a_link_is_good_for_seventy_two_hours(boss, now: datetime, hours: int, is_open: bool):
    invited(boss, now)
    assert (open_invitation(link(), now + timedelta(hours=hours)) is not None) is is_open


def test_a_fresh_link_makes_the_old_one_worthless(boss, now: datetime):
    user = invited(boss, now)
    old = link()
    actions.invite_again(user, boss, now)
    assert open_invitation(old, now) is None and open_invitation(link(), now) is not None


def test_a_blocked_persons_link_opens_nothing(boss, now: datetime):
    user = invited(boss, now)
    actions.deactivate(user, boss, now, reason="wrong person")
    assert open_invitation(link(), now) is None


def test_nobody_is_invited_again_after_joining(cast: Cast, boss, now: datetime):
    with pytest.raises(NotAllowedNow):
        actions.invite_again(cast.sales, boss, now)


@pytest.mark.parametrize("email", ["chen.li@farhaven.example", " Chen.Li@Farhaven.Example "])
def test_an_address_has_one_sign_in_whatever_its_case(boss, now: datetime, email: str):
    with pytest.raises(Invalid) as refusal:
        invited(boss, now, email)
    assert refusal.value.field == "email"


def test_staff_are_invited_into_at_least_one_role(boss, now: datetime):
    with pytest.raises(Invalid) as refusal:
        invited(boss, now, roles=())
    assert refusal.value.field == "roles"


def test_a_customers_user_who_signs_in_already_is_given_back(cast: Cast, boss, now: datetime):
    user = actions.invite(cast.lin.email, "Other Name", "customer", "en", boss, now)
    assert (user.id, user.name) == (cast.lin.id, "Lin Xiaowen")
    assert db.session.scalars(select(OutboxMessage)).all() == []


def test_a_customer_cannot_invite_one_of_our_own_people(cast: Cast, boss, now: datetime):
    with pytest.raises(Invalid, match="cannot be invited here"):
        actions.invite(cast.sales.email, "X", "customer", "en", boss, now)


def test_roles_are_given_and_taken_with_their_history(cast: Cast, boss, now: datetime):
    actions.change_roles(cast.sales, [Role.FINANCE, Role.SALES], boss, now)
    assert cast.sales.role_set == {Role.FINANCE, Role.SALES}
    actions.change_roles(cast.sales, [Role.FINANCE], boss, now)
    entry = audit.timeline(cast.sales, public_only=False)[0]
    assert entry.before["roles"] == ["finance", "sales"] and entry.after["roles"] == ["finance"]


def test_two_administrators_on_one_person_the_later_is_told(cast: Cast, boss, now: datetime):
    db.session.refresh(user := db.session.get_one(User, cast.sales.id))
    seen = user.version
    actions.change_roles(user, [Role.FINANCE], boss, now, version=seen)
    with pytest.raises(StaleEdit, match=r"Admin changed this a moment ago: Roles changed\."):
        actions.change_roles(user, [Role.SALES], boss, now, version=seen)


def test_nobody_changes_or_blocks_themselves(cast: Cast, boss, now: datetime):
    own = db.session.get_one(User, cast.administrator.id)
    for step in (
        lambda: actions.change_roles(own, [Role.SALES], boss, now),
        lambda: actions.deactivate(own, boss, now, reason="tired"),
        lambda: actions.remove_second_factor(own, boss, now),
    ):
        with pytest.raises(NotAllowedNow):
            step()


def test_the_last_administrator_keeps_the_role_and_the_sign_in(cast: Cast, boss, now: datetime):
    last = db.session.get_one(User, cast.administrator.id)
    other = viewer(cast.finance)
    with pytest.raises(NotAllowedNow):
        actions.change_roles(last, [Role.SALES], other, now)
    with pytest.raises(NotAllowedNow):
        actions.deactivate(last, other, now, reason="left")


def test_an_administrator_who_never_joined_does_not_count(cast: Cast, boss, now: datetime):
    invited(boss, now, roles=(Role.ADMINISTRATOR,))
    last = db.session.get_one(User, cast.administrator.id)
    with pytest.raises(NotAllowedNow):
        actions.deactivate(last, viewer(cast.finance), now, reason="left")


def test_blocking_ends_sessions_and_wants_a_reason(cast: Cast, boss, now: datetime):
    user = db.session.get_one(User, cast.sales.id)
    session_mark = user.fs_uniquifier
    with pytest.raises(Invalid):
        actions.deactivate(user, boss, now, reason="  ")
    actions.deactivate(user, boss, now, reason="left the firm")
    assert not user.active and user.fs_uniquifier != session_mark
    actions.reactivate(user, boss, now)
    assert user.active and events() == ["user.deactivated", "user.reactivated"]


def test_the_first_administrator_gives_an_address_and_may_ask_for_the_link_again(
    database: None, now: datetime
):
    old = actions.first_administrator_link("https://portal.example", now)
    new = actions.first_administrator_link("https://portal.example", now)
    assert new.startswith("https://portal.example/join/") and old != new
    assert open_invitation(old.rpartition("/")[2], now) is None
    user = actions.join(new.rpartition("/")[2], "Boss", "hash", now, email="Boss@Firm.example")
    assert (user.email, user.role_set) == ("boss@firm.example", {Role.ADMINISTRATOR})


def test_the_first_link_is_good_for_a_day(database: None, now: datetime):
    token = actions.first_administrator_link("https://portal.example", now).rpartition("/")[2]
    assert open_invitation(token, now + timedelta(hours=23)) is not None
    assert open_invitation(token, now + timedelta(hours=24)) is None


@pytest.mark.parametrize("words", ["王小明", "wangxiaoming", "wxm", "new@farhaven", "wang xiao"])
def test_staff_are_found_by_chinese_pinyin_initials_and_address(boss, now: datetime, words: str):
    user = invited(boss, now)
    db.session.flush()
    assert db.session.scalars(found_by(staff(), words)).all() == [user]


def test_staff_are_narrowed_by_role_and_state(cast: Cast, boss, now: datetime):
    user = invited(boss, now)
    db.session.flush()
    assert user in db.session.scalars(with_role(staff(), "sales")).all()
    assert db.session.scalars(in_state(staff(), "invited")).all() == [user]
    assert db.session.scalars(in_state(staff(), "blocked")).all() == []
