"""Passkeys in a real browser with a key made of software: added, used alone and after the password."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from portal.demo.firm import PASSWORD
from tests.bench.load import free_port, served
from tests.browser.conftest import DESK, PHONE, Visitor

pytestmark = pytest.mark.browser
EMAIL = "chen.li@farhaven.example"
KEY = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
       "isUserVerified": True, "automaticPresenceSimulation": True}  # fmt: skip


@pytest.fixture(scope="module")
def named_address(instance: Path) -> Iterator[str]:
    """The portal under a name, not a number: browsers keep passkeys for names alone."""
    port = free_port()
    base = f"http://localhost:{port}"
    environment = {**os.environ, "PORTAL_INSTANCE": str(instance), "PORTAL_BASE_URL": base,
                   "PORTAL_WORKER": "0", "PORTAL_SIGN_IN_LIMIT": "1000 per minute"}  # fmt: skip
    with served("wsgi:app", environment, port=port):
        yield base


@pytest.fixture
def page(browser: Browser, named_address: str) -> Iterator[Page]:
    """A desk with a key in it."""
    context = browser.new_context(base_url=named_address, viewport=DESK, locale="zh-CN")
    yield with_key(context)
    context.close()


def with_key(context: BrowserContext) -> Page:
    """A page whose browser has a key that verifies its owner."""
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    return page


def visitor(page: Page) -> Visitor:
    """Whoever sits there; what they look at has no fault."""
    return Visitor(page, phone=False, scripts=True)


def add(page: Page, name: str, usage: str) -> None:
    """A passkey of this browser's key."""
    page.goto("/wan-register")
    page.fill("#name", name)
    page.check(f"input[name=usage][value={usage}]")
    page.press("#name", "Enter")
    expect(page.locator(".items")).to_contain_text(name)


def sign_out(page: Page) -> None:
    """End the sign-in, as the menu does."""
    page.goto("/account")
    page.evaluate("document.querySelector('form[action=\"/logout\"]').submit()")
    page.wait_for_url("**/login")


def remove(page: Page, name: str) -> None:
    """Take a passkey away again."""
    page.goto("/wan-register")
    page.locator(".item", has_text=name).get_by_role("button").click()
    expect(page.locator(".note-good")).to_be_visible()


def test_a_passkey_is_added_and_signs_in_alone(page: Page) -> None:
    person = visitor(page)
    person.sign_in(EMAIL)
    add(page, "办公室电脑", "first")
    person.look("passkeys")
    sign_out(page)
    person.look("sign-in-with-passkey")
    page.click("[data-passkeys] button")
    page.wait_for_url("**/desk/")
    person.open("/account/sign-ins", "sign-ins")
    remove(page, "办公室电脑")


def test_a_passkey_is_the_second_factor_after_the_password(page: Page) -> None:
    person = visitor(page)
    person.sign_in(EMAIL)
    add(page, "钥匙", "secondary")
    sign_out(page)
    page.fill("input[name=email]", EMAIL)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/wan-signin" in url)
    person.look("passkey-second-factor")
    page.get_by_role("button").first.click()
    page.wait_for_url("**/desk/")
    remove(page, "钥匙")


def test_a_key_that_is_not_at_hand_leaves_another_way(page: Page) -> None:
    page.goto("/login")
    page.click("[data-passkeys] button")
    expect(page.locator("[data-failed]")).to_be_visible()
    visitor(page).look("passkey-failed")


def test_a_password_may_be_looked_at_and_is_sent_as_one(page: Page) -> None:
    page.goto("/login")
    page.fill("input[name=password]", PASSWORD)
    page.click("button[aria-controls=password]")
    expect(page.locator("#password")).to_have_attribute("type", "text")
    visitor(page).look("password-shown")
    page.fill("input[name=email]", EMAIL)
    page.press("#password", "Enter")
    page.wait_for_url("**/desk/")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_customer_s_phone_shows_the_sign_ins_with_and_without_scripts(
    browser: Browser, named_address: str, scripts: bool
) -> None:
    context = browser.new_context(
        base_url=named_address, viewport=PHONE, java_script_enabled=scripts
    )
    person = Visitor(context.new_page(), phone=True, scripts=scripts)
    page = person.open("/login", f"sign-in-phone-{scripts}")
    expect(page.locator("[data-passkeys]")).to_be_visible(visible=scripts)
    person.sign_in("lin@harbour.example")
    person.open("/account/sign-ins", f"my-sign-ins-{scripts}")
    person.open("/wan-register", f"my-passkeys-{scripts}")
    context.close()
