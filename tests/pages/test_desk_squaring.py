"""Refunds on the page of a receipt; credits set off on the page of an open item."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from portal.billing.models import Receivable
from portal.db.base import db
from portal.receivables.models import Netting, Receipt, Refund
from tests.cast import Cast
from tests.client import CheckingClient
from tests.money import owed, received
from tests.offers import keep

D = Decimal
FEB = date(2026, 2, 1)
BACK = {
    "refund-amount": "30", "refund-on": "2026-03-02", "refund-reason": "多付", "refund-paid_to": "海港食品",
}  # fmt: skip


@pytest.fixture
def desk(client: CheckingClient, cast: Cast) -> CheckingClient:
    return client.sign_in(cast.finance)


@pytest.fixture
def paid(cast: Cast, now: datetime) -> str:
    """The address of a receipt with 100.00 left."""
    number = received(cast.harbour, "100", now).id
    keep(cast)
    return f"/desk/receipts/{number}"


@pytest.fixture
def credit(cast: Cast, now: datetime) -> str:
    """The address of a credit of 100.00; 60.00 is owed."""
    owed(cast.harbour, "60", FEB, now)
    number = owed(cast.harbour, "-100", FEB, now).id
    keep(cast)
    return f"/desk/receivables/{number}"


def button(page: str) -> str:
    """Where the button sets the credit off."""
    found = re.search(r'action="([^"]*/net\?seen=\d+)"', page)
    assert found
    return found[1]


def one(model: type) -> Any:
    db.session.rollback()
    return db.session.scalars(select(model)).one()


def test_what_is_left_goes_back_and_the_page_names_the_document(
    desk: CheckingClient, paid: str
) -> None:
    assert "Refund what is left" in desk.get(paid).text
    assert desk.post(f"{paid}/refund", data=BACK).status_code == 303
    page = desk.get(paid).text
    assert "RF-2026-000001" in page and "70.00" in page and "海港食品" in page
    assert "Why was it recorded by mistake?" not in page
    assert one(Receipt).open_amount == 70


def test_too_much_is_told_at_its_field(desk: CheckingClient, paid: str) -> None:
    answer = desk.post(f"{paid}/refund", data={**BACK, "refund-amount": "100.01"})
    assert answer.status_code == 422 and "100.00 of it is left" in answer.text
    assert db.session.scalars(select(Refund)).all() == []


def test_a_refund_is_undone_with_a_reason(desk: CheckingClient, paid: str) -> None:
    desk.post(f"{paid}/refund", data=BACK)
    undo = f"/desk/receipts/refunds/{one(Refund).id}/undo"
    desk.post(undo, data={"reason": ""})
    assert one(Receipt).open_amount == 70
    desk.post(undo, data={"reason": "银行退回"})
    page = desk.get(paid).text
    assert "undone: 银行退回" in page and "undone later" in page and undo not in page


def test_a_credit_is_set_off_by_a_button_once(desk: CheckingClient, credit: str) -> None:
    page = desk.get(credit).text
    assert "Set against what is owed" in page
    url = button(page)
    desk.post(url)
    assert one(Netting).amount == 60
    page = desk.get(desk.post(url).headers["Location"]).text
    assert "changed since you opened" in page
    assert one(Netting).amount == 60
    assert "OLD-1" in page and "-40.00" in page and "Set against what is owed" not in page
    rows = db.session.scalars(select(Receivable).order_by(Receivable.id)).all()
    assert [row.open_amount for row in rows] == [0, -40]
    assert "Credit set off" in desk.get(f"/desk/receivables/{rows[0].id}").text


def test_what_was_set_off_is_undone(desk: CheckingClient, credit: str) -> None:
    desk.post(button(desk.get(credit).text))
    undo = f"/desk/receivables/nettings/{one(Netting).id}/undo"
    assert undo in desk.get(credit).text
    desk.post(undo, data={"reason": "客户要求"})
    page = desk.get(credit).text
    assert "undone: 客户要求" in page and "Set against what is owed" in page


def test_who_records_no_receipts_sees_no_buttons(
    desk: CheckingClient, cast: Cast, credit: str, paid: str
) -> None:
    desk.sign_in(cast.auditor)
    assert "Set against what is owed" not in desk.get(credit).text
    assert "Refund what is left" not in desk.get(paid).text
    assert desk.post(f"{credit}/net?seen=1").status_code == 403
    assert desk.post(f"{paid}/refund", data=BACK).status_code == 403
