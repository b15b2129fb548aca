"""The charges of a draft on the page: typed, previewed, saved; stale edits told and kept."""

from __future__ import annotations

import json
import re
from datetime import datetime
from decimal import Decimal

import pytest

from portal.catalogue.models import Bundle, BundleLine, ServiceItem
from portal.db.base import db
from portal.quotations.actions import grid
from portal.quotations.forms.lines import as_was
from portal.quotations.models import QuotationLine, QuotationVersion
from tests.cast import Cast, viewer
from tests.client import CheckingClient
from tests.offers import draft, keep

D = Decimal


class Sheet:
    """A draft of golden case G1 as its page sends it."""

    def __init__(self, desk: CheckingClient, cast: Cast, now: datetime) -> None:
        self.desk, self.cast, self.now = desk, cast, now
        quotation = draft(cast, now)
        self.address = f"/desk/quotations/{quotation.id}"
        keep(cast)
        self.was, self.counter = as_was(self.version().lines), self.version().version

    def version(self) -> QuotationVersion:
        db.session.rollback()
        return db.session.scalars(db.select(QuotationVersion)).one()

    def row(self, unit: str) -> QuotationLine:
        return next(row for row in self.version().lines if row.unit == unit)

    def send(self, to: str = "/lines", **cells: str):  # type: ignore[no-untyped-def]
        """Post cells `quantity_40GP="5"`; other names go as they are."""
        fields = {"version": str(self.counter), "was": self.was}
        for name, value in cells.items():
            part, _under, unit = name.partition("_")
            fields[f"lines-{self.row(unit).id}-{part}" if unit else part] = value
        return self.desk.post(self.address + to, data=fields)


@pytest.fixture
def sheet(client: CheckingClient, cast: Cast, now: datetime) -> Sheet:
    return Sheet(client.sign_in(cast.sales), cast, now)


def test_a_quantity_is_saved_and_everything_added_up_anew(sheet: Sheet) -> None:
    assert sheet.send(quantity_40GP="5").status_code == 303
    assert sheet.row("40GP").amount == D("18500.00")
    assert "204,174.51" in sheet.desk.get(sheet.address).text


def test_what_nobody_touched_is_no_edit(sheet: Sheet) -> None:
    sheet.send(quantity_40GP="3", rate_40GP="3700")
    row = sheet.row("40GP")
    assert row.quantity_given is None and not row.is_manual


def test_full_width_figures_and_thousands_are_read(sheet: Sheet) -> None:
    sheet.send(rate_40GP="３,６５０.50", reason="competitor")
    assert sheet.row("40GP").rate == D("3650.5")


def test_a_preview_shows_the_new_sum_and_keeps_nothing(sheet: Sheet) -> None:
    page = sheet.send("/lines/preview", quantity_40GP="5")
    assert page.status_code == 200
    assert "204,174.51" in page.text and "Not saved yet" in page.text
    assert f'name="version" value="{sheet.counter}"' in page.text
    assert sheet.row("40GP").amount == D("11100.00")


def test_a_price_by_hand_asks_its_reason_at_the_line_and_keeps_the_price(sheet: Sheet) -> None:
    page = sheet.send(rate_40GP="3600")
    assert page.status_code == 422
    assert "Say why the price is set by hand." in page.text and 'value="3600"' in page.text
    assert sheet.send(rate_40GP="3600", reason="match a competitor").status_code == 303
    row = sheet.row("40GP")
    assert row.is_manual and row.manual_reason == "match a competitor"
    assert "Send for approval" in sheet.desk.get(sheet.address).text


@pytest.mark.parametrize(("cell", "typed", "told"), [
    ("quantity", "many", "This is not a number: many."),
    ("quantity", "-1", "A quantity is more than 0."), ("quantity", "0", "A quantity is more than 0."),
    ("discount", "120", "A discount is between 0 and 100 percent."), ("rate", "NaN", "This is not a number"),
    ("quantity", "1.1234567", "At most 6 decimal places."),
])  # fmt: skip
def test_a_wrong_figure_is_told_at_its_cell_and_kept(
    sheet: Sheet, cell: str, typed: str, told: str
) -> None:
    page = sheet.send(**{f"{cell}_40GP": typed, "quantity_40HQ": "7"})
    assert page.status_code == 422 and told in page.text and f'value="{typed}"' in page.text
    assert sheet.row("40HQ").quantity == 1, "all of it or nothing"


