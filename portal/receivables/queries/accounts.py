"""The statement of account 往来对账: what was issued, what came in, and the balance after each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.billing.models import Receivable, ReceivablePosting
from portal.billing.rules.kinds import POSTING_WORDS, PostingKind
from portal.db.base import db
from portal.kernel.text import Text, t
from portal.receivables.models import Allocation, DepositMove, Receipt, Refund
from portal.receivables.rules.kinds import ReceiptKind, ReceiptState

ZERO = Decimal(0)
WITHIN = frozenset(
    {
        PostingKind.ALLOCATION,
        PostingKind.ALLOCATION_UNDONE,
        PostingKind.NETTING,
        PostingKind.NETTING_UNDONE,
    }
)
BILLING = tuple(kind.value for kind in PostingKind if kind not in WITHIN)
"""Postings that are entries of their own: payments are, instead of their allocations; what is set off cancels out."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: `change` raises (or lowers) what the customer owes; `balance` after it. (`type`, `id`): its record."""

    on: date
    words: Text
    label: str
    change: Decimal
    type: str
    id: int
    balance: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Account:
    """One customer in one currency over some days."""

    customer_id: int
    currency: str
    starts_on: date
    ends_on: date
    opening: Decimal
    entries: tuple[Entry, ...]

    @property
    def closing(self) -> Decimal:
        """What is owed at the end, prepayments taken off."""
        return self.entries[-1].balance if self.entries else self.opening

    @property
    def charged(self) -> Decimal:
        """What was added."""
        return sum((each.change for each in self.entries if each.change > 0), ZERO)

    @property
    def paid(self) -> Decimal:
        """What was taken off, as a positive figure."""
        return -sum((each.change for each in self.entries if each.change < 0), ZERO)


def account(
    customer_id: int, currency: str, starts_on: date, ends_on: date, viewer: Viewer
) -> Account:
    """The account from one day to another, both included. Deposits stand apart until they are set off."""
    found = sorted(
        (
            *_billed(customer_id, currency, ends_on, viewer),
            *_received(customer_id, currency, ends_on, viewer),
            *_set_off(customer_id, currency, ends_on, viewer),
            *_refunded(customer_id, currency, ends_on, viewer),
            *_across(customer_id, currency, ends_on, viewer),
        ),
        key=lambda each: (each.on, each.type, each.id),
    )
    opening = sum((each.change for each in found if each.on < starts_on), ZERO)
    inside = (each for each in found if each.on >= starts_on)
    return Account(
        customer_id, currency, starts_on, ends_on, opening, tuple(_balanced(opening, inside))
    )


def currencies(customer_id: int, viewer: Viewer) -> list[str]:
    """The currencies in which the customer ever owed or paid."""
    owed = visible(select(Receivable.currency), Receivable, viewer)
    paid = visible(select(Receipt.currency), Receipt, viewer)
    rows = owed.where(Receivable.customer_id == customer_id).union(
        paid.where(Receipt.customer_id == customer_id)
    )
    return sorted(db.session.scalars(rows))


def received_in(
    customer_id: int, currency: str, starts_on: date, ends_on: date, viewer: Viewer
) -> Decimal:
    """What came in from one day to another, less what went back; deposits only when they were set off."""
    payments = sum(
        each.change
        for each in (
            *_received(customer_id, currency, ends_on, viewer),
            *_set_off(customer_id, currency, ends_on, viewer),
            *_refunded(customer_id, currency, ends_on, viewer),
        )
        if each.on >= starts_on
    )
    return Decimal(-payments)


def _balanced(opening: Decimal, entries: Iterable[Entry]) -> Iterable[Entry]:
    balance = opening
    for each in entries:
        balance += each.change
        yield replace(each, balance=balance)


