"""Forgotten and changed passwords: links by mail, sessions that end, passwords that are refused."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.db.audit import AuditEntry
from portal.db.base import db
from portal.db.outbox import OutboxMessage
from portal.web.flask_app import PortalApp
from tests.cast import PASSWORD, Cast
from tests.client import CheckingClient

NEW = "four plain words here"


@pytest.fixture(autouse=True)
def in_english(client: CheckingClient) -> None:
    client.set_cookie("lang", "en", domain="portal.test")


def mails() -> list[OutboxMessage]:
    return list(db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))


def asked_for_link(client, email: str) -> str:
    client.post("/reset", data={"email": email})
    return str(mails()[-1].facts["path"])


def choose(client, path: str, password: str = NEW, again: str | None = None):
    return client.post(path, data={"password": password, "password_confirm": again or password})


def test_a_known_and_an_unknown_address_get_the_same_answer(client, cast: Cast):
    known = client.post("/reset", data={"email": cast.sales.email})
    unknown = client.post("/reset", data={"email": "nobody@farhaven.example"})
    assert known.status_code == unknown.status_code == 200
    assert known.text.replace(cast.sales.email, "") == unknown.text.replace(
        "nobody@farhaven.example", ""
    )
    assert [(m.recipient, m.template) for m in mails()] == [(cast.sales.email, "password_reset")]


@pytest.mark.parametrize("what", ["blocked", "not joined"])
def test_whoever_may_not_sign_in_gets_no_link(client, cast: Cast, what: str):
    email = cast.sales.email
    db.session.add(cast.sales)
    cast.sales.active = what != "blocked"
    cast.sales.password = None if what == "not joined" else cast.sales.password
    db.session.commit()
    assert client.post("/reset", data={"email": email}).status_code == 200
    assert mails() == []


def test_the_link_names_no_host_that_the_sender_could_forge(client, cast: Cast):
    client.post("/reset", data={"email": cast.sales.email}, headers={"Host": "evil.example"})
    assert all("evil" not in str(mail.facts) for mail in mails())
    assert asked_for_link(client, cast.sales.email).startswith("/reset/")


def test_the_link_sets_a_password_that_signs_in_and_the_old_one_does_not(client, cast: Cast):
    email = cast.sales.email
    path = asked_for_link(client, email)
    assert client.get(path).status_code == 200
    assert choose(client, path).headers["Location"] == "/login"
    assert client.post("/login", data={"email": email, "password": PASSWORD}).status_code == 422
    assert client.post("/login", data={"email": email, "password": NEW}).status_code == 302
    assert mails()[-1].template == "password_changed"


def test_the_link_works_once(client, cast: Cast):
    path = asked_for_link(client, cast.sales.email)
    choose(client, path)
    assert client.get(path).headers["Location"] == "/reset"
    assert choose(client, path, "another four plain words").headers["Location"] == "/reset"


def test_the_link_expires(app: PortalApp, client, cast: Cast, monkeypatch):
    path = asked_for_link(client, cast.sales.email)
    monkeypatch.setitem(app.config, "SECURITY_RESET_PASSWORD_WITHIN", timedelta(seconds=-1))
    assert choose(client, path).headers["Location"] == "/reset"
    assert "too old" in client.get("/reset").text


@pytest.mark.parametrize("path", ["/reset/none", "/reset/InN0b2xlbiI.aaaa.bbbb"])
def test_a_link_that_nobody_sent_opens_nothing(client, cast: Cast, path: str):
    assert client.get(path).headers["Location"] == "/reset"


@pytest.mark.parametrize(("password", "says"), [
    ("short", "at least 10 characters"),
    ("1234567890", "first that anybody would try"),
    ("aaaaaaaaaaaa", "first that anybody would try"),
    ("chen.li@farhaven.example", "your name or e-mail address"),
    ("chenli2026", "your name or e-mail address"),
    ("x" * 200, "at most 128 characters"),
])  # fmt: skip
def test_a_weak_password_is_refused_at_its_field(client, cast: Cast, password: str, says: str):
    page = choose(client, asked_for_link(client, cast.sales.email), password)
    assert page.status_code == 422 and says in page.text


def test_two_different_passwords_are_refused(client, cast: Cast):
    page = choose(
        client, asked_for_link(client, cast.sales.email), NEW, again="something else here"
    )
    assert page.status_code == 422 and "The two passwords differ." in page.text


def test_changing_the_password_ends_every_other_session(app: PortalApp, client, cast: Cast):
    elsewhere = app.test_client()
    elsewhere.sign_in(cast.sales)
    client.sign_in(cast.sales)
    changed = client.post(
        "/change",
        data={"password": PASSWORD, "new_password": NEW, "new_password_confirm": NEW},
    )
    assert changed.headers["Location"] == "/account"
    assert client.get("/account").status_code == 200
    assert elsewhere.get("/account").status_code == 302


def test_the_change_is_in_the_history_and_told_by_mail(client, cast: Cast):
    client.sign_in(cast.sales)
    data = {"password": PASSWORD, "new_password": NEW, "new_password_confirm": NEW}
    client.post("/change", data=data)
    events = list(db.session.scalars(select(AuditEntry.event)))
    assert events == ["user.password_changed"]
    assert [mail.template for mail in mails()] == ["password_changed"]


@pytest.mark.parametrize(("data", "says"), [
    ({"password": "wrong one here", "new_password": NEW}, "The password is wrong."),
    ({"password": PASSWORD, "new_password": PASSWORD}, "must differ"),
    ({"password": PASSWORD, "new_password": "short"}, "at least 10 characters"),
    ({"password": "", "new_password": NEW}, "Enter the password."),
    ({"password": "x" * 5000, "new_password": NEW}, "1024"),
])  # fmt: skip
def test_a_change_that_cannot_be_is_told_and_changes_nothing(client, cast: Cast, data, says: str):
    client.sign_in(cast.sales)
    page = client.post("/change", data={**data, "new_password_confirm": data["new_password"]})
    assert page.status_code == 422 and says in page.text
    assert mails() == []


def test_only_the_signed_in_change_a_password(client, cast: Cast):
    assert "/login" in client.get("/change").headers["Location"]
