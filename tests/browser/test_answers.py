"""Those a quotation is for read, ask, accept and decline it on a phone, signed in or by a link; anybody proves it."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.browser.desk import CLERK, SALES, Visit, follow, issued, step
from tests.browser.post import link_for

pytestmark = pytest.mark.browser
CODE = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b")
LOOKS_ONLY = "zhou@harbour.example"


def sent(page: Page) -> None:
    """The form of the page is sent by its button."""
    page.locator("main .form-buttons [type=submit]").last.click()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_clerk_reads_asks_and_accepts_on_a_phone(visit: Visit, scripts: bool) -> None:
    quotation = issued(visit)
    phone = visit(CLERK, phone=True, scripts=scripts)
    name = f"offer{'' if scripts else '-plain'}"
    page = phone.open("/my/quotations", f"{name}-list")
    follow(page.locator(f"a[href='/my/quotations/{quotation}']").first)
    phone.look(name)
    page.fill("#question", "免柜期可以延长到 14 天吗？")
    sent(page)
    expect(page.locator("#questions")).to_contain_text("免柜期可以延长到 14 天吗？")
    page.locator("a[href$='/accept']").first.click()
    expect(page.locator("input[name=name]")).to_have_value("林晓雯")
    phone.look(f"{name}-accept")
    sent(page)
    expect(page.locator(".note-good", has_text="林晓雯").first).to_be_visible()
    expect(page.locator("a[href$='/accept']")).to_have_count(0)
    phone.look(f"{name}-accepted")


@pytest.mark.parametrize("scripts", [True, False])
def test_another_declines_and_says_why(visit: Visit, scripts: bool) -> None:
    quotation = issued(visit)
    phone = visit(CLERK, phone=True, scripts=scripts)
    page = phone.page
    page.goto(f"/my/quotations/{quotation}")
    page.locator("a[href$='/decline']").first.click()
    sent(page)
    expect(page.locator("[name=reason]")).to_have_attribute("aria-invalid", "true")
    phone.look("offer-decline")
    page.fill("[name=reason]", "船期晚于要求")
    sent(page)
    expect(page.locator(".note", has_text="船期晚于要求")).to_be_visible()


def test_who_may_only_look_is_told_who_accepts(visit: Visit) -> None:
    quotation = issued(visit)
    page = visit(LOOKS_ONLY, phone=True).open(f"/my/quotations/{quotation}", "offer-look-only")
    expect(page.locator(".note", has_text="林晓雯")).to_be_visible()
    expect(page.locator("a[href$='/accept']")).to_have_count(0)


def test_an_old_version_leads_to_the_current_one(visit: Visit) -> None:
    quotation = issued(visit)
    phone = visit(CLERK, phone=True)
    phone.page.goto(f"/my/quotations/{quotation}/versions/1/accept")
    desk = visit(SALES).page
    desk.goto(f"/desk/quotations/{quotation}")
    desk.locator("form[action$='/revise'] button").click()
    desk.locator("[data-grid] input[id$='-quantity']").first.wait_for()
    step(desk, "issue")
    desk.locator("a[href$='/versions/2/paper']").first.wait_for()
    sent(phone.page)
    phone.look("offer-outdated")
    phone.page.locator("main .btn-primary").click()
    expect(phone.page.locator("a[href$='/versions/2/accept']").first).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_contact_accepts_by_a_signed_link_without_a_login(
    visit: Visit, instance: Path, scripts: bool
) -> None:
    quotation, reader = issued(visit), f"ran{scripts}@chonghe.example".lower()
    desk = visit(SALES)
    desk.open(f"/desk/quotations/{quotation}/links", "quote-links")
    desk.page.fill("input[name=name]", "冉淼")
    desk.page.fill("input[name=email]", reader)
    sent(desk.page)
    desk.look("quote-link-sent")
    guest = visit(phone=True, scripts=scripts)
    page = guest.open(link_for(instance, reader, "/q/"), "guest-offer")
    page.locator("a[href$='/accept']").first.click()
    page.fill("input[name=name]", "冉淼")
    guest.look("guest-accept")
    sent(page)
    expect(page.locator(".note-good", has_text="冉淼").first).to_be_visible()
    guest.look("guest-accepted")


def test_anybody_proves_a_paper_by_its_code(visit: Visit) -> None:
    quotation = issued(visit)
    desk = visit(SALES).page
    paper = desk.request.get(f"/desk/quotations/{quotation}/versions/1/paper").body()
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(paper)).pages)
    code = CODE.search(text)
    assert code is not None, text
    anybody = visit(phone=True)
    page = anybody.open("/v", "verify-enter")
    page.fill("input[name=code]", code.group().lower())
    sent(page)
    expect(page.locator(".note-good")).to_be_visible()
    expect(page.locator("main")).not_to_contain_text("海港食品")
    anybody.look("verify-proof")
    file = {"name": "paper.pdf", "mimeType": "application/pdf", "buffer": paper}
    page.set_input_files("input[name=file]", file)
    sent(page)
    expect(page.locator(".note-good")).to_have_count(2)
    page.goto("/v/ZZZZ-ZZZZ")
    anybody.look("verify-unknown")
