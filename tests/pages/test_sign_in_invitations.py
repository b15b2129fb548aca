"""Invitations by link, and the administrator's pages for staff."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from portal.access.permissions import Role
from portal.accounts import actions
from portal.accounts.models import User
from portal.db.base import db
from portal.db.outbox import OutboxMessage
from portal.kernel import clock
from portal.web.flask_app import PortalApp
from tests.cast import Cast, viewer
from tests.client import CheckingClient

WORDS = "four plain words here"


@pytest.fixture(autouse=True)
def in_english(client: CheckingClient) -> None:
    client.set_cookie("lang", "en", domain="portal.test")


@pytest.fixture
def path(cast: Cast, now: datetime) -> str:
    """The link of a fresh invitation for 王小明, sales."""
    boss = viewer(cast.administrator)
    actions.invite_staff("wang@farhaven.example", "王小明", "en", [Role.SALES], boss, now)
    db.session.commit()
    return str(db.session.scalars(select(OutboxMessage)).one().facts["path"])


def take(client, path: str, password: str = WORDS, **more: str):
    data = {"name": "王小明", "password": password, "password_again": password, **more}
    return client.post(path, data=data)


def user_of(email: str) -> User:
    return db.session.scalars(select(User).where(User.email == email)).one()


def test_the_link_shows_a_page_and_changes_nothing(client, path: str):
    page = client.get(path)
    assert page.status_code == 200 and "wang@farhaven.example" in page.text
    assert not user_of("wang@farhaven.example").has_joined


def test_the_page_speaks_the_language_of_the_invitation_until_one_chooses(
    app: PortalApp, client, path: str
):
    stranger = app.test_client()
    assert '<html lang="en">' in stranger.get(path).text
    client.set_cookie("lang", "zh_CN", domain="portal.test")
    assert '<html lang="zh-CN">' in client.get(path).text


def test_taking_the_invitation_signs_in_and_the_password_works_later(app, client, path: str):
    assert take(client, path).headers["Location"] == "/"
    assert client.get("/desk/").status_code == 200
    later = app.test_client()
    data = {"email": "wang@farhaven.example", "password": WORDS}
    assert later.post("/login", data=data).status_code == 302


def test_a_used_link_is_gone(client, path: str):
    take(client, path)
    client.post("/logout")
    assert client.get(path).status_code == take(client, path).status_code == 404


def test_a_link_past_its_time_is_gone(client, path: str, now: datetime):
    with clock.frozen(now + timedelta(hours=73)):
        assert client.get(path).status_code == 404
        assert take(client, path).status_code == 404


@pytest.mark.parametrize(
    ("token", "answer"), [("none", 404), ("%00", 400), ("a" * 500, 404), ("..%2f..%2fetc", 404)]
)
def test_a_link_that_nobody_sent_opens_nothing(client, cast: Cast, token: str, answer: int):
    assert client.get(f"/join/{token}").status_code == answer


@pytest.mark.parametrize(("change", "says"), [
    ({"password": "short", "password_again": "short"}, "at least 10 characters"),
    ({"password": "1234567890", "password_again": "1234567890"}, "first that anybody would try"),
    ({"password": "wang@farhaven.example", "password_again": "wang@farhaven.example"}, "your name or e-mail"),
    ({"password_again": "another four words"}, "The two passwords differ."),
    ({"name": ""}, "This field is required."),
    ({"name": "x" * 100}, "80"),
])  # fmt: skip
def test_a_wrong_field_is_told_and_the_name_kept(client, path: str, change, says: str):
    page = take(client, path, **change)
    assert page.status_code == 422 and says in page.text
    assert change.get("name", "王小明") in page.text
    assert not user_of("wang@farhaven.example").has_joined


def test_an_invited_person_sets_the_second_factor_up_first_where_it_is_compulsory(
    app: PortalApp, client, path: str, monkeypatch
):
    monkeypatch.setitem(app.config, "SECURITY_TWO_FACTOR_REQUIRED", True)
    assert "/tf-setup" in take(client, path).headers["Location"]
    assert client.get("/desk/").status_code == 302


def test_the_first_administrator_signs_up_with_an_address(client, database: None, now: datetime):
    path = actions.first_administrator_link("", now)
    db.session.commit()
    assert 'name="email"' in client.get(path).text
    assert "Invalid email address" in take(client, path, email="nonsense").text
    assert take(client, path, email="boss@firm.example").headers["Location"] == "/"
    assert user_of("boss@firm.example").role_set == {Role.ADMINISTRATOR}


def test_an_administrator_invites_a_colleague(client, cast: Cast):
    client.sign_in(cast.administrator)
    data = {
        "name": "Li Na",
        "email": "li.na@farhaven.example",
        "locale": "en",
        "roles": ["finance"],
    }
    page = client.get(client.post("/desk/staff/new", data=data).headers["Location"])
    assert "Li Na" in page.text and "Send the invitation again" in page.text
    assert user_of("li.na@farhaven.example").role_set == {Role.FINANCE}


@pytest.mark.parametrize(("change", "says"), [
    ({"email": "nonsense"}, "Invalid email address"),
    ({"email": "chen.li@farhaven.example"}, "has a sign-in already"),
    ({"name": ""}, "This field is required"),
    ({"roles": []}, "Choose at least one role"),
    ({"roles": ["emperor"]}, "not a valid choice"),
])  # fmt: skip
def test_a_wrong_invitation_is_told_at_its_field_and_kept(client, cast: Cast, change, says: str):
    client.sign_in(cast.administrator)
    data = {
        "name": "Li Na",
        "email": "li.na@farhaven.example",
        "locale": "en",
        "roles": ["finance"],
    }
    page = client.post("/desk/staff/new", data={**data, **change})
    assert page.status_code == 422 and says in page.text
    assert {**data, **change}["email"] in page.text


@pytest.mark.parametrize("who", ["sales", "auditor", "finance"])
def test_only_an_administrator_invites_or_changes_staff(client, cast: Cast, who: str):
    other = cast.customer_service.id
    client.sign_in(getattr(cast, who))
    assert client.get("/desk/staff/new").status_code == 403
    for step in ("roles", "invite", "block", "allow", "second-factor"):
        assert client.post(f"/desk/staff/{other}/{step}").status_code == 403


def test_the_auditor_reads_the_list_and_a_person_without_buttons(client, cast: Cast):
    person = f"/desk/staff/{cast.sales.id}"
    client.sign_in(cast.auditor)
    assert "Chen Li" in client.get("/desk/staff").text
    page = client.get(person)
    assert page.status_code == 200 and "Block the sign-in" not in page.text


def test_a_customers_user_is_not_found_among_staff(client, cast: Cast):
    lin = cast.lin.id
    client.sign_in(cast.administrator)
    assert client.get(f"/desk/staff/{lin}").status_code == 404
    assert client.post(f"/desk/staff/{lin}/block", data={"reason": "x"}).status_code == 404


def test_the_list_is_searched_filtered_and_exported(client, cast: Cast):
    client.sign_in(cast.administrator)
    found = client.get("/desk/staff?role=finance").text
    assert "Qian Wei" in found and "Chen Li" not in found
    sheet = client.get("/desk/staff?role=finance&export=csv").text
    assert "Qian Wei" in sheet and "Finance" in sheet and "Chen Li" not in sheet


def test_roles_are_changed_on_the_persons_page(client, cast: Cast):
    person = f"/desk/staff/{cast.sales.id}"
    client.sign_in(cast.administrator)
    done = client.post(f"{person}/roles", data={"roles": ["finance", "sales"], "version": "1"})
    assert done.headers["Location"] == person
    assert client.post(f"{person}/roles", data={"roles": [], "version": "2"}).status_code == 422
    assert (
        client.post(f"{person}/roles", data={"roles": ["sales"], "version": "1"}).status_code == 409
    )


def test_a_blocked_persons_session_ends_at_once(app: PortalApp, client, cast: Cast):
    person, theirs = f"/desk/staff/{cast.sales.id}", app.test_client()
    theirs.sign_in(cast.sales)
    client.sign_in(cast.administrator)
    assert theirs.get("/desk/").status_code == 200
    assert client.post(f"{person}/block", data={"reason": "left"}).headers["Location"] == person
    assert theirs.get("/desk/").status_code == 302
    assert "left" in client.get(person).text


@pytest.mark.parametrize("step", ["block", "roles"])
def test_an_administrator_is_kept_from_locking_everybody_out(client, cast: Cast, step: str):
    own = cast.administrator.id
    client.sign_in(cast.administrator)
    data = {"reason": "x", "roles": ["sales"], "version": "1"}
    assert client.post(f"/desk/staff/{own}/{step}", data=data).status_code == 409


def test_everybody_changes_their_own_name_and_language(client, cast: Cast):
    client.sign_in(cast.lin)
    data = {"name": "林晓雯", "phone": "138 0000 0000", "locale": "zh_CN"}
    client.post("/account", data=data)
    page = client.get("/account").text
    assert "林晓雯" in page and 'lang="zh-CN"' in page
    assert client.post("/account", data={**data, "locale": "xx"}).status_code == 422
