"""The chain in a browser: a customer books on a phone, staff confirm and complete, and what is left says so."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from portal.kernel import clock
from tests.browser.desk import CLERK, SALES_MANAGER, Visit, follow, say_why, step

pytestmark = pytest.mark.browser
SERVICE = "zhao.min@farhaven.example"
SALES_OF_LONGTENG = "wang.fang@farhaven.example"
KEEPER = "zhu.tao@farhaven.example"
LABELS = "贴标费"
MINE = re.compile(r"/my/bookings/\d+$")
SIGNED = b"%PDF-1.7\n% signed and sealed\n"


def sent(page: Page) -> None:
    """The form of the page is sent by its button."""
    page.locator("main .form-buttons [type=submit].btn-primary").last.click()


def booked(visit: Visit, *, scripts: bool) -> str:
    """Two steps on a phone: how much, then when; the booking's number."""
    phone = visit(CLERK, phone=True, scripts=scripts)
    page = phone.page
    name = f"book{'' if scripts else '-plain'}"
    page.goto("/my/entitlements")
    page.locator("a[href*='/my/bookings/new?entitlement=']").first.click()
    amount = page.locator("input[name^='q-']").first
    amount.fill("0")
    sent(page)
    expect(page.locator("input[aria-invalid=true]").first).to_be_visible()
    amount.fill("2")
    phone.look(f"{name}-how-much")
    sent(page)
    page.locator("[name=ready_on]").fill(clock.today().isoformat())
    page.locator("[name=goods]").fill("冷冻水饺")
    phone.look(f"{name}-when")
    page.locator("button[value=book]").click()
    page.wait_for_url(MINE)
    phone.look(f"{name}-reserved")
    return page.locator("h1").inner_text().strip()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_booking_on_the_phone_is_confirmed_completed_and_seen_in_what_is_left(
    visit: Visit, scripts: bool
) -> None:
    number = booked(visit, scripts=scripts)
    desk = visit(SERVICE)
    page = desk.page
    page.goto(f"/desk/search?q={number}")
    page.locator("main a[href^='/desk/bookings/']").first.click()
    step(page, "confirm")
    page.wait_for_url(re.compile(r"/desk/(bookings|shipments)/\d+$"))
    if "/bookings/" in page.url:
        follow(page.locator(".page-actions a[href^='/desk/shipments/']"))
    desk.look("shipment-planned")
    follow(page.locator("a[href$='/complete']").first)
    desk.look("shipment-complete")
    sent(page)
    expect(page.locator(".page-lead .chip").first).to_have_class("chip chip-good")
    desk.look("shipment-completed")
    phone = visit(CLERK, phone=True, scripts=scripts)
    phone.page.goto("/my/shipments")
    follow(phone.page.locator(".list .row-link").first)
    phone.look(f"shipment-done{'' if scripts else '-plain'}")


def test_a_contract_is_approved_printed_and_signed_with_its_scan(visit: Visit) -> None:
    desk = visit(SALES_OF_LONGTENG)
    page = desk.page
    page.goto("/desk/contracts?state=draft")
    follow(page.locator(".list .row-link").first)
    path = page.evaluate("location.pathname")
    desk.look("contract-draft")
    if page.locator(".ask:has(form[action*='/submit'])").count() == 0:
        pytest.fail("the demo's draft has nothing to submit")
    say_why(page, "submit", "年度价格已谈定")
    expect(page.locator(".page-lead .chip").first).to_have_class("chip chip-warn")
    manager = visit(SALES_MANAGER)
    page = manager.page
    page.goto(path)
    step(page, "approve")
    paper = page.locator("a[href$='/paper']").first
    paper.wait_for()
    answer = page.request.get(paper.get_attribute("href") or "")
    assert answer.body().startswith(b"%PDF-")
    page.goto(f"{path}/sign")
    page.fill("[name=for_customer]", "周敏")
    page.fill("[name=for_firm]", "吴梅")
    scan = {"name": "签署页.pdf", "mimeType": "application/pdf", "buffer": SIGNED}
    page.set_input_files("[name=scan]", scan)
    manager.look("contract-sign")
    sent(page)
    expect(page.locator(".files a").first).to_contain_text("签署页.pdf")
    manager.look("contract-in-force")


def test_stock_cannot_leave_that_is_not_there_and_what_was_typed_stays(visit: Visit) -> None:
    keeper = visit(KEEPER)
    page = keeper.page
    page.goto("/desk/stock")
    follow(page.locator(".list .row-link").first)
    keeper.look("stock")
    page.locator("a[href*='/movements/new']").first.click()
    page.locator("[name=kind][value=out], select[name=kind]").first.wait_for()
    out = page.locator("[name=kind][value=out]")
    if out.count():
        out.check()
    else:
        page.select_option("select[name=kind]", "out")
    page.locator("[name=pieces]").fill("9999999")
    page.locator("[name=lot]").fill("从未入库")
    keeper.look("movement-new")
    sent(page)
    expect(page.locator("[name=pieces]")).to_have_value("9999999")
    expect(page.locator(".wrong, .note-bad, .note-error, [role=alert]").first).to_be_visible()
    keeper.look("movement-refused")


def test_a_file_of_usage_is_seen_before_it_counts(visit: Visit) -> None:
    desk = visit(SERVICE)
    page = desk.page
    page.goto("/desk/usage/import")
    rows = f"客户,服务项目,数量,单位,日期,参考号\nHARBOUR,{LABELS},五,件,2026-11-01,WEB-1\n"
    file = {"name": "用量.csv", "mimeType": "text/csv", "buffer": rows.encode("utf-8-sig")}
    page.set_input_files("input[type=file]", file)
    sent(page)
    expect(page.locator("main")).to_contain_text("五")
    desk.look("usage-file-wrong")
