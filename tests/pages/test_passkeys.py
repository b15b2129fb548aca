"""Passkeys: made, named, listed, removed; signing in with one alone, after the password, and to prove who one is."""

from __future__ import annotations

import html
import json
import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from sqlalchemy import select

from portal.accounts.models import Passkey, SignIn, User
from portal.accounts.sessions import MARK
from portal.db.audit import AuditEntry
from portal.db.base import db
from portal.db.outbox import OutboxMessage
from portal.kernel import clock
from portal.web.flask_app import PortalApp
from tests.authenticator import Authenticator
from tests.cast import PASSWORD, Cast
from tests.client import CheckingClient

BASE = "https://portal.test"


@pytest.fixture(autouse=True)
def under_its_own_name(app: PortalApp, client: CheckingClient, monkeypatch) -> None:
    monkeypatch.setitem(app.config, "BASE_URL", BASE)
    client.set_cookie("lang", "en", domain="portal.test")


def asked(page: str) -> tuple[dict[str, Any], str]:
    """What the page asks the browser for, and where the answer goes."""
    options = re.search(r'data-options="([^"]+)"', page)
    form = re.search(r'<form method="post" action="([^"]+)" data-passkey', page)
    assert options and form, page
    return json.loads(html.unescape(options[1])), html.unescape(form[1])


def add_passkey(client, usage: str = "first", name: str = "Laptop", **more: Any) -> Authenticator:
    """A new passkey of whoever is signed in."""
    key = Authenticator(BASE, "portal.test", **more)
    page = client.post("/wan-register", data={"name": name, "usage": usage})
    options, goes_to = asked(page.text)
    done = client.post(goes_to, data={"credential": key.make(options)})
    assert done.headers["Location"] == "/wan-register", done.text
    return key


def show(client, key: Authenticator, start: str = "/wan-signin", **sent: str):
    """Answer the challenge of `start` with `key`."""
    options, goes_to = asked(client.post(start, data=sent).text)
    return client.post(goes_to, data={"credential": key.show(options), **sent})


@pytest.fixture
def sales_key(client: CheckingClient, cast: Cast) -> Authenticator:
    client.sign_in(cast.sales)
    key = add_passkey(client)
    client.post("/logout")
    return key


def test_a_new_passkey_is_asked_for_without_attestation_and_under_the_portals_name(client, cast):
    client.sign_in(cast.sales)
    first, _ = asked(client.post("/wan-register", data={"name": "A", "usage": "first"}).text)
    second, _ = asked(client.post("/wan-register", data={"name": "B", "usage": "secondary"}).text)
    assert first["attestation"] == "none" and first["rp"]["id"] == "portal.test"
    chosen = first["authenticatorSelection"]
    assert (chosen["userVerification"], chosen["residentKey"]) == ("required", "required")
    assert second["authenticatorSelection"]["userVerification"] == "discouraged"


def test_a_passkey_is_listed_by_its_name_and_stands_in_the_history(client, cast: Cast):
    client.sign_in(cast.sales)
    add_passkey(client, name="办公室 laptop-2")
    assert "办公室 laptop-2" in client.get("/wan-register").text
    assert list(db.session.scalars(select(AuditEntry.event))) == ["user.passkey_added"]


@pytest.mark.parametrize("name", ["", "x" * 65, "<b>", "a\tb;", "Laptop"])
def test_a_name_that_cannot_be_is_told_at_its_field(client, cast: Cast, name: str):
    client.sign_in(cast.sales)
    add_passkey(client)
    page = client.post("/wan-register", data={"name": name, "usage": "first"})
    assert page.status_code == 422 and "data-options" not in page.text


def test_a_passkey_signs_in_alone_and_counts_as_two_factors(app, client, sales_key, monkeypatch):
    monkeypatch.setitem(app.config, "SECURITY_TWO_FACTOR_REQUIRED", True)
    assert show(client, sales_key).headers["Location"] == "/"
    assert client.get("/account").status_code == 200
    row = db.session.scalars(select(SignIn).order_by(SignIn.id.desc())).first()
    assert (row.way, row.second) == ("passkey", None)


def test_it_leads_on_to_where_one_wanted_to_go(client, sales_key):
    done = show(client, sales_key, next="/desk/staff?role=sales")
    assert done.headers["Location"] == "/desk/staff?role=sales"


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_it_leads_to_no_other_site(client, sales_key, address: str):
    goes_to = show(client, sales_key, next=address).headers["Location"]
    assert urlsplit(urljoin(BASE, goes_to)).netloc == "portal.test"


def test_a_key_that_did_not_see_its_owner_does_not_sign_in_alone(client, sales_key):
    sales_key.verifies = False
    assert show(client, sales_key).headers["Location"] == "/wan-signin"
    assert client.get("/account").status_code == 302


def test_a_copied_key_is_known_by_its_counter(client, sales_key):
    sales_key.count = 5
    show(client, sales_key)
    client.post("/logout")
    sales_key.count = 2
    assert show(client, sales_key).headers["Location"] == "/wan-signin"


def test_an_answer_opens_once(app: PortalApp, client, sales_key, now: datetime):
    sales_key.count = -1  # as keys that live in several devices: always 0
    options, goes_to = asked(client.post("/wan-signin").text)
    answer = sales_key.show(options)
    with clock.frozen(now + timedelta(seconds=5)):
        assert client.post(goes_to, data={"credential": answer}).headers["Location"] == "/"
        thief = app.test_client()
        again = thief.post(goes_to, data={"credential": answer})
        assert again.headers["Location"] == "/wan-signin"
    assert thief.get("/account").status_code == 302


