"""The page of the machines' door in a real browser: it tries a call with a key, under the strict policy."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.desk import ADMINISTRATOR, Visit, follow

pytestmark = pytest.mark.browser
KEY = re.compile(r"portal_[0-9a-f]{12}_[0-9a-f]{48}")


@pytest.mark.parametrize("phone", [False, True])
def test_an_administrator_issues_a_key_and_tries_it(visit: Visit, phone: bool) -> None:
    desk = visit(ADMINISTRATOR, phone=phone)
    page = desk.open("/desk/keys/new", "key-new")
    page.fill("#name", "WMS")
    page.fill("#system", "wms")
    page.locator("input[name=scopes]").first.check()
    follow(page.locator("main .form-buttons [type=submit]").last)
    found = KEY.search(page.locator("main").inner_text())
    assert found is not None
    page = desk.open("/api/v1/docs", "api-docs")
    page.fill("#api-key", found[0])
    call = page.locator("#call-list_customers")
    call.locator("summary").click()
    call.locator("[type=submit]").click()
    expect(call.locator("[data-status]")).to_contain_text("200")
    expect(call.locator("[data-answer]")).to_contain_text('"items"')
    desk.look("api-docs-tried")


def test_the_page_is_read_without_scripts(visit: Visit) -> None:
    plain = visit(ADMINISTRATOR, scripts=False)
    page = plain.open("/api/v1/docs", "api-docs-plain")
    expect(page.locator(".api-try").first).to_be_hidden()
    expect(page.locator("#call-record_usage summary")).to_contain_text("/api/v1/usage")
