"""Reports on their pages and as files: figures that lead to their lines, equal totals, who may see them."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, datetime
from decimal import Decimal

import pytest

from portal.access.permissions import ROLES, Permission, Role
from portal.billing.rules.kinds import LineKind
from portal.billing.rules.states import StatementState
from portal.receivables.actions import standing
from tests import castings
from tests.billing_worlds import used
from tests.cast import Cast
from tests.chain import entitled
from tests.client import CheckingClient
from tests.factories import item
from tests.offers import keep, quick_press, words  # noqa: F401 - a fixture
from tests.statements import a_line, a_statement, dispute, lines

D = Decimal
PUBLISHED = StatementState.PUBLISHED
PAGES = ("", "/revenue", "/lines", "/unbilled", "/disputes", "/payment", "/commission")
FEBRUARY = "from=2026-02&to=2026-02"
pytestmark = pytest.mark.usefixtures("quick_press")


def two_months(cast: Cast, _now: datetime) -> None:
    """February: Harbour 2 boxes at 1,060, a credit of 106; Nordwind USD 212. January: Harbour 530. All 6 % inside."""
    freight = item(
        "O/F", "海运费", unit="40HQ", origin="CNSHA", destination="USNYC", packaging="40HQ"
    )
    boxes = a_line(
        "1060",
        "2",
        unit="40HQ",
        item_id=freight.id,
        main_unit="TEU",
        stat_quantity=D(4),
        name_en="Ocean",
    )
    credit = a_line("-106", kind=LineKind.CREDIT, name_zh="贷项", name_en="Credit")
    a_statement(cast.harbour, [boxes, credit], PUBLISHED)
    a_statement(
        cast.nordwind,
        [a_line("212", currency="USD", item_id=freight.id)],
        PUBLISHED,
        currency="USD",
    )
    early = {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 1, 31)}
    a_statement(
        cast.harbour, [a_line("530", on=date(2026, 1, 9), item_id=freight.id)], PUBLISHED, **early
    )


@pytest.fixture
def world(database: None, now: datetime) -> Cast:
    cast = castings.standing(now, two_months)
    keep(cast)
    return cast


@pytest.fixture
def desk(client: CheckingClient, world: Cast) -> CheckingClient:
    return client.sign_in(world.finance)


def table(desk: CheckingClient, address: str) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    text = desk.get(f"{address}&export=csv").data.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_revenue_by_service_says_net_boxes_and_twenty_foot_units(desk: CheckingClient) -> None:
    page = words(desk.get(f"/desk/reports/revenue?{FEBRUARY}").text)
    assert "CNY 1,900.00" in page and "USD 200.00" in page
    assert "2 boxes" in page and "4 TEU" in page and "-100.00" in page


def test_it_is_compared_with_the_months_before(desk: CheckingClient) -> None:
    page = words(desk.get(f"/desk/reports/revenue?{FEBRUARY}").text)
    assert "CNY 500.00" in page and "+280.0 %" in page


def test_the_file_ends_in_the_totals_of_the_page_for_each_currency(desk: CheckingClient) -> None:
    rows = table(desk, f"/desk/reports/revenue?{FEBRUARY}&table=revenue")
    totals = {row["Currency"]: row for row in rows if row["Service"].startswith("Total")}
    assert (totals["CNY"]["Net"], totals["USD"]["Net"]) == ("1900.00", "200.00")
    assert (totals["CNY"]["TEU"], totals["CNY"]["Boxes"], totals["CNY"]["Lines"]) == (
        "4.00",
        "2.00",
        "2",
    )


@pytest.mark.parametrize(
    "by", ["service", "category", "lane", "customer", "group", "payer", "owner"]
)
def test_each_figure_opens_lines_that_come_to_it(desk: CheckingClient, by: str) -> None:
    page = desk.get(f"/desk/reports/revenue?{FEBRUARY}&by={by}&currency=CNY").text
    found = re.findall(r'<a href="(/desk/reports/lines[^"]+)">(-?[\d,.]+\.\d\d)</a>', page)
    assert found
    for address, figure in found:
        assert f"CNY {figure}" in words(desk.get(address.replace("&amp;", "&")).text), (
            address,
            figure,
        )


def test_the_list_of_lines_is_a_file_with_the_same_total(desk: CheckingClient) -> None:
    rows = table(desk, f"/desk/reports/lines?{FEBRUARY}")
    totals = {
        row["Currency"]: row["Net"]
        for row in rows
        if row["Day"].startswith("Total") or not row["Service"]
    }
    assert totals["CNY"] == "1900.00" and totals["USD"] == "200.00"


@pytest.mark.parametrize("page", PAGES)
def test_an_empty_house_has_every_report(client: CheckingClient, cast: Cast, page: str) -> None:
    client.sign_in(cast.finance)
    assert client.get(f"/desk/reports{page}").status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_only_who_may_see_reports_sees_them(client: CheckingClient, world: Cast, page: str) -> None:
    for user in (world.sales, world.customer_service, world.keeper):
        assert client.sign_in(user).get(f"/desk/reports{page}").status_code == 403
    for user in (world.sales_manager, world.finance, world.auditor):
        assert client.sign_in(user).get(f"/desk/reports{page}").status_code == 200
    assert client.sign_in(world.lin).get(f"/desk/reports{page}").status_code == 404


def test_commission_is_hidden_from_who_may_not_see_costs(
    client: CheckingClient, world: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ROLES, Role.FINANCE, ROLES[Role.FINANCE] - {Permission.COST_SEE})
    client.sign_in(world.finance)
    assert client.get("/desk/reports/commission").status_code == 403
    assert client.get("/desk/reports/commission?table=commission&export=csv").status_code == 403
    main = client.get("/desk/reports/revenue").text.partition("<main")[2]
    assert "/desk/reports/commission" not in main


def test_sales_with_the_right_see_their_own_customers_alone(
    client: CheckingClient, world: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = ROLES[Role.FINANCE] - {Permission.CUSTOMER_SEE_ALL}
    monkeypatch.setitem(ROLES, Role.FINANCE, own)
    client.sign_in(world.finance)
    for page in PAGES:
        text = client.get(f"/desk/reports{page}?{FEBRUARY}").text
        assert "1,900.00" not in text and "HARBOUR" not in text and "海港" not in text


@pytest.mark.parametrize("key", ["x", "kind:nothing", ">", "9" * 40, "CNSHA", "-1", "'"])
@pytest.mark.parametrize("by", ["service", "lane", "category", "owner", "customer"])
def test_a_key_that_is_none_finds_no_line_and_breaks_nothing(
    desk: CheckingClient, by: str, key: str
) -> None:
    assert desk.get("/desk/reports/lines", query_string={"by": by, "key": key}).status_code == 200


def test_months_that_are_none_are_the_month_that_ended_last(desk: CheckingClient) -> None:
    page = words(desk.get("/desk/reports/revenue?from=x&to=2026-13&by=y&basis=z&currency=AAA").text)
    assert "CNY 1,900.00" in page


def test_a_file_of_a_table_that_is_none_is_not_found(desk: CheckingClient) -> None:
    assert desk.get("/desk/reports/revenue?table=secrets&export=csv").status_code == 404


def test_names_in_files_are_no_formulas(client: CheckingClient, world: Cast) -> None:
    world.harbour.short_name = "=1+1"
    keep(world)
    text = client.sign_in(world.finance).get(
        f"/desk/reports/revenue?{FEBRUARY}&by=customer&table=revenue&export=csv"
    )
    assert "'=1+1" in text.data.decode("utf-8-sig")


def test_a_page_of_revenue_asks_as_much_for_many_statements_as_for_few(
    client: CheckingClient, world: Cast, now: datetime
) -> None:
    client.sign_in(world.finance)
    address = f"/desk/reports/revenue?{FEBRUARY}&by=customer"
    client.get(address)
    client.get(address)
    few = len(client.queries)
    for month in range(3, 9):
        days = {"starts_on": date(2025, month, 1), "ends_on": date(2025, month, 28)}
        a_statement(world.nordwind, [a_line("1", on=date(2025, month, 3))], PUBLISHED, **days)
    keep(world)
    client.get(address)
    assert len(client.queries) == few


def test_disputes_say_reason_accuracy_and_what_was_granted(
    client: CheckingClient, world: Cast
) -> None:
    a, _b = lines(a_statement(world.nordwind, state=PUBLISHED))
    dispute(a, "20")
    keep(world)
    page = words(
        client.sign_in(world.finance).get("/desk/reports/disputes?from=2026-02&to=2026-03").text
    )
    assert "Wrong rate" in page and "20.00" in page
    assert "75 %" in page and "1 of 4 lines disputed" in page  # the credit is no line to dispute


def test_one_customers_unbilled_is_priced_as_a_bill_would_be(
    client: CheckingClient, world: Cast, now: datetime
) -> None:
    used(
        entitled(world, now, quantity=D(50)), "10", now, on=date(2026, 2, 20)
    )  # at 28.50, 6 % inside
    keep(world)
    client.sign_in(world.finance)
    page = words(client.get("/desk/reports/unbilled").text)
    assert "Waits for the billing run" in page and "海港食品" in page
    standing.work_out(world.harbour.id, now)
    keep(world)
    assert "285.00" in words(client.get("/desk/reports/unbilled").text)
    page = words(client.get(f"/desk/reports/unbilled?customer={world.harbour.id}").text)
    assert "What a bill up to today would say" in page and "268.87" in page


def test_a_customer_of_somebody_else_has_no_unbilled_page(
    client: CheckingClient, world: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ROLES, Role.FINANCE, ROLES[Role.FINANCE] - {Permission.CUSTOMER_SEE_ALL})
    client.sign_in(world.finance)
    assert client.get(f"/desk/reports/unbilled?customer={world.harbour.id}").status_code == 404


@pytest.mark.parametrize(
    ("page", "name"),
    [
        ("revenue", "months"), ("unbilled", "unbilled"), ("unbilled", "reasons"), ("unbilled", "units"),
        ("unbilled", "problems"), ("unbilled", "drafts"), ("disputes", "reason"), ("disputes", "result"),
        ("disputes", "customer"), ("disputes", "accuracy"), ("disputes", "credits"), ("payment", "dso"),
        ("payment", "monthly"), ("commission", "commission"), ("commission", "old_books"),
    ],
)  # fmt: skip
def test_every_table_is_a_file_of_either_kind(desk: CheckingClient, page: str, name: str) -> None:
    for kind in ("xlsx", "csv"):
        response = desk.get(f"/desk/reports/{page}?{FEBRUARY}&table={name}&export={kind}")
        assert response.status_code == 200 and len(response.data) > 10
    assert response.content_type == "text/csv; charset=utf-8"
