"""Leads at the desk: the lists, one lead, its steps, and what it becomes."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from portal.access.permissions import Role
from portal.customers.models import Customer
from portal.db.base import db
from portal.kernel.pinyin import search_words
from portal.leads.actions import pool
from portal.leads.models import Lead, LeadTouch
from portal.leads.queries.leads import lead_settings
from portal.opportunities.models import Opportunity
from tests.cast import Cast, staff, viewer
from tests.client import CheckingClient
from tests.leads import a_lead, in_pool, lead_form, touch_form
from tests.offers import keep
from tests.opportunities import first_words


@pytest.fixture
def mine(cast: Cast, now: datetime) -> int:
    """A lead in Chen Li's hands."""
    first_words(now)
    lead_id = a_lead(cast, now).id
    keep(cast)
    return lead_id


@pytest.fixture
def pooled(cast: Cast, now: datetime) -> int:
    """A lead in the pool."""
    lead_id = in_pool(now, name="瑞安皮件").id
    keep(cast)
    return lead_id


def lead(lead_id: int) -> Lead:
    db.session.rollback()
    return db.session.get_one(Lead, lead_id)


def test_each_tab_shows_its_leads(client: CheckingClient, cast: Cast, mine: int, pooled: int):
    client.sign_in(cast.sales)
    seen = {tab: client.get(f"/desk/leads{tab}").text for tab in ("", "/due", "/pool", "/all")}
    shown = {tab: ("康达" in text, "瑞安皮件" in text) for tab, text in seen.items()}
    assert shown[""] == (True, False) and shown["/due"] == (False, False)
    assert shown["/pool"] == (False, True) and shown["/all"] == (True, True)
    assert "1 of 50" in seen["/pool"] and len(client.queries) <= 8


def test_what_is_due_stands_under_due(client: CheckingClient, cast: Cast, now: datetime):
    row = a_lead(cast, now)
    row.next_touch_on = now.date()
    a_lead(cast, now, name="不急")
    keep(cast)
    page = client.sign_in(cast.sales).get("/desk/leads/due").text
    assert "康达" in page and "不急" not in page


@pytest.mark.parametrize("words", ["康达", "kangda", "wzkdxy", "chenzhiqiang", "LD-2026-000001"])
def test_a_lead_is_found_as_customers_are(
    client: CheckingClient, cast: Cast, mine: int, words: str
):
    page = client.sign_in(cast.sales).get("/desk/leads", query_string={"q": words}).text
    assert "康达" in page


def test_a_list_is_filtered_and_sent_as_a_file(client: CheckingClient, cast: Cast, mine: int):
    client.sign_in(cast.sales)
    assert "康达" not in client.get("/desk/leads?rating=hot").text
    sent = client.get("/desk/leads?rating=warm&sort=-next&export=csv").get_data(as_text=True)
    assert "13905770001" in sent and "Enterprise" in sent


def test_a_lead_is_written_down_and_a_wrong_field_is_told(client: CheckingClient, cast: Cast):
    client.sign_in(cast.sales)
    refused = client.post("/desk/leads/new", data=lead_form(phone="", email="x"))
    assert refused.status_code == 422 and "This is not a mail address." in refused.text
    sent = client.post("/desk/leads/new", data=lead_form(), follow_redirects=True)
    assert "宁波海曙文具厂" in sent.text and "In hand" in sent.text and "36,000.00" in sent.text


def test_a_lead_goes_into_the_pool_at_once_where_that_is_wanted(client: CheckingClient, cast: Cast):
    client.sign_in(cast.sales).post("/desk/leads/new", data=lead_form(to_pool="y"))
    assert db.session.scalars(select(Lead.state)).all() == ["pool"]


def test_a_lead_is_put_right(client: CheckingClient, cast: Cast, mine: int):
    client.sign_in(cast.sales)
    version = str(lead(mine).version)
    data = lead_form(name="康达鞋业", version=version)
    client.post(f"/desk/leads/{mine}/edit", data=data)
    assert lead(mine).name == "康达鞋业"
    assert client.post(f"/desk/leads/{mine}/edit", data=data).status_code == 409


