"""Deposits 押金 are a liability: what we hold is refunded, or set off against what is owed, each a document (E11)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from portal.access.viewer import Viewer
from portal.db import audit, series
from portal.db.base import db
from portal.kernel.clock import business_day
from portal.kernel.errors import Invalid, NotAllowedNow
from portal.kernel.money import format_money
from portal.kernel.text import t
from portal.receivables.actions import standing
from portal.receivables.actions.receipts import hold
from portal.receivables.models import DepositMove, Receipt
from portal.receivables.queries.receipts import held_amount
from portal.receivables.rules.allocation import check_money
from portal.receivables.rules.kinds import ReceiptKind, ReceiptState

SERIES = "DR"


def refund(
    receipt: Receipt, amount: Decimal, on: date, reason: str, actor: Viewer, now: datetime
) -> DepositMove:
    """Money of a deposit goes back to the customer. Invalid at "amount", "on", "reason"."""
    row = _moved(receipt, "refund", amount, on, reason, actor, now)
    row.receipt.open_amount -= amount
    return _told(row, "deposit.refunded", actor, now)


def set_off(
    receipt: Receipt, amount: Decimal, on: date, reason: str, actor: Viewer, now: datetime
) -> DepositMove:
    """So much of a deposit becomes free to be allocated to what is owed (allocating.allocate does that)."""
    row = _moved(receipt, "set_off", amount, on, reason, actor, now)
    return _told(row, "deposit.set_off", actor, now)


def _moved(
    receipt: Receipt, kind: str, amount: Decimal, on: date, reason: str, actor: Viewer, now: datetime
) -> DepositMove:  # fmt: skip
    receipt, why = hold(receipt.id), reason.strip()[:500]
    if receipt.kind != ReceiptKind.DEPOSIT or receipt.state != ReceiptState.KEPT:
        raise NotAllowedNow(t("This is not a deposit that we hold."))
    if not why:
        raise Invalid(t("Say why."), "reason")
    if not receipt.received_on <= on <= business_day(now):
        raise Invalid(t("Choose a day from its receipt to today."), "on")
    try:
        check_money(amount, receipt.currency)
    except Invalid as wrong:
        raise Invalid(wrong.text, "amount") from None
    left = held_amount(receipt)
    if amount > left:
        text = t("We hold only %(left)s of it.", left=format_money(left, receipt.currency))
        raise Invalid(text, "amount")
    row = DepositMove(
        customer_id=receipt.customer_id, receipt_id=receipt.id, receipt=receipt, kind=kind, on=on,
        number=series.next_number(SERIES, business_day(now).year), amount=amount, reason=why,
        by_id=actor.user_id, at=now,
    )  # fmt: skip
    db.session.add(row)
    return row


def _told(row: DepositMove, event: str, actor: Viewer, now: datetime) -> DepositMove:
    row.receipt.updated_at = now
    db.session.flush()
    after = {"number": row.number, "amount": row.amount, "currency": row.receipt.currency}
    audit.record(actor, event, row.receipt, now, after=after, reason=row.reason)
    standing.refresh(row.customer_id, now)
    return row
