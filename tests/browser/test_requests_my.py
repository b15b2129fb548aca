"""A customer asks in a browser: on a phone without scripts with a photograph, at a desk with answers while typing."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.desk import Visit

pytestmark = pytest.mark.browser
LIN = "lin@harbour.example"
SERVICE = "zhao.min@farhaven.example"
REQUEST = re.compile(r"/my/requests/\d+(#\w+)?$")
PHOTO = {"name": "货物.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8\xff\xe0 goods"}
SCRIPT = {"name": "logo.svg", "mimeType": "image/svg+xml", "buffer": b"<svg onload='alert(1)'/>"}


def asked_about(page: Page) -> None:
    """From the first entitlement in force to the form."""
    page.goto("/my/entitlements")
    page.locator("a[href^='/my/entitlements/']").first.click()
    page.locator("a[href^='/my/requests/new?entitlement=']").click()


def filled_in(page: Page, title: str) -> None:
    page.locator("label[for=kind-problem]").click()
    page.fill("#title", title)
    page.fill("#text", "今天到货的两箱外包装破损,请查一下原因。")


@pytest.mark.parametrize("scripts", [False, True])
def test_a_request_is_opened_on_a_phone_from_an_entitlement_with_a_photograph(
    visit: Visit, scripts: bool
) -> None:
    phone = visit(LIN, phone=True, scripts=scripts)
    page, name = phone.page, "my-request" + ("" if scripts else "-plain")
    asked_about(page)
    phone.look(f"{name}-new")
    expect(page.locator("#entitlement_id")).not_to_have_value("none")
    expect(page.locator(".of-goods")).to_be_hidden()
    filled_in(page, "外箱破损")
    page.set_input_files("#files", [PHOTO, SCRIPT])
    page.click("form.request-form .btn-primary")
    expect(page.locator("#files-error")).to_contain_text("logo.svg")
    expect(page.locator("#title")).to_have_value("外箱破损")
    page.set_input_files("#files", [PHOTO])
    page.click("form.request-form .btn-primary")
    page.wait_for_url(REQUEST)
    phone.look(f"{name}-show")
    expect(page.locator(".talk")).to_contain_text("货物.jpg")
    page.fill("#text", "补充:共两箱。")
    page.click("#reply button[type=submit]")
    expect(page.locator(".talk")).to_contain_text("补充:共两箱。")
    phone.open("/my/requests", f"{name}-list")
    expect(page.locator("#list")).to_contain_text("外箱破损")


def test_a_return_shows_its_goods_without_scripts_once_it_is_chosen(visit: Visit) -> None:
    page = visit(LIN, phone=True, scripts=False).page
    page.goto("/my/requests/new")
    expect(page.locator(".of-goods")).to_be_hidden()
    page.locator("label[for=kind-return]").click()
    expect(page.locator(".of-goods")).to_be_visible()
    page.fill("#lines-0-name", "冻虾")
    page.click("button[value=rows]")
    expect(page.locator("#lines-4-name")).to_be_visible()
    expect(page.locator("#lines-0-name")).to_have_value("冻虾")


def test_answers_come_while_one_types_and_by_a_button_without_scripts(visit: Visit) -> None:
    title = known_article(visit)
    plain, quick = visit(LIN, phone=True, scripts=False).page, visit(LIN)
    plain.goto("/my/requests/new")
    plain.fill("#title", title)
    plain.click("button[value=look]")
    expect(plain.locator(".suggestions a").first).to_be_visible()
    expect(plain.locator("#title")).to_have_value(title)
    page = quick.page
    page.goto("/my/requests/new")
    page.locator("#title").press_sequentially(title)
    expect(page.locator("#answers .suggestions a").first).to_be_visible()
    quick.look("my-request-answers")


def known_article(visit: Visit) -> str:
    """The title of an article that customers may read."""
    page = visit(LIN).page
    page.goto("/my/knowledge")
    return page.locator("a[href^='/my/knowledge/']").first.inner_text().strip()
