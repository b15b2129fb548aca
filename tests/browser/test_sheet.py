"""The sheet of charges on a slow line: whatever comes late, what was saved last is what stands there."""

from __future__ import annotations

import pytest
from playwright.sync_api import APIResponse, Page, Route, expect

from tests.browser.conftest import PATIENCE_MS
from tests.browser.desk import SALES, Visit, cells, copied, typed

pytestmark = pytest.mark.browser

SUMS, SAVE = "**/lines/preview", "**/lines"
UNSAVED = ".save-line.unsaved"


class SlowLine:
    """Answers to `pattern` are fetched at once and handed over when told (or asked for only then)."""

    def __init__(self, page: Page, pattern: str, *, asks_late: bool = False) -> None:
        self.page, self.asks_late = page, asks_late
        self.held: list[tuple[Route, APIResponse | None]] = []
        self.is_quick = False
        page.route(pattern, self._hold)

    def _hold(self, route: Route) -> None:
        if self.is_quick:
            route.continue_()
            return
        self.held.append((route, None if self.asks_late else route.fetch(max_redirects=0)))

    def until_asked(self) -> None:
        """Wait until the first is held."""
        for _ in range(PATIENCE_MS // 20):
            if self.held:
                return
            self.page.wait_for_timeout(20)
        raise AssertionError("nothing was asked")

    def let_go(self) -> None:
        """Everything that was held arrives now, and the line is quick from here on."""
        self.is_quick = True
        for route, answer in self.held:
            if answer is None:
                route.continue_()
            else:
                route.fulfill(response=answer)
        self.page.wait_for_timeout(300)


@pytest.fixture
def sheet(visit: Visit) -> Page:
    """The page of a fresh draft."""
    desk = visit(SALES)
    copied(desk)
    return desk.page


def price_with_reason(page: Page, rate: str = "1500") -> None:
    cells(page, "rate").first.focus()
    typed(page, rate)
    page.locator("input[name=reason]").fill("竞争对手报价更低")


def is_saved(page: Page, rate: str = "1500") -> None:
    """On the page, and still there when it is opened anew."""
    expect(page.locator("main .htmx-request")).to_have_count(0)
    for _ in range(2):
        expect(page.locator(UNSAVED)).to_have_count(0)
        expect(page.locator(".page-actions form[action*='/submit']")).to_have_count(1)
        expect(cells(page, "rate").first).to_have_value(rate)
        page.reload()


@pytest.mark.parametrize("asks_late", [False, True])
def test_sums_that_come_late_never_undo_what_was_saved(sheet: Page, asks_late: bool) -> None:
    sums = SlowLine(sheet, SUMS, asks_late=asks_late)
    price_with_reason(sheet)
    sums.until_asked()
    sheet.keyboard.press("Control+Enter")
    expect(sheet.locator(".page-actions form[action*='/submit']")).to_have_count(1)
    sums.let_go()
    is_saved(sheet)


def test_a_second_save_waits_for_the_first_and_keeps_what_came_between(sheet: Page) -> None:
    save = SlowLine(sheet, SAVE)
    price_with_reason(sheet)
    sheet.keyboard.press("Control+Enter")
    save.until_asked()
    cells(sheet, "quantity").nth(1).fill("7")
    sheet.keyboard.press("Control+Enter")
    cells(sheet, "rate").first.fill("1510")
    cells(sheet, "quantity").first.focus()
    sheet.keyboard.press("Control+Enter")
    save.let_go()
    expect(sheet.locator(".flash, .note-warn[role=alert]")).to_have_count(0)
    is_saved(sheet, "1510")
    expect(cells(sheet, "quantity").nth(1)).to_have_value("7")


def test_what_is_typed_while_saving_stays_and_is_summed(sheet: Page) -> None:
    save = SlowLine(sheet, SAVE)
    price_with_reason(sheet)
    sheet.keyboard.press("Control+Enter")
    save.until_asked()
    cells(sheet, "rate").first.fill("1600")
    cells(sheet, "quantity").nth(1).focus()
    save.let_go()
    expect(cells(sheet, "rate").first).to_have_value("1600")
    expect(sheet.locator(UNSAVED)).to_have_count(1)
    sheet.reload()
    expect(cells(sheet, "rate").first).to_have_value("1500")


def test_leaving_a_saved_cell_does_not_call_it_unsaved(sheet: Page) -> None:
    cells(sheet, "quantity").first.focus()
    typed(sheet, "4")
    sheet.keyboard.press("Control+Enter")
    expect(sheet.locator("[role=status], .flash").filter(has_text="已保存").first).to_be_visible()
    with sheet.expect_response(SUMS):
        sheet.keyboard.press("Tab")
    sheet.wait_for_timeout(200)
    expect(sheet.locator(UNSAVED)).to_have_count(0)


def test_a_menu_stays_open_when_the_sums_arrive(sheet: Page) -> None:
    sums = SlowLine(sheet, SUMS)
    cells(sheet, "quantity").first.focus()
    typed(sheet, "4")
    sheet.locator(".row-menu > summary").first.click()
    sums.until_asked()
    sums.let_go()
    expect(sheet.locator(UNSAVED)).to_have_count(1)
    sheet.locator(".row-menu [name=do][value^='down:']").first.click()
    expect(sheet.locator(UNSAVED)).to_have_count(0)
    expect(sheet.locator(".row-menu[open]")).to_have_count(0)
