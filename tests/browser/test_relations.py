"""Relationships in a browser: a lead won over, a visit written on a phone, a campaign, points, a merge, a promise."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from portal.kernel import clock
from tests.browser.desk import ADMINISTRATOR, CLERK, SALES, SALES_MANAGER, Visit, follow, step
from tests.browser.post import link_for

pytestmark = pytest.mark.browser
NORDWIND = "erik@nordwind.example"
PROMISE = "下周三前给出保舱方案"
OPPORTUNITY = re.compile(r"/desk/opportunities/\d+$")
VISIT = re.compile(r"/desk/visits/\d+$")
CAMPAIGN = re.compile(r"/desk/campaigns/\d+$")
CUSTOMER = re.compile(r"/desk/customers/\d+$")


def sent(page: Page) -> None:
    """The form's own button."""
    page.locator("main .form-buttons .btn-primary").first.click()


def test_a_lead_is_picked_from_the_pool_and_becomes_a_customer_with_an_opportunity(
    visit: Visit,
) -> None:
    desk = visit(SALES)
    page = desk.open("/desk/leads/pool", "leads-pool")
    page.locator("#list .row-link", has_text="新禾").click()
    page.locator("form[action$='/pick'] button").click()
    follow(page.locator("a[href$='/convert']"))
    desk.look("lead-convert")
    page.fill("[name=title]", "种子进口恒温仓储")
    page.fill("[name=amount]", "150000")
    page.fill("[name=close_on]", "2030-01-31")
    sent(page)
    page.wait_for_url(OPPORTUNITY)
    desk.look("lead-converted")
    expect(page.locator("main")).to_contain_text("新禾种业")
    page.goto("/desk/leads/pool")
    expect(page.locator("#list")).not_to_contain_text("新禾种业")


def test_a_visit_is_planned_and_its_sheet_written_on_a_phone(visit: Visit) -> None:
    phone, today = visit(SALES, phone=True), clock.today()
    page = phone.open("/desk/visits/new?q=harbour", "visit-whom")
    page.locator("main .items a").first.click()
    page.fill("[name=purpose]", "旺季舱位")
    page.fill("[name=planned_on]", today.isoformat())
    phone.look("visit-new")
    sent(page)
    page.wait_for_url(VISIT)
    page.locator("main a[href$='/sheet']").first.click()
    page.fill("[name=met]", "林晓雯")
    page.locator(".mood").first.click()
    page.fill("[name=summary]", "旺季每周两柜，担心甩柜。")
    page.fill("[name=promises-0-text]", PROMISE)
    page.fill("[name=promises-0-due_on]", (today + timedelta(days=7)).isoformat())
    phone.look("visit-sheet")
    sent(page)
    page.wait_for_url(VISIT)
    phone.look("visit-made")
    expect(page.locator("main")).to_contain_text(PROMISE)


def test_a_campaign_reaches_its_segment_with_a_way_out_in_each_mail(
    visit: Visit, instance: Path
) -> None:
    desk = visit(SALES)
    page = desk.open("/desk/campaigns/new", "campaign-new")
    page.fill("[name=name]", "节前订舱提醒")
    page.fill("[name=subject_zh]", "节前最后一班船")
    page.fill("[name=text_zh]", "节前最后一班船**一月二十日**截关。")
    page.check("[name=markets][value=enterprise]")
    page.click("button[name=preview]")
    expect(page.locator("#preview")).to_contain_text("一月二十日")
    desk.look("campaign-preview")
    sent(page)
    page.wait_for_url(CAMPAIGN)
    manager = visit(SALES_MANAGER)
    boss = manager.open(page.evaluate("location.pathname"), "campaign-approve")
    step(boss, "approve")
    keeper = visit(ADMINISTRATOR).page
    keeper.goto("/desk/jobs")
    keeper.locator("form[action$='/campaigns/run'] button").click()
    out = link_for(instance, CLERK, "/unsubscribe")
    reader = visit(phone=True, scripts=False)
    reader.open(out, "campaign-unsubscribe")
    reader.page.locator("main .btn-primary").click()
    expect(reader.page.locator("main [role=status]")).to_contain_text(CLERK)
    boss.reload()
    manager.look("campaign-results")


def test_points_are_redeemed_on_a_phone_without_scripts(visit: Visit) -> None:
    phone = visit(CLERK, phone=True, scripts=False)
    page = phone.open("/my/points", "my-points")
    page.locator("main a[href$='/points/redeem']").first.click()
    page.fill("[name=points]", "9999999")
    sent(page)
    expect(page.locator("#points-error")).to_be_visible()
    page.fill("[name=points]", "500")
    sent(page)
    page.wait_for_url(re.compile(r"/my/points$"))
    expect(page.locator("#list tbody tr").first).to_contain_text("500")


def test_a_customer_that_was_taken_in_twice_becomes_one(visit: Visit) -> None:
    desk = visit(SALES_MANAGER)
    page = desk.open("/desk/duplicates", "duplicates")
    follow(page.locator("#list .row-link", has_text="云裳").first)
    desk.look("duplicates-pair")
    follow(page.locator("main .btn-primary[href*='/merge']"))
    desk.look("duplicates-merge")
    page.fill("[name=reason]", "客服再次建档")
    sent(page)
    page.wait_for_url(CUSTOMER)
    kept = page.evaluate("location.pathname")
    desk.look("duplicates-merged")
    page.goto("/desk/duplicates")
    expect(page.locator("main")).not_to_contain_text("云裳")
    page.goto("/desk/customers?q=YSFS001")
    expect(page.locator("#list .row-link").first).to_have_attribute("href", kept)


def test_a_tier_set_by_hand_is_the_customers_promise(visit: Visit) -> None:
    desk, customer = visit(SALES_MANAGER), visit(NORDWIND, phone=True, locale="en-GB")
    customer.page.goto("/my/promise")
    before = customer.page.locator("main .chip").first.inner_text()
    page = desk.open("/desk/tiers/classes?q=nordwind", "tiers-classes")
    page.locator("#list .row-link").first.click()
    page.locator("a[href$='/override']").click()
    page.select_option("[name=what]", "tier:vip")
    page.fill("[name=until_on]", (clock.today() + timedelta(days=60)).isoformat())
    page.fill("[name=reason]", "项目收尾，按重点客户服务")
    desk.look("tiers-override")
    sent(page)
    page.wait_for_url(re.compile(r"/tiers/classes/\d+$"))
    desk.look("tiers-customer")
    customer.open("/my/promise", "my-promise")
    expect(customer.page.locator("main .chip").first).not_to_have_text(before)
