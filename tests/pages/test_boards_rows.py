"""Every count of a dashboard is as many as the rows behind it."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from html import unescape

import pytest

from portal.db.base import db
from portal.insights.actions import digest, indices
from portal.insights.models import CustomerMonth, DigestIssue
from portal.insights.queries.comparison import ordering
from portal.kernel import clock
from portal.receivables.rules.report_months import Months
from portal.shipments.rules.states import ShipmentState
from tests import castings
from tests.cast import Cast, viewer
from tests.claims import a_claim
from tests.client import CheckingClient
from tests.insights import FEBRUARY, a_month, classified_in, months_of, seeded
from tests.insights_boards import carried, the_case
from tests.offers import keep, quick_press, words  # noqa: F401 - a fixture
from tests.opportunities import a_reason, an_opportunity
from tests.service import a_request

D = Decimal
pytestmark = pytest.mark.usefixtures("quick_press")
DASHBOARD = "/desk/dashboards"
BUSINESS = "/desk/comparisons?month=2026-02&report=business"
STAT = re.compile(r'stat-value[^>]*><a href="([^"]*)">([\d,]+)</a>')
BAR = re.compile(
    r'pair-name"><a href="([^"]*)">[^<]*?(?:· (\d+))?</a>.*?pair-figures">([^<]*)<', re.DOTALL
)


def under_way(cast: Cast, due: date) -> None:
    """One more shipment that is not finished."""
    more = {"state": ShipmentState.UNDER_WAY.value, "completed_at": None}
    carried(cast.harbour, due, due=due, **more)


def much(cast: Cast, now: datetime) -> None:
    """Of each kind one that a figure counts and one that it does not."""
    today = now.date()
    for state, closed in (("won", today), ("won", FEBRUARY), ("lost", today), ("lost", FEBRUARY)):
        row, reason = an_opportunity(cast, now), a_reason(state)
        row.state, row.closed_on, row.outcome_reason_id = state, closed, reason.id
    an_opportunity(cast, now, close_on=today - timedelta(days=1))
    an_opportunity(cast, now, currency="USD", amount=D(900))
    an_opportunity(cast, now, stage="negotiation")
    for days in (-3, 3, 30):
        under_way(cast, today + timedelta(days=days))
    the_case(cast.harbour)
    indices.measure(FEBRUARY, now)
    a_request(cast, now - timedelta(days=20), kind="complaint")
    months_of(cast.harbour, ["9500", "9000", "8000", "3000", "3000", "3000"])
    months_of(cast.nordwind, ["4000"] * 3, date(2026, 1, 1))
    a_month(cast.nordwind, order_count=0, request_count=1)
    classified_in(FEBRUARY, now)
    # started last, and of an older month: nothing that a figure may go by
    classified_in(date(2026, 1, 1), now)


@pytest.fixture
def world(database: None, now: datetime) -> Cast:
    cast = castings.standing(now, much)
    keep(cast)
    return cast


def rows_of(client: CheckingClient, address: str) -> int | None:
    """How many rows the list at an address says it has; None where it is no list."""
    page = client.get(unescape(address))
    assert page.status_code == 200, address
    told = re.search(r"([\d,]+) in all", words(page.text))
    return int(told[1].replace(",", "")) if told else None


@pytest.mark.parametrize("who", ["administrator", "sales_manager", "sales", "customer_service", "keeper"])  # fmt: skip
def test_a_figure_opens_as_many_rows_as_it_counts(
    client: CheckingClient, world: Cast, who: str
) -> None:
    page = client.sign_in(getattr(world, who)).get(DASHBOARD).text
    told = [(address, number) for address, number in STAT.findall(page)]
    told += [(address, count or shown) for address, count, shown in BAR.findall(page)]
    wrong, compared = [], 0
    for address, number in told:
        rows = rows_of(client, address)
        if rows is None or not re.fullmatch(r"[\d,]+", number):
            continue
        compared += 1
        if rows != int(number.replace(",", "")):
            wrong.append((unescape(address), number, rows))
    assert compared >= 2 and not wrong


def test_a_picture_says_in_figures_what_it_draws(client: CheckingClient, world: Cast) -> None:
    page = client.sign_in(world.sales_manager).get(DASHBOARD).text
    assert 'aria-label="Business: 2026-02: 9,500.00"' in page
    table = re.findall(r'<th scope="row">(2026-\d\d)</th><td class="num"><a [^>]*>([^<]*)<', page)
    assert table == [("2026-01", "13,000.00"), ("2026-02", "9,500.00")]


def test_a_bad_figure_is_told_by_more_than_its_colour(client: CheckingClient, world: Cast) -> None:
    page = client.sign_in(world.sales_manager).get(DASHBOARD).text
    late = page[page.index("Day has passed") :]
    assert "To be noticed" in late[: late.index("Won this month")]


def test_a_customer_that_ordered_in_three_months_is_one_customer(
    client: CheckingClient, world: Cast
) -> None:
    months = Months(date(2025, 12, 1), FEBRUARY)
    assert ordering(months, viewer(world.sales_manager)) == 2
    page = client.sign_in(world.sales_manager).get("/desk/comparisons?month=2026-02&span=3").text
    url = re.search(r'href="(/desk/comparisons/rows/customers\?[^"]*ordered=yes[^"]*)">2<', page)
    assert url is not None and rows_of(client, url[1]) == 2


def test_the_overview_of_tiers_counts_what_its_reader_may_open(
    client: CheckingClient, world: Cast
) -> None:
    for who in (world.sales_manager, world.sales):
        page = client.sign_in(who).get("/desk/tiers").text
        start = page.index("Customers classified")
        for address, number in re.findall(r'stat-value"><a href="([^"]*)">(\d+)</a>', page[start:]):
            assert rows_of(client, address) in (int(number), None), address
    assert "Structure of the portfolio" not in page


def test_a_handful_of_answers_has_no_percentage_in_any_report(
    client: CheckingClient, world: Cast
) -> None:
    client.sign_in(world.sales_manager)
    row = db.session.query(CustomerMonth.id).filter_by(month=FEBRUARY).first()
    for count, told in ((9, "Satisfied answers,—,—,"), (10, "Satisfied answers,70 %,—,")):
        month = db.session.get_one(CustomerMonth, row[0])
        month.answer_count, month.good_count = count, 7
        db.session.commit()
        assert told in client.get(f"{BUSINESS}&export=csv").text


def test_whose_customers_a_tier_has_can_be_looked_at(
    client: CheckingClient, world: Cast, now: datetime
) -> None:
    seeded(now)
    page = client.sign_in(world.sales_manager).get("/desk/tiers").text
    found = re.findall(r'item-end"><a href="([^"]*owner=[^"]*)">(\d+)<', page)
    assert found and all(rows_of(client, address) == int(number) for address, number in found)


@pytest.mark.parametrize("who", ["finance", "sales_manager", "administrator"])
def test_a_letter_leads_only_where_its_reader_may_go(
    client: CheckingClient, world: Cast, now: datetime, who: str
) -> None:
    with clock.frozen(now):
        digest.issue(now)
    row = db.session.query(DigestIssue).one().id
    db.session.commit()
    page = client.sign_in(getattr(world, who)).get(f"/desk/dashboards/digest/{row}").text
    links = re.findall(r'<th scope="row"><a href="([^"]*)">', page)
    assert links and all(client.get(unescape(each)).status_code == 200 for each in links)
    assert ("/desk/opportunities" in " ".join(links)) is (who != "finance")


def test_staff_load_opens_what_is_open_and_whose_customers(
    client: CheckingClient, world: Cast
) -> None:
    page = client.sign_in(world.sales_manager).get("/desk/comparisons?report=load").text
    found = re.findall(r'<a href="([^"]*owner=[^"]*)">(\d+)</a>', page)
    led = [address for address, _number in found]
    assert any(each.startswith("/desk/customers") for each in led)
    assert '<a href="/desk/requests/queue/unassigned">1</a>' in page
    assert all(rows_of(client, address) == int(number) for address, number in found)


def test_what_was_carried_on_no_lane_opens_its_own_rows(
    client: CheckingClient, world: Cast, now: datetime
) -> None:
    for day in (3, 4):
        carried(world.nordwind, date(2026, 2, day), due=date(2026, 2, 3), origin="", destination="")
    indices.measure(FEBRUARY, now)
    db.session.commit()
    page = client.sign_in(world.sales_manager).get("/desk/indices?month=2026-02&by=lane").text
    row = page[page.index("No lane") :]
    links = dict(
        re.findall(r'<a href="(/desk/indices/[^"]*)">([^<]*)</a>', row[: row.index("</tr>")])
    )
    counted = {rows_of(client, each) for each in links if "complaints" not in each}
    assert "50 %" in links.values() and counted == {2}
    narrowed = client.get("/desk/indices?month=2026-02&lane=%3E").text
    assert "50.00 %" in narrowed and '<option value="&gt;" selected>No lane' in narrowed


def test_what_is_lost_is_not_told_as_damaged(
    client: CheckingClient, world: Cast, now: datetime
) -> None:
    for loss in ("short", "damaged"):
        shipment = carried(world.harbour, date(2026, 1, 27))
        a_claim(world, now, "agreed", shipment_id=shipment.id, loss=loss)
    indices.measure(date(2026, 1, 1), now)
    db.session.commit()
    client.sign_in(world.sales_manager)
    file = client.get("/desk/indices/undamaged?month=2026-01&export=csv").data.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(file)))
    assert sorted((row["Undamaged"], row["Lost or short"]) for row in rows) == [
        ("No", "No"),
        ("Yes", "Yes"),
    ]
    page = words(client.get("/desk/indices?month=2026-01").text)
    assert "Undamaged" in page and page.count("50.00 %") == 2
