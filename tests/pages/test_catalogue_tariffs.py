"""The tariff pages: a sheet sent, mapped, checked, applied, put in force; who sees what."""

from __future__ import annotations

import io
from datetime import date, datetime
from decimal import Decimal

import pytest

from portal.catalogue.models import MappingProfile, RateImport, Tariff
from portal.catalogue.rules.margin import CostComponent, CostKind
from portal.db.base import db
from portal.jobs.imports import work
from tests.cast import Cast
from tests.client import CheckingClient
from tests.factories import scheme
from tests.sheets import FIRST_DAY, fcl, in_force

SHEET = "起运港,目的港,20GP,40HQ,币种,船公司\n上海,纽约,2000,3850,USD,COSCO\n宁波,洛杉矶,1800,3500,USD,MSC\n"
WRONG = SHEET + "上海,没有这个港,100,200,USD,MSC\n青岛,纽约,abc,72;5,USD,MSC\n"
COST = (CostComponent(CostKind.BASE, "USD", per_unit=Decimal(3333)),)


def send(client: CheckingClient, body: str | bytes, name: str = "运价.csv") -> int:
    """Send a sheet for the only scheme; the id of the import."""
    stream = io.BytesIO(body.encode() if isinstance(body, str) else body)
    fields = {"scheme_id": scheme_id(), "valid_from": "2026-03-01", "file": (stream, name)}
    response = client.post("/desk/tariffs/import", data=fields)
    assert response.status_code == 302, response.text
    return int(response.headers["Location"].split("/")[4])


def scheme_id() -> int:
    return scheme_row().id


def scheme_row() -> object:
    return db.session.query(Tariff.scheme.property.mapper.class_).filter_by(code="STD").one()


@pytest.fixture
def catalogue(client: CheckingClient, cast: Cast) -> CheckingClient:
    """The catalogue manager before a scheme without prices."""
    scheme("STD", name_zh="公开价")
    db.session.commit()
    return client.sign_in(cast.catalogue_manager)


def mapped(client: CheckingClient, import_id: int, name: str = "整箱表") -> str:
    """Accept the suggested mapping under a name, let the worker run, and read the page."""
    page = client.get(f"/desk/tariffs/imports/{import_id}/mapping")
    assert page.status_code == 200
    done = client.post(f"/desk/tariffs/imports/{import_id}/mapping", data=as_suggested(name))
    assert done.status_code == 302, done.text
    work(import_id)
    return client.get(f"/desk/tariffs/imports/{import_id}").text


def as_suggested(name: str) -> dict[str, str]:
    meanings = (("起运港", "origin", ""), ("目的港", "destination", ""), ("20GP", "box", "20GP"),
                ("40HQ", "box", "40HQ"), ("币种", "currency", ""), ("船公司", "carrier", ""))  # fmt: skip
    fields = {"name": name, "layout": "box_columns", "category": "sea", "load": "fcl", "charge_code": "O/F",
              "places": "known", "repeats": "refuse", "bound": "over"}  # fmt: skip
    for at, (header, meaning, detail) in enumerate(meanings):
        fields |= {
            f"columns-{at}-header": header,
            f"columns-{at}-meaning": meaning,
            f"columns-{at}-detail": detail,
        }
    return fields


def test_a_sheet_goes_from_the_file_to_prices_in_force(catalogue: CheckingClient) -> None:
    import_id = send(catalogue, SHEET)
    page = mapped(catalogue, import_id)
    assert "Ready to apply" in page and "上海" not in page.split("What would change")[0]
    catalogue.post(f"/desk/tariffs/imports/{import_id}/apply", data={"valid_from": "2026-03-01"})
    work(import_id)
    tariff = db.session.query(Tariff).one()
    assert (tariff.state, tariff.price_count) == ("draft", 4)
    assert catalogue.get(f"/desk/tariffs/{tariff.id}").status_code == 200
    catalogue.post(f"/desk/tariffs/{tariff.id}/activate")
    assert "Active" in catalogue.get(f"/desk/tariffs/{tariff.id}").text
    assert db.session.query(MappingProfile).one().name == "整箱表"


def test_a_wrong_sheet_lists_row_column_found_and_expected_and_saves_no_price(
    catalogue: CheckingClient,
) -> None:
    page = mapped(catalogue, send(catalogue, WRONG))
    assert "With errors" in page and "没有这个港" in page and "abc" in page
    assert db.session.query(Tariff).count() == 0


