"""Guessing is slowed for each address and each account, without keeping the owner out for good."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from portal.web.flask_app import PortalApp
from portal.web.install import limiter
from tests.cast import PASSWORD, Cast


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
