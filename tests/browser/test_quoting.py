"""From a lane to a paper: search, pick, quote, edit with the keyboard, issue; below the floor the manager decides."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.desk import (
    SALES,
    SALES_MANAGER,
    SHOWN,
    Visit,
    cells,
    copied,
    say_why,
    step,
    typed,
)

pytestmark = pytest.mark.browser


def quoted(page: Page, words: str) -> None:
    """Search a lane, take the first price and make a quotation of it, by keyboard alone."""
    page.goto("/desk/lanes")
    expect(page.locator("#lane")).to_be_focused()
    page.keyboard.type(words)
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/lanes?*")
    page.locator("#lane").press("ArrowDown")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/quotations/new?*")
    page.locator("input[name=customer]").press_sequentially("hgsp", delay=20)
    page.locator("#customer-choices label", has_text="HARBOUR").click()
    page.locator("input[name=goods]").fill("冷冻调味品")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(SHOWN)


def test_sales_quotes_a_lane_by_keyboard_and_issues_the_paper(visit: Visit) -> None:
    desk = visit(SALES)
    page = desk.page
    quoted(page, "SHA NYC 2x40HQ")
    desk.look("quote-draft")
    cells(page, "quantity").nth(0).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    expect(cells(page, "quantity").nth(0)).to_be_focused()
    typed(page, "3")
    page.keyboard.press("Enter")
    expect(cells(page, "quantity").nth(1)).to_be_focused()
    expect(page.locator(".save-line.unsaved")).to_be_visible()
    expect(page.locator("[data-grid] .sum").first).to_contain_text("11,100.00")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".save-line.unsaved")).to_have_count(0)
    page.reload()
    expect(cells(page, "quantity").nth(0)).to_have_value("3")
    step(page, "issue")
    paper = page.locator("a[href$='/paper']").first
    paper.wait_for()
    desk.look("quote-issued")
    answer = page.request.get(paper.get_attribute("href") or "")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.body().startswith(b"%PDF-1.")


def test_a_price_below_the_floor_waits_for_the_sales_manager(visit: Visit) -> None:
    desk = visit(SALES)
    page = desk.page
    path = copied(desk)
    cells(page, "rate").first.focus()
    typed(page, "1500")
    page.locator("input[name=reason]").fill("竞争对手报价更低")
    page.keyboard.press("Control+Enter")
    page.locator(".page-actions .ask:has(form[action*='/submit'])").wait_for()
    expect(page.locator("form[action*='/issue']")).to_have_count(0)
    desk.look("quote-below-floor")
    say_why(page, "submit", "客户承诺全年 200 柜")
    expect(page.locator(".page-lead .chip")).to_have_class("chip chip-warn")
    manager = visit(SALES_MANAGER)
    manager.open(path, "quote-to-approve")
    step(manager.page, "approve")
    expect(manager.page.locator(".note-good").first).to_be_visible()
    page.goto(path)
    step(page, "issue")
    page.locator("a[href$='/paper']").first.wait_for()


def test_a_manual_price_without_a_reason_is_asked_for_one(visit: Visit) -> None:
    desk = visit(SALES)
    page = desk.page
    copied(desk)
    cells(page, "rate").first.focus()
    typed(page, "1999")
    page.keyboard.press("Control+Enter")
    reason = cells(page, "reason").first
    expect(reason).to_have_attribute("aria-invalid", "true")
    expect(cells(page, "rate").first).to_have_value("1999")
    desk.look("quote-reason-missing")


def test_a_quotation_is_written_without_scripts(visit: Visit) -> None:
    desk = visit(SALES, scripts=False)
    page = desk.page
    page.goto("/desk/lanes?q=上海 纽约 40HQ")
    page.locator("button[name=row]").first.click()
    page.fill("input[name=customer]", "海港")
    page.locator("button[formmethod=get]").click()
    page.locator("#customer-choices input").first.check()
    page.locator("main .form-buttons .btn-primary").click()
    page.wait_for_url(SHOWN)
    cells(page, "quantity").first.fill("4")
    page.locator(".save-line .btn").click()
    expect(cells(page, "quantity").first).to_have_value("4")
    page.locator(".ask > summary").first.click()
    page.locator("form[action*='/issue'] [type=submit]").click()
    page.locator("a[href$='/paper']").first.wait_for()
    desk.look("quote-without-scripts")


def test_the_desk_is_usable_on_a_phone(visit: Visit) -> None:
    desk = visit(SALES, phone=True)
    desk.open("/desk/lanes?q=SHA NYC 40HQ", "lanes")
    copied(desk)
    desk.look("quote-draft")
