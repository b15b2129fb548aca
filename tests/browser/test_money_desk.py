"""What finance does beside the bills: a bank's file, other terms of settlement, a carrier's bill."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from portal.kernel import clock
from tests.browser.desk import Visit, follow, say_why
from tests.browser.test_chain import sent
from tests.browser.test_money import FINANCE

pytestmark = pytest.mark.browser


def test_a_bank_file_finds_its_payers_and_leaves_the_others_to_be_found(visit: Visit) -> None:
    desk = visit(FINANCE)
    page = desk.page
    page.goto("/desk/receipts/import")
    today = clock.today().isoformat()
    rows = ["交易日期,借方发生额,贷方发生额,对方户名,对方账号,摘要,交易流水号",
            f"{today},,12.00,云裳服饰（杭州）有限公司,6222 0001,服务费,WEB-1",
            f"{today},,34.00,无人知晓的公司,6222 0002,往来,WEB-2"]  # fmt: skip
    body = ("\n".join(rows) + "\n").encode("utf-8-sig")
    page.set_input_files(
        "input[type=file]", {"name": "流水.csv", "mimeType": "text/csv", "buffer": body}
    )
    page.fill("[name=account]", "4550 0000 0000 0001")
    sent(page)
    page.locator("form[action$='/apply'] [type=submit]").wait_for()
    desk.look("money-bank-file")
    page.locator("form[action$='/apply'] [type=submit]").click()
    expect(page.locator("#import-state .note-good")).to_be_visible()
    page.goto("/desk/receipts/bank")
    page.locator(".list .row-link").first.click()
    expect(page.locator("main")).to_contain_text("无人知晓的公司")
    desk.look("money-bank-entry")


def test_other_terms_are_applied_for_on_a_phone_and_decided_by_the_manager(visit: Visit) -> None:
    phone = visit("fang@yunshang.example", phone=True)
    page = phone.open("/my/settlement", "money-settlement")
    page.fill("[name=payment_days]", "4000")
    page.fill("[name=reason]", "旺季备货")
    sent(page)
    expect(page.locator("[name=payment_days][aria-invalid=true]")).to_have_value("4000")
    expect(page.locator("[name=reason]")).to_have_value("旺季备货")
    page.fill("[name=payment_days]", "60")
    sent(page)
    phone.look("money-applied")
    manager = visit("he.jing@farhaven.example")
    page = manager.page
    page.goto("/desk/settlement")
    follow(page.locator(".list .row-link").first)
    manager.look("money-application")
    say_why(page, "refuse", "逾期结清后再申请")
    expect(page.locator(".page-lead .chip").first).to_be_visible()
    phone.open("/my/settlement", "money-refused")
    expect(phone.page.locator("main")).to_contain_text("逾期结清后再申请")


def test_a_carriers_bill_is_compared_waybill_by_waybill(visit: Visit) -> None:
    desk = visit(FINANCE)
    page = desk.page
    page.goto("/desk/carrier-bills/new")
    day = clock.today().isoformat()
    bill = f"运单号,计费重量,应付,区域,日期\nSF0001,1,12.00,上海,{day}\nSF0002,3,20.00,上海,{day}\n"
    own = f"运单号,实际重量,客户,发货日期\nSF0001,0.9,HARBOUR,{day}\nSF0003,2,HARBOUR,{day}\n"
    page.fill("[name=carrier]", "顺丰")
    for accepted in ("", "0.5"):  # of a carrier's first bill nobody knows yet what is accepted
        page.locator("[name=records][value=file]").check()
        page.fill("[name=tolerance_kg]", accepted)
        for name, text in (("bill", bill), ("own", own)):
            csv = {"name": f"{name}.csv", "mimeType": "text/csv", "buffer": text.encode()}
            page.set_input_files(f"[name={name}]", csv)
        sent(page)
        if not accepted:
            expect(page.locator("[name=tolerance_kg][aria-invalid=true]")).to_be_visible()
            expect(page.locator("[name=carrier]")).to_have_value("顺丰")
    page.wait_for_url(re.compile(r"/desk/carrier-bills/\d+$"))
    desk.look("money-carrier-bill")
    follow(page.locator("a[href*='/waybills/']").first)
    desk.look("money-waybill")
