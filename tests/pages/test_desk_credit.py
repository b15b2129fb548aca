"""Reminders, settlement terms, applications, holds, the blacklist; what of them waits on the home page."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from portal.access.viewer import SYSTEM
from portal.customers.models import Customer, SettlementTerms
from portal.db.base import db
from portal.receivables.actions import dunning, holds, settlement
from portal.receivables.models import DunningNotice, DunningStep, HoldLift, SettlementApplication
from portal.receivables.queries import dunning as queries
from portal.receivables.rules.settlement import TermsFacts
from tests.cast import Cast, customer, viewer
from tests.client import CheckingClient
from tests.money import owed, terms
from tests.money_pages import a_world
from tests.offers import firm, keep, quick_press, words
from tests.pages.test_desk_statements import asked

__all__ = ["quick_press"]
D = Decimal
TERMS = {
    "kind": "monthly", "currency": "CNY", "rate_rule": "statement_day", "due_from": "statement", "payment_days": "45",
    "reconciliation_day": "5", "confirm_days": "7", "grace_days": "15", "late_fee_percent": "0", "one_currency": "y",
    "credit_limit": "50000", "do": "save",
}  # fmt: skip


@pytest.fixture
def manager(client: CheckingClient, cast: Cast) -> CheckingClient:
    return client.sign_in(cast.finance_manager)


def late(of: Customer, days: int, now: datetime, amount: str = "100") -> None:
    due = now.date() - timedelta(days=days)
    owed(of, amount, due, now, issued_on=due)


def the(model: type) -> object:
    db.session.rollback()
    return db.session.scalars(select(model)).one()


# reminders


def test_without_steps_the_ladder_begins_with_the_usual_six(
    manager: CheckingClient, cast: Cast
) -> None:
    assert "No steps yet" in manager.get("/desk/dunning/steps").text
    manager.post("/desk/dunning/steps/usual")
    assert manager.get("/desk/dunning/steps").text.count("row-link") == 6


def test_a_step_is_changed_and_a_day_has_one_step(
    manager: CheckingClient, cast: Cast, now: datetime
) -> None:
    dunning.seed_steps(SYSTEM, now)
    step = queries.steps()[0]
    url, seen = f"/desk/dunning/steps/{step.id}", str(step.version)
    keep(cast)
    typed = {"version": seen, "day": "1", "channel": "mail", "name_zh": "提醒", "active": "y"}
    taken = manager.post(url, data=typed)
    assert taken.status_code == 422 and "a step of this day already" in taken.text
    assert manager.post(url, data={**typed, "day": "900"}).status_code == 422
    assert manager.post(url, data={**typed, "day": "-5", "version": "99"}).status_code == 422
    assert manager.post(url, data={**typed, "day": "-5"}).status_code == 303
    assert "5 days before the due day" in manager.get("/desk/dunning/steps").text


def test_a_new_step_is_written(manager: CheckingClient, cast: Cast) -> None:
    typed = {"day": "3", "channel": "mail", "name_zh": "再次提醒", "active": "y"}
    assert manager.post("/desk/dunning/steps/new", data=typed).status_code == 303
    assert the(DunningStep).day == 3


def test_what_is_due_today_stands_by_step_and_is_taken_once(
    manager: CheckingClient, cast: Cast, now: datetime
) -> None:
    dunning.seed_steps(SYSTEM, now)
    late(cast.harbour, 8, now)
    late(cast.nordwind, 2, now)
    keep(cast)
    page = words(manager.get("/desk/dunning").text)
    assert page.index("Telephone call") < page.index("8 days late") < page.index("Overdue notice")
    sent = {"customer_id": str(cast.harbour.id), "currency": "CNY"}
    manager.post("/desk/dunning/remind", data=sent)
    assert the(DunningNotice).customer_id == cast.harbour.id
    manager.post("/desk/dunning/remind", data=sent)
    assert the(DunningNotice).channel == "phone"
    assert "To call, or to decide" in manager.get("/desk/dunning").text
    manager.post("/desk/dunning/remind")
    page = manager.get("/desk/dunning").text
    assert "Overdue notice" not in page


def test_the_page_asks_as_often_for_many_customers_as_for_one(
    manager: CheckingClient, cast: Cast, now: datetime
) -> None:
    dunning.seed_steps(SYSTEM, now)
    late(cast.harbour, 8, now)
    keep(cast)
    few = asked(manager, "/desk/dunning")
    for count in range(8):
        late(customer(f"C{count}", f"客户{count}", ""), 8, now)
    keep(cast)
    assert asked(manager, "/desk/dunning") == few <= 12


def test_what_came_of_a_call_is_noted_with_its_promise(
    manager: CheckingClient, cast: Cast, now: datetime
) -> None:
    dunning.seed_steps(SYSTEM, now)
    late(cast.harbour, 8, now)
    (notice,) = dunning.remind(cast.harbour.id, "CNY", now)
    url = f"/desk/dunning/{notice.id}"
    keep(cast)
    assert manager.post(f"{url}/call", data={"note": ""}).status_code == 422
    past = manager.post(f"{url}/call", data={"note": "x", "promised_on": "2026-03-01"})
    assert past.status_code == 422 and "Choose a day from today on." in past.text
    manager.post(f"{url}/call", data={"note": "王会计答应周五付", "promised_on": "2026-03-06"})
    page = manager.get(url).text
    assert "王会计答应周五付" in page and "2026-03-06" in page
    assert "王会计" in manager.get("/desk/dunning/sent?promised=1").text
    assert "To call" not in manager.get("/desk/dunning").text


@pytest.mark.usefixtures("quick_press")
def test_a_letter_is_previewed_before_it_is_printed(
    manager: CheckingClient, cast: Cast, now: datetime
) -> None:
    firm()
    dunning.seed_steps(SYSTEM, now)
    late(cast.harbour, 16, now)
    (notice,) = dunning.remind(cast.harbour.id, "CNY", now)
    url = f"/desk/dunning/{notice.id}"
    keep(cast)
    assert "being printed" in manager.get(url).text
    assert "催款" in manager.get(f"{url}/paper").text


def test_finance_sends_reminders_and_only_a_manager_edits_the_steps(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    dunning.seed_steps(SYSTEM, now)
    step = queries.steps()[0].id
    keep(cast)
    client.sign_in(cast.finance)
    assert client.get("/desk/dunning").status_code == 200
    assert "/desk/dunning/steps/new" not in client.get("/desk/dunning/steps").text
    for url in (f"/desk/dunning/steps/{step}", "/desk/dunning/steps/new"):
        assert client.post(url, data={"day": "1"}).status_code == 403
    assert client.sign_in(cast.sales).get("/desk/dunning").status_code == 403


# terms


def test_terms_show_what_changes_before_they_are_saved(manager: CheckingClient, cast: Cast) -> None:
    url = f"/desk/settlement/customers/{cast.harbour.id}"
    look = manager.post(f"{url}/terms", data={**TERMS, "do": "look"})
    assert (
        look.status_code == 422 and "as the contract says" in look.text and "45 days" in look.text
    )
    assert db.session.scalar(select(SettlementTerms.id)) is None
    assert manager.post(f"{url}/terms", data=TERMS).status_code == 303
    assert "CNY 50,000.00" in manager.get(url).text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"payment_days": "400"}, "From 0 to 365."),
        ({"reconciliation_day": "31"}, "From 1 to 28."),
        ({"credit_limit": "-1"}, "from 0 up"),
        ({"agreed_rates": "USD seven"}, "not a number"),
        ({"agreed_rates": "dollars 7"}, "Write them like"),
        ({"rate_rule": "agreed"}, "Say the agreed rates."),
        ({"late_fee_percent": "2"}, "percent a day"),
        ({"reconciliation_contact_id": "99"}, "Not a valid choice"),
    ],
)
def test_what_is_wrong_with_terms_is_told_at_its_field(
    manager: CheckingClient, cast: Cast, changed: dict[str, str], said: str
) -> None:
    url = f"/desk/settlement/customers/{cast.harbour.id}/terms"
    answer = manager.post(url, data={**TERMS, **changed})
    assert answer.status_code == 422 and said in answer.text
    assert db.session.scalar(select(SettlementTerms.id)) is None


def test_terms_that_somebody_else_changed_meanwhile_are_not_overwritten(
    manager: CheckingClient, cast: Cast
) -> None:
    row = terms(cast.harbour)
    url, seen = f"/desk/settlement/customers/{cast.harbour.id}/terms", row.version
    keep(cast)
    answer = manager.post(url, data={**TERMS, "version": str(seen + 1)})
    assert answer.status_code == 422 and "Somebody else changed these terms" in answer.text
    assert the(SettlementTerms).credit_limit is None


def test_sales_apply_and_somebody_else_decides(client: CheckingClient, cast: Cast) -> None:
    url = f"/desk/settlement/new?customer_id={cast.harbour.id}"
    client.sign_in(cast.sales)
    typed = {**TERMS, "reason": "旺季量大"}
    assert client.post(url, data={**typed, "reason": ""}).status_code == 422
    there = client.post(url, data=typed).headers["Location"]
    assert "somebody else decides" in client.get(there).text
    again = client.post(url, data={**typed, "payment_days": "60"})
    assert again.status_code == 422 and "waits to be decided" in again.text
    assert client.post(f"{there}/approve", data=TERMS).status_code == 403
    client.sign_in(cast.finance_manager)
    assert "45 days" in client.get(there).text
    assert client.post(f"{there}/approve", data={**TERMS, "payment_days": "30"}).status_code == 303
    row = the(SettlementTerms)
    assert (row.payment_days, row.credit_limit) == (30, D(50000))


def test_an_application_changes_nothing_that_it_did_not_ask_for(
    manager: CheckingClient, cast: Cast, now: datetime
) -> None:
    asked_for = TermsFacts(payment_days=45)
    row = settlement.apply(cast.harbour, asked_for, "x", viewer(cast.sales), now)
    terms(cast.harbour, rating="B", grace_days=9)
    url = f"/desk/settlement/{row.id}"
    keep(cast)
    page = manager.get(url).text
    assert (
        re.search(r'<option selected value="B"', page)
        and 'name="grace_days" type="text" value="9"' not in page
    )
    assert "Rating" not in page[page.index("What would change") : page.index("Decide")]


def test_an_application_is_refused_with_a_reason(
    manager: CheckingClient, cast: Cast, now: datetime
) -> None:
    row = settlement.apply(cast.harbour, TermsFacts(payment_days=45), "x", viewer(cast.sales), now)
    url = f"/desk/settlement/{row.id}"
    keep(cast)
    manager.post(f"{url}/refuse", data={"reason": ""})
    assert the(SettlementApplication).state == "pending"
    manager.post(f"{url}/refuse", data={"reason": "逾期过多"})
    page = manager.get(url).text
    assert "逾期过多" in page and "/refuse" not in page
    assert manager.post(f"{url}/approve", data=TERMS).status_code == 422


# holds


def test_a_hold_is_set_and_released_with_reasons(manager: CheckingClient, cast: Cast) -> None:
    url = f"/desk/settlement/customers/{cast.harbour.id}"
    manager.post(f"{url}/hold", data={"reason": ""})
    assert "Say why." in manager.get(url).text
    manager.post(f"{url}/hold", data={"reason": "付款承诺落空"})
    page = manager.get(url).text
    assert "付款承诺落空" in page and "On hold" in page and f"{url}/hold" not in page
    assert "付款承诺落空" in manager.get("/desk/settlement/held").text
    assert manager.sign_in(cast.finance).post(f"{url}/release").status_code == 403
    manager.sign_in(cast.finance_manager).post(f"{url}/release", data={"reason": "已付清"})
    assert "Orders welcome" in manager.get(url).text


def test_a_lift_is_proposed_by_one_and_approved_by_another_until_its_day(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    holds.hold(cast.harbour, "x", viewer(cast.finance), now)
    keep(cast)
    url = f"/desk/settlement/customers/{cast.harbour.id}"
    client.sign_in(cast.finance)
    for day in ("2026-03-01", "2027-03-01"):
        far = client.post(f"{url}/lift", data={"lift-until_on": day, "lift-reason": "x"})
        assert far.status_code == 422 and "From today to" in far.text
    client.post(f"{url}/lift", data={"lift-until_on": "2026-03-20", "lift-reason": "已付一半"})
    lift = the(HoldLift)
    there, seen = f"/desk/settlement/lifts/{lift.id}", lift.version
    assert client.post(f"{there}/approve?seen={seen}").status_code == 403
    client.sign_in(cast.finance_manager)
    client.post(f"{there}/approve?seen={seen + 1}")
    assert the(HoldLift).state == "pending"
    client.post(f"{there}/approve?seen={seen}")
    assert (
        "Hold lifted" in client.get(url).text
        and "已付一半" in client.get("/desk/settlement/lifts").text
    )


def test_a_lift_is_refused_or_withdrawn(client: CheckingClient, cast: Cast, now: datetime) -> None:
    holds.hold(cast.harbour, "x", viewer(cast.finance), now)
    lift = holds.propose_lift(cast.harbour, date(2026, 3, 9), "x", viewer(cast.finance), now)
    there, url = (
        f"/desk/settlement/lifts/{lift.id}",
        f"/desk/settlement/customers/{cast.harbour.id}",
    )
    keep(cast)
    client.sign_in(cast.finance_manager).post(f"{there}/refuse", data={"reason": "还不够"})
    assert "还不够" in client.get(url).text
    client.sign_in(cast.finance).post(f"{there}/withdraw")
    assert the(HoldLift).state == "refused"


def test_the_blacklist_needs_a_manager_and_a_reason(client: CheckingClient, cast: Cast) -> None:
    url = f"/desk/settlement/customers/{cast.harbour.id}"
    typed = {"black-reason": "伪造提单", "black-until_on": ""}
    assert client.sign_in(cast.finance).post(f"{url}/blacklist", data=typed).status_code == 403
    client.sign_in(cast.finance_manager)
    assert client.post(f"{url}/blacklist", data={"black-reason": ""}).status_code == 422
    past = client.post(f"{url}/blacklist", data={**typed, "black-until_on": "2026-03-01"})
    assert past.status_code == 422 and "Choose a day from today on." in past.text
    client.post(f"{url}/blacklist", data=typed)
    assert "伪造提单" in client.get(url).text
    client.post(f"{url}/clear", data={"reason": "误会"})
    assert "Orders welcome" in client.get(url).text


def test_a_rating_is_proposed(manager: CheckingClient, cast: Cast, now: datetime) -> None:
    late(cast.harbour, 100, now)
    keep(cast)
    url = f"/desk/settlement/customers/{cast.harbour.id}/rating"
    page = words(manager.get(f"{url}?by_hand=7").text)
    assert "Proposed rating" in page and "Months of business" in page
    assert manager.get(f"{url}?by_hand=lots").status_code == 200


def test_what_waits_for_finance_stands_on_its_home_page(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    a_world(cast, now)
    keep(cast)
    home = client.sign_in(cast.finance_manager).get("/desk/").text
    for told in (
        "Invoices asked for: 1", "Payments whose payer is not found: 1", "applies for monthly settlement",
        "is to be lifted until 2026-03-31",
    ):  # fmt: skip
        assert told in home, told
    assert "to be lifted" not in client.sign_in(cast.finance).get("/desk/").text
    assert "Invoices asked for" not in client.sign_in(cast.sales).get("/desk/").text


def test_the_pages_of_credit_ask_seldom(manager: CheckingClient, cast: Cast, now: datetime) -> None:
    world = a_world(cast, now)
    application = world.application.id
    keep(cast)
    for url in (
        "/desk/settlement",
        "/desk/settlement/lifts",
        "/desk/settlement/held",
        "/desk/dunning/sent",
    ):
        assert asked(manager, url) <= 6, url
    for url in (f"/desk/settlement/customers/{cast.harbour.id}", f"/desk/settlement/{application}"):
        assert asked(manager, url) <= 12, url
