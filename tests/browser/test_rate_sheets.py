"""A catalogue manager loads next month's sheet, sees what it would change, and puts it in force."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from portal.demo.rates.book import coming_sheets
from portal.demo.rates.sheet import RateSheet
from portal.kernel import clock
from portal.kernel.tables.writing import write_csv
from tests.browser.desk import CATALOGUE, Visit, follow, step

pytestmark = pytest.mark.browser
WORK_SECONDS = 60_000


def given(page: Page, sheet: RateSheet, file: Path) -> None:
    """The form of an import, sent with this file for the demo's box rates."""
    scheme = page.locator("select[name=scheme_id] option", has_text="FH-FCL-1 ")
    page.select_option("select[name=scheme_id]", scheme.get_attribute("value"))
    page.fill("input[name=valid_from]", sheet.valid_from.isoformat())
    page.set_input_files("input[name=file]", file)
    page.locator("main .form-buttons .btn-primary").click()


def test_a_sheet_is_checked_compared_applied_and_put_in_force(visit: Visit, tmp_path: Path) -> None:
    (sheet,) = coming_sheets(clock.today())
    file = tmp_path / "FH-FCL-2.csv"
    write_csv(file, sheet.rows())
    desk = visit(CATALOGUE)
    page = desk.open("/desk/tariffs/import", "rates-import")
    given(page, sheet, file)
    apply = page.locator("form[action$='/apply'] .btn-primary")
    apply.wait_for(timeout=WORK_SECONDS)
    expect(page.locator("#import-state")).to_contain_text("FH-FCL-1-V1")
    expect(page.locator("#import-state .chip-bad").first).to_be_visible()
    desk.look("rates-difference")
    apply.click()
    follow(page.locator("#import-state a.btn-primary"), timeout=WORK_SECONDS)
    desk.look("rates-draft")
    step(page, "activate")
    expect(page.locator(".page-lead .chip")).to_have_class("chip chip-good")
    desk.look("rates-in-force")


def test_a_wrong_sheet_is_told_cell_by_cell_and_saves_nothing(visit: Visit, tmp_path: Path) -> None:
    (sheet,) = coming_sheets(clock.today())
    header, first, *_ = sheet.rows()
    wrong = [*first]
    wrong[header.index("单价")] = "面议中"
    file = tmp_path / "wrong.csv"
    write_csv(file, [header, wrong])
    desk = visit(CATALOGUE)
    page = desk.open("/desk/tariffs/import", "rates-import")
    given(page, sheet, file)
    problem = page.locator("tr", has_text="面议中")
    problem.wait_for(timeout=WORK_SECONDS)
    expect(problem.locator("td, th").first).to_have_text("2")
    expect(page.locator("form[action$='/apply']")).to_have_count(0)
    desk.look("rates-problems")
