"""Open items and receipts for tests, through the actions."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from portal.access.viewer import SYSTEM
from portal.billing.actions import owing
from portal.billing.models import Receivable, ReceivablePosting
from portal.customers.models import Customer, SettlementTerms
from portal.db.base import db
from portal.receivables.actions import receipts
from portal.receivables.actions.receipts import ReceiptFacts
from portal.receivables.models import Receipt
from tests.factories import add

D = Decimal


def owed(
    customer: Customer, amount: str, due_on: date, now: datetime, *, currency: str = "CNY",
    issued_on: date | None = None, disputed: str = "0",
) -> Receivable:  # fmt: skip
    """An open item brought forward; its reference counts up."""
    count = db.session.scalar(select(func.count(Receivable.id))) or 0
    row = owing.opening(
        customer, f"OLD-{count + 1}", currency, issued_on or min(due_on, now.date()), due_on, D(amount), SYSTEM, now
    )  # fmt: skip
    row.disputed_amount = D(disputed)
    db.session.flush()
    return row


def received(customer: Customer, amount: str, now: datetime, **more: Any) -> Receipt:
    """Money that came in on 2 March 2026 in CNY, unless said otherwise."""
    values = {"received_on": date(2026, 3, 2), "currency": "CNY", **more}
    return receipts.record(customer, ReceiptFacts(amount=D(amount), **values), SYSTEM, now)


def terms(customer: Customer, **more: Any) -> SettlementTerms:
    """The customer's own settlement terms."""
    return add(SettlementTerms(customer_id=customer.id, **more))


def open_of(row: Receivable | Receipt) -> Decimal:
    """What is open as the database has it."""
    db.session.flush()
    db.session.refresh(row)
    return row.open_amount


def posted(row: Receivable) -> list[tuple[str, Decimal]]:
    """(kind, change) of its postings, in order."""
    wanted = select(ReceivablePosting).where(ReceivablePosting.receivable_id == row.id)
    found = db.session.scalars(wanted.order_by(ReceivablePosting.id))
    return [(each.kind, each.change) for each in found]
