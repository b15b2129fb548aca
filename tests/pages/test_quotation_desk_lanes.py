"""Lane search, and from ticked prices to a quotation."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from portal.catalogue.models import Price, PriceScheme, ServiceItem
from portal.db.base import db
from portal.kernel.pinyin import search_words
from portal.quotations.models import Quotation, QuotationVersion
from tests.cast import Cast
from tests.client import CheckingClient
from tests.factories import golden_fcl, item, per_unit, price, scheme, tariff
from tests.offers import draft, keep

LANES = "/desk/lanes"
NEW = "/desk/quotations/new"


@pytest.fixture
def desk(client: CheckingClient, cast: Cast, now: datetime) -> CheckingClient:
    golden_fcl(now, floor="15")
    cast.harbour.search_text = search_words(cast.harbour.name_zh, cast.harbour.name_en)
    db.session.merge(cast.harbour)
    db.session.commit()
    return client.sign_in(cast.sales)


def found(desk: CheckingClient, words: str, **more: object) -> str:
    return desk.get(LANES, query_string={"q": words, **more}).text


def price_ids() -> list[int]:
    return list(db.session.scalars(db.select(Price.id).order_by(Price.id)))


def posted(desk: CheckingClient, url: str, **fields: object) -> str:
    """The address that the answer leads to."""
    response = desk.post(url, data=fields)
    assert response.status_code == 303, response.text[-2000:]
    return response.headers["Location"]


@pytest.mark.parametrize(
    "typed",
    ["SHA NYC 40HQ", "上海 纽约", "shanghai niuyue 40HQ", "上海到纽约 2×40高柜", "CNSHA USNYC"],
)
def test_a_lane_is_found_in_any_spelling(desk: CheckingClient, typed: str) -> None:
    assert "3,850.00" in found(desk, typed)


def test_boxes_stand_side_by_side_and_only_those_asked_for(desk: CheckingClient) -> None:
    page = found(desk, "SHA NYC")
    assert all(f'class="num">{box}' in page for box in ("20GP", "40GP", "40HQ"))
    asked = found(desk, "SHA NYC 2x40HQ 1x20GP")
    assert 'class="num">40GP' not in asked
    assert "9,700.00" in asked, "2 x 3,850 + 2,000 for this shipment"


def test_sales_learn_only_that_a_price_needs_approval(desk: CheckingClient, cast: Cast) -> None:
    page = found(desk, "SHA NYC")
    assert "needs approval" in page and "%" not in page.split("<main")[1]
    managers = desk.sign_in(cast.sales_manager).get(LANES, query_string={"q": "SHA NYC"}).text
    assert "15.0 %" in managers and "17.5 %" in managers, "(2000 - 1700) and with 50 back"


def test_a_customers_own_scheme_shows_for_that_customer_alone(
    desk: CheckingClient, cast: Cast
) -> None:
    nordwind = cast.nordwind.id
    own = scheme("HARBOUR-26", kind="customer", customer_id=cast.harbour.id)
    what = item("O/F", "海运费", unit="45HQ", origin="CNSHA", destination="USNYC", packaging="45HQ")
    price(tariff(own, date(2026, 1, 1)), what, per_unit("45HQ", "USD", "4321"))
    db.session.commit()
    assert "4,321.00" in found(desk, "SHA NYC", customer="hgsp")
    assert "4,321.00" not in found(desk, "SHA NYC")
    assert "4,321.00" not in found(desk, "SHA NYC", customer_id=nordwind)


def test_a_word_of_several_meanings_offers_the_others(desk: CheckingClient) -> None:
    page = found(desk, "SHA NYC")
    assert "Or do you mean" in page and "Hongqiao" in page
    assert "3,850.00" not in found(desk, "SHA NYC", destination="USLAX")


def test_an_empty_board_says_what_to_do(desk: CheckingClient) -> None:
    assert "Quote by hand" in found(desk, "SHA HAM")
    assert "Type a lane" in desk.get(LANES).text
    assert "No place was read" in found(desk, "qqqqzzzz")


def test_words_that_are_not_understood_are_named(desk: CheckingClient) -> None:
    assert "Not understood: blurb" in found(desk, "SHA NYC blurb")


def test_hostile_words_are_printed_as_text(desk: CheckingClient) -> None:
    page = found(desk, "<script>alert(1)</script> {{ 7*7 }}")
    assert "<script>alert" not in page and "49" not in page.split("</form>")[2][:200]


def test_the_board_asks_a_constant_number_of_times(desk: CheckingClient) -> None:
    found(desk, "SHA NYC 20GP")  # the firm's settings are read once and kept
    found(desk, "SHA NYC 20GP")
    few = len(desk.queries)
    found(desk, "SHA NYC")
    assert len(desk.queries) == few <= 16, desk.queries


def test_a_row_begins_a_quotation_that_is_priced_to_the_cent(
    desk: CheckingClient, cast: Cast
) -> None:
    ids = ",".join(map(str, price_ids()))
    ends = {"origin": "CNSHA", "destination": "USNYC", "boxes": "2x20GP 3x40GP 1x40HQ"}
    address = posted(desk, f"{LANES}/pick", row=ids, **ends)
    page = desk.get(address).text
    assert "2x20GP 3x40GP 1x40HQ" in page and "上海 → 纽约" in page
    shown = posted(
        desk,
        NEW,
        customer="hgsp",
        title="上海到纽约",
        price=price_ids(),
        category="sea",
        load="fcl",
        **ends,
    )
    assert "151,442.11" in desk.get(shown).text


def test_nothing_ticked_is_told_on_the_board(desk: CheckingClient) -> None:
    here = f"{LANES}?q=SHA+NYC"
    assert posted(desk, f"{LANES}/pick", here=here).endswith(here)
    assert "Tick the prices first." in desk.get(here).text


def test_the_way_back_is_never_to_another_house(desk: CheckingClient) -> None:
    away = posted(desk, f"{LANES}/pick", here="https://elsewhere.example/")
    assert "elsewhere" not in away


def test_prices_go_into_a_draft_that_is_there(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    quotation = draft(cast, now)
    keep(cast)
    posted(desk, f"{LANES}/pick", price=price_ids()[:1], into=quotation.id)
    lines = db.session.scalars(db.select(QuotationVersion)).one().lines
    assert sum(row.charge_code == "O/F" for row in lines) == 4


def test_two_carriers_become_alternatives_side_by_side(desk: CheckingClient, cast: Cast) -> None:
    of = db.session.scalars(db.select(PriceScheme)).one().tariffs[0]
    what = db.session.scalars(db.select(ServiceItem).where(ServiceItem.packaging == "40HQ")).one()
    price(of, what, per_unit("40HQ", "USD", "3999"), carrier="MSC")
    db.session.commit()
    ids = [price_ids()[2], price_ids()[-1]]
    posted(desk, NEW, customer_id=cast.harbour.id, title="t", price=ids, boxes="1x40HQ", side_by_side="on",
           origin="CNSHA", destination="USNYC")  # fmt: skip
    version = db.session.scalars(db.select(QuotationVersion)).one()
    assert [each["option"] for each in version.totals["options"]] == ["COSCO", "MSC"]


def test_a_new_quotation_says_what_is_missing_and_keeps_what_was_typed(
    desk: CheckingClient,
) -> None:
    response = desk.post(NEW, data={"title": "My title", "boxes": "2x99ZZ", "pieces": "a lot"})
    assert response.status_code == 422
    for words in ("Say for whom.", "My title"):
        assert words in response.text
    again = desk.post(
        NEW, data={"customer": "hgsp", "title": "t", "boxes": "2x99ZZ", "pieces": "a lot"}
    ).text
    assert "99ZZ is not a container type." in again and "Line 1 is not read: a lot" in again
    assert not db.session.scalars(db.select(Quotation)).all()


def test_an_empty_quotation_names_everything_that_is_missing_at_once(desk: CheckingClient) -> None:
    page = desk.post(NEW, data={}).text
    assert "Say for whom." in page and "This field is required." in page


def test_a_wrong_figure_is_not_folded_away(desk: CheckingClient) -> None:
    folded = '<details class="more">'
    assert folded in desk.get(NEW).text
    assert folded not in desk.post(NEW, data={"title": "t", "transit_days": "-3"}).text


def test_several_customers_that_fit_are_offered_to_choose_from(
    desk: CheckingClient, cast: Cast
) -> None:
    cast.nordwind.search_text = "harbour too"
    db.session.merge(cast.nordwind)
    db.session.commit()
    page = desk.post(NEW, data={"customer": "harbour", "title": "t"}).text
    assert "Several customers fit" in page
    assert page.count('name="customer_id"') == 2
    few = desk.get("/desk/quotations/customers", query_string={"customer": "hgsp"}).text
    assert few.count('name="customer_id"') == 1 and "checked" in few


def test_a_strangers_customer_is_not_found(desk: CheckingClient, cast: Cast) -> None:
    assert desk.get(NEW, query_string={"customer_id": "999999"}).status_code == 404
    assert desk.get(LANES, query_string={"q": "SHA NYC", "quotation": "999999"}).status_code == 404


def test_a_place_that_may_be_several_asks_which(desk: CheckingClient, cast: Cast) -> None:
    fields = {
        "customer_id": cast.harbour.id,
        "title": "t",
        "category": "road",
        "origin": "guang",
        "destination": "上海",
    }
    page = desk.post(NEW, data=fields)
    assert page.status_code == 422 and "Which one:" in page.text


def test_the_price_history_shows_every_version_of_the_lane(desk: CheckingClient) -> None:
    page = desk.get(
        f"{LANES}/history", query_string={"origin": "CNSHA", "destination": "USNYC"}
    ).text
    assert "FCL-PUB-1" in page and "3,850.00" in page
    assert "No price yet for exactly this lane" in desk.get(f"{LANES}/history").text


def test_who_may_not_write_quotations_has_no_lane_search(
    client: CheckingClient, cast: Cast
) -> None:
    for who in (cast.auditor, cast.finance, cast.customer_service):
        assert client.sign_in(who).get(LANES).status_code == 403


def test_the_search_over_everything_leads_to_a_lanes_prices(
    desk: CheckingClient, cast: Cast
) -> None:
    page = desk.get("/desk/search", query_string={"q": "上海 纽约"}).text
    assert "Shanghai → New York" in page and "/desk/lanes?q=" in page
    assert "/desk/lanes?q=" not in desk.get("/desk/search", query_string={"q": "hgsp"}).text
    reader = desk.sign_in(cast.auditor).get("/desk/search", query_string={"q": "上海 纽约"}).text
    assert "/desk/lanes?q=" not in reader
