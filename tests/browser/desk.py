"""What staff do at the desk, step by step, for journeys that begin where a quotation stands."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page

from portal.demo.quotations import STORIES
from tests.browser.conftest import Visitor

SALES = "chen.li@farhaven.example"
SALES_MANAGER = "wu.mei@farhaven.example"
CATALOGUE = "gu.xin@farhaven.example"
ADMINISTRATOR = "admin@farhaven.example"
CLERK = "lin@harbour.example"

Visit = Callable[..., Visitor]
SHOWN = re.compile(r"/desk/quotations/\d+$")


def follow(link: Locator, timeout: float | None = None) -> None:
    """Press what leads to another page, and be there: the old page is not looked at for the new one."""
    with link.page.expect_navigation(timeout=timeout):
        link.click()


def step(page: Page, action: str) -> None:
    """Take a step that asks first: open its question (`action` is the end of its address), say yes."""
    form = f"form[action*='/{action}']"
    page.locator(f".ask:has({form}) > summary").first.click()
    page.locator(f"dialog {form} [type=submit], dialog{form} [type=submit]").first.click()


def say_why(page: Page, action: str, why: str) -> None:
    """Take a step that wants a reason."""
    form = f"form[action*='/{action}']"
    page.locator(f".ask:has({form}) > summary").first.click()
    page.locator(f"dialog {form} textarea").fill(why)
    page.locator(f"dialog {form} [type=submit]").first.click()


def cells(page: Page, part: str) -> Locator:
    """That column of the sheet of charges."""
    return page.locator(f"[data-grid] input[id$='-{part}']")


def typed(page: Page, text: str) -> None:
    """Over what the cell says; the sheet answers with new sums."""
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def copied(desk: Visitor, story: str = "to_accept") -> str:
    """A new draft like the demo's quotation of that name; the path of its page."""
    page = desk.page
    page.goto(f"/desk/quotations?q={STORIES[story].title}")
    href = page.locator(".list .row-link").last.get_attribute("href")
    page.goto(f"{href}/copy")
    page.locator("main .form-buttons .btn-primary").click()
    page.wait_for_url(SHOWN)
    return page.evaluate("location.pathname")


def issued(visit: Visit, story: str = "to_accept") -> str:
    """A new quotation like the demo's, issued; its number in the address, as text."""
    desk = visit(SALES)
    path = copied(desk, story)
    step(desk.page, "issue")
    desk.page.wait_for_selector("a[href$='/paper']")
    return path.rpartition("/")[2]
