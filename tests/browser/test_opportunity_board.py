"""The board of opportunities by mouse, by keys, and without scripts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.desk import SALES, Visit, follow

pytestmark = pytest.mark.browser
BOARD = "/desk/opportunities/board"


def opened(page: Page, title: str) -> None:
    """A new opportunity in the first stage, with a day and an amount; then the board."""
    page.goto("/desk/opportunities/new?q=jinghe")
    page.locator("main .items a").first.click()
    page.fill("[name=title]", title)
    page.fill("[name=amount]", "1000")
    page.fill("[name=close_on]", "2030-01-31")
    page.locator("main .form-buttons .btn-primary").click()
    page.wait_for_url(re.compile(r"/desk/opportunities/\d+$"))
    page.goto(f"{BOARD}?owner=mine")


def card(page: Page, title: str) -> Locator:
    return page.locator("[data-card]", has_text=title)


def column(page: Page, at: int) -> Locator:
    return page.locator("[data-stage]").nth(at)


def test_a_card_goes_by_mouse_and_by_keys_and_says_what_is_missing(visit: Visit) -> None:
    desk = visit(SALES)
    page, title = desk.page, "看板上拖动的机会"
    opened(page, title)
    card(page, title).drag_to(column(page, 1))
    expect(card(page, title).locator(".wrong")).to_be_visible()
    desk.look("opportunity-board-refused")
    page.goto(card(page, title).locator(".wrong a").get_attribute("href") or "")
    page.locator("[name=contact_id]").select_option(index=1)
    follow(page.locator("main .form-buttons .btn-primary"))
    page.goto(f"{BOARD}?owner=mine")
    card(page, title).drag_to(column(page, 1))
    expect(column(page, 1).locator("[data-card]", has_text=title)).to_be_visible()
    card(page, title).locator("> a").focus()
    page.keyboard.press("Space")
    expect(page.locator(".deal.is-taken")).to_have_count(1)
    page.keyboard.press("ArrowLeft")
    expect(column(page, 0).locator("[data-card]", has_text=title)).to_be_visible()
    expect(page.locator(".deal.is-taken")).to_have_count(1)
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/desk/opportunities/\d+$"))


def test_without_scripts_each_card_has_a_choice_and_a_button(visit: Visit) -> None:
    desk = visit(SALES, scripts=False)
    page, title = desk.page, "看板上选择的机会"
    opened(page, title)
    stages = card(page, title).locator("[name=stage_id]")
    stages.select_option(index=1)
    card(page, title).locator(".deal-move button").click()
    expect(card(page, title).locator(".wrong")).to_be_visible()
