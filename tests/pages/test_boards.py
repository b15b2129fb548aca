"""Indices, comparisons, dashboards, the weekly letter: figures lead to their rows, rights decide what is there."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from portal.access.permissions import Role
from portal.db.base import db
from portal.insights.actions import digest, indices
from portal.insights.models import CustomerMonth, DigestIssue
from portal.insights.rules.index_table import INDICES
from portal.kernel import clock
from tests import castings
from tests.cast import Cast, staff, viewer
from tests.client import CheckingClient
from tests.factories import add
from tests.insights import classified_in
from tests.insights_boards import FEBRUARY, carried, the_case
from tests.offers import keep, quick_press, words  # noqa: F401 - a fixture
from tests.opportunities import an_opportunity
from tests.service import a_request

D = Decimal
pytestmark = pytest.mark.usefixtures("quick_press")
MONTH = "month=2026-02"


def month_of(customer_id: int, month: date, net: str, **more: object) -> None:
    add(
        CustomerMonth(
            customer_id=customer_id,
            month=month,
            currency="CNY",
            net_amount=D(net),
            order_count=3,
            **more,
        )
    )


def february(cast: Cast, now: datetime) -> None:
    """February: the worked case of ten deliveries, and net revenue of two customers in two months."""
    the_case(cast.harbour)
    indices.measure(FEBRUARY, now)
    a_request(cast, now - timedelta(days=20), kind="complaint")
    for customer, month, net in (
        (cast.harbour, FEBRUARY, "1500"), (cast.harbour, date(2026, 1, 1), "1000"),
        (cast.nordwind, date(2026, 1, 1), "400"),
    ):  # fmt: skip
        month_of(customer.id, month, net, known_net=D(net), cost_amount=D(100))
    cast.harbour.area = "business_district"


@pytest.fixture
def world(database: None, now: datetime) -> Cast:
    cast = castings.standing(now, february)
    keep(cast)
    return cast


@pytest.fixture
def desk(client: CheckingClient, world: Cast) -> CheckingClient:
    return client.sign_in(world.sales_manager)


def table(client: CheckingClient, address: str) -> list[dict[str, str]]:
    text = client.get(address).data.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_the_worked_case_stands_on_the_page_with_what_was_left_out(desk: CheckingClient) -> None:
    page = words(desk.get(f"/desk/indices?{MONTH}").text)
    assert "87.50 %" in page and "n=8" in page and "2 left out" in page
    assert "Delivered on or before the promised day" in page


def test_each_figure_opens_as_many_rows_as_it_counts(desk: CheckingClient) -> None:
    page = desk.get(f"/desk/indices/on_time?{MONTH}").text
    assert (words(page).count("Not counted") >= 2 and "10 rows" in words(page)) or page.count(
        "SH-2026-8"
    ) >= 10
    rows = table(desk, f"/desk/indices/on_time?{MONTH}&export=csv")
    kept = [row["On time"] for row in rows if row["Number"].startswith("SH-")]
    assert (kept.count("Yes"), kept.count("No"), kept.count("Not counted")) == (7, 1, 2)


@pytest.mark.parametrize("code", sorted(INDICES))
def test_the_rows_of_every_index_can_be_looked_at(desk: CheckingClient, code: str) -> None:
    narrow = "&customer=1&category=sea_fcl&lane=CNSHA>USNYC"
    for url in (f"/desk/indices/{code}?{MONTH}", f"/desk/indices/{code}?{MONTH}&export=csv"):
        assert desk.get(url).status_code == 200
    assert (
        desk.get(f"/desk/indices/{code}?{MONTH}{narrow.replace('customer=1&', '')}").status_code
        == 200
    )


def test_an_unknown_index_and_a_foreign_customer_are_not_found(
    desk: CheckingClient, world: Cast
) -> None:
    assert desk.get("/desk/indices/beauty").status_code == 404
    stranger = staff("Stranger", Role.SALES)
    keep(world)
    db.session.refresh(stranger)
    harbour = db.session.merge(world.harbour).id
    desk.sign_in(stranger)
    assert desk.get(f"/desk/indices?customer={harbour}").status_code == 404
    assert "n=8" not in desk.get(f"/desk/indices?{MONTH}").text


def test_indices_are_narrowed_to_a_lane_and_stand_by_customer(desk: CheckingClient) -> None:
    page = words(desk.get(f"/desk/indices?{MONTH}&lane=CNSHA>USNYC&by=lane").text)
    assert "87.50 %" in page
    assert "n=8" not in words(desk.get(f"/desk/indices?{MONTH}&lane=CNSHA>DEHAM").text)
    rows = table(desk, f"/desk/indices?{MONTH}&table=by&export=csv")
    assert rows[0]["Customer"] == "海港食品" and rows[0]["On time"] == "87.50"


def test_the_year_of_every_index_goes_into_a_file_with_its_definition(desk: CheckingClient) -> None:
    rows = table(desk, "/desk/indices?month=2026-02&table=indices&export=csv")
    assert len(rows) == 12 * len(INDICES)
    (one,) = [row for row in rows if row["Month"] == "2026-02" and row["Index"] == "On time"]
    assert one["Figure"] == "87.50" and one["Not counted"] == "2" and one["How it is worked out"]


def test_business_is_set_against_the_month_before_and_opens_its_customers(
    desk: CheckingClient,
) -> None:
    page = desk.get(f"/desk/comparisons?{MONTH}").text
    assert "1,500.00" in page and "1,400.00" in page and "+7.1 %" in page
    url = re.search(r'href="(/desk/comparisons/rows/customers\?[^"]*2026-01[^"]*)"', page)
    assert url is not None
    rows = desk.get(url[1].replace("&amp;", "&")).text
    assert "1,000.00" in rows and "400.00" in rows and "1,500.00" not in rows


def test_growth_and_churn_name_customers_and_regions_add_up(desk: CheckingClient) -> None:
    grown = words(desk.get(f"/desk/comparisons?{MONTH}&report=growth").text)
    assert "海港食品" in grown and "+50.0 %" in grown and "北风零件" not in grown
    gone = words(desk.get(f"/desk/comparisons?{MONTH}&report=churn").text)
    assert "北风零件" in gone and "Gone" in gone
    rows = table(desk, f"/desk/comparisons?{MONTH}&report=region&table=region&export=csv")
    assert [row["Now"] for row in rows] == ["1500.00", "0", "1500.00"]


@pytest.mark.parametrize(
    "report", ["business", "growth", "churn", "region", "requests", "satisfaction", "load"]
)
@pytest.mark.parametrize("span", ["1", "3", "12"])
def test_every_comparison_answers_for_every_span(
    desk: CheckingClient, report: str, span: str
) -> None:
    url = f"/desk/comparisons?{MONTH}&report={report}&span={span}&against=year"
    assert desk.get(url).status_code == 200
    assert desk.get(f"{url}&table={report}&export=xlsx").status_code == 200


def test_a_comparison_says_which_months_are_not_gathered_and_what_brings_them(
    client: CheckingClient, world: Cast, now: datetime
) -> None:
    url = f"/desk/comparisons?{MONTH}&report=business&against=year"
    told = client.sign_in(world.sales_manager).get(url).text
    assert "Not gathered yet: 2025-02" in told and "/desk/classification-runs/new" in told
    reader = client.sign_in(world.customer_service).get(url).text
    assert "Not gathered yet: 2025-02" in reader and "classification-runs/new" not in reader
    assert "Not gathered" not in client.get(f"/desk/comparisons?{MONTH}&report=requests").text
    classified_in(FEBRUARY, now)
    db.session.commit()
    assert "Nothing was ordered or billed in 2025-02" in client.get(url).text


def test_requests_by_kind_lead_to_the_requests(desk: CheckingClient) -> None:
    page = desk.get(f"/desk/comparisons?{MONTH}&report=requests").text
    assert "Complaint" in page
    rows = desk.get("/desk/comparisons/rows/requests?from=2026-02&to=2026-02&kind=complaint").text
    assert "货物到哪里了" in rows
    other = desk.get("/desk/comparisons/rows/requests?from=2026-02&to=2026-02&kind=claim").text
    assert "货物到哪里了" not in other
    assert desk.get("/desk/comparisons/rows/secrets").status_code == 404


def test_who_may_not_see_costs_reads_no_margin_in_a_comparison(
    client: CheckingClient, world: Cast
) -> None:
    client.sign_in(world.customer_service)
    for url in ("/desk/comparisons?month=2026-02", "/desk/comparisons/rows/customers?from=2026-02",
                "/desk/comparisons/rows/customers?from=2026-02&export=csv"):  # fmt: skip
        assert "argin" not in client.get(url).text


@pytest.mark.parametrize(("who", "there", "missing"), [
    ("sales", ["Opportunities", "Customers by tier", "Receivables"], ["Service requests", "Tariffs", "Business"]),
    ("sales_manager", ["Opportunities", "Business", "Satisfied answers"], ["Tariffs", "Warehouse, movements"]),
    ("customer_service", ["Service requests", "Shipments", "Service indices 2026-02"], ["Receivables", "Tariffs"]),
    ("finance", ["Receivables", "Statements", "Business"], ["Opportunities", "Tariffs", "Warehouse, movements"]),
    ("keeper", ["Warehouse, movements", "Shipments"], ["Receivables", "Service indices", "Customers by tier"]),
    ("catalogue_manager", ["Tariffs"], ["Receivables", "Service indices", "Shipments"]),
    ("administrator", ["Opportunities", "Tariffs", "Statements", "Warehouse, movements"], []),
])  # fmt: skip
def test_a_dashboard_shows_what_somebodys_rights_open(
    client: CheckingClient, world: Cast, who: str, there: list[str], missing: list[str]
) -> None:
    page = client.sign_in(getattr(world, who)).get("/desk/dashboards").text
    heads = re.findall(r"<h2>([^<]*)</h2>", page)
    for title in there:
        assert any(head.startswith(title) for head in heads), (title, heads)
    for title in missing:
        assert not any(head.startswith(title) for head in heads), (title, heads)


def test_opportunities_in_other_currencies_are_told_beside_the_sum(
    client: CheckingClient, world: Cast, now: datetime
) -> None:
    an_opportunity(world, now)
    an_opportunity(world, now, currency="USD", amount=D(900))
    db.session.commit()
    page = words(client.sign_in(world.sales_manager).get("/desk/dashboards").text)
    assert "worth CNY 12,000.00 · 1 in another currency is not in it" in page


def test_a_dashboard_asks_the_same_of_the_database_however_much_there_is(
    client: CheckingClient, world: Cast, now: datetime
) -> None:
    client.sign_in(world.administrator).get("/desk/dashboards")
    first = len(client.get("/desk/dashboards") and client.queries)
    for day in range(1, 20):
        carried(db.session.merge(world.harbour), date(2026, 2, day), due=date(2026, 2, 9))
    indices.measure(FEBRUARY, now)
    db.session.commit()
    client.get("/desk/dashboards")
    assert len(client.queries) <= first <= 4


@pytest.mark.parametrize(
    "who", ["administrator", "sales_manager", "finance", "customer_service", "keeper"]
)
def test_every_figure_of_a_dashboard_opens_a_page(
    client: CheckingClient, world: Cast, who: str
) -> None:
    page = client.sign_in(getattr(world, who)).get("/desk/dashboards").text
    start = page.index('class="panels"')
    for url in sorted(set(re.findall(r'href="(/desk/[^"]+)"', page[start:]))):
        assert client.get(url.replace("&amp;", "&")).status_code == 200, url


def test_the_weekly_letter_is_a_page_that_stays_and_a_reader_may_do_without_mail(
    client: CheckingClient, world: Cast, now: datetime
) -> None:
    with clock.frozen(now):
        digest.issue(now)
    row = db.session.query(DigestIssue).one().id
    db.session.commit()
    client.sign_in(world.sales_manager)
    assert "2026-02-23" in client.get("/desk/dashboards/digest").text
    page = words(client.get(f"/desk/dashboards/digest/{row}").text)
    assert "Orders received" in page and "Nothing changed by a quarter" in page
    answer = client.post(
        "/desk/dashboards/digest/mail", data={"wanted": "no"}, follow_redirects=True
    )
    assert (
        "You get no more of it by mail." in answer.text
        and "You do not get it by mail." in answer.text
    )


def test_who_may_not_read_reports_reads_no_letter(client: CheckingClient, world: Cast) -> None:
    client.sign_in(world.sales)
    assert client.get("/desk/dashboards/digest").status_code == 403
    assert "Weekly letters" not in client.get("/desk/dashboards").text
    assert viewer(world.sales) is not None