def test_a_picked_lead_is_no_longer_there_for_others(
    client: CheckingClient, cast: Cast, pooled: int, now: datetime
):
    page = client.sign_in(cast.sales).get(f"/desk/leads/{pooled}").text
    assert "Pick it" in page and "Note it" not in page
    answer = client.post(f"/desk/leads/{pooled}/pick", follow_redirects=True)
    assert "The lead is in your hands." in answer.text and "Note it" in answer.text
    other = staff("Fang Ran", Role.SALES)
    keep(cast)
    assert client.sign_in(other).get(f"/desk/leads/{pooled}").status_code == 404


def test_a_lead_is_picked_in_its_row_of_the_pool(client: CheckingClient, cast: Cast, pooled: int):
    page = client.sign_in(cast.sales).get("/desk/leads/pool").text
    assert f'action="/desk/leads/{pooled}/pick"' in page
    for tab in ("", "/due", "/all"):
        assert "/pick" not in client.get(f"/desk/leads{tab}").text
    client.post(f"/desk/leads/{pooled}/pick")
    assert lead(pooled).owner_id == cast.sales.id


def test_the_button_is_in_no_file_and_not_there_for_who_only_reads(
    client: CheckingClient, cast: Cast, pooled: int
):
    sent = client.sign_in(cast.sales).get("/desk/leads/pool?export=csv").get_data(as_text=True)
    heads = sent.lstrip("\ufeff").splitlines()[0]
    assert "In the pool since" in heads and "Pick" not in heads and "/pick" not in sent
    page = client.sign_in(cast.auditor).get("/desk/leads/pool").text
    assert "瑞安皮件" in page and "/pick" not in page and "Pick" not in page


def test_a_salesperson_who_is_slower_reads_so(
    client: CheckingClient, cast: Cast, pooled: int, now: datetime
):
    other = viewer(staff("Fang Ran", Role.SALES))
    pool.pick(db.session.get_one(Lead, pooled), other, now)
    keep(cast)
    answer = client.sign_in(cast.sales).post(f"/desk/leads/{pooled}/pick", follow_redirects=True)
    assert answer.status_code == 404
    assert "Somebody was quicker: this lead is no longer in the pool." in answer.text
    assert lead(pooled).owner_id == other.user_id


def test_a_manager_who_is_slower_reads_who_was_quicker(
    client: CheckingClient, cast: Cast, pooled: int, now: datetime
):
    first = cast.sales.id
    pool.pick(lead(pooled), viewer(cast.sales), now)
    db.session.commit()
    answer = client.sign_in(cast.sales_manager).post(
        f"/desk/leads/{pooled}/pick", follow_redirects=True
    )
    assert "Chen Li was quicker" in answer.text and lead(pooled).owner_id == first


def test_a_touch_is_noted_and_a_wrong_one_keeps_what_was_typed(
    client: CheckingClient, cast: Cast, mine: int
):
    client.sign_in(cast.sales)
    refused = client.post(
        f"/desk/leads/{mine}/touch", data=touch_form(text="", next_on="2026-02-01")
    )
    assert refused.status_code == 422 and "This day is past." in refused.text
    sent = client.post(f"/desk/leads/{mine}/touch", data=touch_form(), follow_redirects=True)
    assert "要一份汉堡航线报价" in sent.text and "2026-03-05" in sent.text
    assert len(db.session.scalars(select(LeadTouch.id)).all()) == 1


def test_giving_back_asks_why(client: CheckingClient, cast: Cast, mine: int):
    client.sign_in(cast.sales)
    assert "Say why." in client.post(f"/desk/leads/{mine}/give-back", follow_redirects=True).text
    page = client.post(
        f"/desk/leads/{mine}/give-back", data={"reason": "不做鞋"}, follow_redirects=True
    ).text
    assert (
        "In the pool" in page
        and "不做鞋" in page
        and "You may pick it again from 2026-04-01" in page
    )


def test_who_assigns_leads_may_do_so_and_others_may_not(
    client: CheckingClient, cast: Cast, mine: int
):
    data = {"owner_id": str(cast.sales_manager.id), "reason": ""}
    assert (
        client.sign_in(cast.sales).post(f"/desk/leads/{mine}/assign", data=data).status_code == 403
    )
    client.sign_in(cast.sales_manager).post(f"/desk/leads/{mine}/assign", data=data)
    assert lead(mine).owner_id == cast.sales_manager.id