def test_a_sheet_without_any_price_does_not_say_that_every_price_goes(
    catalogue: CheckingClient,
) -> None:
    import_id = send(catalogue, SHEET)
    mapped(catalogue, import_id)
    catalogue.post(f"/desk/tariffs/imports/{import_id}/apply", data={"valid_from": "2026-03-01"})
    work(import_id)
    tariff = db.session.query(Tariff).one()
    catalogue.post(f"/desk/tariffs/{tariff.id}/activate")
    empty = send(catalogue, SHEET.splitlines()[0] + "\n")
    work(empty)
    page = catalogue.get(f"/desk/tariffs/imports/{empty}").text
    assert tariff.code in page and "at least one row with a price" in page
    assert "What would change" not in page


def test_wrong_rows_are_left_out_only_when_asked(catalogue: CheckingClient) -> None:
    import_id = send(catalogue, WRONG)
    mapped(catalogue, import_id)
    days = {"valid_from": "2026-03-01"}
    refused = catalogue.post(f"/desk/tariffs/imports/{import_id}/apply", data=days)
    assert refused.status_code == 422
    catalogue.post(f"/desk/tariffs/imports/{import_id}/apply", data=days | {"leave_out": "y"})
    work(import_id)
    assert db.session.query(Tariff).one().price_count == 4


def test_the_same_layout_is_known_the_second_time(catalogue: CheckingClient) -> None:
    mapped(catalogue, send(catalogue, SHEET))
    second = send(catalogue, SHEET.replace("3850", "3900"))
    assert db.session.get_one(RateImport, second).options["step"] == "read"


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "old.xls"),
        (b"%PDF-1.7 rates", "rates.xlsx"),
        (b"PK\x03\x04 not a workbook", "rates.xlsx"),
        (b"<html><table></table></html>", "rates.xls"),
    ],
)
def test_what_is_no_table_is_refused_at_once(
    catalogue: CheckingClient, body: bytes, name: str
) -> None:
    fields = {
        "scheme_id": scheme_id(),
        "valid_from": "2026-03-01",
        "file": (io.BytesIO(body), name),
    }
    response = catalogue.post("/desk/tariffs/import", data=fields)
    assert response.status_code == 422
    assert db.session.query(RateImport).count() == 0


def test_an_empty_file_has_its_message_at_the_field(catalogue: CheckingClient) -> None:
    fields = {
        "scheme_id": scheme_id(),
        "valid_from": "2026-03-01",
        "file": (io.BytesIO(b""), "x.csv"),
    }
    response = catalogue.post("/desk/tariffs/import", data=fields)
    assert response.status_code == 422 and "The file is empty." in response.text


def test_a_half_written_mapping_is_told_at_the_field(catalogue: CheckingClient) -> None:
    import_id = send(catalogue, SHEET)
    fields = as_suggested("x") | {"step": "half a kilo"}
    response = catalogue.post(f"/desk/tariffs/imports/{import_id}/mapping", data=fields)
    assert response.status_code == 422 and "This is not a number" in response.text


