"""The customer's side of money: what to pay and where, what came in, the account, invoices asked for, settlement."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select

from portal.access.permissions import Power
from portal.access.viewer import SYSTEM
from portal.customers.models import SettlementTerms
from portal.db.base import db
from portal.documents.models import Document
from portal.receivables.actions import allocating, settlement
from portal.receivables.models import InvoiceRequest, SettlementApplication
from portal.receivables.rules.settlement import TermsFacts
from tests.cast import Cast, member, viewer
from tests.client import CheckingClient
from tests.money import owed, received
from tests.money_pages import a_world, confirmed
from tests.offers import firm, keep, quick_press, words
from tests.pages.test_desk_statements import asked

__all__ = ["quick_press"]
D = Decimal
ASKED = {
    "kind": "ordinary",
    "title": "海港食品有限公司",
    "tax_number": "",
    "send_to": "lin@harbour.example",
}
WANTED = {
    "kind": "monthly", "currency": "CNY", "payment_days": "45", "due_from": "statement", "credit_limit": "80000",
    "reconciliation_day": "5", "reason": "下半年货量翻倍",
}  # fmt: skip


@pytest.fixture
def my(client: CheckingClient, cast: Cast) -> CheckingClient:
    return client.sign_in(cast.lin)


def test_nothing_to_pay_says_so(my: CheckingClient) -> None:
    assert "Nothing is open" in my.get("/my/payments").text


def test_what_is_due_where_to_pay_and_what_came_in(
    my: CheckingClient, cast: Cast, now: datetime
) -> None:
    firm()
    owed(cast.harbour, "1000", date(2026, 2, 20), now, disputed="100")
    owed(cast.nordwind, "777", date(2026, 2, 20), now)
    receipt = received(cast.harbour, "300", now)
    allocating.allocate(receipt, None, receipt.received_on, SYSTEM, now)
    keep(cast)
    page = words(my.get("/my/payments").text)
    for told in (
        "CNY 700.00",
        "CNY 600.00",
        "CNY 100.00",
        "10 days",
        "4550 0001",
        "RC-2026-000001",
        "CNY 300.00",
    ):
        assert told in page, told
    assert "777" not in page and "4550 0002" not in page
    assert asked(my, "/my/payments") <= 12


@pytest.mark.usefixtures("quick_press")
def test_the_account_is_taken_as_page_file_and_paper(
    my: CheckingClient, cast: Cast, now: datetime
) -> None:
    firm()
    owed(cast.harbour, "1000", date(2026, 2, 20), now)
    owed(cast.nordwind, "777", date(2026, 2, 20), now)
    keep(cast)
    span = "from_on=2026-02-01&until_on=2026-03-02"
    texts = [
        my.get(f"/my/payments/account?{span}").text,
        my.get(f"/my/payments/account/file?kind=csv&{span}").get_data(as_text=True),
        my.post(f"/my/payments/account/print?{span}").get_data(as_text=True),
    ]
    assert all(("1,000.00" in text or "1000.00" in text) and "777" not in text for text in texts)
    assert my.get(f"/my/payments/account/file?kind=xlsx&{span}").mimetype.endswith("sheet")
    assert db.session.scalars(select(Document.customer_id)).all() == [cast.harbour.id]
    assert my.get(f"/my/payments/account?customer={cast.nordwind.id}").status_code == 404
    assert my.post(f"/my/payments/account/print?customer={cast.nordwind.id}").status_code == 404


def test_an_invoice_is_asked_for_with_title_and_tax_number_filled_in(
    my: CheckingClient, cast: Cast, now: datetime
) -> None:
    cast.harbour.tax_number = "91310000MA1FL4XK2B"
    statement_id = confirmed(cast).id
    keep(cast)
    page = my.get("/my/invoices/new").text
    assert "91310000MA1FL4XK2B" in page and 'value="106"' in page
    answer = my.post("/my/invoices/new", data={**ASKED, f"part-{statement_id}": "60"})
    assert answer.status_code == 303
    assert "60.00" in my.get(answer.headers["Location"]).text
    assert "IR-2026-000001" in my.get("/my/invoices").text
    assert "46.00" in my.get("/my/invoices/new").text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"part": "106.01"}, "More than zero, at most CNY 106.00."),
        ({"part": "-1"}, "More than zero"),
        ({"part": ""}, "Choose at least one statement."),
        ({"kind": "special"}, "needs the buyer's tax number"),
        ({"title": ""}, "This field is required"),
        ({"kind": "red"}, "Not a valid choice"),
    ],
)
def test_what_is_wrong_with_a_request_is_told(
    my: CheckingClient, cast: Cast, changed: dict[str, str], said: str
) -> None:
    statement_id, change = confirmed(cast).id, dict(changed)
    keep(cast)
    data = {**ASKED, f"part-{statement_id}": change.pop("part", "106"), **change}
    answer = my.post("/my/invoices/new", data=data)
    assert answer.status_code == 422 and said in answer.text.replace("&#39;", "'")
    assert db.session.scalar(select(InvoiceRequest.id)) is None


def test_another_customers_statement_cannot_be_asked_for(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    statement_id = confirmed(cast).id
    keep(cast)
    answer = client.sign_in(cast.erik).post(
        "/my/invoices/new", data={**ASKED, f"part-{statement_id}": "106"}
    )
    assert answer.status_code == 422
    assert db.session.scalar(select(InvoiceRequest.id)) is None


def test_a_request_is_withdrawn_once_over_what_was_seen(
    my: CheckingClient, cast: Cast, now: datetime
) -> None:
    request = a_world(cast, now).request
    url, seen = f"/my/invoices/requests/{request.id}", request.version
    keep(cast)
    my.post(f"{url}/withdraw?seen={seen + 1}")
    assert "It has changed since" in my.get(url).text
    my.post(f"{url}/withdraw?seen={seen}")
    assert "Withdrawn" in my.get(url).text and "/withdraw" not in my.get(url).text


def test_the_pages_of_invoices_ask_seldom(my: CheckingClient, cast: Cast, now: datetime) -> None:
    world = a_world(cast, now)
    pages = (f"/my/invoices/{world.invoice.id}", f"/my/invoices/requests/{world.request.id}")
    keep(cast)
    assert asked(my, "/my/invoices") <= 6
    assert all(asked(my, url) <= 12 for url in pages)


def test_monthly_settlement_is_applied_for_and_its_course_is_seen(
    my: CheckingClient, cast: Cast, now: datetime
) -> None:
    assert my.post("/my/settlement", data={**WANTED, "reason": ""}).status_code == 422
    assert (
        "From 0 to 365." in my.post("/my/settlement", data={**WANTED, "payment_days": "999"}).text
    )
    assert my.post("/my/settlement", data=WANTED).status_code == 303
    page = my.get("/my/settlement").text
    assert "下半年货量翻倍" in page and "80,000.00" in page and 'name="payment_days"' not in page
    assert "Rating" not in page and "before credit is held" not in page
    row = db.session.scalars(select(SettlementApplication)).one()
    settlement.approve(row, viewer(cast.finance_manager), now, note="欢迎")
    keep(cast)
    page = my.get("/my/settlement").text
    assert "欢迎" in page and "Approved" in page


def test_an_application_leaves_alone_what_a_customer_cannot_ask_for(
    my: CheckingClient, cast: Cast, now: datetime
) -> None:
    settlement.change(
        cast.harbour, TermsFacts(rating="B", grace_days=3), viewer(cast.finance_manager), now
    )
    keep(cast)
    my.post("/my/settlement", data={**WANTED, "rating": "A", "grace_days": "300"})
    asked_for = db.session.scalars(select(SettlementApplication)).one().asked
    assert (asked_for["rating"], asked_for["grace_days"]) == ("B", 3)
    assert db.session.scalars(select(SettlementTerms)).one().payment_days is None


def test_an_application_is_withdrawn_by_its_customer_alone(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    row = settlement.apply(cast.harbour, TermsFacts(payment_days=45), "x", viewer(cast.lin), now)
    url = f"/my/settlement/{row.id}/withdraw"
    keep(cast)
    assert client.sign_in(cast.erik).post(url).status_code == 404
    client.sign_in(cast.lin).post(url)
    assert "Withdrawn" in client.get("/my/settlement").text


def test_powers_decide_who_sees_and_who_asks(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    disputer = member("Du Li", cast.harbour, frozenset({Power.DISPUTE_BILLS}), now)
    db.session.commit()
    db.session.refresh(disputer)
    client.sign_in(disputer)
    assert client.get("/my/payments").status_code == 200
    assert "/my/invoices/new" not in client.get("/my/invoices").text
    assert client.get("/my/invoices/new").status_code == 403
    assert client.get("/my/settlement").status_code == 403
    client.sign_in(cast.clerk)
    for url in ("/my/payments", "/my/payments/account", "/my/invoices", "/my/settlement"):
        assert client.get(url).status_code == 403, url
