"""Pages of points at both doors."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select

from portal.access.scope import set_viewer
from portal.access.viewer import SYSTEM
from portal.billing.actions import crediting
from portal.billing.rules.states import CreditState, StatementState
from portal.db.base import db
from portal.loyalty.actions import earning, redeeming
from portal.loyalty.models import PointsEntry, PointsRule, Redemption
from tests.cast import Cast, viewer
from tests.client import CheckingClient
from tests.loyalty import a_bill, a_rule, balance, paid, points
from tests.offers import keep, words
from tests.statements import a_line, a_statement

RULE = {
    "from_on": "2026-03-02", "currency": "CNY", "per_amount": "10", "value": "0.05", "minimum": "100",
    "months_valid": "24",
    "active": "y", "factor_vip": "1.5", "categories": ["storage"],
}  # fmt: skip


def test_rules_are_set_with_their_first_day(client: CheckingClient, cast: Cast) -> None:
    client.sign_in(cast.finance).get("/desk/points/rules")
    client.post("/desk/points/rules", data=RULE)
    set_viewer(SYSTEM)
    row = db.session.scalars(select(PointsRule)).one()
    assert (row.factors, row.categories, str(row.value)) == (
        {"vip": "1.5"},
        ["storage"],
        "0.050000",
    )
    assert "× 1.5" in client.get("/desk/points/rules").text


def test_rules_of_the_past_are_refused_at_their_field(client: CheckingClient, cast: Cast) -> None:
    sent = {**RULE, "from_on": "2026-01-01"}
    page = client.sign_in(cast.finance).post("/desk/points/rules", data=sent)
    assert "From today or a later day" in page.text


def test_a_customer_sees_points_with_their_days_and_redeems(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    a_rule(now)
    points(cast.harbour, 300, now, ends=date(2026, 6, 30))
    keep(cast)
    page = client.sign_in(cast.lin).get("/my/points")
    assert "2026-06-30" in page.text and "15.00" in page.text
    page = client.post("/my/points/redeem", data={"points": "200"}, follow_redirects=True)
    assert "CNY 10.00" in page.text and balance(cast.harbour) == 100


def test_too_many_points_are_told_at_the_field(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    a_rule(now)
    points(cast.harbour, 300, now)
    keep(cast)
    page = client.sign_in(cast.lin).post("/my/points/redeem", data={"points": "301"})
    assert "There are 300 points left." in page.text


def test_who_may_not_redeem_has_no_button(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    keep(cast)
    assert client.sign_in(cast.clerk).get("/my/points").status_code == 403
    assert client.get("/my/points/redeem").status_code == 403


def test_finance_adjusts_with_a_reason_that_the_customer_reads(
    client: CheckingClient, cast: Cast
) -> None:
    at = f"/desk/points/customers/{cast.harbour.id}"
    client.sign_in(cast.finance).get(f"{at}/adjust")
    sent = {"way": "bonus", "change": "150", "reason": "周年庆"}
    client.post(f"{at}/adjust", data=sent)
    assert "周年庆" in client.get(at).text
    assert "周年庆" in client.sign_in(cast.lin).get("/my/points").text
    assert client.sign_in(cast.sales).post(f"{at}/adjust", data=sent).status_code == 403


def test_a_redemption_is_cancelled_with_a_reason(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    a_rule(now)
    points(cast.harbour, 300, now)
    keep(cast)
    client.sign_in(cast.lin).post("/my/points/redeem", data={"points": "100"})
    set_viewer(SYSTEM)
    row = db.session.scalars(select(Redemption.id)).one()
    client.sign_in(cast.finance)
    client.post(f"/desk/points/redemptions/{row}/cancel", data={"reason": "重复"})
    assert balance(cast.harbour) == 300
    assert "重复" in client.get(f"/desk/points/customers/{cast.harbour.id}").text


def test_the_list_and_the_ledger_are_given_as_files(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    points(cast.harbour, 300, now)
    keep(cast)
    client.sign_in(cast.finance)
    assert "Harbour Foods" in client.get("/desk/points?export=csv").get_data(as_text=True)
    at = f"/desk/points/customers/{cast.harbour.id}?export=csv"
    assert "300" in client.get(at).get_data(as_text=True)
    assert db.session.scalars(select(PointsEntry)).one().points == 300


def test_points_of_a_bill_say_how_they_arose_and_open_it(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    a_rule(now, factors={"vip": Decimal("1.5")})
    cast.harbour.segment = "vip"
    bill = a_bill(cast.harbour, "1000", now)
    paid(bill, cast.harbour, now)
    assert earning.earn(bill.id, now) is not None
    opens = f"/statements/{bill.statement_id}"
    keep(cast)
    page = client.sign_in(cast.lin).get("/my/points")
    assert "CNY 1,000.00 ÷ 10.00 × 1.5" in page.text and f"/my{opens}" in page.text
    client.sign_in(cast.finance)
    at = f"/desk/points/customers/{cast.harbour.id}"
    assert f"/desk{opens}" in client.get(at).text
    assert "÷ 10.00" in client.get(f"{at}?export=csv").get_data(as_text=True)


def test_a_redemption_that_stands_on_a_statement_says_on_which(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    a_rule(now)
    points(cast.harbour, 300, now)
    row = redeeming.redeem(cast.harbour, 100, viewer(cast.lin), now)
    credit = crediting.held(row.credit_id or 0)
    statement = a_statement(
        cast.harbour, [a_line("-5.30", credit_id=credit.id)], StatementState.PUBLISHED, now=now
    )
    credit.state = CreditState.PLACED.value
    number = statement.number
    keep(cast)
    page = client.sign_in(cast.lin).get("/my/points")
    assert number in page.text and "On the next statement" not in page.text


def test_a_point_worth_more_than_what_earns_it_is_refused(
    client: CheckingClient, cast: Cast
) -> None:
    sent = {**RULE, "per_amount": "1", "value": "100"}
    page = client.sign_in(cast.finance).post("/desk/points/rules", data=sent)
    assert "worth more than the charges that earn it" in page.text


def test_the_form_of_new_rules_begins_with_those_in_force(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    a_rule(now)
    a_rule(now, from_on=date(2027, 1, 1), minimum=777)
    keep(cast)
    page = client.sign_in(cast.finance).get("/desk/points/rules")
    assert 'value="100"' in page.text and 'value="777"' not in page.text


def test_the_days_on_which_points_expire_come_to_the_balance(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    a_rule(now)
    for month in range(1, 9):
        points(cast.harbour, 1000 + month, now, ends=date(2027, month, 28))
    keep(cast)
    page = words(client.sign_in(cast.lin).get("/my/points").text)
    assert "Until 2027-06-28" in page and "Until 2027-07-28" not in page
    assert "Later than that2,015" in page.replace("that 2", "that2")
