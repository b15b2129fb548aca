"""Where one is signed in: each sign-in is a row that its owner, an administrator or time ends."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from portal.accounts.models import SignIn, User
from portal.accounts.sessions import MARK
from portal.customers.models import Membership
from portal.db.base import db
from portal.kernel import clock
from portal.web.flask_app import PortalApp
from tests.cast import PASSWORD, Cast
from tests.client import CheckingClient

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0.0.0 Safari/537.36"
)
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 MicroMessenger/8.0.49 Safari/604.1"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def in_english(client: CheckingClient) -> None:
    client.set_cookie("lang", "en", domain="portal.test")


def sign_in(client, user: User, agent: str = CHROME, **more: str):
    """Through the form, as a browser called `agent`."""
    client.set_cookie("lang", "en", domain="portal.test")
    data = {"email": user.email, "password": PASSWORD, **more}
    return client.post("/login", data=data, headers={"User-Agent": agent})


def rows() -> list[SignIn]:
    return list(db.session.scalars(select(SignIn).order_by(SignIn.id)))


def test_a_sign_in_has_its_device_its_way_and_no_mark_that_could_be_used(client, cast: Cast):
    sign_in(client, cast.sales, PHONE)
    with client.session_transaction() as session:
        mark = session[MARK]
    (row,) = rows()
    assert (row.browser, row.system, row.ip, row.way) == (
        "WeChat",
        "iPhone",
        "127.0.0.1",
        "password",
    )
    assert len(mark) >= 43 and mark not in (row.mark_hash, str(vars(row)))


def test_the_page_lists_every_device_and_knows_this_one(app: PortalApp, client, cast: Cast):
    sign_in(app.test_client(), cast.sales, PHONE)
    sign_in(client, cast.sales)
    page = client.get("/account/sign-ins").text
    assert "Chrome on Windows</strong> <span" in page and "WeChat on iPhone" in page
    assert page.count('name="which" value="') == 2  # the other one, and all others


def test_one_of_them_is_ended_and_refused_at_its_next_request(app: PortalApp, client, cast: Cast):
    other = app.test_client()
    sign_in(other, cast.sales, PHONE)
    sign_in(client, cast.sales)
    which = re.search(r'name="which" value="(\d+)"', client.get("/account/sign-ins").text)[1]
    client.post("/account/sign-ins/end", data={"which": which})
    asked = other.get("/account")
    assert asked.headers["Location"] == "/login?next=/account"
    assert "ended from another device" in other.get("/login").text
    assert client.get("/account").status_code == 200


def test_all_others_end_at_once(app: PortalApp, client, cast: Cast):
    others = [app.test_client() for _ in range(3)]
    for each in others:
        sign_in(each, cast.sales)
    sign_in(client, cast.sales)
    client.post("/account/sign-ins/end", data={"which": "all"})
    assert [each.get("/account").status_code for each in others] == [302] * 3
    assert client.get("/account").status_code == 200


@pytest.mark.parametrize("which", ["", "x", "-1", "999999999999", "0"])
def test_what_is_no_sign_in_of_one_s_own_is_not_found(client, cast: Cast, which: str):
    client.sign_in(cast.sales)
    assert client.post("/account/sign-ins/end", data={"which": which}).status_code == 404


def test_nobody_ends_a_sign_in_of_somebody_else(app: PortalApp, client, cast: Cast):
    other = app.test_client()
    sign_in(other, cast.finance)
    number = rows()[0].id
    client.sign_in(cast.sales)
    assert client.post("/account/sign-ins/end", data={"which": str(number)}).status_code == 404
    assert other.get("/account").status_code == 200


def test_a_cookie_kept_from_before_signing_out_is_worth_nothing(client, cast: Cast):
    sign_in(client, cast.sales)
    with client.session_transaction() as session:
        stolen = dict(session)
    client.post("/logout")
    with client.session_transaction() as session:
        session.update(stolen)
    assert client.get("/account").status_code == 302


def test_a_mark_alone_or_of_somebody_else_lets_nobody_in(app: PortalApp, client, cast: Cast):
    other = app.test_client()
    sign_in(other, cast.finance)
    with other.session_transaction() as session:
        theirs = session[MARK]
    client.sign_in(cast.sales)
    with client.session_transaction() as session:
        session[MARK] = theirs
    assert client.get("/account").status_code == 302
    client.sign_in(cast.sales)
    with client.session_transaction() as session:
        session.pop(MARK)
    assert client.get("/account").status_code == 302


@pytest.mark.parametrize(
    ("later", "works"), [(8 * HOUR, True), (8 * HOUR + timedelta(seconds=1), False)]
)
def test_after_hours_without_a_page_one_is_signed_out(
    client, cast, now: datetime, later, works: bool
):
    sign_in(client, cast.sales)
    with clock.frozen(now + later):
        answer = client.get("/desk/staff?role=sales")
    assert (answer.status_code != 302) == works
    if not works:
        assert answer.headers["Location"] == "/login?next=/desk/staff?role%3Dsales"
        with clock.frozen(now + later):
            assert "after 8 hours without a page" in client.get("/login").text


def test_a_day_is_the_longest_even_for_somebody_who_never_rests(client, cast, now: datetime):
    sign_in(client, cast.sales)
    for hours in range(4, 25, 4):
        with clock.frozen(now + hours * HOUR):
            assert client.get("/account", buffered=True).status_code == 200
    with clock.frozen(now + DAY + timedelta(seconds=1)):
        assert client.get("/account").status_code == 302


def test_a_kept_device_stays_signed_in_for_its_days(client, cast: Cast, now: datetime):
    sign_in(client, cast.sales, remember="y")
    cookie = client.get_cookie("session", domain="portal.test")
    assert rows()[0].kept and cookie is not None and cookie.expires is not None
    with clock.frozen(now + 14 * DAY):
        assert client.get("/account").status_code == 200
    with clock.frozen(now + 14 * DAY + timedelta(seconds=1)):
        assert client.get("/account").status_code == 302


def test_there_is_one_cookie_of_a_sign_in_not_two(client, cast: Cast):
    answer = sign_in(client, cast.sales, remember="y")
    assert "remember_token" not in str(answer.headers.getlist("Set-Cookie"))


def test_the_firm_may_take_the_choice_away(app: PortalApp, client, cast: Cast, monkeypatch):
    monkeypatch.setitem(app.config, "KEPT_LIFETIME", timedelta(0))
    assert 'name="remember"' not in client.get("/login").text
    sign_in(client, cast.sales, remember="y")
    assert not rows()[0].kept


def test_last_seen_is_written_after_the_page_and_seldom(client, cast: Cast, now: datetime):
    sign_in(client, cast.sales)
    for minutes, seen in ((4, 0), (6, 6), (9, 6), (11, 11)):
        with clock.frozen(now + timedelta(minutes=minutes)):
            client.get("/account", buffered=True)
        assert rows()[0].seen_at == now + timedelta(minutes=seen)
        assert not [s for s in client.queries if s.startswith("UPDATE") and "seen_at" not in s]


@pytest.mark.both_databases
def test_nobody_waits_for_last_seen_while_another_writes(client, cast: Cast, now: datetime):
    sign_in(client, cast.sales)
    with clock.frozen(now + HOUR), db.engine.connect() as other:
        if db.engine.dialect.name == "sqlite":
            other.execution_options(writes=True)
        other.execute(SignIn.__table__.update().values(browser="held"))
        assert client.get("/account", buffered=True).status_code == 200
        other.rollback()
    assert rows()[0].seen_at == now


def test_a_page_reads_the_person_and_the_sign_in_in_one_statement(client, cast: Cast):
    client.sign_in(cast.sales)
    client.get("/account/sign-ins")
    about = [s for s in client.queries if "sign_in" in s or 'FROM "user"' in s or "FROM user" in s]
    assert len(about) == 2  # who asks; the list itself


def test_changing_the_password_begins_anew_here_and_ends_elsewhere(app, client, cast: Cast):
    elsewhere = app.test_client()
    sign_in(elsewhere, cast.sales)
    sign_in(client, cast.sales, remember="y")
    new = "four plain words here"
    client.post(
        "/change", data={"password": PASSWORD, "new_password": new, "new_password_confirm": new}
    )
    assert client.get("/account").status_code == 200
    assert elsewhere.get("/account").status_code == 302
    assert "Your password was changed" in elsewhere.get("/login").text
    assert [(row.ended_why, row.kept) for row in rows()] == [
        ("password", False), ("renewed", True), (None, True)]  # fmt: skip


@pytest.mark.parametrize("step", [
    ("block", {"reason": "left"}), ("roles", {"roles": ["finance"]}), ("sign-ins/end", {"which": "all"}),
])  # fmt: skip
def test_what_an_administrator_does_ends_every_sign_in(app: PortalApp, client, cast: Cast, step):
    path, data = step
    theirs, person = app.test_client(), f"/desk/staff/{cast.sales.id}"
    sign_in(theirs, cast.sales)
    client.sign_in(cast.administrator)
    assert client.post(f"{person}/{path}", data=data).headers["Location"] == person
    assert theirs.get("/account").status_code == 302
    still = select(func.count()).where(SignIn.user_id == cast.sales.id, SignIn.ended_at.is_(None))
    assert db.session.scalar(still) == 0


def test_the_same_roles_end_nothing(app: PortalApp, client, cast: Cast):
    theirs, person = app.test_client(), f"/desk/staff/{cast.sales.id}"
    sign_in(theirs, cast.sales)
    client.sign_in(cast.administrator)
    client.post(f"{person}/roles", data={"roles": ["sales"]})
    assert theirs.get("/account").status_code == 200


def test_an_administrator_sees_and_ends_one_of_a_member_of_staff(app, client, cast: Cast):
    theirs, person = app.test_client(), f"/desk/staff/{cast.sales.id}"
    sign_in(theirs, cast.sales, PHONE)
    client.sign_in(cast.administrator)
    page = client.get(person).text
    assert "WeChat on iPhone" in page and "127.0.0.1" in page
    which = re.search(r'name="which" value="(\d+)"', page)[1]
    client.post(f"{person}/sign-ins/end", data={"which": which})
    assert "Signed out by somebody else" in client.get(person).text
    assert "administrator has ended" in theirs.get("/account", follow_redirects=True).text


def test_the_auditor_does_not_see_from_where_somebody_signs_in(app, client, cast: Cast):
    person = f"/desk/staff/{cast.sales.id}"
    sign_in(app.test_client(), cast.sales, PHONE)
    client.sign_in(cast.auditor)
    assert "WeChat" not in client.get(person).text


def test_a_customer_s_administrator_ends_a_colleague_s_without_seeing_addresses(app, client, cast):
    theirs, clerk = app.test_client(), cast.clerk.id
    sign_in(theirs, cast.clerk, PHONE)
    number = db.session.scalar(select(Membership.id).where(Membership.user_id == clerk))
    client.sign_in(cast.lin)
    page = client.get(f"/my/users/{number}/sign-ins").text
    assert "WeChat on iPhone" in page and "127.0.0.1" not in page
    client.post(f"/my/users/{number}/sign-ins/end", data={"which": "all"})
    assert theirs.get("/account").status_code == 302


def test_another_customer_s_people_are_not_found(client, cast: Cast):
    number = db.session.scalar(select(Membership.id).where(Membership.user_id == cast.erik.id))
    client.sign_in(cast.lin)
    assert client.get(f"/my/users/{number}/sign-ins").status_code == 404
    assert client.post(f"/my/users/{number}/sign-ins/end", data={"which": "all"}).status_code == 404


def test_what_is_long_over_is_forgotten_at_the_next_sign_in(client, cast: Cast, now: datetime):
    sign_in(client, cast.sales)
    with clock.frozen(now + 32 * DAY):
        sign_in(client, cast.sales)
    assert [row.began_at for row in rows()] == [now + 32 * DAY]


def test_a_form_sent_after_the_sign_in_ran_out_waits(client, cast: Cast, now: datetime):
    sign_in(client, cast.sales)
    with clock.frozen(now + 9 * HOUR):
        sent = {"name": "Chen Lili", "phone": "021 5555", "locale": "en"}
        goes_to = client.post("/account", data=sent).headers["Location"]
        assert db.session.get_one(User, cast.sales.id).name == "Chen Li"
        done = client.post(goes_to, data={"email": cast.sales.email, "password": PASSWORD,
                                          "next": goes_to.partition("next=")[2]})  # fmt: skip
        page = client.get(done.headers["Location"]).text
    assert 'action="/account"' in page and 'name="name" value="Chen Lili"' in page


def test_a_form_of_somebody_who_was_never_here_is_not_kept(client, cast: Cast):
    assert client.post("/account", data={"name": "x"}).headers["Location"] == "/login"
