"""Service at the desk: a request is written down, noted on, answered with a canned reply, solved; with and without
scripts, on a wide screen and on a telephone, each page looked at."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor
from tests.browser.desk import ADMINISTRATOR, Visit, follow

pytestmark = pytest.mark.browser
AGENT = "zhao.min@farhaven.example"
SHOWN = re.compile(r"/desk/requests/\d+")
TITLE = "冷藏柜到港后温度异常"


def written_down(desk: Visitor, shots: str = "") -> str:
    """A request of Harbour Foods by telephone; its address."""
    page = desk.page
    page.goto("/desk/requests/new")
    page.fill("main input[name=q]", "haigang")
    page.press("main input[name=q]", "Enter")
    page.locator("main .items a").first.click()
    page.fill("#title", TITLE)
    page.fill("#text", "箱内温度显示 -9℃，合同约定 -18℃。")
    page.select_option("#kind", "complaint")
    page.select_option("#severity", "1")
    page.select_option("#entitlement_id", index=1)
    if shots:
        desk.look(f"{shots}-new")
    page.locator("main .form-buttons [type=submit]").last.click()
    page.wait_for_url(SHOWN)
    return str(re.search(r"\d+$", page.url.partition("?")[0].partition("#")[0]).group())  # type: ignore[union-attr]


def unfolded(page: Page, part: str) -> None:
    """Make sure that one of the two ways of writing is open."""
    box = page.locator(f".{part}[name=write]")
    if box.get_attribute("open") is None:
        box.locator("summary").click()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_request_is_written_down_noted_on_answered_and_solved(
    visit: Visit, scripts: bool
) -> None:
    desk = visit(AGENT, scripts=scripts)
    name = f"request{'' if scripts else '-plain'}"
    number = written_down(desk, name)
    page = desk.page
    desk.look(name)
    expect(page.locator(".write-note[name=write]")).to_have_attribute("open", "")
    page.fill("#note-text", "先不要对客户讲赔付口径。")
    page.locator(".write-note [type=submit]").click()
    expect(page.locator(".desk-talk .staff-only")).to_contain_text("先不要对客户讲赔付口径。")
    unfolded(page, "write-answer")
    page.select_option("#answer-canned", index=1)
    page.locator(".write-answer button[formaction]").click()
    expect(page.locator("#answer-text")).to_have_value(re.compile("."))
    unfolded(page, "write-answer")
    desk.look(f"{name}-answer")
    page.locator(".write-answer button[value=reply]").click()
    expect(page.locator(".desk-talk .ours")).to_have_count(1)
    unfolded(page, "write-answer")
    page.fill("#answer-text", "已安排重新制冷并赔付检测费。")
    page.locator(".write-answer button[value=resolve]").click()
    expect(page.locator(".note-good", has_text="已安排重新制冷").first).to_be_visible()
    desk.look(f"{name}-solved")
    page.goto(f"/desk/requests/{number}")


def test_a_note_is_shown_only_after_a_page_that_asks(visit: Visit) -> None:
    desk = visit(AGENT)
    written_down(desk)
    page = desk.page
    page.fill("#note-text", "可以告诉客户：已联系船公司。")
    page.locator(".write-note [type=submit]").click()
    follow(page.locator(".staff-only a[href*='/notes/']"))
    desk.look("request-show-note")
    expect(page.locator("main .pre")).to_contain_text("已联系船公司")
    page.locator("main .form-buttons [type=submit]").click()
    expect(page.locator(".desk-talk .ours")).to_contain_text("已联系船公司")


@pytest.mark.parametrize("phone", [True, False])
def test_the_queue_is_narrowed_saved_and_fits_every_screen(visit: Visit, phone: bool) -> None:
    written_down(visit(AGENT))
    desk = visit(AGENT, phone=phone)
    page = desk.open("/desk/requests/queue/open?severity=1", "requests-queue")
    page.fill("#filter-name", "紧急")
    page.locator(".save-filter [type=submit]").click()
    expect(page.locator(".shortcut", has_text="紧急")).to_be_visible()
    desk.look("requests-saved")
    page.locator(".shortcut [type=submit]").first.click()
    expect(page.locator(".shortcut")).to_have_count(0)


def test_the_steps_that_ask_and_what_is_at_hand_are_looked_at(visit: Visit) -> None:
    desk = visit(AGENT)
    number = written_down(desk)
    for step in ("change", "match", "merge", "share", "promise", "hand_over"):
        desk.open(f"/desk/requests/{number}/ask/{step}", f"request-{step}")
    desk.open("/desk/canned-replies", "canned-replies")
    desk.open("/desk/canned-replies/new", "canned-reply")
    desk.open("/desk/request-categories", "request-categories")


def test_the_work_page_and_the_menu_fit_a_telephone(visit: Visit) -> None:
    number = written_down(visit(AGENT))
    desk = visit(AGENT, phone=True)
    page = desk.open(f"/desk/requests/{number}", "request")
    page.locator(".nav-menu > summary").click()
    desk.look("desk-menu")
    page.locator(".nav-part summary").first.click()
    desk.look("desk-menu-part")


def test_the_menu_of_who_may_do_everything_is_walked_by_keys(visit: Visit) -> None:
    page = visit(ADMINISTRATOR).open("/desk/requests/queue/open", "desk-menu-wide")
    first = page.locator(".nav-part summary").first
    first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".nav-part > [open]").first).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.locator(".nav-part-list a").first).to_be_focused()
