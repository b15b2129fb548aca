"""A month is checked on a phone: some lines confirmed, one disputed with a photograph, followed, with and without
scripts."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from portal.kernel import clock
from tests.browser.conftest import ROOT, Visitor
from tests.browser.desk import CLERK, Visit, follow, step

pytestmark = pytest.mark.browser
FINANCE = "qian.wei@farhaven.example"
ONE = re.compile(r"/my/statements/\d+$")
DISPUTE = re.compile(r"/my/disputes/\d+$")
PHOTO = {"name": "托盘.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8\xff\xe0 pallets"}


def sent(page: Page) -> None:
    """The form of the page is sent by its button."""
    page.locator("main .form-buttons [type=submit].btn-primary").last.click()


def billed(visit: Visit, instance: Path) -> None:
    """Last month of Harbour Foods, drafted by the command, reviewed and published at the desk."""
    last = clock.today().replace(day=1) - timedelta(days=1)
    days = ["--from", last.replace(day=1).isoformat(), "--to", last.isoformat()]
    command = [sys.executable, "-m", "portal", "statements", "run", *days, "--customer", "HARBOUR"]
    environment = {**os.environ, "PORTAL_INSTANCE": str(instance)}
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    page = visit(FINANCE).page
    page.goto("/desk/statements?state=draft&q=HARBOUR")
    page.locator(".list .row-link").first.click()
    step(page, "review")
    page.locator("a[href$='/publish']").first.click()
    sent(page)
    expect(page.locator(".page-lead .chip").first).to_have_class("chip chip-info")


def to_check(visit: Visit, instance: Path) -> str:
    """The path of a statement of Harbour Foods with lines that wait for an answer."""
    page = visit(CLERK).page
    for _attempt in range(2):
        page.goto("/my/statements?what=waiting")
        found = page.locator("#list tbody th a")
        if found.count():
            return found.first.get_attribute("href") or ""
        billed(visit, instance)
    raise AssertionError("what was published is not at the customer's")


def confirm_two(phone: Visitor, name: str) -> None:
    """Tick two lines and confirm them."""
    page = phone.page
    before = page.locator("input[name=line]").count()
    for at in (0, 1):
        page.locator("input[name=line]").nth(at).check()
    follow(page.locator("#pick .btn-primary"))
    phone.look(f"{name}-confirm")
    sent(page)
    page.wait_for_url(ONE)
    expect(page.locator(".note-good").first).to_be_visible()
    assert before - 2 <= page.locator("input[name=line]").count() <= before


def dispute_one(phone: Visitor, name: str) -> None:
    """Tick a line and dispute a part of it; first too much, then what is right."""
    page = phone.page
    page.locator("input[name=line]").first.check()
    page.locator("#pick .btn-plain").click()
    amount = page.locator("input[name^=amount_]")
    amount.fill("999999999")
    page.fill("[name=text]", "实际只有 1 托,见照片")
    phone.look(f"{name}-dispute")
    sent(page)
    expect(page.locator("input[name^=amount_][aria-invalid=true]")).to_be_visible()
    expect(page.locator("[name=text]")).to_have_value("实际只有 1 托,见照片")
    page.locator("input[name^=amount_]").fill("1")
    page.set_input_files("[name=files]", PHOTO)
    sent(page)
    page.wait_for_url(DISPUTE)


@pytest.mark.parametrize("scripts", [True, False])
def test_a_month_is_confirmed_in_part_and_a_line_is_disputed_with_a_photograph(
    visit: Visit, instance: Path, scripts: bool
) -> None:
    path = to_check(visit, instance)
    phone = visit(CLERK, phone=True, scripts=scripts)
    name = f"statement{'' if scripts else '-plain'}"
    phone.open(f"{path}?state=open", name)
    confirm_two(phone, name)
    phone.page.goto(f"{path}?state=open")
    dispute_one(phone, name)
    expect(phone.page.locator(".files a").first).to_contain_text("托盘.jpg")
    phone.look(f"{name}-disputed")
    phone.open("/my/disputes", f"{name}-disputes")
    phone.page.goto(path)
    phone.page.locator("#disputes a").last.click()
    phone.page.locator(".ask > summary").first.click()
    phone.page.locator("form[action$='/withdraw'] [type=submit]").first.click()
    expect(phone.page.locator(".page-lead .chip").first).to_have_class("chip chip-done")


def test_the_pages_about_bills_fit_a_phone_and_a_desk(visit: Visit, instance: Path) -> None:
    path = to_check(visit, instance)
    for phone in (True, False):
        reader = visit(CLERK, phone=phone)
        line = reader.open(path, "bill").locator("#list tbody th a").first.get_attribute("href")
        for where, name in (("/my/", "home-bills"), ("/my/statements", "bills"), (str(line), "bill-line"),
                            (f"{path}/revisions/1", "bill-revision"), ("/my/statements/running", "bill-running"),
                            ("/my/statements/layout", "bill-layout")):  # fmt: skip
            reader.open(where, name)
