"""Classes at the desk: the lists, one customer with its causes, setting by hand (REQUIREMENTS K3, K4)."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime

import pytest
from sqlalchemy import select

from portal.access.permissions import Role
from portal.billing.rules.states import StatementState
from portal.customers.models import Contact, Customer
from portal.db.base import db
from portal.insights.models import ClassOverride
from portal.kernel import clock
from portal.kernel.pinyin import search_words
from portal.receivables.rules.report_months import moved
from portal.service_requests.rules.kinds import RequestKind
from tests.cast import Cast, customer, staff
from tests.client import CheckingClient
from tests.factories import add
from tests.insights import FEBRUARY, a_month, classified_in, months_of
from tests.offers import keep
from tests.pages.test_desk_statements import asked
from tests.service import a_request
from tests.statements import a_line, a_statement, dispute, lines


def classify(cast: Cast, now: datetime) -> None:
    """Harbour grows and is near VIP; Nordwind goes, and one who may decide has left it."""
    months_of(cast.harbour, ["9500", "9000", "8000", "3000", "3000", "3000"])
    months_of(cast.nordwind, ["4000"] * 3, moved(FEBRUARY, -1))
    add(Contact(customer_id=cast.nordwind.id, name="Frau Nord", left_on=date(2026, 2, 12)))
    classified_in(FEBRUARY, now)
    keep(cast)


@pytest.fixture
def lead(client: CheckingClient, cast: Cast, now: datetime) -> CheckingClient:
    classify(cast, now)
    return client.sign_in(cast.sales_manager)


def names(text: str) -> tuple[bool, bool]:
    return "Harbour Foods" in text, "Nordwind" in text


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("", (True, True)), ("tier=mid", (True, True)), ("abc=A", (True, True)), ("state=loyal", (True, False)),
        ("structure=key", (True, False)), ("mark=promotion", (True, False)), ("q=nordwind", (False, True)),
        ("moved=yes", (True, True)), ("tier=vip", (False, False)), ("tier=gold", (True, True)),
    ],
)  # fmt: skip
def test_the_list_is_narrowed(
    lead: CheckingClient, question: str, found: tuple[bool, bool], now: datetime
):
    for row in db.session.scalars(select(Customer)):
        row.search_text = search_words(row.name_zh, row.name_en, row.code)
    db.session.commit()
    assert names(lead.get(f"/desk/tiers/classes?{question}").text) == found


def test_before_the_first_run_the_lists_say_so(client: CheckingClient, cast: Cast):
    desk = client.sign_in(cast.sales_manager)
    for address in (
        "/desk/tiers/classes",
        "/desk/churn",
        "/desk/tiers/promotions",
        "/desk/tiers/stars",
    ):
        assert "Nobody on this list" in desk.get(address).text


def test_the_churn_list_names_causes_and_what_to_do(lead: CheckingClient, cast: Cast):
    text = lead.get("/desk/churn").text
    assert "Volume down" in text and "Frau Nord left the customer on 2026-02-12." in text
    assert f"/desk/call-plans/new?customer={cast.nordwind.id}" in text or "Plan a call" in text


def test_a_complaint_stands_on_the_churn_list_with_its_day(
    lead: CheckingClient, cast: Cast, now: datetime
):
    a_request(cast, now, customer=cast.nordwind, kind=RequestKind.COMPLAINT.value)
    db.session.commit()
    assert "2026-03-02" in lead.get("/desk/churn").text


def test_the_last_dispute_stands_on_the_churn_list_with_its_day(
    lead: CheckingClient, cast: Cast, now: datetime
):
    statement = a_statement(cast.nordwind, [a_line("106")], StatementState.PUBLISHED)
    with clock.frozen(now):
        dispute(lines(statement)[0])
    db.session.commit()
    file = lead.get("/desk/churn?export=csv").data.decode("utf-8-sig")
    (row,) = [each for each in csv.DictReader(io.StringIO(file)) if each["Code"] == "NORDWIND"]
    assert (row["Dispute"], row["Complaint"]) == ("2026-03-02", "") and "Next step" not in row


def test_whoever_may_buy_more_has_an_opportunity_as_a_next_step(lead: CheckingClient, cast: Cast):
    page = lead.get("/desk/tiers/promotions").text
    for way in (
        "calls/to-make/new?customer",
        "visits/new?customer",
        "opportunities/new?customer_id",
    ):
        address = f"/desk/{way}={cast.harbour.id}"
        assert address in page and lead.get(address).status_code == 200


def test_promotions_and_stars_say_why(lead: CheckingClient):
    promotions, stars = lead.get("/desk/tiers/promotions").text, lead.get("/desk/tiers/stars").text
    assert "CNY 1,166.67 a month are missing for VIP." in promotions
    assert (
        names(promotions) == (True, False) and names(stars)[0] is False
    )  # the only one is a key customer


def test_lists_come_as_files_with_their_causes(lead: CheckingClient):
    text = lead.get("/desk/churn?export=csv").get_data(as_text=True)
    assert "Frau Nord left" in text and "NORDWIND" in text


def test_one_customer_shows_what_was_found_from_what_and_its_course(
    lead: CheckingClient, cast: Cast
):
    text = lead.get(f"/desk/tiers/classes/{cast.harbour.id}").text
    assert "Mean of 3 months CNY 8,833.33: from CNY 2,000.00 to under CNY 10,000.00." in text
    assert "Rank 1 of 2" in text and "No signal says so." in text and "Net revenue by month" in text


def test_a_customer_that_no_run_knows_has_a_page(lead: CheckingClient, cast: Cast):
    row = customer("NEWBIE", "新客户", "Newbie")
    db.session.commit()
    text = lead.get(f"/desk/tiers/classes/{row.id}").text
    assert (
        "No run has classified this customer yet" in text
        and "No month has been gathered yet." in text
    )


def test_a_class_is_set_by_hand_shown_everywhere_and_ended(lead: CheckingClient, cast: Cast):
    address = f"/desk/tiers/classes/{cast.harbour.id}"
    typed = {"what": "tier:project", "until_on": "2026-04-30", "reason": "战略客户"}
    assert lead.post(f"{address}/override", data=typed).status_code == 303
    text = lead.get(address).text
    assert "by hand until 2026-04-30" in text and "战略客户" in text
    assert "set by hand; the run found Mid" in lead.get("/desk/tiers/classes").text
    end = f"/desk/tiers/overrides/{db.session.scalar(select(ClassOverride.id))}/end"
    lead.post(end, data={"reason": ""})
    assert db.session.scalar(select(ClassOverride.ended_at)) is None
    lead.post(end, data={"reason": "项目结束"})
    assert db.session.scalar(select(ClassOverride.ended_at)) is not None
    assert "项目结束" in lead.get(address).text


@pytest.mark.parametrize(("what", "found"), [("state:lost", "Loyal"), ("abc:C", "A"), ("tier:mid", "Mid")])  # fmt: skip
def test_a_pencil_stands_at_whatever_is_set_by_hand(
    lead: CheckingClient, cast: Cast, what: str, found: str
):
    typed = {"what": what, "until_on": "2026-04-30", "reason": "老板说的"}
    lead.post(f"/desk/tiers/classes/{cast.harbour.id}/override", data=typed)
    page = lead.get("/desk/tiers/classes").text
    assert page.count("set by hand; the run found") == page.count(f"the run found {found}") > 0


@pytest.mark.parametrize(
    "change", [{"what": "tier:gold"}, {"reason": ""}, {"until_on": "2020-01-01"}]
)
def test_a_wrong_hand_is_told_and_nothing_is_kept(
    lead: CheckingClient, cast: Cast, change: dict[str, str]
):
    typed = {"what": "abc:A", "until_on": "2026-04-30", "reason": "战略客户"} | change
    answer = lead.post(f"/desk/tiers/classes/{cast.harbour.id}/override", data=typed)
    assert answer.status_code == 422 and db.session.scalar(select(ClassOverride.id)) is None


def test_a_colleague_sees_their_own_customers_and_may_not_set(
    client: CheckingClient, cast: Cast, now: datetime
):
    classify(cast, now)
    stranger = staff("Stranger", Role.SALES)
    keep(cast)
    db.session.refresh(stranger)
    assert names(client.sign_in(stranger).get("/desk/tiers/classes").text) == (False, False)
    mine = client.sign_in(cast.sales)
    assert names(mine.get("/desk/tiers/classes").text) == (True, True)
    assert mine.get(f"/desk/tiers/classes/{cast.harbour.id}/override").status_code == 403


def test_a_list_asks_the_same_number_of_questions_however_many_rows(
    lead: CheckingClient, now: datetime
):
    few = asked(lead, "/desk/churn")
    for number in range(12):
        row = customer(f"N{number:02}", f"客户{number:02}", "")
        for back, net in enumerate(["0", "900", "900", "900"]):
            a_month(row, net, moved(FEBRUARY, -back))
    classified_in(FEBRUARY, now)
    db.session.commit()
    assert asked(lead, "/desk/churn") == few <= 6
