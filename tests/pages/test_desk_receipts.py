"""Receipts at the desk: recorded, allocated as proposed or by hand, undone, cancelled; deposits; who may do what."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select

from portal.access.viewer import SYSTEM
from portal.customers.models import Customer
from portal.db.base import db
from portal.receivables.actions import allocating
from portal.receivables.models import Allocation, DepositMove, Receipt
from portal.receivables.rules.kinds import ReceiptKind
from tests.cast import Cast
from tests.client import CheckingClient
from tests.factories import exchange
from tests.money import owed, received
from tests.offers import keep, words
from tests.pages.test_desk_statements import asked

D = Decimal
DUE = date(2026, 2, 1)
TYPED = {
    "kind": "payment", "received_on": "2026-03-02", "amount": "1500.00", "currency": "CNY", "payer_name": "海港食品",
    "account": "4550 0001", "bank_reference": "B-1",
}  # fmt: skip


@pytest.fixture
def desk(client: CheckingClient, cast: Cast) -> CheckingClient:
    return client.sign_in(cast.finance)


def only(model: type) -> object:
    """The one row there is."""
    db.session.rollback()
    return db.session.scalars(select(model)).one()


def version_of(page: str) -> str:
    found = re.search(r'name="version" type="hidden" value="(\d+)"', page)
    assert found
    return found[1]


def allocate(desk: CheckingClient, receipt_id: int, **amounts: str) -> object:
    """Send the allocation form as the page has it, with these amounts (`a7` for item 7)."""
    page = desk.get(f"/desk/receipts/{receipt_id}").text
    typed = {f"amount-{name[1:]}": value for name, value in amounts.items()}
    sent = {"version": version_of(page), "on": "2026-03-02", **typed}
    return desk.post(f"/desk/receipts/{receipt_id}/allocate", data=sent)


def test_without_receipts_the_list_says_what_to_do(desk: CheckingClient) -> None:
    page = desk.get("/desk/receipts").text
    assert "No receipts yet" in page and "/desk/receipts/new" in page


def test_a_receipt_is_recorded_and_its_allocation_proposed(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    owed(cast.harbour, "1000", DUE, now)
    owed(cast.harbour, "300", date(2026, 2, 20), now)
    keep(cast)
    sent = desk.post(f"/desk/receipts/new?customer_id={cast.harbour.id}", data=TYPED)
    assert sent.status_code == 303
    page = desk.get(sent.headers["Location"]).text
    assert re.findall(r'name="amount-\d+" value="([\d.]+)"', page) == ["1000", "300"]
    assert "200.00</span> is over and stays on the receipt" in page


def test_a_receipt_begins_with_its_customer(desk: CheckingClient, cast: Cast) -> None:
    cast.harbour.search_text = "haigang"
    keep(cast)
    assert f"customer_id={cast.harbour.id}" in desk.get("/desk/receipts/new?q=haigang").text
    assert desk.get("/desk/receipts/new?customer_id=99999").status_code == 404


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"amount": "0"}, "more than zero"),
        ({"amount": "many"}, "not a number"),
        ({"amount": "10.005"}, "fewer decimals"),
        ({"received_on": "2026-03-03"}, "still to come"),
        ({"received_on": "soon"}, "Not a valid date"),
        ({"bank_charge": "-1"}, "below zero"),
    ],
)
def test_what_is_wrong_with_a_receipt_is_told_at_its_field(
    desk: CheckingClient, cast: Cast, changed: dict[str, str], said: str
) -> None:
    url = f"/desk/receipts/new?customer_id={cast.harbour.id}"
    answer = desk.post(url, data={**TYPED, **changed})
    assert answer.status_code == 422 and said in answer.text and "海港食品" in answer.text


def test_the_same_bank_reference_is_not_recorded_twice(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    received(cast.harbour, "1", now, account="45500001", bank_reference="B-1")
    keep(cast)
    answer = desk.post(f"/desk/receipts/new?customer_id={cast.harbour.id}", data=TYPED)
    assert answer.status_code == 422 and "RC-2026-000001 has this bank reference" in answer.text


def test_a_receipt_like_another_warns(desk: CheckingClient, cast: Cast, now: datetime) -> None:
    received(cast.harbour, "1500", now)
    keep(cast)
    sent = desk.post(f"/desk/receipts/new?customer_id={cast.harbour.id}", data=TYPED)
    assert "has the same amount" in desk.get(sent.headers["Location"]).text


def test_amounts_are_changed_by_hand_and_the_rest_stays(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    first, second = owed(cast.harbour, "1000", DUE, now), owed(cast.harbour, "300", DUE, now)
    receipt, ids = received(cast.harbour, "500", now), (first.id, second.id)
    keep(cast)
    answer = allocate(desk, receipt.id, **{f"a{ids[0]}": "", f"a{ids[1]}": "120.50"})
    assert answer.status_code == 303
    row = only(Allocation)
    assert (row.receivable_id, row.amount) == (ids[1], D("120.50"))
    assert only(Receipt).open_amount == D("379.50")


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        ("1000.01", "Only CNY 1,000.00 is open."),
        ("600", "The receipt has only CNY 500.00 left; CNY 600.00 was asked for."),
        ("-5", "The amount must be more than zero."),
        ("", "Say what the receipt pays for."),
    ],
)
def test_too_much_is_refused_and_what_was_typed_stays(
    desk: CheckingClient, cast: Cast, now: datetime, amount: str, said: str
) -> None:
    item, receipt = owed(cast.harbour, "1000", DUE, now), received(cast.harbour, "500", now)
    item_id, receipt_id = item.id, receipt.id
    keep(cast)
    answer = allocate(desk, receipt_id, **{f"a{item_id}": amount})
    assert answer.status_code == 422 and said in words(answer.text)
    assert f'value="{amount}"' in answer.text
    assert only(Receipt).open_amount == 500


def test_another_customers_item_cannot_be_paid(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    owed(cast.harbour, "10", DUE, now)
    foreign = owed(cast.nordwind, "10", DUE, now)
    receipt, foreign_id = received(cast.harbour, "500", now), foreign.id
    keep(cast)
    allocate(desk, receipt.id, **{f"a{foreign_id}": "10"})
    db.session.rollback()
    paid = db.session.scalars(select(Allocation.receivable_id)).all()
    assert foreign_id not in paid


def test_a_page_that_shows_an_older_state_changes_nothing(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    item, receipt = owed(cast.harbour, "1000", DUE, now), received(cast.harbour, "500", now)
    data = {"version": str(receipt.version - 1), "on": "2026-03-02", f"amount-{item.id}": "5"}
    url = f"/desk/receipts/{receipt.id}/allocate"
    keep(cast)
    answer = desk.post(url, data=data)
    assert answer.status_code == 422 and "It has changed since you opened this page" in answer.text
    assert db.session.scalar(select(Allocation.id)) is None


def test_dollars_pay_for_yuan_at_a_rate_with_their_difference(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    exchange("USD", "7.10", DUE)
    item, receipt = (
        owed(cast.harbour, "720", DUE, now),
        received(cast.harbour, "100", now, currency="USD"),
    )
    item_id, url = item.id, f"/desk/receipts/{receipt.id}"
    keep(cast)
    page = desk.get(url).text
    assert f'name="rate-{item_id}" value="7.1"' in page
    data = {"version": version_of(page), "on": "2026-03-02", f"amount-{item_id}": "720", f"taken-{item_id}": "100",
            f"rate-{item_id}": "7.1"}  # fmt: skip
    assert desk.post(f"{url}/allocate", data=data).status_code == 303
    assert only(Allocation).exchange_difference == 10
    assert "difference 10.00" in desk.get(url).text


def test_an_allocation_is_undone_once_and_with_a_reason(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    owed(cast.harbour, "1000", DUE, now)
    receipt = received(cast.harbour, "500", now)
    (row,) = allocating.allocate(receipt, None, receipt.received_on, SYSTEM, now)
    url, there = f"/desk/receipts/allocations/{row.id}/undo", f"/desk/receipts/{receipt.id}"
    keep(cast)
    desk.post(url, data={"reason": ""})
    assert "Say why it is undone." in desk.get(there).text
    desk.post(url, data={"reason": "记错客户"})
    assert "undone: 记错客户" in desk.get(there).text
    desk.post(url, data={"reason": "again"})
    assert "undone already" in desk.get(there).text


def test_a_receipt_is_cancelled_only_while_nothing_of_it_is_used(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    receipt = received(cast.harbour, "500", now)
    url, seen = f"/desk/receipts/{receipt.id}", receipt.version
    keep(cast)
    desk.post(f"{url}/cancel?seen={seen}", data={"reason": ""})
    assert "Say why it is cancelled." in desk.get(url).text
    desk.post(f"{url}/cancel?seen={seen}", data={"reason": "重复录入"})
    page = desk.get(url).text
    assert "重复录入" in page and "Voided" in page and "/cancel" not in page


def test_a_deposit_is_set_off_and_refunded_never_beyond_what_is_held(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    receipt = received(cast.harbour, "500", now, kind=ReceiptKind.DEPOSIT)
    url = f"/desk/receipts/{receipt.id}"
    keep(cast)
    typed = {"way": "refund", "amount": "501", "on": "2026-03-02", "reason": "合同到期"}
    answer = desk.post(f"{url}/deposit", data=typed)
    assert answer.status_code == 422 and "We hold only CNY 500.00 of it." in answer.text
    assert desk.post(f"{url}/deposit", data={**typed, "amount": "200"}).status_code == 303
    assert only(DepositMove).kind == "refund"
    assert "300.00</span> held" in desk.get(url).text


def test_only_those_who_record_money_change_it(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    owed(cast.harbour, "1000", DUE, now)
    receipt = received(cast.harbour, "500", now)
    url = f"/desk/receipts/{receipt.id}"
    keep(cast)
    for user in (cast.sales, cast.auditor):
        client.sign_in(user)
        page = client.get(url).text
        assert "500.00" in page and "/allocate" not in page and "/cancel" not in page
        for step in ("allocate", "cancel", "deposit"):
            assert client.post(f"{url}/{step}").status_code == 403
    assert client.sign_in(cast.keeper).get(url).status_code == 403


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("kind=payment", True), ("kind=deposit", False), ("rest=open", True), ("rest=cancelled", False),
        ("currency=CNY", True), ("currency=USD", False), ("q=RC-2026", True), ("q=beifeng", False),
        ("customer=999999", False),
    ],
)  # fmt: skip
def test_the_list_is_narrowed(
    desk: CheckingClient, cast: Cast, now: datetime, question: str, found: bool
) -> None:
    received(cast.harbour, "500", now)
    keep(cast)
    assert ("RC-2026-000001" in desk.get(f"/desk/receipts?{question}").text) == found


def test_the_list_asks_as_often_for_many_as_for_one_and_its_file_has_totals(
    desk: CheckingClient, cast: Cast, now: datetime
) -> None:
    received(cast.harbour, "500", now)
    keep(cast)
    few = asked(desk, "/desk/receipts")
    for customer in db.session.scalars(select(Customer)).all():
        received(customer, "7.50", now)
    keep(cast)
    assert asked(desk, "/desk/receipts") == few <= 6
    assert "515.00" in desk.get("/desk/receipts?export=csv").text


def test_the_page_asks_seldom(desk: CheckingClient, cast: Cast, now: datetime) -> None:
    for day in range(1, 9):
        owed(cast.harbour, "10", date(2026, 2, day), now)
    receipt = received(cast.harbour, "50", now)
    allocating.allocate(receipt, None, receipt.received_on, SYSTEM, now)
    url = f"/desk/receipts/{receipt.id}"
    keep(cast)
    assert asked(desk, url) <= 12
