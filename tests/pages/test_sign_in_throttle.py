"""Guessing is slowed for each address and each account, without keeping the owner out for good."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from itsdangerous import URLSafeSerializer
from sqlalchemy import select

from portal.accounts.models import User
from portal.accounts.throttle import CROWD
from portal.db.base import db
from portal.db.outbox import OutboxMessage
from portal.web.flask_app import PortalApp
from portal.web.install import limiter
from tests.cast import PASSWORD, Cast
from tests.pages.test_sign_in_second_factor import code_of, give_second_factor


@pytest.fixture(autouse=True)
def three_a_minute(app: PortalApp, database: None, monkeypatch) -> Iterator[None]:
    monkeypatch.setitem(app.config, "SIGN_IN_LIMIT", "3 per minute")
    limiter.reset()
    yield
    limiter.reset()


def attempt(client, email: str, password: str = "wrong one here", address: str = "10.0.0.1"):
    return client.post(
        "/login",
        data={"email": email, "password": password},
        environ_base={"REMOTE_ADDR": address},
    ).status_code


def test_the_fourth_attempt_from_one_address_is_refused_whoever_is_tried(client, cast: Cast):
    tried = [attempt(client, f"user{n}@farhaven.example") for n in range(4)]
    assert tried == [422, 422, 422, 429]


def test_the_refusal_is_a_page_in_the_readers_language(client, cast: Cast):
    client.set_cookie("lang", "en", domain="portal.test")
    for n in range(3):
        attempt(client, f"user{n}@farhaven.example")
    page = client.post("/login", data={}, environ_base={"REMOTE_ADDR": "10.0.0.1"})
    assert page.status_code == 429 and "Too many attempts" in page.text


def test_one_account_is_not_guessed_at_from_many_addresses(client, cast: Cast):
    email = cast.sales.email
    tried = [attempt(client, email, address=f"10.0.0.{n}") for n in range(5)]
    assert tried == [422, 422, 422, 429, 429]


def test_another_account_is_not_held_up_by_that(client, cast: Cast):
    sales, finance = cast.sales.email, cast.finance.email
    for n in range(4):
        attempt(client, sales, address=f"10.0.0.{n}")
    assert attempt(client, finance, PASSWORD, "10.0.1.1") == 302


def test_signing_in_well_does_not_use_the_accounts_attempts_up(app, client, cast: Cast):
    email = cast.sales.email
    answers = [attempt(app.test_client(), email, PASSWORD, address=f"10.0.0.{n}") for n in range(5)]
    assert answers == [302] * 5


def test_a_browser_that_has_signed_in_before_is_not_kept_out_by_others(app, client, cast: Cast):
    email = cast.sales.email
    own = app.test_client()
    attempt(own, email, PASSWORD, "10.0.9.9")
    own.post("/logout")
    for n in range(5):
        attempt(client, email, address=f"10.0.0.{n}")
    assert attempt(own, email, PASSWORD, "10.0.9.9") == 302


def test_a_forged_mark_of_a_known_browser_is_worth_nothing(client, cast: Cast):
    email = cast.sales.email
    client.set_cookie("known", f'"{email}".forged', domain="portal.test")
    tried = [attempt(client, email, address=f"10.0.0.{n}") for n in range(4)]
    assert tried[-1] == 429


def test_the_window_passes(client, cast: Cast):
    email = cast.sales.email
    for _n in range(4):
        attempt(client, email)
    limiter.reset()
    assert attempt(client, email, PASSWORD) == 302


def test_links_by_mail_are_not_to_be_had_without_end(client, cast: Cast):
    email = cast.sales.email
    answers = [
        client.post(
            "/reset", data={"email": email}, environ_base={"REMOTE_ADDR": f"10.0.0.{n}"}
        ).status_code
        for n in range(4)
    ]
    assert answers == [200, 200, 200, 429]


def test_a_whole_office_behind_one_address_comes_in_at_nine(app, client, cast: Cast):
    email = cast.sales.email
    answers = [attempt(app.test_client(), email, PASSWORD) for _ in range(12)]
    assert answers == [302] * 12


def test_but_not_without_end(app, client, cast: Cast):
    email = cast.sales.email
    answers = [attempt(app.test_client(), email, PASSWORD) for _ in range(3 * CROWD + 1)]
    assert answers[-1] == 429


def test_a_neighbour_behind_the_same_address_keeps_no_known_browser_out(app, client, cast: Cast):
    email = cast.sales.email
    own = app.test_client()
    attempt(own, email, PASSWORD)
    own.post("/logout")
    for n in range(6):
        attempt(client, f"user{n}@farhaven.example")
    assert attempt(own, email, PASSWORD) == 302


def test_guessing_at_the_password_elsewhere_stops_no_link_by_mail(client, cast: Cast):
    email = cast.sales.email
    for n in range(6):
        attempt(client, email, address=f"10.0.0.{n}")
    answer = client.post("/reset", data={"email": email}, environ_base={"REMOTE_ADDR": "10.9.9.9"})
    assert answer.status_code == 200


def test_asking_for_links_elsewhere_stops_nobody_from_signing_in(app, client, cast: Cast):
    email = cast.sales.email
    for n in range(6):
        from_there = {"REMOTE_ADDR": f"10.0.0.{n}"}
        client.post("/reset", data={"email": email}, environ_base=from_there)
    assert attempt(app.test_client(), email, PASSWORD, "10.9.9.9") == 302


def test_a_link_by_mail_lets_the_owner_in_past_a_guesser(app, client, cast: Cast):
    email, new = cast.sales.email, "four plain words here"
    for n in range(4):
        attempt(client, email, address=f"10.0.0.{n}")
    own, here = app.test_client(), {"REMOTE_ADDR": "10.9.9.9"}
    own.post("/reset", data={"email": email}, environ_base=here)
    path = db.session.scalars(select(OutboxMessage)).one().facts["path"]
    own.post(path, data={"password": new, "password_confirm": new}, environ_base=here)
    assert attempt(own, email, new, "10.9.9.9") == 302
    assert attempt(app.test_client(), email, new, "10.9.9.8") == 429


def code(client, path: str, what: str, address: str) -> int:
    return client.post(path, data={"code": what}, environ_base={"REMOTE_ADDR": address}).status_code


@pytest.mark.parametrize("path", ["/tf-validate", "/mf-recovery"])
def test_codes_are_guessed_three_times_whatever_the_address(client, cast: Cast, path: str):
    give_second_factor(cast.sales, ["one-good-code"])
    attempt(client, cast.sales.email, PASSWORD)
    tried = [code(client, path, "000000", f"10.0.0.{n}") for n in range(5)]
    assert tried == [422, 422, 422, 429, 429]


def test_a_code_that_is_guessed_elsewhere_does_not_keep_the_owner_out(app, client, cast: Cast):
    email, key = cast.sales.email, give_second_factor(cast.sales)
    own = app.test_client()
    attempt(own, email, PASSWORD, "10.9.9.9")
    assert code(own, "/tf-validate", code_of(key), "10.9.9.9") == 302
    own.post("/logout")
    db.session.execute(User.__table__.update().values(tf_last_counter=None))
    db.session.commit()
    attempt(client, email, PASSWORD)
    for n in range(5):
        code(client, "/tf-validate", "000000", f"10.0.0.{n}")
    attempt(own, email, PASSWORD, "10.9.9.9")
    assert code(own, "/tf-validate", code_of(key), "10.9.9.9") == 302


def test_passkeys_are_not_tried_without_end(app: PortalApp, client, cast: Cast, monkeypatch):
    monkeypatch.setitem(app.config, "BASE_URL", "https://portal.test")
    answers = [
        client.post("/wan-signin/forged", data={"credential": "x"}).status_code for _ in "1234"
    ]
    assert answers == [302, 302, 302, 429]


@pytest.mark.parametrize(("locale", "says"), [("en", "Too many attempts"), ("zh_CN", "次数过多")])
def test_the_refusal_says_when_to_come_back_in_both_languages(client, cast: Cast, locale, says):
    client.set_cookie("lang", locale, domain="portal.test")
    for _ in range(3):
        attempt(client, "nobody@farhaven.example")
    page = client.post("/login", data={}, environ_base={"REMOTE_ADDR": "10.0.0.1"})
    assert page.status_code == 429 and 0 < int(page.headers["Retry-After"]) <= 61
    assert says in page.text


def test_a_form_in_another_shape_does_not_slip_past_the_limits(client, cast: Cast):
    sent = {"email": cast.sales.email, "password": PASSWORD}
    assert client.post("/login", json=sent).status_code == 415
    assert client.post("/login?include_auth_token", json=sent).status_code == 415


def test_the_known_mark_does_not_show_the_address_to_the_next_person(client, cast: Cast):
    attempt(client, cast.sales.email, PASSWORD)
    kept = client.get_cookie("known", domain="portal.test").value
    assert "chen" not in kept.lower() and "chen" not in str(
        URLSafeSerializer("x").loads_unsafe(kept)
    )
