"""Commission on its pages: by month, by person, line by line; who sees what."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from portal.access.permissions import Role
from portal.commissions.models import CommissionPlan, CommissionRun
from portal.db.base import db
from portal.kernel import clock
from tests.cast import Cast, staff
from tests.client import CheckingClient
from tests.commissions import MARCH, a_bill, a_plan, paid, worked_out
from tests.offers import keep, quick_press, words  # noqa: F401 - a fixture

pytestmark = pytest.mark.usefixtures("quick_press")


@pytest.fixture
def april(now: datetime) -> datetime:
    return now + timedelta(days=35)


@pytest.fixture
def run_id(cast: Cast, now: datetime, april: datetime) -> int:
    """March: 530 of a bill of 1,060 was paid, all of it margin: 25 for Chen Li."""
    a_plan(cast, now)
    paid(a_bill(cast.harbour, "1060"), "530", now)
    found = worked_out(cast, MARCH, april).id
    keep(cast)
    return found


def test_a_month_is_worked_out_approved_by_another_and_paid_out(
    client: CheckingClient, cast: Cast, now: datetime, april: datetime
) -> None:
    a_plan(cast, now)
    paid(a_bill(cast.harbour, "1060"), "530", now)
    keep(cast)
    with clock.frozen(april):
        client.sign_in(cast.finance)
        page = client.post("/desk/commissions", data={"month": "2026-03"}, follow_redirects=True)
        assert (
            "Chen Li" in page.text
            and "25.00" in page.text
            and "somebody else approves" in page.text
        )
        url = f"/desk/commissions/{db.session.query(CommissionRun).one().id}"
        assert client.post(f"{url}/approve").status_code == 403
        client.sign_in(cast.finance_manager)
        assert "Nothing of it changes" in client.post(f"{url}/approve", follow_redirects=True).text
        paid_out = {"paid_on": f"{april.date()}", "reference": "工资 4 月"}
        assert "工资 4 月" in client.post(f"{url}/pay", data=paid_out, follow_redirects=True).text
        client.sign_in(cast.finance).post(f"{url}/discard")
    assert db.session.query(CommissionRun).one().state == "paid"


def test_a_persons_lines_show_bill_margin_percent_and_working(
    client: CheckingClient, cast: Cast, run_id: int
) -> None:
    url = f"/desk/commissions/{run_id}/people/{cast.sales.id}"
    page = words(client.sign_in(cast.finance).get(url).text)
    assert "ST-2026-000001" in page and "500.00" in page and "5 %" in page
    assert "0.00 was paid before" in page and "× 5 % = CNY 25.00" in page
    text = client.get(f"{url}?export=csv").data.decode("utf-8-sig")
    assert "Margin after rebate" in text and "25.00" in text


def test_a_salesperson_sees_their_own_sums_without_margin_and_nobody_elses(
    client: CheckingClient, cast: Cast, run_id: int
) -> None:
    stranger = staff("Stranger", Role.SALES)
    keep(cast)
    db.session.refresh(stranger)
    own, other = (
        f"/desk/commissions/{run_id}/people/{each}" for each in (cast.sales.id, stranger.id)
    )
    client.sign_in(cast.sales)
    assert client.get(f"/desk/commissions/{run_id}").headers["Location"].endswith(own)
    page = client.get(own).text
    assert "25.00" in page and "argin" not in page and "500.00" not in page
    assert (
        "argin" not in client.get(f"{own}?export=csv").text + client.get("/desk/commissions").text
    )
    assert client.get(other).status_code == 404
    assert client.get("/desk/commissions/plans").status_code == 403
    client.sign_in(stranger)
    assert (
        client.get(own).status_code == 404 and "25.00" not in client.get("/desk/commissions").text
    )


def test_a_plan_is_made_with_thresholds_and_what_is_wrong_is_told_at_its_field(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    client.sign_in(cast.finance)
    typed = {
        "whom": f"user:{cast.sales.id}", "starts_on": "2026-03-01", "bands-0-over": "0", "bands-0-percent": "5",
        "bands-1-over": "10,000", "bands-1-percent": "8",
    }  # fmt: skip
    wrong = client.post("/desk/commissions/plans/new", data={**typed, "starts_on": "2026-03-05"})
    assert wrong.status_code == 422 and "first day of a month" in wrong.text
    half = client.post("/desk/commissions/plans/new", data={**typed, "bands-1-percent": ""})
    assert half.status_code == 422 and "Say the percent too" in half.text and "10,000" in half.text
    page = words(client.post("/desk/commissions/plans/new", data=typed, follow_redirects=True).text)
    assert "8 % from 10,000" in page and "In force" in page
    plan_id = db.session.query(CommissionPlan).one().id
    client.post(f"/desk/commissions/plans/{plan_id}/withdraw")
    assert db.session.query(CommissionPlan).count() == 0


def test_without_a_plan_nothing_is_worked_out_and_the_page_says_why(
    client: CheckingClient, cast: Cast
) -> None:
    client.sign_in(cast.finance)
    page = client.post("/desk/commissions", data={"month": "2026-02"}, follow_redirects=True).text
    assert "There is no commission plan yet" in page
    assert db.session.query(CommissionRun).count() == 0


@pytest.mark.parametrize("who", ["customer_service", "keeper", "catalogue_manager"])
def test_who_has_no_part_in_commission_does_not_see_it(
    client: CheckingClient, cast: Cast, run_id: int, who: str
) -> None:
    client.sign_in(getattr(cast, who))
    assert client.get("/desk/commissions").status_code == 403
    assert client.get(f"/desk/commissions/{run_id}").status_code == 403
