"""What a receipt pays for: oldest due first or by hand, undone with a trace (DOMAIN R8).

The receipt and the receivables are held until the transaction ends, so that of many allocations at the same time each
sees what the one before it left.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select

from portal.access.viewer import Viewer
from portal.billing.actions import owing
from portal.billing.actions.owing import Source
from portal.billing.models import Receivable
from portal.billing.rules.kinds import PostingKind
from portal.db import audit
from portal.db.base import db
from portal.kernel.clock import business_day
from portal.kernel.errors import Invalid, NotAllowedNow
from portal.kernel.money import format_money
from portal.kernel.text import t
from portal.receivables.actions import standing
from portal.receivables.actions.receipts import hold
from portal.receivables.models import Allocation, Receipt
from portal.receivables.queries.receipts import free_amount, owed_by, owed_of
from portal.receivables.rules.allocation import Share, Wish, by_hand, oldest_first
from portal.receivables.rules.kinds import ReceiptState


def allocate(
    receipt: Receipt, wishes: Sequence[Wish] | None, on: date, actor: Viewer, now: datetime
) -> list[Allocation]:
    """Pay for what the customer owes: `wishes` by hand, None: oldest due first, as far as it goes.

    `on` is the day that counts (that of the receipt, as a rule); what was issued later counts from its own day. Raises
    InvalidMany (`amount-<receivable id>`), Invalid at "amount" or "on", NotAllowedNow when nothing is left.
    """
    receipt = hold(receipt.id)
    _check_day(receipt, on, business_day(now))
    free = free_amount(receipt)
    if free <= 0:
        raise NotAllowedNow(t("Nothing of this receipt is left to allocate."))
    named = None if wishes is None else [each.receivable_id for each in wishes]
    rows = _held(receipt, named, actor)
    owed = {row.id: owed_of(row) for row in rows}
    if wishes is None:
        shares = oldest_first(free, receipt.currency, owed.values())
    else:
        shares = by_hand(free, receipt.currency, wishes, owed)
    by_id = {row.id: row for row in rows}
    made = [_paid(receipt, by_id[each.receivable_id], each, on, actor, now) for each in shares]
    if made:
        paid = {
            by_id[each.receivable_id].reference: format_money(each.receipt_amount, receipt.currency)
            for each in shares
        }
        audit.record(actor, "receipt.allocated", receipt, now, after={"paid": paid})
        standing.refresh(receipt.customer_id, now)
    return made


def undo(allocation: Allocation, reason: str, actor: Viewer, now: datetime) -> Allocation:
    """Take an allocation back, today: receipt and receivable are open again by as much. Once; with a reason."""
    why = reason.strip()[:300]
    if not why:
        raise Invalid(t("Say why it is undone."), "reason")
    receipt = hold(allocation.receipt_id)
    (owed,) = owing.hold([allocation.receivable_id])
    taken = select(Allocation.id).where(Allocation.reverses_id == allocation.id)
    if allocation.reverses_id is not None or db.session.scalar(taken) is not None:
        raise NotAllowedNow(t("This allocation was undone already."))
    row = Allocation(
        customer_id=allocation.customer_id, receipt_id=receipt.id, receivable_id=owed.id,
        on=max(business_day(now), allocation.on), receipt_amount=-allocation.receipt_amount,
        amount=-allocation.amount, exchange_rate=allocation.exchange_rate,
        exchange_difference=-allocation.exchange_difference, reverses_id=allocation.id, reason=why,
        by_id=actor.user_id, at=now,
    )  # fmt: skip
    _posted(row, receipt, owed, PostingKind.ALLOCATION_UNDONE, actor, now)
    told = {"reference": owed.reference, "amount": allocation.receipt_amount}
    audit.record(actor, "receipt.allocation_undone", receipt, now, after=told, reason=why)
    standing.refresh(receipt.customer_id, now)
    return row


def _held(receipt: Receipt, named: Sequence[int] | None, actor: Viewer) -> list[Receivable]:
    """The receivables of the receipt's customer, held: the named ones, or all that are open."""
    ids = [each.id for each in owed_by(receipt.customer_id, actor)]
    if named is not None:
        ids = [each for each in ids if each in set(named)]
    return owing.hold(ids) if ids else []


def _paid(
    receipt: Receipt, owed: Receivable, share: Share, on: date, actor: Viewer, now: datetime
) -> Allocation:
    row = Allocation(
        customer_id=receipt.customer_id, receipt_id=receipt.id, receivable_id=owed.id,
        on=max(on, owed.issued_on), receipt_amount=share.receipt_amount, amount=share.amount,
        exchange_rate=share.exchange_rate, exchange_difference=share.exchange_difference,
        by_id=actor.user_id, at=now,
    )  # fmt: skip
    _posted(row, receipt, owed, PostingKind.ALLOCATION, actor, now)
    return row


def _posted(
    row: Allocation, receipt: Receipt, owed: Receivable, kind: PostingKind, actor: Viewer, now: datetime
) -> None:  # fmt: skip
    """Store an allocation and move both sides by it."""
    db.session.add(row)
    receipt.open_amount -= row.receipt_amount
    receipt.updated_at = now
    db.session.flush()
    source = Source("allocation", row.id, receipt.number)
    key = f"allocation:{row.id}"
    owing.post(owed, kind, key, row.on, -row.amount, source, actor, now, row.reason)
    if row.exchange_difference != Decimal(0):
        difference = -row.exchange_difference
        owing.post(
            owed, PostingKind.EXCHANGE, f"{key}:exchange", row.on, difference, source, actor, now,
            row.reason,
        )  # fmt: skip


def _check_day(receipt: Receipt, on: date, today: date) -> None:
    if receipt.state != ReceiptState.KEPT:
        raise NotAllowedNow(t("This receipt is cancelled."))
    if on < receipt.received_on:
        raise Invalid(t("The money had not come in on this day."), "on")
    if on > today:
        raise Invalid(t("This day is still to come."), "on")
