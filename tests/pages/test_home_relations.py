"""The staff's first page: what waits of looking after customers, late things first, bounded queries."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from portal.access.viewer import SYSTEM
from portal.calls.models import CallPlan
from portal.insights.actions import indices
from portal.kernel import clock
from portal.opportunities.actions import seeding
from tests.cast import Cast
from tests.client import CheckingClient
from tests.commissions import MARCH, a_bill, a_plan, paid, worked_out
from tests.factories import add
from tests.insights_boards import FEBRUARY, the_case
from tests.offers import keep, quick_press, words  # noqa: F401 - a fixture

pytestmark = pytest.mark.usefixtures("quick_press")


def call_back(cast: Cast, now: datetime, name: str, hours: int = 1) -> None:
    add(
        CallPlan(
            customer_id=cast.harbour.id, purpose="service", key=f"test-{name}", name=name, number="021-1",
            due_at=now - timedelta(hours=hours), assignee_id=cast.customer_service.id, text="价格",
        )
    )  # fmt: skip


def test_a_call_back_that_is_late_stands_on_top_and_one_to_come_does_not(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    seeding.seed(SYSTEM, now)
    call_back(cast, now, "late")
    call_back(cast, now, "soon", hours=-1)
    keep(cast)
    page = words(client.sign_in(cast.customer_service).get("/desk/").text)
    assert page.count("Call back 海港食品") >= 1
    assert "Call back" not in words(client.sign_in(cast.sales).get("/desk/").text)


def test_commission_waits_for_who_approves_it_and_not_for_who_made_it(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    a_plan(cast, now)
    paid(a_bill(cast.harbour, "1060"), "530", now)
    april = now + timedelta(days=35)
    worked_out(cast, MARCH, april)
    keep(cast)
    with clock.frozen(april):
        said = "Commission of 2026-03 waits for your approval"
        assert said in client.sign_in(cast.finance_manager).get("/desk/").text
        assert said not in client.sign_in(cast.finance).get("/desk/").text


def test_the_indices_of_the_month_stand_on_the_first_page_once_they_are_measured(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    assert (
        "Service indices"
        not in words(client.sign_in(cast.sales_manager).get("/desk/").text).split("Waiting")[1]
    )
    the_case(cast.harbour)
    indices.measure(FEBRUARY, now)
    keep(cast)
    page = words(client.sign_in(cast.sales_manager).get("/desk/").text)
    assert "Service indices 2026-02" in page and "87.50 %" in page
    assert "87.50 %" not in client.sign_in(cast.keeper).get("/desk/").text


@pytest.mark.parametrize(
    "who", ["sales", "sales_manager", "customer_service", "finance_manager", "administrator"]
)
def test_the_first_page_asks_a_bounded_number_of_questions(
    client: CheckingClient, cast: Cast, now: datetime, who: str
) -> None:
    client.sign_in(getattr(cast, who)).get("/desk/")
    client.get("/desk/")
    before = len(client.queries)
    for number in range(8):
        call_back(cast, now, f"{number}")
    the_case(cast.harbour)
    indices.measure(FEBRUARY, now)
    indices.measure(date(2026, 1, 1), now)
    keep(cast)
    client.get("/desk/")
    assert len(client.queries) <= before <= 4