@pytest.mark.parametrize("forged", ["abc", "-1", "1.0", "9" * 5000])
def test_a_form_that_says_nonsense_about_the_state_it_shows_is_refused(
    sheet: Sheet, forged: str
) -> None:
    for part in ("/lines", "/lines/preview", "/discount", "/issue", "/shipment", "/offer"):
        page = sheet.send(part, version=forged, quantity_40GP="5")
        assert page.status_code in (409, 422), part
    assert sheet.version().version == sheet.counter


def test_sums_of_what_is_already_saved_are_not_called_unsaved(sheet: Sheet) -> None:
    assert "Not saved yet" not in sheet.send("/lines/preview").text


def test_an_empty_quantity_is_measured_again(sheet: Sheet) -> None:
    sheet.send(quantity_40GP="5")
    again = Sheet.__new__(Sheet)
    again.__dict__ = {
        **sheet.__dict__,
        "was": as_was(sheet.version().lines),
        "counter": sheet.version().version,
    }
    again.send(quantity_40GP="")
    assert again.row("40GP").quantity == 3 and again.row("40GP").quantity_given is None


def test_a_stale_edit_is_told_who_changed_and_keeps_only_what_was_typed(sheet: Sheet) -> None:
    colleague, version = viewer(sheet.cast.sales_manager), sheet.version()
    other = next(row for row in version.lines if row.unit == "40HQ")
    grid.edit_lines(version, [grid.LineEdit(other.id, quantity=D(9))], colleague, sheet.now)
    db.session.commit()
    page = sheet.send(quantity_40GP="5", quantity_40HQ="1")
    assert page.status_code == 409
    assert "Wu Mei changed this quotation" in page.text and "What you typed is still" in page.text
    assert f'name="lines-{sheet.row("40GP").id}-quantity" value="5"' in page.text
    assert sheet.row("40GP").quantity == 3 and sheet.row("40HQ").quantity == 9
    sheet.was, sheet.counter = as_was(sheet.version().lines), sheet.version().version
    sheet.send(quantity_40GP="5")
    assert (sheet.row("40GP").quantity, sheet.row("40HQ").quantity) == (5, 9)


@pytest.mark.parametrize(("step", "wanted"), [
    ("request", ("is_on_request", True)), ("collect", ("is_collect", True)),
])  # fmt: skip
def test_a_rows_menu_takes_a_step_and_saves_the_sheet_too(
    sheet: Sheet, step: str, wanted: tuple[str, bool]
) -> None:
    sheet.send(do=f"{step}:{sheet.row('40GP').id}", quantity_40HQ="2")
    assert getattr(sheet.row("40GP"), wanted[0]) is wanted[1]
    assert sheet.row("40HQ").quantity == 2


def test_a_row_moves_changes_its_section_and_goes(sheet: Sheet) -> None:
    def names() -> list[str]:
        return [row.unit for row in sorted(sheet.version().lines, key=lambda r: r.position)][:3]

    send = lambda do: sheet.desk.post(f"{sheet.address}/lines", data={"do": do, "was": sheet.was})  # noqa: E731
    send(f"down:{sheet.row('20GP').id}")
    assert names() == ["40GP", "20GP", "40HQ"]
    send(f"section:{sheet.row('20GP').id}:other")
    assert sheet.row("20GP").section == "other"
    send(f"remove:{sheet.row('20GP').id}")
    assert "20GP" not in {row.unit for row in sheet.version().lines}


def test_a_line_of_another_quotation_is_refused(sheet: Sheet) -> None:
    page = sheet.desk.post(f"{sheet.address}/lines", data={
        "was": json.dumps({"999999": ["1"]}), "lines-999999-quantity": "2"})  # fmt: skip
    assert page.status_code == 422 and "no longer there" in page.text


def test_an_optional_surcharge_is_offered_and_added(sheet: Sheet) -> None:
    page = sheet.desk.get(sheet.address).text
    assert "Also possible here" in page and "TLX" in page
    address = page.split("/surcharges/")[1].split('"')[0]
    assert sheet.desk.post(f"{sheet.address}/surcharges/{address}").status_code == 303
    assert "TLX" in {row.charge_code for row in sheet.version().lines}


