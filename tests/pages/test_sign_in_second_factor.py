"""The second factor: set up, asked for, recovered from; compulsory for staff when the setting says so."""

from __future__ import annotations

import re

import pytest
from flask_security import Security
from passlib.totp import TOTP

from portal.accounts.models import User
from portal.accounts.sign_in import security
from portal.db.base import db
from portal.web.flask_app import PortalApp
from tests.cast import PASSWORD, Cast
from tests.client import CheckingClient


@pytest.fixture(autouse=True)
def in_english(client: CheckingClient) -> None:
    client.set_cookie("lang", "en", domain="portal.test")


@pytest.fixture
def compulsory(app: PortalApp, monkeypatch) -> None:
    monkeypatch.setitem(app.config, "SECURITY_TWO_FACTOR_REQUIRED", True)


def key_on(page: str) -> str:
    return re.search(r"<code>([A-Z2-7-]+)</code>", page)[1].replace("-", "")


def code_of(key: str) -> str:
    return TOTP(key).generate().token


def give_second_factor(user: User, codes: list[str] | None = None) -> str:
    """A working second factor for `user`; its key."""
    db.session.add(user)
    secret = security.totp_factory.generate_totp_secret()
    user.tf_primary_method, user.tf_totp_secret = "authenticator", secret
    if codes:
        util: Security = security
        user.mf_recovery_codes = util.mf_recovery_codes_util._encrypt_codes(codes)
    db.session.commit()
    db.session.refresh(user)
    return security.totp_factory.get_totp_b32_key(secret)


def sign_in(client, user: User):
    return client.post("/login", data={"email": user.email, "password": PASSWORD})


def test_setting_it_up_shows_a_code_to_scan_without_inline_style(client, cast: Cast):
    client.sign_in(cast.sales)
    page = client.post("/tf-setup", data={"setup": "authenticator"})
    assert page.status_code == 200
    assert 'src="data:image/svg+xml' in page.text and len(key_on(page.text)) == 32


def test_it_is_on_once_the_first_code_was_typed(client, cast: Cast):
    client.sign_in(cast.sales)
    page = client.post("/tf-setup", data={"setup": "authenticator"}).text
    target = re.search(r'action="(/tf-setup/[^"]+)"', page)[1]
    assert (
        client.post(target, data={"code": code_of(key_on(page))}).headers["Location"] == "/account"
    )
    assert "asks for a code from your app" in client.get("/account").text


def test_a_wrong_first_code_leaves_it_off(client, cast: Cast):
    client.sign_in(cast.sales)
    page = client.post("/tf-setup", data={"setup": "authenticator"}).text
    client.post(re.search(r'action="(/tf-setup/[^"]+)"', page)[1], data={"code": "000000"})
    assert "the password alone" in client.get("/account").text


def test_a_wrong_first_code_asks_for_another_of_the_key_that_the_phone_has(client, cast: Cast):
    client.sign_in(cast.sales)
    page = client.post("/tf-setup", data={"setup": "authenticator"}).text
    target = re.search(r'action="(/tf-setup/[^"]+)"', page)[1]
    again = client.post(target, data={"code": "000000"}).text
    assert "The code is wrong or too old." in again and key_on(again) == key_on(page)
    target = re.search(r'action="(/tf-setup/[^"]+)"', again)[1]
    answer = client.post(target, data={"code": code_of(key_on(page))})
    assert answer.headers["Location"] == "/account"


def test_the_password_alone_does_not_sign_in_any_more(client, cast: Cast):
    give_second_factor(cast.sales)
    assert "/tf-validate" in sign_in(client, cast.sales).headers["Location"]
    assert client.get("/desk/").status_code == 302


def test_the_right_code_signs_in(client, cast: Cast):
    key = give_second_factor(cast.sales)
    sign_in(client, cast.sales)
    assert client.post("/tf-validate", data={"code": code_of(key)}).headers["Location"] == "/"
    assert client.get("/desk/").status_code == 200


def test_a_code_works_once(app: PortalApp, client, cast: Cast):
    key = give_second_factor(cast.sales)
    email, code = cast.sales.email, code_of(key)
    sign_in(client, cast.sales)
    client.post("/tf-validate", data={"code": code})
    other = app.test_client()
    other.post("/login", data={"email": email, "password": PASSWORD})
    assert other.post("/tf-validate", data={"code": code}).status_code == 422