def _billed(customer_id: int, currency: str, until: date, viewer: Viewer) -> Iterable[Entry]:
    statement = visible(select(ReceivablePosting), ReceivablePosting, viewer)
    statement = statement.join(Receivable, Receivable.id == ReceivablePosting.receivable_id).where(
        ReceivablePosting.customer_id == customer_id,
        ReceivablePosting.kind.in_(BILLING),
        ReceivablePosting.on <= until,
        Receivable.currency == currency,
    )
    for row in db.session.scalars(statement.options(joinedload(ReceivablePosting.receivable))):
        words = POSTING_WORDS[PostingKind(row.kind)]
        owed = row.receivable
        yield Entry(row.on, words, owed.reference, row.change, "receivable", owed.id)


def _received(customer_id: int, currency: str, until: date, viewer: Viewer) -> Iterable[Entry]:
    statement = visible(select(Receipt), Receipt, viewer).where(
        Receipt.customer_id == customer_id,
        Receipt.currency == currency,
        Receipt.received_on <= until,
        Receipt.kind == ReceiptKind.PAYMENT.value,
        Receipt.state == ReceiptState.KEPT.value,
    )
    for row in db.session.scalars(statement):
        yield Entry(row.received_on, t("Payment"), row.number, -row.amount, "receipt", row.id)


def _set_off(customer_id: int, currency: str, until: date, viewer: Viewer) -> Iterable[Entry]:
    statement = visible(select(DepositMove), DepositMove, viewer).join(
        Receipt, Receipt.id == DepositMove.receipt_id
    )
    statement = statement.where(
        DepositMove.customer_id == customer_id,
        DepositMove.kind == "set_off",
        DepositMove.on <= until,
        Receipt.currency == currency,
    )
    for row in db.session.scalars(statement):
        yield Entry(
            row.on, t("Deposit set off"), row.number, -row.amount, "receipt", row.receipt_id
        )


def _refunded(customer_id: int, currency: str, until: date, viewer: Viewer) -> Iterable[Entry]:
    statement = visible(select(Refund), Refund, viewer).join(
        Receipt, Receipt.id == Refund.receipt_id
    )
    statement = statement.where(
        Refund.customer_id == customer_id, Refund.on <= until, Receipt.currency == currency
    )
    for row in db.session.scalars(statement):
        words = t("Refund undone") if row.reverses_id else t("Refund")
        yield Entry(row.on, words, row.number, row.amount, "receipt", row.receipt_id)


def _across(customer_id: int, currency: str, until: date, viewer: Viewer) -> Iterable[Entry]:
    """Allocations across currencies: they take from one account and pay into another."""
    statement = (
        visible(select(Allocation, Receipt, Receivable), Allocation, viewer)
        .join(Receipt, Receipt.id == Allocation.receipt_id)
        .join(Receivable, Receivable.id == Allocation.receivable_id)
        .where(
            Allocation.customer_id == customer_id,
            Allocation.on <= until,
            Allocation.exchange_rate.is_not(None),
        )
    )
    for row, receipt, owed in db.session.execute(statement):
        told: dict[str, Any] = {"currency": owed.currency, "number": owed.reference}
        if receipt.currency == currency:
            words = t("Used in %(currency)s for %(number)s", **told)
            yield Entry(row.on, words, receipt.number, row.receipt_amount, "receipt", receipt.id)
        if owed.currency == currency:
            words = t("Payment in %(currency)s", currency=receipt.currency)
            yield Entry(row.on, words, receipt.number, -row.amount, "receipt", receipt.id)


def refunded_sum(receipt_id: int) -> Decimal:
    """How much of a receipt went back, what was undone taken off."""
    found = select(func.coalesce(func.sum(Refund.amount), 0))
    return db.session.scalar(found.where(Refund.receipt_id == receipt_id)) or ZERO


def allocated_sum(receipt_id: int) -> Decimal:
    """How much of a receipt is allocated, what was undone taken off."""
    found = select(func.coalesce(func.sum(Allocation.receipt_amount), 0))
    return db.session.scalar(found.where(Allocation.receipt_id == receipt_id)) or ZERO
