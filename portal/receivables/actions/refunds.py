"""What a customer paid too much goes back to it: a numbered document; what is owed does not change (DOMAIN R8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select

from portal.access.viewer import Viewer
from portal.db import audit, series
from portal.db.base import db
from portal.kernel.clock import business_day
from portal.kernel.errors import Invalid, InvalidMany, NotAllowedNow
from portal.kernel.money import format_money
from portal.kernel.text import Text, t
from portal.receivables.actions import standing
from portal.receivables.actions.receipts import hold
from portal.receivables.models import Receipt, Refund
from portal.receivables.rules.allocation import check_money
from portal.receivables.rules.kinds import ReceiptKind, ReceiptState

SERIES = "RF"
LONGEST = {"paid_to": 120, "bank_reference": 80, "reason": 500}


@dataclass(frozen=True, slots=True)
class RefundFacts:
    """How much went back on which day, to which account, and why."""

    amount: Decimal
    on: date
    reason: str
    paid_to: str = ""
    bank_reference: str = ""


def refund(receipt: Receipt, facts: RefundFacts, actor: Viewer, now: datetime) -> Refund:
    """Pay back what a receipt has left. InvalidMany by field; NotAllowedNow when nothing is left, or for a deposit."""
    receipt = hold(receipt.id)
    if receipt.kind == ReceiptKind.DEPOSIT or receipt.state != ReceiptState.KEPT:
        raise NotAllowedNow(t("This is not a payment that we keep."))
    if receipt.open_amount <= 0:
        raise NotAllowedNow(t("Nothing of this receipt is left to give back."))
    wrong = _wrong(receipt, facts, business_day(now))
    if wrong:
        raise InvalidMany(wrong)
    row = Refund(
        amount=facts.amount, on=facts.on, paid_to=facts.paid_to.strip(),
        bank_reference=facts.bank_reference.strip(), reason=facts.reason.strip(),
    )  # fmt: skip
    return _moved(row, receipt, "receipt.refunded", actor, now)


def undo(refund: Refund, reason: str, actor: Viewer, now: datetime) -> Refund:
    """It was recorded by mistake, or came back: the receipt has it left again. Once; with a reason."""
    why = reason.strip()[:500]
    if not why:
        raise Invalid(t("Say why it is undone."), "reason")
    receipt = hold(refund.receipt_id)
    taken = select(Refund.id).where(Refund.reverses_id == refund.id)
    if refund.reverses_id is not None or db.session.scalar(taken) is not None:
        raise NotAllowedNow(t("This refund was undone already."))
    row = Refund(
        amount=-refund.amount, on=max(business_day(now), refund.on), paid_to=refund.paid_to,
        reason=why, reverses_id=refund.id,
    )  # fmt: skip
    return _moved(row, receipt, "receipt.refund_undone", actor, now)


def _moved(row: Refund, receipt: Receipt, event: str, actor: Viewer, now: datetime) -> Refund:
    """Number and store it, and move the receipt by it."""
    row.customer_id, row.receipt_id, row.receipt = receipt.customer_id, receipt.id, receipt
    row.number = series.next_number(SERIES, business_day(now).year)
    row.by_id, row.at = actor.user_id, now
    db.session.add(row)
    receipt.open_amount -= row.amount
    receipt.updated_at = now
    db.session.flush()
    after = {"number": row.number, "amount": row.amount, "currency": receipt.currency}
    audit.record(actor, event, receipt, now, after=after, reason=row.reason)
    standing.refresh(receipt.customer_id, now)
    return row


def _wrong(receipt: Receipt, facts: RefundFacts, today: date) -> dict[str, Text]:
    wrong: dict[str, Text] = {}
    if not receipt.received_on <= facts.on <= today:
        wrong["on"] = t("Choose a day from its receipt to today.")
    if not facts.reason.strip():
        wrong["reason"] = t("Say why.")
    for name, most in LONGEST.items():
        if len(getattr(facts, name).strip()) > most:
            wrong[name] = t("At most %(most)s characters.", most=most)
    try:
        check_money(facts.amount, receipt.currency)
    except Invalid as error:
        wrong["amount"] = error.text
    if facts.amount > receipt.open_amount:
        left = format_money(receipt.open_amount, receipt.currency)
        wrong["amount"] = t("Only %(left)s of it is left.", left=left)
    return wrong