def test_costs_are_on_the_page_and_in_the_export_only_for_who_may_see_them(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    tariff = in_force(scheme("STD"), [fcl("CNSHA", "USNYC", "40HQ", "3850", costs=COST)], now)
    db.session.commit()
    client.sign_in(cast.catalogue_manager)
    page = client.get(f"/desk/tariffs/{tariff.id}").text
    url = page.split('class="row-link" href="')[1].split('"')[0]
    assert "3,333" in client.get(url).text
    assert "3333" in client.get(f"/desk/tariffs/{tariff.id}/export.csv").text
    client.sign_in(cast.sales)
    assert "3,333" not in client.get(url).text
    assert client.get(f"/desk/tariffs/{tariff.id}/export.csv").status_code == 403


def test_a_cost_scheme_does_not_exist_for_sales(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    tariff = in_force(scheme("COST", kind="cost"), [fcl("CNSHA", "USNYC", "40HQ", "3300")], now)
    db.session.commit()
    client.sign_in(cast.sales)
    assert tariff.code not in client.get("/desk/tariffs").text
    assert client.get(f"/desk/tariffs/{tariff.id}").status_code == 404


def test_prices_of_a_tariff_are_found_by_pinyin(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    rows = [fcl("CNSHA", "USNYC", "40HQ", "3850"), fcl("CNNGB", "USLAX", "40HQ", "3500")]
    tariff = in_force(scheme("STD"), rows, now)
    db.session.commit()
    page = client.sign_in(cast.sales).get(f"/desk/tariffs/{tariff.id}?q=ningbo").text
    assert "3,500" in page and "3,850" not in page


def test_a_list_of_tariffs_costs_the_same_few_statements_however_long(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    of = scheme("STD")
    for day in (1, 2, 3):
        in_force(of, [fcl("CNSHA", "USNYC", "40HQ", "3850")], now, date(2026, 3, day))
    db.session.commit()
    client.sign_in(cast.sales).get("/desk/tariffs")
    assert len(client.queries) <= 8


def test_retiring_without_a_reason_is_refused(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    tariff = in_force(scheme("STD"), [fcl("CNSHA", "USNYC", "40HQ", "3850")], now, FIRST_DAY)
    db.session.commit()
    client.sign_in(cast.catalogue_manager)
    assert client.post(f"/desk/tariffs/{tariff.id}/retire", data={"reason": " "}).status_code == 422
    assert db.session.get_one(Tariff, tariff.id).state == "active"


def test_a_file_of_shipments_is_priced_on_the_page(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    tariff = in_force(scheme("STD"), [fcl("CNSHA", "USNYC", "40HQ", "3850")], now)
    db.session.commit()
    body = "运单号,起运港,目的港,40HQ,账单金额\nA1,上海,纽约,2,7700\nA2,上海,纽约,1,3900\nA3,上海,汉堡,1,\n"
    fields = {
        "tariff_id": tariff.id,
        "on": "2026-03-02",
        "file": (io.BytesIO(body.encode()), "单.csv"),
    }
    page = client.sign_in(cast.sales).post("/desk/batch", data=fields)
    assert page.status_code == 200
    assert "11,550.00" in page.text and "no price for this lane" in page.text and "+50" in page.text
    url = page.text.split("/desk/batch/")[1].split('"')[0]
    assert client.get(f"/desk/batch/{url}").status_code == 200
    assert client.sign_in(cast.finance).get(f"/desk/batch/{url}").status_code == 404


def price_of(client: CheckingClient, tariff: Tariff, body: str) -> str:
    """The page that answers a file of shipments."""
    sent = (io.BytesIO(body.encode()), "单.csv")
    return client.post(
        "/desk/batch", data={"tariff_id": tariff.id, "on": "2026-03-02", "file": sent}
    ).text


def test_the_only_origin_of_a_tariff_needs_no_column(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    tariff = in_force(scheme("STD"), [fcl("CNSHA", "USNYC", "40HQ", "3850")], now)
    db.session.commit()
    page = price_of(client.sign_in(cast.sales), tariff, "运单号,目的港,40HQ\nA1,纽约,2\n")
    assert "7,700.00" in page and "the only origin of this tariff" in page


def test_a_file_without_origin_and_destination_is_told_so_once_for_each(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    rows = [fcl("CNSHA", "USNYC", "40HQ", "3850"), fcl("CNNGB", "USNYC", "40HQ", "3800")]
    tariff = in_force(scheme("STD"), rows, now)
    db.session.commit()
    page = price_of(client.sign_in(cast.sales), tariff, "运单号,40HQ\nA1,2\nA2,1\n")
    assert page.count("a column for the origin") == page.count("a column for the destination") == 1
    assert "运单号, 40HQ" in page and "a column for the weight" not in page


CHOSEN = 'option selected value="'


def test_no_scheme_is_chosen_for_a_sheet_unless_the_page_came_from_one(
    catalogue: CheckingClient,
) -> None:
    other = scheme("AIR").id
    db.session.commit()
    assert f'{CHOSEN}"' in catalogue.get("/desk/tariffs/import").text
    page = catalogue.get(f"/desk/tariffs/import?scheme={other}").text
    assert f'{CHOSEN}{other}"' in page


def test_a_sheet_without_its_scheme_is_refused(catalogue: CheckingClient) -> None:
    scheme("AIR")
    db.session.commit()
    fields = {"scheme_id": "", "valid_from": "2026-03-01", "file": (io.BytesIO(b"a,b\n"), "a.csv")}
    assert catalogue.post("/desk/tariffs/import", data=fields).status_code == 422
    assert db.session.query(RateImport).count() == 0


def test_a_picture_is_refused_with_the_kinds_that_are_read(catalogue: CheckingClient) -> None:
    picture = (io.BytesIO(b"\x89PNG\r\n\x1a\n0"), "rates.png")
    fields = {"scheme_id": scheme_id(), "valid_from": "2026-03-01", "file": picture}
    page = catalogue.post("/desk/tariffs/import", data=fields).text
    assert "Excel (.xlsx), CSV" in page and "unknown" not in page