@pytest.mark.parametrize(("origin", "rp_id"), [
    ("https://portal.example", "portal.test"), ("https://portal.test", "portal.example"),
    ("http://portal.test", "portal.test"), ("https://portal.test:8443", "portal.test"),
])  # fmt: skip
def test_an_answer_given_to_another_site_is_worth_nothing(client, sales_key, origin, rp_id):
    sales_key.origin, sales_key.rp_id = origin, rp_id
    assert show(client, sales_key).headers["Location"] == "/wan-signin"


def test_a_blocked_person_s_passkey_opens_nothing(client, cast: Cast, sales_key):
    db.session.execute(User.__table__.update().values(active=False))
    db.session.commit()
    assert show(client, sales_key).headers["Location"] == "/wan-signin"
    with client.session_transaction() as session:
        assert MARK not in session


@pytest.mark.parametrize("answer", ["", "{}", "[]", "x", '{"id": 1}', "null", "x" * 30_000])
def test_nonsense_instead_of_an_answer_is_told(client, sales_key, answer: str):
    _options, goes_to = asked(client.post("/wan-signin").text)
    done = client.post(goes_to, data={"credential": answer})
    assert done.headers["Location"] == "/wan-signin"


def test_a_challenge_that_is_old_or_forged_is_told(app, client, sales_key, monkeypatch):
    options, goes_to = asked(client.post("/wan-signin").text)
    assert client.post(goes_to[:-3], data={"credential": "x"}).headers["Location"] == "/wan-signin"
    monkeypatch.setitem(app.config, "SECURITY_WAN_SIGNIN_WITHIN", timedelta(seconds=-1))
    answer = sales_key.show(options)
    assert client.post(goes_to, data={"credential": answer}).headers["Location"] == "/wan-signin"
    assert "took too long" in client.get("/wan-signin").text


def test_after_the_password_it_is_the_second_factor(client, cast: Cast):
    email = cast.sales.email
    client.sign_in(cast.sales)
    key = add_passkey(client, "secondary", verifies=False)
    client.post("/logout")
    assert show_refused(client, key)
    asked_on = client.post("/login", data={"email": email, "password": PASSWORD})
    assert asked_on.headers["Location"].startswith("/wan-signin")
    assert client.get("/account").status_code == 302
    assert show(client, key).headers["Location"] == "/"
    row = db.session.scalars(select(SignIn).order_by(SignIn.id.desc())).first()
    assert (row.way, row.second) == ("password", "passkey")


def show_refused(client, key: Authenticator) -> bool:
    """Whether `key` does not sign in by itself."""
    return show(client, key).headers["Location"] == "/wan-signin"


def test_the_challenge_tells_a_stranger_nobody_s_keys(client, cast: Cast, sales_key):
    options, _ = asked(
        client.post("/wan-signin", data={"identity": "chen.li@farhaven.example"}).text
    )
    assert options["allowCredentials"] == []


def test_a_passkey_proves_once_more_who_one_is(client, cast: Cast):
    client.sign_in(cast.sales)
    key = add_passkey(client)
    with client.session_transaction() as session:
        session["fs_paa"] -= 7200
        session.pop("fs_gexp", None)
    page = client.get(client.get("/wan-register").headers["Location"])
    start = html.unescape(re.search(r'action="(/wan-verify[^"]*)"', page.text)[1])
    assert show(client, key, start).headers["Location"] == "/wan-register"
    assert client.get("/wan-register").status_code == 200


def test_somebody_else_s_passkey_proves_nothing(client, cast: Cast, sales_key):
    client.sign_in(cast.finance)
    assert show(client, sales_key, "/wan-verify").headers["Location"] == "/wan-verify"


def test_removing_a_passkey_ends_the_other_sign_ins_and_the_key(app, client, cast, sales_key):
    elsewhere = app.test_client().sign_in(cast.sales)
    elsewhere.get("/account")
    client.sign_in(cast.sales)
    assert (
        client.post("/wan-delete", data={"name": "Laptop"}).headers["Location"] == "/wan-register"
    )
    assert not db.session.scalars(select(Passkey)).all()
    assert elsewhere.get("/account").status_code == 302
    client.post("/logout")
    assert show_refused(client, sales_key)


def test_nobody_removes_somebody_else_s(client, cast: Cast, sales_key):
    client.sign_in(cast.finance)
    client.post("/wan-delete", data={"name": "Laptop"})
    assert len(db.session.scalars(select(Passkey)).all()) == 1


def test_an_administrator_removes_them_with_the_second_factor(client, cast: Cast, sales_key):
    person = f"/desk/staff/{cast.sales.id}"
    client.sign_in(cast.administrator)
    client.post(f"{person}/second-factor")
    assert not db.session.scalars(select(Passkey)).all()


@pytest.mark.parametrize("base", ["https://other.test", "http://portal.test", "https://10.0.0.1"])
def test_under_another_name_there_are_none(app, client, cast: Cast, monkeypatch, base: str):
    monkeypatch.setitem(app.config, "BASE_URL", base)
    assert "passkey" not in client.get("/login").text.lower()
    assert client.post("/wan-signin").status_code == 404
    client.sign_in(cast.sales)
    assert "/wan-register" not in client.get("/account").text


def test_no_mail_is_sent_and_no_password_is_lost(client, cast: Cast, sales_key):
    data = {"email": cast.sales.email, "password": PASSWORD}
    assert client.post("/login", data=data).headers["Location"] == "/"
    assert not db.session.scalars(select(OutboxMessage)).all()
