"""The administrator: settings, who can do what, inviting somebody who then chooses a password, a second factor."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.desk import ADMINISTRATOR, Visit, follow
from tests.browser.post import link_for

pytestmark = pytest.mark.browser
NEW = "he.xin@farhaven.example"
SECRET = "three quiet harbours"


def test_a_setting_is_changed_and_a_wrong_one_is_told_at_its_field(visit: Visit) -> None:
    desk = visit(ADMINISTRATOR)
    page = desk.open("/desk/settings", "settings")
    page.fill("input[name=phone]", "021-5555 0199")
    follow(page.locator("main .form-buttons .btn-primary"))
    page.reload()
    expect(page.locator("input[name=phone]")).to_have_value("021-5555 0199")
    page.fill("input[name=credit_code]", "123")
    page.locator("main .form-buttons .btn-primary").click()
    expect(page.locator("input[name=credit_code]")).to_have_attribute("aria-invalid", "true")
    desk.look("settings-wrong")


def test_a_file_that_is_too_large_is_told_where_it_is_chosen_and_not_sent(visit: Visit) -> None:
    page = visit(ADMINISTRATOR).open("/desk/settings/look", "look")
    large = {"name": "seal.png", "mimeType": "image/png", "buffer": b"0" * (6 * 1024 * 1024)}
    page.set_input_files("input[name=seal]", large)
    expect(page.locator("main .wrong")).to_contain_text("seal.png")
    page.locator("main .form-buttons .btn-primary").click()
    expect(page.locator("input[name=seal]")).to_be_focused()
    page.set_input_files("input[name=seal]", [])
    expect(page.locator("main .wrong")).to_have_count(0)


def test_who_can_do_what_stands_on_one_page(visit: Visit) -> None:
    page = visit(ADMINISTRATOR).open("/desk/policy", "policy")
    assert page.locator("main tbody tr").count() > 20


def test_an_invited_person_chooses_a_password_and_comes_in(visit: Visit, instance: Path) -> None:
    desk = visit(ADMINISTRATOR)
    page = desk.open("/desk/staff/new", "staff-invite")
    page.fill("input[name=name]", "何欣")
    page.fill("input[name=email]", NEW)
    page.check("input[name=roles][value=sales]")
    page.locator("main .form-buttons .btn-primary").click()
    expect(page.locator(".note-good")).to_contain_text(NEW)
    guest = visit()
    page = guest.open(link_for(instance, NEW, "/join/"), "join")
    page.fill("input[name=password]", SECRET)
    page.fill("input[name=password_again]", SECRET)
    page.locator("main .form-buttons .btn-primary").click()
    page.wait_for_url("**/desk/")
    guest.look("join-desk")
    again = visit()
    again.sign_in(NEW, SECRET)
    assert "/desk" in again.page.url


def test_the_second_factor_shows_a_code_to_scan(visit: Visit) -> None:
    desk = visit("audit@farhaven.example")
    page = desk.open("/account", "account")
    page.locator("a[href^='/tf-setup']").click()
    page.locator("main .form-buttons .btn-primary").click()
    expect(page.locator("main img[src^='data:image']")).to_be_visible()
    desk.look("second-factor")
