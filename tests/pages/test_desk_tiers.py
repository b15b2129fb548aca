"""Tiers at the desk: the overview, cards and menus, bounds, runs (REQUIREMENTS K2)."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from sqlalchemy import select

from portal.access.models import Assignment
from portal.customers.rules.kinds import Segment
from portal.db.base import db
from portal.insights.models import ClassificationRun, TierCard, TierService
from portal.insights.queries.tiers import bounds, insight_settings
from portal.jobs import classes as job
from tests.cast import Cast, customer
from tests.client import CheckingClient
from tests.factories import add
from tests.insights import FEBRUARY, classified_in, months_of, seeded
from tests.offers import keep


@pytest.fixture
def lead(client: CheckingClient, cast: Cast, now: datetime) -> CheckingClient:
    seeded(now)
    keep(cast)
    return client.sign_in(cast.sales_manager)


def form_of(desk: CheckingClient, address: str) -> dict[str, str]:
    """What a form holds: names and values of its fields."""
    text = desk.get(address).text
    found = dict(re.findall(r'<input[^>]* name="([\w-]+)"[^>]*? value="([^"]*)"', text))
    found |= dict(re.findall(r'<textarea[^>]* name="([\w-]+)"[^>]*>\s*([^<]*)<', text))
    for name, inside in re.findall(
        r'<select[^>]* name="([\w-]+)"[^>]*>(.*?)</select>', text, re.DOTALL
    ):
        chosen = re.search(r'<option[^>]*selected[^>]*value="([^"]*)"', inside)
        found[name] = chosen[1] if chosen else ""
    return {name: value for name, value in found.items() if name not in ("q", "csrf_token")}


def test_the_overview_shows_five_tiers_with_bounds_and_says_that_no_month_is_classified(
    lead: CheckingClient,
):
    text = lead.get("/desk/tiers").text
    assert "No month is classified yet." in text and "to under 100,000.00" in text
    assert text.index("Project") < text.index("Floating")


def test_a_person_with_more_than_forty_vip_customers_is_warned_of(lead: CheckingClient, cast: Cast):
    for number in range(41):
        row = customer(f"V{number:02}", f"贵宾{number}", "", segment="vip")
        add(Assignment(user_id=cast.finance.id, customer_id=row.id, part="owner"))
    db.session.commit()
    text = lead.get("/desk/tiers").text
    assert "More than 40 customers: hand some over." in text and "Qian Wei" in text


def test_the_overview_leads_to_the_rows_behind_its_figures(
    lead: CheckingClient, cast: Cast, now: datetime
):
    months_of(cast.harbour, ["12000"] * 12)
    classified_in(FEBRUARY, now)
    db.session.commit()
    text = lead.get("/desk/tiers").text
    assert "Month 2026-02" in text and "/desk/tiers/classes?moved=yes" in text
    assert "100.00" in text and "Key customer" in text


def test_a_bound_is_changed_on_its_card(lead: CheckingClient):
    typed = form_of(lead, "/desk/tiers/cards/vip") | {"lower_amount": "12000"}
    assert lead.post("/desk/tiers/cards/vip", data=typed).status_code == 303
    assert bounds()[Segment.VIP] == 12_000
    wrong = lead.post("/desk/tiers/cards/vip", data=typed | {"lower_amount": "1", "version": "2"})
    assert wrong.status_code == 422 and "bound of the tier below" in wrong.text


def test_who_was_slower_on_a_card_is_told(lead: CheckingClient):
    typed = form_of(lead, "/desk/tiers/cards/mid")
    assert (
        lead.post("/desk/tiers/cards/mid", data=typed | {"channel_zh": "专线"}).status_code == 303
    )
    slower = lead.post("/desk/tiers/cards/mid", data=typed | {"channel_zh": "热线"})
    assert slower.status_code == 422 and "Somebody changed this" in slower.text


def test_a_service_is_added_to_a_menu_and_taken_off(lead: CheckingClient):
    typed = {"level": "exclusive", "name_zh": "节假日值班", "active": "y"}
    assert lead.post("/desk/tiers/cards/vip/services/new", data=typed).status_code == 303
    row = db.session.scalars(select(TierService).where(TierService.name_zh == "节假日值班")).one()
    address = f"/desk/tiers/services/{row.id}"
    kept = form_of(lead, address)
    kept.pop("active", None)
    assert (
        lead.post(address, data=kept | {"level": "exclusive", "name_zh": "节假日值班"}).status_code
        == 303
    )
    assert db.session.scalar(select(TierService.active).where(TierService.id == row.id)) is False
    wrong = lead.post(address, data=typed | {"version": "2", "item_code": "NONE"})
    assert "No service item has this code." in wrong.text


@pytest.mark.parametrize("place", ["99999999999999999999", "-4", "0"])
def test_a_place_in_the_menu_out_of_reason_is_told_at_its_field(lead: CheckingClient, place: str):
    typed = {"level": "basic", "name_zh": "专人取件", "position": place, "active": "y"}
    answer = lead.post("/desk/tiers/cards/vip/services/new", data=typed)
    assert answer.status_code == 422 and "专人取件" in answer.text


def test_a_bound_of_classes_is_changed_and_a_wrong_one_told_at_its_field(lead: CheckingClient):
    typed = form_of(lead, "/desk/tiers/bounds") | {"basis": "margin", "tier_months": "6"}
    assert lead.post("/desk/tiers/bounds", data=typed).status_code == 303
    assert insight_settings().tier_months == 6 and insight_settings().basis == "margin"
    again = form_of(lead, "/desk/tiers/bounds") | {"basis": "net", "lost_days": "9"}
    wrong = lead.post("/desk/tiers/bounds", data=again)
    assert wrong.status_code == 422 and "A customer is dormant before it is lost." in wrong.text


def test_a_run_is_started_shown_on_its_way_and_when_it_is_done(lead: CheckingClient, cast: Cast):
    months_of(cast.harbour, ["12000"] * 3)
    db.session.commit()
    started = lead.post("/desk/classification-runs/new", data={"month": "2026-02"})
    address = started.headers["Location"]
    assert "Look again" in lead.get(address).text
    run_id = db.session.scalars(select(ClassificationRun.id)).one()
    job.work(run_id)
    text = lead.get(address).text
    assert "Done" in text and "Brought up to date" in text
    assert "2026-02" in lead.get("/desk/classification-runs").text


def test_a_run_that_stopped_is_taken_up(lead: CheckingClient, cast: Cast, now: datetime):
    run = add(ClassificationRun(month=FEBRUARY, state="failed", created_at=now, counts={}))
    db.session.commit()
    address = f"/desk/classification-runs/{run.id}"
    assert "The classification stopped." in lead.get(address).text
    assert lead.post(f"{address}/again").status_code == 303
    assert db.session.scalar(select(ClassificationRun.state)) == "waiting"


def test_sales_read_the_tiers_and_change_nothing(client: CheckingClient, cast: Cast, now: datetime):
    seeded(now)
    keep(cast)
    desk = client.sign_in(cast.sales)
    assert desk.get("/desk/tiers").status_code == 200
    for address in ("/desk/tiers/cards/vip", "/desk/tiers/bounds", "/desk/classification-runs/new"):
        assert desk.get(address).status_code == 403
    assert db.session.scalar(select(TierCard.version).where(TierCard.segment == "vip")) == 1