def test_a_charge_by_hand_needs_a_reason_and_is_printed_as_text(sheet: Sheet) -> None:
    fields = {"name_zh": "<b>{{7*7}}</b>", "quantity": "1", "unit": "BL", "currency": "CNY", "rate": "100",
              "tax_class": "service_6", "section": "other"}  # fmt: skip
    page = sheet.desk.post(f"{sheet.address}/lines/new", data=fields)
    assert page.status_code == 422 and "Say why the price is set by hand." in page.text
    assert (
        sheet.desk.post(
            f"{sheet.address}/lines/new", data={**fields, "reason": "agreed"}
        ).status_code
        == 303
    )
    shown = sheet.desk.get(sheet.address).text
    assert "&lt;b&gt;{{7*7}}&lt;/b&gt;" in shown and "<b>{{" not in shown


def test_one_discount_goes_on_every_charge(sheet: Sheet) -> None:
    sheet.desk.post(f"{sheet.address}/discount", data={"discount": "10"})
    assert {row.discount_percent for row in sheet.version().lines} == {D(10)}
    assert sheet.row("40GP").amount == D("9990.00")
    sheet.desk.post(f"{sheet.address}/discount", data={"discount": "a lot"})
    assert "not a number" in sheet.desk.get(sheet.address).text


def test_a_bundle_becomes_lines_with_what_has_no_price_on_request(sheet: Sheet) -> None:
    telex = db.session.scalars(db.select(ServiceItem).where(ServiceItem.charge_code == "TLX")).one()
    bundle = Bundle(
        code="EXP",
        name_zh="出口服务包",
        lines=[BundleLine(item_id=telex.id, position=0, quantity=D(1))],
    )
    db.session.add(bundle)
    db.session.commit()
    number = str(bundle.id)
    assert "出口服务包" in sheet.desk.get(f"{sheet.address}/bundles").text
    sheet.desk.post(f"{sheet.address}/bundles", data={"bundle": number})
    (row,) = [row for row in sheet.version().lines if row.charge_code == "TLX"]
    assert row.is_on_request
    assert sheet.desk.post(f"{sheet.address}/bundles", data={"bundle": "999"}).status_code == 404


def test_every_amount_opens_its_working(sheet: Sheet) -> None:
    page = sheet.desk.get(sheet.address).text
    assert "How this figure arose" in page and "3 40GP × 3,700.00 = 11,100.00" in page


def test_the_shipment_is_said_anew_and_priced_again(sheet: Sheet) -> None:
    page = sheet.desk.get(f"{sheet.address}/shipment").text
    assert "2x20GP 3x40GP 1x40HQ" in page and "CNSHA" in page
    fields = {
        "version": str(sheet.counter),
        "origin": "上海",
        "destination": "纽约",
        "category": "sea",
        "boxes": "1x20GP",
    }
    assert sheet.desk.post(f"{sheet.address}/shipment", data=fields).status_code == 303
    assert sheet.row("20GP").amount == D("2000.00")
    stale = sheet.desk.post(f"{sheet.address}/shipment", data={**fields, "boxes": "4x20GP"})
    assert (
        stale.status_code == 422
        and "Stored now:" in stale.text
        and "1x20GP" in stale.text
        and "4x20GP" in stale.text
    )


def test_the_offer_is_changed_and_a_past_day_refused(sheet: Sheet) -> None:
    fields = {
        "title": "新标题", "valid_until": "2026-04-30", "language": "en", "total_currency": "USD", "contact_id": "",
        "terms_zh": "一\n二", "terms_en": "one\ntwo", "note": "n", "internal_note": "i",
    }  # fmt: skip
    assert sheet.desk.post(f"{sheet.address}/offer", data=fields).status_code == 303
    version = sheet.version()
    assert (version.language, version.terms[1]) == ("en", {"zh": "二", "en": "two"})
    assert version.quotation.title == "新标题" and version.quotation.contact_id is None
    page = sheet.desk.post(f"{sheet.address}/offer", data={**fields, "valid_until": "2026-01-01"})
    assert (
        page.status_code == 422
        and "This day has passed." in page.text
        and "2026-01-01" in page.text
    )


@pytest.mark.parametrize("page", ["/lines/new", "/offer", "/shipment"])
def test_a_currency_is_chosen_by_code_and_name(sheet: Sheet, page: str) -> None:
    assert ">USD US Dollar<" in sheet.desk.get(sheet.address + page).text


def test_no_two_units_to_choose_from_read_alike(sheet: Sheet) -> None:
    page = sheet.desk.get(sheet.address + "/lines/new").text
    listed = page.split('name="unit"')[1].split("</select>")[0]
    labels = re.findall(r">([^<>]+)</option>", listed)
    assert len(labels) > 40 and len(set(labels)) == len(labels)