@pytest.mark.parametrize("code", ["000000", "", "abcdef", "12345", "9" * 500])
def test_a_wrong_code_is_told_and_signs_nobody_in(client, cast: Cast, code: str):
    give_second_factor(cast.sales)
    sign_in(client, cast.sales)
    assert client.post("/tf-validate", data={"code": code}).status_code == 422
    assert client.get("/desk/").status_code == 302


def test_the_code_page_without_a_password_before_it_leads_to_sign_in(client, cast: Cast):
    assert client.get("/tf-validate").headers["Location"] == "/login"
    assert client.get("/tf-setup").headers["Location"] == "/login"
    assert client.get("/mf-recovery").headers["Location"] == "/login"


def test_a_recovery_code_signs_in_once(app: PortalApp, client, cast: Cast):
    give_second_factor(cast.sales, ["one-good-code", "another-code"])
    user = cast.sales
    sign_in(client, user)
    assert client.get("/mf-recovery").status_code == 200
    assert client.post("/mf-recovery", data={"code": "one-good-code"}).headers["Location"] == "/"
    other = app.test_client()
    other.post("/login", data={"email": "chen.li@farhaven.example", "password": PASSWORD})
    assert other.post("/mf-recovery", data={"code": "one-good-code"}).status_code == 422


def test_recovery_codes_are_shown_once_made_and_kept_unreadable(client, cast: Cast):
    client.sign_in(cast.sales)
    page = client.post("/mf-recovery-codes")
    codes = re.findall(r"<li><code>([^<]+)</code>", page.text)
    kept = db.session.get_one(User, cast.sales.id).mf_recovery_codes
    assert len(codes) == len(set(codes)) == 8
    assert not set(codes) & set(kept)


def test_help_by_mail_is_no_way_around_the_second_factor(client, cast: Cast):
    give_second_factor(cast.sales)
    sign_in(client, cast.sales)
    answer = client.post("/tf-rescue", data={"help_setup": "email"})
    assert answer.headers["Location"] == "/mf-recovery"


def test_staff_set_it_up_before_they_come_in_where_it_is_compulsory(
    compulsory: None, client, cast: Cast
):
    assert "/tf-setup" in sign_in(client, cast.sales).headers["Location"]
    assert client.get("/desk/").status_code == 302
    page = client.post("/tf-setup", data={"setup": "authenticator"}).text
    done = client.post("/tf-validate", data={"code": code_of(key_on(page))})
    assert done.headers["Location"] == "/"
    assert client.get("/desk/").status_code == 200


def test_customers_users_are_left_to_choose_where_it_is_compulsory_for_staff(
    compulsory: None, client, cast: Cast
):
    assert sign_in(client, cast.lin).headers["Location"] == "/"


def test_staff_cannot_turn_it_off_where_it_is_compulsory(compulsory: None, client, cast: Cast):
    give_second_factor(cast.sales)
    client.sign_in(cast.sales)
    assert client.post("/tf-setup", data={"setup": "disable"}).status_code == 422
    assert db.session.get_one(User, cast.sales.id).has_second_factor


def test_whoever_may_turns_it_off(client, cast: Cast):
    give_second_factor(cast.lin)
    client.sign_in(cast.lin)
    assert client.post("/tf-setup", data={"setup": "disable"}).headers["Location"] == "/account"
    assert not db.session.get_one(User, cast.lin.id).has_second_factor


def test_what_changes_the_sign_in_asks_for_the_password_when_that_is_long_ago(client, cast: Cast):
    client.sign_in(cast.sales)
    with client.session_transaction() as session:
        session["fs_paa"] -= 7200
    asked = client.get("/tf-setup").headers["Location"]
    assert asked.startswith("/verify") and client.get(asked).status_code == 200
    assert client.post(asked, data={"password": "wrong one here"}).status_code == 422
    assert client.post(asked, data={"password": PASSWORD}).headers["Location"] == "/tf-setup"
    assert client.get("/tf-setup").status_code == 200
