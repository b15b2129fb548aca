"""The desk's list and the page of one quotation: who sees what, in how many statements."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from portal.access.models import Assignment
from portal.access.permissions import Role
from portal.db.base import db
from portal.quotations.models import Quotation
from tests import cast as people
from tests.cast import Cast
from tests.client import CheckingClient
from tests.offers import draft, issued, keep, quick_press  # noqa: F401 - a fixture

D = Decimal
LIST = "/desk/quotations"


@pytest.fixture
def desk(client: CheckingClient, cast: Cast) -> CheckingClient:
    return client.sign_in(cast.sales)


def drafted(cast: Cast, now: datetime, count: int = 1) -> str:
    """Drafts of golden case G1, kept; the address of the last one."""
    last = [draft(cast, now) for _ in range(count)][-1].id
    keep(cast)
    return f"{LIST}/{last}"


@pytest.mark.parametrize(
    "typed", ["QT-2026-000001", "000001", "海港", "haigang", "hgsp", "harbour", "纽约"]
)
def test_the_list_finds_a_quotation_by_whatever_one_types(
    desk: CheckingClient, cast: Cast, now: datetime, typed: str
) -> None:
    drafted(cast, now)
    assert "QT-2026-000001" in desk.get(LIST, query_string={"q": typed}).text
    assert "QT-2026-000001" not in desk.get(LIST, query_string={"q": "nothing like it"}).text


def test_an_issued_quotation_past_its_last_day_is_listed_as_expired_only(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    drafted(cast, now)
    row = db.session.scalars(db.select(Quotation)).one()
    row.state, row.valid_until = "issued", date(2026, 3, 1)
    db.session.commit()
    assert row.number in desk.get(LIST, query_string={"state": "expired"}).text
    assert "QT-2026" not in desk.get(LIST, query_string={"state": "issued"}).text


def test_mine_leaves_out_a_colleagues(desk: CheckingClient, cast: Cast, now: datetime) -> None:
    drafted(cast, now)
    assert "QT-2026-000001" in desk.get(LIST, query_string={"mine": "1"}).text
    desk.sign_in(cast.sales_manager)
    assert "QT-2026-000001" not in desk.get(LIST, query_string={"mine": "1"}).text
    assert "QT-2026-000001" in desk.get(LIST, query_string={"owner": cast.sales.id}).text


def test_the_list_asks_at_most_six_times_however_many_rows(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    drafted(cast, now)
    desk.get(LIST)
    desk.get(LIST)
    few = len(desk.queries)
    drafted(cast, now, 4)
    desk.get(LIST)
    assert len(desk.queries) == few <= 6, desk.queries


def test_a_file_ends_in_control_totals_apart_by_currency(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    drafted(cast, now, 2)
    row = db.session.scalars(db.select(Quotation)).first()
    row.total_currency, row.total_amount = "USD", D("100.00")
    db.session.commit()
    lines = desk.get(LIST, query_string={"export": "csv"}).get_data(as_text=True).splitlines()
    totals = [line for line in lines if line.startswith("Total of 1 rows")]
    assert sorted("USD" in line for line in totals) == [False, True]
    assert any("151442.11" in line and "CNY" in line for line in totals)


def test_the_empty_list_says_what_to_do(desk: CheckingClient) -> None:
    assert "Search a lane and pick a price" in desk.get(LIST).text


def test_the_page_asks_at_most_twelve_times_however_many_lines(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    address = drafted(cast, now)
    desk.get(address)
    page = desk.get(address)
    assert "151,442.11" in page.text and "壹拾伍万" in page.text
    assert len(desk.queries) <= 12, desk.queries


def test_an_issued_page_asks_at_most_twelve_times(
    desk: CheckingClient,
    cast: Cast,
    now: datetime,
    quick_press: None,  # noqa: F811
) -> None:
    sent = issued(cast, now)
    desk.get(f"{LIST}/{sent.quotation_id}")
    desk.get(f"{LIST}/{sent.quotation_id}")
    assert len(desk.queries) <= 12, desk.queries


def test_sales_see_no_cost_on_the_page_and_a_manager_does(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    address = drafted(cast, now)
    page = desk.get(address).text
    assert "Margin" not in page and "rebate" not in page
    assert "Margin after rebate" in desk.sign_in(cast.sales_manager).get(address).text


def test_another_salespersons_quotation_does_not_exist(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    address = drafted(cast, now)
    stranger = people.staff("Li Si", Role.SALES)
    db.session.add(Assignment(user_id=stranger.id, customer_id=cast.nordwind.id, part="owner"))
    db.session.commit()
    client.sign_in(stranger)
    for part in (
        "",
        "/shipment",
        "/offer",
        "/versions",
        "/history",
        "/versions/1/preview",
        "/copy",
    ):
        assert client.get(address + part).status_code == 404, part
    for part in ("/lines", "/issue", "/submit", "/revise", "/discount", "/lines/preview"):
        assert client.post(address + part).status_code == 404, part
    assert "QT-2026" not in client.get(LIST).text


@pytest.mark.parametrize("who", ["customer_service", "finance", "auditor"])
def test_who_may_only_see_gets_no_way_to_change(
    client: CheckingClient, cast: Cast, now: datetime, who: str
) -> None:
    address = drafted(cast, now)
    client.sign_in(getattr(cast, who))
    page = client.get(address).text
    assert "151,442.11" in page and "data-grid" not in page
    for part in ("/lines", "/issue", "/submit", "/withdraw", "/revise"):
        assert client.post(address + part).status_code == 403, part


def test_the_catalogue_manager_has_no_quotations(client: CheckingClient, cast: Cast) -> None:
    assert client.sign_in(cast.catalogue_manager).get(LIST).status_code == 403


def test_the_paper_is_drawn_beside_the_form_and_names_no_cost(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    address = drafted(cast, now)
    paper = desk.get(f"{address}/versions/1/preview")
    assert paper.status_code == 200 and "报价单" in paper.text and "1700" not in paper.text
    sheet = desk.get(f"{LIST}/paper.css")
    assert sheet.mimetype == "text/css"


def test_a_version_that_is_not_there_is_not_found(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    address = drafted(cast, now)
    assert desk.get(f"{address}/versions/2").status_code == 404
    assert desk.get(f"{address}/versions/1/paper").status_code == 404
    assert desk.get(f"{LIST}/999999").status_code == 404
