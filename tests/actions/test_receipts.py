"""Receipts recorded once, allocated, undone, cancelled; what is open follows on both sides."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from portal.access.viewer import SYSTEM
from portal.db import audit
from portal.db.base import db
from portal.kernel.errors import Invalid, InvalidMany, NotAllowedNow
from portal.receivables.actions import allocating, receipts
from portal.receivables.models import Allocation
from portal.receivables.queries.receipts import alike, allocations, undone
from portal.receivables.rules.allocation import Wish
from tests.cast import Cast, viewer
from tests.money import open_of, owed, posted, received

D = Decimal
FEB, MARCH = date(2026, 2, 1), date(2026, 3, 1)
TODAY = date(2026, 3, 2)


def allocate(receipt, now, *wishes: Wish, on: date = TODAY) -> list[Allocation]:
    return allocating.allocate(receipt, wishes or None, on, SYSTEM, now)


def test_a_receipt_has_a_gapless_number_and_is_a_prepayment_until_it_is_allocated(
    cast: Cast, now: datetime
) -> None:
    first, second = (received(cast.harbour, "70.50", now) for _ in range(2))
    assert [first.number, second.number] == ["RC-2026-000001", "RC-2026-000002"]
    assert (first.amount, first.open_amount, first.state) == (D("70.50"), D("70.50"), "kept")
    assert alike(cast.harbour.id, TODAY, "CNY", D("70.5"), SYSTEM) == [first, second]


def test_a_bank_charge_that_we_bear_is_credited_to_the_customer(cast: Cast, now: datetime) -> None:
    row = received(cast.harbour, "985", now, bank_charge=D(15))
    assert (row.amount, row.bank_charge, row.open_amount) == (D(1000), D(15), D(1000))


def test_a_bank_reference_counts_once_on_one_account(cast: Cast, now: datetime) -> None:
    received(cast.harbour, "1", now, account="6222 01", bank_reference="A1")
    received(cast.harbour, "1", now, account="6222-02", bank_reference="A1")
    with pytest.raises(InvalidMany) as refused:
        received(cast.nordwind, "1", now, account="622201", bank_reference="A1")
    assert str(refused.value.errors["bank_reference"]) == (
        "Receipt RC-2026-000001 has this bank reference."
    )


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"amount": "0"}, "amount"), ({"amount": "1.005"}, "amount"), ({"currency": "XXX"}, "currency"),
        ({"bank_charge": D(-1)}, "bank_charge"), ({"received_on": date(2026, 3, 3)}, "received_on"),
        ({"payer_name": "x" * 161}, "payer_name"),
    ],
)  # fmt: skip
def test_what_cannot_have_come_in_is_refused(
    cast: Cast, now: datetime, change: dict, field: str
) -> None:
    with pytest.raises(InvalidMany) as refused:
        received(cast.harbour, **{"amount": "1", "now": now, **change})
    assert list(refused.value.errors) == [field]


def test_the_oldest_due_is_paid_first_and_the_rest_stays_on_the_receipt(
    cast: Cast, now: datetime
) -> None:
    late, later = owed(cast.harbour, "100", FEB, now), owed(cast.harbour, "50", MARCH, now)
    receipt = received(cast.harbour, "170", now)
    allocate(receipt, now)
    assert (open_of(late), open_of(later), open_of(receipt)) == (0, 0, 20)
    assert late.settled_on == TODAY
    assert posted(late) == [("issue", D(100)), ("allocation", D(-100))]


def test_by_hand_a_part_is_paid(cast: Cast, now: datetime) -> None:
    late, later = owed(cast.harbour, "100", FEB, now), owed(cast.harbour, "50", MARCH, now)
    receipt = received(cast.harbour, "170", now)
    allocate(receipt, now, Wish(later.id, D("30.25")))
    assert (open_of(late), open_of(later), open_of(receipt)) == (100, D("19.75"), D("139.75"))
    assert later.settled_on is None


def test_another_customer_s_receivable_cannot_be_paid(cast: Cast, now: datetime) -> None:
    theirs = owed(cast.nordwind, "100", FEB, now)
    receipt = received(cast.harbour, "100", now)
    with pytest.raises(InvalidMany):
        allocate(receipt, now, Wish(theirs.id, D(1)))
    assert allocate(receipt, now) == []
    assert open_of(theirs) == 100


def test_across_currencies_the_difference_is_a_posting_of_its_own(
    cast: Cast, now: datetime
) -> None:
    dollars = owed(cast.harbour, "1000", FEB, now, currency="USD")
    receipt = received(cast.harbour, "7100", now)
    allocate(receipt, now, Wish(dollars.id, D(1000), D(7100), D("0.14033")))
    assert posted(dollars)[1:] == [("allocation", D("-996.34")), ("exchange", D("-3.66"))]
    assert (open_of(dollars), open_of(receipt), dollars.settled_on) == (0, 0, TODAY)


def test_an_allocation_is_undone_with_a_trace_and_only_once(cast: Cast, now: datetime) -> None:
    late = owed(cast.harbour, "100", FEB, now, currency="USD")
    receipt = received(cast.harbour, "710", now)
    (made,) = allocate(receipt, now, Wish(late.id, D(100), D(710), D("0.14")))
    back = allocating.undo(made, "wrong invoice", viewer(cast.finance), now)
    assert (open_of(late), open_of(receipt), late.settled_on) == (100, 710, None)
    assert (back.reverses_id, back.amount, back.reason) == (made.id, -made.amount, "wrong invoice")
    assert undone(allocations(receipt, SYSTEM)) == {made.id}
    for row in (made, back):
        with pytest.raises(NotAllowedNow):
            allocating.undo(row, "again", SYSTEM, now)
    with pytest.raises(Invalid, match="why"):
        allocating.undo(made, " ", SYSTEM, now)


def test_what_was_issued_after_the_money_came_counts_from_its_own_day(
    cast: Cast, now: datetime
) -> None:
    receipt = received(cast.harbour, "100", now, received_on=FEB)
    later = owed(cast.harbour, "60", date(2026, 3, 20), now, issued_on=MARCH)
    (made,) = allocate(receipt, now, on=FEB)
    assert made.on == MARCH
    assert later.settled_on == MARCH


def test_money_cannot_pay_before_it_came_nor_tomorrow(cast: Cast, now: datetime) -> None:
    owed(cast.harbour, "60", FEB, now)
    receipt = received(cast.harbour, "100", now)
    for day in (date(2026, 3, 1), date(2026, 3, 3)):
        with pytest.raises(Invalid) as refused:
            allocate(receipt, now, on=day)
        assert refused.value.field == "on"


def test_a_receipt_that_is_used_up_pays_nothing_more(cast: Cast, now: datetime) -> None:
    owed(cast.harbour, "100", FEB, now)
    receipt = received(cast.harbour, "60", now)
    allocate(receipt, now)
    with pytest.raises(NotAllowedNow, match="Nothing of this receipt"):
        allocate(receipt, now)


def test_a_cancelled_receipt_stays_with_its_reason_and_frees_its_reference(
    cast: Cast, now: datetime
) -> None:
    row = received(cast.harbour, "60", now, account="1", bank_reference="A")
    receipts.cancel(row, "typed twice", SYSTEM, now)
    assert (row.state, row.open_amount, row.cancel_reason) == ("cancelled", 0, "typed twice")
    assert received(cast.harbour, "60", now, account="1", bank_reference="A").number[-1] == "2"
    with pytest.raises(NotAllowedNow):
        receipts.cancel(row, "again", SYSTEM, now)
    with pytest.raises(NotAllowedNow):
        allocate(row, now)


def test_what_is_allocated_is_not_cancelled(cast: Cast, now: datetime) -> None:
    owed(cast.harbour, "100", FEB, now)
    row = received(cast.harbour, "60", now)
    (made,) = allocate(row, now)
    with pytest.raises(NotAllowedNow, match="Undo"):
        receipts.cancel(row, "mistake", SYSTEM, now)
    allocating.undo(made, "mistake", SYSTEM, now)
    receipts.cancel(row, "mistake", SYSTEM, now)
    assert row.state == "cancelled"


def test_history_tells_every_step(cast: Cast, now: datetime) -> None:
    owed(cast.harbour, "100", FEB, now)
    row = received(cast.harbour, "60", now)
    (made,) = allocate(row, now)
    allocating.undo(made, "mistake", SYSTEM, now)
    db.session.flush()
    assert [each.event for each in audit.timeline(row, public_only=True)] == [
        "receipt.allocation_undone", "receipt.allocated", "receipt.recorded",
    ]  # fmt: skip
