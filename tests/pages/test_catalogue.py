"""Items, schemes, surcharges, bundles, rates and places: made, changed, found, and two people on one record."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from portal.catalogue.models import (
    Bundle,
    ExchangeRate,
    FirmPlace,
    PriceScheme,
    ServiceItem,
    SurchargeRule,
    TaxRate,
)
from portal.db.base import db
from tests.cast import Cast
from tests.client import CheckingClient
from tests.factories import item, per_unit, scheme, surcharge

ITEM = {"code": "TRK-SZ", "name_zh": "苏州拖车", "name_en": "Trucking Suzhou", "category": "road", "load": "none",
        "charge_code": "trk", "origin": "苏州", "destination": "CNSHA", "packaging": "", "qualifier": "",
        "main_unit": "TRIP", "section": "trucking", "tax_class": "transport_9", "default_currency": "CNY",
        "active": "y"}  # fmt: skip
SCHEME = {"code": "vip", "name_zh": "VIP 客户价", "kind": "tier", "segments": ["vip", "project"],
          "roles": ["sales_manager"], "floor_margin_percent": "8", "discount_limit_percent": "3",
          "reference_date": "departure", "step_up": "", "active": "y"}  # fmt: skip


@pytest.fixture
def desk(client: CheckingClient, cast: Cast) -> CheckingClient:
    """The catalogue manager at the desk."""
    return client.sign_in(cast.catalogue_manager)


def fields_of(page: str) -> str:
    """The version that a form was opened at."""
    return page.split('name="version"')[1].split('value="')[1].split('"')[0]


def test_an_item_made_by_hand_is_found_by_pinyin(desk: CheckingClient) -> None:
    assert desk.post("/desk/items/new", data=ITEM).status_code == 302
    row = db.session.query(ServiceItem).one()
    assert (row.charge_code, row.origin, row.destination) == ("TRK", "320500", "CNSHA")
    assert "Trucking Suzhou" in desk.get("/desk/items?q=suzhou").text
    assert "Trucking Suzhou" not in desk.get("/desk/items?q=ningbo").text
    page = desk.get(f"/desk/items/{row.id}")
    assert page.status_code == 200 and row.tax_class not in page.text


def test_a_second_item_for_the_same_service_is_refused_at_the_field(desk: CheckingClient) -> None:
    desk.post("/desk/items/new", data=ITEM)
    response = desk.post("/desk/items/new", data=ITEM | {"code": "OTHER", "name_zh": "另一个"})
    assert response.status_code == 422
    assert "already a service item" in response.text and "另一个" in response.text


def test_two_people_on_one_item_are_told_who_changed_what(desk: CheckingClient, cast: Cast) -> None:
    desk.post("/desk/items/new", data=ITEM)
    row_id = db.session.query(ServiceItem.id).scalar()
    seen = fields_of(desk.get(f"/desk/items/{row_id}/edit").text)
    desk.sign_in(cast.administrator)
    desk.post(f"/desk/items/{row_id}/edit", data=ITEM | {"version": seen, "name_zh": "昆山拖车"})
    desk.sign_in(cast.catalogue_manager)
    response = desk.post(
        f"/desk/items/{row_id}/edit", data=ITEM | {"version": seen, "name_zh": "太仓拖车"}
    )
    assert response.status_code == 422
    assert "Admin" in response.text and "昆山拖车" in response.text and "太仓拖车" in response.text


def test_a_scheme_keeps_its_audience_and_grants(desk: CheckingClient) -> None:
    assert desk.post("/desk/schemes/new", data=SCHEME).status_code == 302
    row = db.session.query(PriceScheme).one()
    assert (row.code, row.segments, row.floor_margin_percent) == (
        "VIP",
        ["project", "vip"],
        Decimal(8),
    )
    assert [grant.role for grant in row.grants] == ["sales_manager"]
    page = desk.get(f"/desk/schemes/{row.id}").text
    assert "Sales manager" in page and "VIP" in page


def test_a_scheme_of_a_customer_needs_one_that_exists(desk: CheckingClient, cast: Cast) -> None:
    wrong = SCHEME | {"kind": "customer", "customer_code": "NOBODY"}
    response = desk.post("/desk/schemes/new", data=wrong)
    assert response.status_code == 422 and "no customer with this code" in response.text
    desk.post("/desk/schemes/new", data=wrong | {"customer_code": "harbour"})
    assert db.session.query(PriceScheme).one().customer_id == cast.harbour.id


def test_a_tier_scheme_without_a_tier_is_told_at_the_field(desk: CheckingClient) -> None:
    response = desk.post("/desk/schemes/new", data=SCHEME | {"segments": []})
    assert response.status_code == 422 and "at least one tier" in response.text


def test_the_floor_is_not_shown_to_who_may_not_see_costs(desk: CheckingClient, cast: Cast) -> None:
    of_id = scheme("STD", floor="8").id
    db.session.commit()
    assert "Lowest margin" in desk.get(f"/desk/schemes/{of_id}").text
    desk.sign_in(cast.sales)
    assert "Lowest margin" not in desk.get(f"/desk/schemes/{of_id}").text
    assert "Lowest margin" not in desk.get("/desk/schemes").text


def test_a_surcharge_is_made_with_its_terms_and_cost(desk: CheckingClient) -> None:
    item("BAF", "燃油附加费", unit="TEU")
    db.session.commit()
    fields = {"item_code": "sea-fcl-BAF-TEU", "category": "sea", "basis": "per_unit", "unit": "TEU",
              "currency": "USD", "rate": "150", "cost": "120", "cost_currency": "USD", "destination": "美国",
              "load": "", "packaging": "", "scheme_id": "", "valid_from": "2026-03-01", "active": "y"}  # fmt: skip
    assert desk.post("/desk/surcharges/new", data=fields).status_code == 302
    row = db.session.query(SurchargeRule).one()
    assert (row.price_terms.rate, row.destination) == (Decimal(150), "US")
    assert row.cost_terms["rate"] == "120"
    assert "150" in desk.get("/desk/surcharges").text


def test_a_surcharge_without_a_price_is_told_at_the_field(desk: CheckingClient) -> None:
    item("BAF", "燃油附加费", unit="TEU")
    db.session.commit()
    fields = {"item_code": "sea-fcl-BAF-TEU", "basis": "per_unit", "unit": "TEU", "currency": "USD",
              "cost_currency": "USD", "valid_from": "2026-03-01", "category": "", "load": "", "packaging": "",
              "scheme_id": ""}  # fmt: skip
    response = desk.post("/desk/surcharges/new", data=fields)
    assert response.status_code == 422 and "a price; 0 if it is free" in response.text


def test_a_changed_surcharge_shows_its_price_again(desk: CheckingClient) -> None:
    row = surcharge(item("BAF", "燃油附加费", unit="TEU"), per_unit("TEU", "USD", "150"))
    db.session.commit()
    page = desk.get(f"/desk/surcharges/{row.id}").text
    assert 'value="150"' in page and "sea-fcl-BAF-TEU" in page


def test_a_bundle_tells_the_line_whose_item_is_unknown(desk: CheckingClient) -> None:
    item("DOC", "文件费", unit="BL")
    db.session.commit()
    fields = {"code": "EXP-SH", "name_zh": "上海出口套餐", "active": "y", "lines-0-code": "sea-fcl-DOC-BL",
              "lines-0-quantity": "1", "lines-1-code": "nothing", "lines-1-quantity": "2"}  # fmt: skip
    response = desk.post("/desk/bundles/new", data=fields)
    assert response.status_code == 422 and "no service item with this code" in response.text
    done = desk.post("/desk/bundles/new", data=fields | {"lines-1-code": ""})
    assert done.status_code == 302
    assert [line.quantity for line in db.session.query(Bundle).one().lines] == [Decimal(1)]


def test_a_rate_of_exchange_is_recorded_with_its_source(desk: CheckingClient) -> None:
    fields = {
        "currency": "USD",
        "base": "CNY",
        "on": "2026-03-02",
        "rate": "7.1260",
        "source": "中国银行现汇卖出价",
    }
    assert desk.post("/desk/exchange/new", data=fields).status_code == 302
    assert desk.post("/desk/exchange/new", data=fields | {"rate": "7.13"}).status_code == 302
    row = db.session.query(ExchangeRate).one()
    assert (row.rate, row.on) == (Decimal("7.13"), date(2026, 3, 2))
    assert "7.13" in desk.get("/desk/exchange").text
    assert desk.post("/desk/exchange/new", data=fields | {"rate": "0"}).status_code == 422


def test_a_tax_rate_counts_from_its_day(desk: CheckingClient) -> None:
    fields = {"tax_class": "service_6", "kind": "taxed", "name_zh": "现代服务", "percent": "6", "label_zh": "6%",
              "label_en": "6%", "valid_from": "2027-01-01"}  # fmt: skip
    assert desk.post("/desk/taxes/new", data=fields).status_code == 302
    assert desk.post("/desk/taxes/new", data=fields).status_code == 422
    assert db.session.query(TaxRate).one().valid_from == date(2027, 1, 1)


def test_a_place_of_our_own_lies_in_a_known_one(desk: CheckingClient) -> None:
    fields = {
        "code": "wh-ks",
        "name_zh": "昆山仓",
        "kind": "free",
        "parent": "苏州",
        "aliases": "昆山仓库, KS1",
    }
    assert desk.post("/desk/places/new", data=fields).status_code == 302
    row = db.session.query(FirmPlace).one()
    assert (row.code, row.parent, row.aliases) == ("WH-KS", "320500", ["昆山仓库", "KS1"])
    assert (
        desk.post("/desk/places/new", data=fields | {"code": "x2", "parent": "没有"}).status_code
        == 422
    )


def test_sales_look_but_do_not_edit(client: CheckingClient, cast: Cast, now: datetime) -> None:
    client.sign_in(cast.sales)
    for url in (
        "/desk/items",
        "/desk/schemes",
        "/desk/surcharges",
        "/desk/bundles",
        "/desk/exchange",
    ):
        assert client.get(url).status_code == 200, url
    for url in (
        "/desk/items/new",
        "/desk/schemes/new",
        "/desk/surcharges/new",
        "/desk/exchange/new",
    ):
        assert client.get(url).status_code == 403, url


def test_sales_see_no_cost_of_a_surcharge(client: CheckingClient, cast: Cast) -> None:
    cost = per_unit("TEU", "USD", "117").to_json()
    rule_id = surcharge(
        item("BAF", "燃油附加费", unit="TEU"), per_unit("TEU", "USD", "150"), cost_terms=cost
    ).id
    db.session.commit()
    client.sign_in(cast.sales)
    assert "117" not in client.get("/desk/surcharges?export=csv").text
    assert client.get(f"/desk/surcharges/{rule_id}").status_code == 403
