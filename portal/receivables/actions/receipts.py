"""Money that came in is recorded once; what was recorded by mistake is cancelled with a reason, never deleted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select

from portal.access.viewer import Viewer
from portal.customers.models import Customer
from portal.db import audit, series, whole
from portal.db.base import db
from portal.db.turns import Turn, take_turn
from portal.kernel.clock import business_day
from portal.kernel.errors import Invalid, InvalidMany, NotAllowedNow, NotFound
from portal.kernel.money import CURRENCIES, round_money
from portal.kernel.text import Text, t
from portal.receivables.actions import standing
from portal.receivables.models import BankEntry, DepositMove, Receipt
from portal.receivables.queries.accounts import allocated_sum, refunded_sum
from portal.receivables.rules.bank_columns import account_number
from portal.receivables.rules.kinds import BankState, ReceiptKind, ReceiptState

SERIES = "RC"
ZERO = Decimal(0)
LONGEST = {"account": 80, "bank_reference": 80, "payer_name": 160, "note": 500}


@dataclass(frozen=True, slots=True)
class ReceiptFacts:
    """What came in. `amount` arrived on our account; the bank kept `bank_charge` of it before, which we bear.

    The customer is credited with both together.
    """

    received_on: date
    currency: str
    amount: Decimal
    kind: ReceiptKind = ReceiptKind.PAYMENT
    bank_charge: Decimal = ZERO
    account: str = ""
    bank_reference: str = ""
    payer_name: str = ""
    note: str = ""


def record(
    customer: Customer, facts: ReceiptFacts, actor: Viewer, now: datetime, *, batch_id: int | None = None
) -> Receipt:  # fmt: skip
    """Write a receipt down. InvalidMany by field; a bank reference that another kept receipt has is refused."""
    take_turn(Turn.MONEY)
    number = series.next_number(SERIES, business_day(now).year)
    wrong = _wrong(facts, business_day(now))
    account, reference = account_number(facts.account), facts.bank_reference.strip()
    taken = recorded_as(account, reference)
    if taken is not None:
        wrong["bank_reference"] = t("Receipt %(number)s has this bank reference.", number=taken)
    if wrong:
        raise InvalidMany(wrong)
    credited = facts.amount + facts.bank_charge
    row = Receipt(
        customer_id=customer.id, customer=customer, number=number, kind=facts.kind.value,
        state=ReceiptState.KEPT.value, received_on=facts.received_on, currency=facts.currency,
        amount=credited, open_amount=credited, bank_charge=facts.bank_charge, account=account,
        bank_reference=reference, payer_name=facts.payer_name.strip(), note=facts.note.strip(),
        batch_id=batch_id, recorded_by=actor.user_id, created_at=now, updated_at=now,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    after = {"number": number, "amount": credited, "currency": facts.currency, "kind": row.kind}
    audit.record(actor, "receipt.recorded", row, now, after=after)
    standing.refresh(customer.id, now)
    return row


def cancel(receipt: Receipt, reason: str, actor: Viewer, now: datetime) -> None:
    """It was recorded by mistake: it no longer counts, its number stays, the bank's row is nobody's again.

    NotAllowedNow while anything of it is allocated, refunded or set off.
    """
    why = reason.strip()
    if not why:
        raise Invalid(t("Say why it is cancelled."), "reason")
    receipt = hold(receipt.id)
    if receipt.state != ReceiptState.KEPT:
        raise NotAllowedNow(t("This receipt is cancelled already."))
    if allocated_sum(receipt.id) != 0:
        raise NotAllowedNow(t("Undo its allocations first."))
    if refunded_sum(receipt.id) != 0:
        raise NotAllowedNow(t("Undo its refunds first."))
    if db.session.scalar(select(DepositMove.id).where(DepositMove.receipt_id == receipt.id)):
        raise NotAllowedNow(t("This deposit was refunded or set off."))
    receipt.state, receipt.cancel_reason = ReceiptState.CANCELLED.value, why[:500]
    receipt.open_amount, receipt.updated_at = ZERO, now
    for entry in db.session.scalars(select(BankEntry).where(BankEntry.receipt_id == receipt.id)):
        entry.receipt_id, entry.state = None, BankState.UNMATCHED.value
    audit.record(actor, "receipt.cancelled", receipt, now, reason=receipt.cancel_reason)
    standing.refresh(receipt.customer_id, now)


def hold(receipt_id: int) -> Receipt:
    """The receipt as it stands now, held until the transaction ends; NotFound when it is not this session's to see."""
    take_turn(Turn.MONEY)
    wanted = select(Receipt).where(Receipt.id == receipt_id).with_for_update(of=Receipt)
    found = db.session.scalar(wanted.execution_options(populate_existing=True))
    if found is None:
        raise NotFound()
    return found


def recorded_as(account: str, reference: str) -> str | None:
    """The number of the kept receipt with this bank reference on this account of ours."""
    if not reference:
        return None
    ids = whole.holders(Receipt, "bank_reference", reference)
    shown = whole.columns_of(Receipt, ids, ("number", "account", "state"))
    kept = ReceiptState.KEPT.value
    return next((row[0] for row in shown.values() if row[1:] == (account, kept)), None)


def _wrong(facts: ReceiptFacts, today: date) -> dict[str, Text]:
    wrong: dict[str, Text] = {}
    if facts.currency not in CURRENCIES:
        wrong["currency"] = t("Unknown currency.")
    else:
        for name, value in (("amount", facts.amount), ("bank_charge", facts.bank_charge)):
            if round_money(value, facts.currency) != value:
                text = t("%(currency)s has fewer decimals than that.", currency=facts.currency)
                wrong[name] = text
    if facts.amount <= 0:
        wrong["amount"] = t("The amount must be more than zero.")
    if facts.bank_charge < 0:
        wrong["bank_charge"] = t("It cannot be below zero.")
    if facts.received_on > today:
        wrong["received_on"] = t("This day is still to come.")
    for name, most in LONGEST.items():
        if len(getattr(facts, name).strip()) > most:
            wrong[name] = t("At most %(most)s characters.", most=most)
    return wrong
