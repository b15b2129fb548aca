"""A month is carried out, measured, billed and paid; its figures lead to their rows, its commission is paid once."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

import pytest

from portal.access.viewer import SYSTEM
from portal.db.base import db
from portal.insights.models import DigestIssue
from portal.jobs import insights as jobs
from portal.kernel import clock
from portal.receivables.actions import allocating
from portal.receivables.models import Allocation
from tests.cast import Cast
from tests.client import CheckingClient
from tests.commissions import a_bill, a_plan, paid
from tests.insights_boards import the_case
from tests.offers import keep, quick_press, words  # noqa: F401 - a fixture

pytestmark = pytest.mark.usefixtures("quick_press")
APRIL, MAY = timedelta(days=35), timedelta(days=65)


def run_of(page: str) -> str:
    """The way to the latest run on the list."""
    found = re.search(r'href="(/desk/commissions/\d+)"', page)
    assert found is not None
    return found[1]


def test_from_the_shipments_of_a_month_to_the_commission_that_is_taken_back(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    the_case(cast.harbour)
    a_plan(cast, now)
    made = paid(a_bill(cast.harbour, "1060"), "530", now).id
    keep(cast)
    jobs.measure(now)
    assert jobs.digest(now) != "0 letters"

    manager = client.sign_in(cast.sales_manager)
    assert "87.50 %" in words(manager.get("/desk/").text)
    assert "7 of 8" not in manager.get("/desk/dashboards").text
    rows = manager.get("/desk/indices/on_time?month=2026-02").text
    assert rows.count("Not counted") >= 2
    letter = db.session.query(DigestIssue).one().id
    assert "Orders received" in manager.get(f"/desk/dashboards/digest/{letter}").text

    with clock.frozen(now + APRIL):
        finance = client.sign_in(cast.finance)
        finance.post("/desk/commissions", data={"month": "2026-03"})
        url = run_of(finance.get("/desk/commissions").text)
        client.sign_in(cast.finance_manager).post(f"{url}/approve")
        client.sign_in(cast.finance).post(f"{url}/pay", data={"paid_on": f"{(now + APRIL).date()}"})
        assert "25.00" in client.sign_in(cast.sales).get("/desk/commissions").text
        allocating.undo(db.session.get_one(Allocation, made), "银行退回", SYSTEM, now + APRIL)
        db.session.commit()
    with clock.frozen(now + MAY):
        finance = client.sign_in(cast.finance)
        page = finance.post(
            "/desk/commissions", data={"month": "2026-04"}, follow_redirects=True
        ).text
        assert "-25.00" in page and date(2026, 4, 1).strftime("%Y-%m") in page
        again = finance.post("/desk/commissions", data={"month": "2026-03"}, follow_redirects=True)
        assert "waits to be approved" in again.text