def test_a_discarded_lead_tells_why_and_is_taken_up_again(
    client: CheckingClient, cast: Cast, mine: int
):
    client.sign_in(cast.sales)
    page = client.post(
        f"/desk/leads/{mine}/discard", data={"reason": "倒闭了"}, follow_redirects=True
    )
    assert "倒闭了" in page.text and "Take up again" in page.text
    client.post(f"/desk/leads/{mine}/reopen", data={"reason": "又开了"})
    assert lead(mine).state == "pool"


def convert_form(**changes: str) -> dict[str, str]:
    method = db.session.scalars(select(Opportunity.method_id)).first() or ""
    sent = {"name_zh": "温州康达鞋业有限公司", "title": "汉堡海运", "amount": "480000", "currency": "CNY",
            "close_on": "2026-05-01", "method_id": str(method)}  # fmt: skip
    return sent | changes


def test_a_lead_is_made_a_customer(client: CheckingClient, cast: Cast, mine: int):
    client.sign_in(cast.sales)
    page = client.get(f"/desk/leads/{mine}/convert").text
    assert "陈志强 becomes its contact." in page and "It may be a customer already" not in page
    assert (
        client.post(f"/desk/leads/{mine}/convert", data=convert_form(title="")).status_code == 422
    )
    client.post(f"/desk/leads/{mine}/convert", data=convert_form())
    made = db.session.get_one(Customer, lead(mine).customer_id)
    assert made.name_zh == "温州康达鞋业有限公司"
    page = client.get(f"/desk/leads/{mine}").text
    assert "What became of it" in page and "Make a customer" not in page


def test_likely_customers_stand_before_a_new_one_is_made(
    client: CheckingClient, cast: Cast, now: datetime
):
    first_words(now)
    db.session.get_one(Customer, cast.harbour.id).search_text = search_words("海港食品有限公司")
    lead_id = a_lead(cast, now, name="海港食品公司").id
    keep(cast)
    client.sign_in(cast.sales)
    assert "Who it may be already" in client.get(f"/desk/leads/{lead_id}").text
    refused = client.post(
        f"/desk/leads/{lead_id}/convert", data=convert_form(name_zh="海港食品公司")
    )
    assert refused.status_code == 422 and "say that it is none of them" in refused.text
    client.post(f"/desk/leads/{lead_id}/convert?customer={cast.harbour.id}", data=convert_form())
    assert lead(lead_id).customer_id == cast.harbour.id


def test_the_rules_of_the_pool_are_changed_by_who_may(client: CheckingClient, cast: Cast):
    data = {"version": "1", "capacity": "8", "untouched_days": "10", "convert_days": "60", "warn_days": "2",
            "cool_off_days": "20"}  # fmt: skip
    assert client.sign_in(cast.sales).get("/desk/leads/rules").status_code == 403
    client.sign_in(cast.sales_manager)
    wrong = client.post("/desk/leads/rules", data=data | {"warn_days": "10"})
    assert wrong.status_code == 422 and "Fewer days" in wrong.text
    assert client.post("/desk/leads/rules", data=data).status_code == 303
    assert (lead_settings().capacity, lead_settings().warn_days) == (8, 2)


def test_a_lead_near_its_end_says_so(client: CheckingClient, cast: Cast, now: datetime):
    row = a_lead(cast, now)
    row.held_at = row.quiet_since = now - timedelta(days=12)
    keep(cast)
    client.sign_in(cast.sales)
    page = client.get(f"/desk/leads/{row_id()}").text
    assert "Falls back into the pool" in page and "2026-03-04" in page
    assert "in 2 days" in client.get("/desk/leads/due").text


def row_id() -> int:
    return db.session.scalars(select(Lead.id)).one()


def test_the_page_of_a_lead_asks_few_questions(client: CheckingClient, cast: Cast, mine: int):
    client.sign_in(cast.sales).get(f"/desk/leads/{mine}")
    assert len(client.queries) <= 12
