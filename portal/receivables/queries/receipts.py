"""Receipts, deposits, and the bank's rows behind them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, case, func, literal, select
from sqlalchemy.orm import joinedload

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.billing.models import Receivable
from portal.customers.models import Customer
from portal.db.base import db
from portal.db.types import Amount
from portal.receivables.models import Allocation, BankEntry, DepositMove, Receipt, Refund
from portal.receivables.queries.accounts import allocated_sum
from portal.receivables.rules.allocation import Owed
from portal.receivables.rules.kinds import BankState, ReceiptKind, ReceiptState

ZERO = Decimal(0)


def receipts(viewer: Viewer) -> Select[Any]:
    """Every receipt that the viewer may see, with its customer."""
    statement: Select[Any] = select(Receipt).options(joinedload(Receipt.customer))
    return visible(statement, Receipt, viewer)


def receipt_list(viewer: Viewer) -> Select[Any]:
    """The same joined to the customer, for lists that search and sort by it."""
    statement: Select[Any] = select(Receipt).join(Customer, Customer.id == Receipt.customer_id)
    return visible(statement.options(joinedload(Receipt.customer)), Receipt, viewer)


def not_allocated(statement: Select[Any]) -> Select[Any]:
    """`statement` over receipts narrowed to those with something left."""
    return statement.where(Receipt.open_amount > 0, Receipt.state == ReceiptState.KEPT.value)


def alike(customer_id: int, on: date, currency: str, amount: Decimal, viewer: Viewer) -> list[Receipt]:  # fmt: skip
    """Kept receipts of the same customer, day and amount: is this one recorded already?"""
    statement = receipts(viewer).where(
        Receipt.customer_id == customer_id,
        Receipt.received_on == on,
        Receipt.currency == currency,
        Receipt.amount == amount,
        Receipt.state == ReceiptState.KEPT.value,
    )
    return list(db.session.scalars(statement.order_by(Receipt.id)))


def allocations(receipt: Receipt, viewer: Viewer) -> list[Allocation]:
    """Everything that was allocated and undone, in order."""
    statement = visible(select(Allocation), Allocation, viewer)
    statement = statement.where(Allocation.receipt_id == receipt.id).order_by(Allocation.id)
    return list(db.session.scalars(statement.options(joinedload(Allocation.receivable))))


def undone(rows: list[Allocation]) -> frozenset[int]:
    """The ids of the allocations that were undone."""
    return frozenset(row.reverses_id for row in rows if row.reverses_id is not None)


def payments_of(receivable_id: int, viewer: Viewer) -> list[Allocation]:
    """What was paid on a receivable, with the receipts, in order."""
    statement = visible(select(Allocation), Allocation, viewer)
    statement = statement.where(Allocation.receivable_id == receivable_id).order_by(Allocation.id)
    return list(db.session.scalars(statement.options(joinedload(Allocation.receipt))))


def refunds_of(receipt: Receipt, viewer: Viewer) -> list[Refund]:
    """What went back of a payment, and was undone, in order."""
    statement = visible(select(Refund), Refund, viewer)
    return list(
        db.session.scalars(statement.where(Refund.receipt_id == receipt.id).order_by(Refund.id))
    )


def deposit_moves(receipt: Receipt, viewer: Viewer) -> list[DepositMove]:
    """Refunds and set-offs of a deposit, in order."""
    statement = visible(select(DepositMove), DepositMove, viewer)
    wanted = statement.where(DepositMove.receipt_id == receipt.id).order_by(DepositMove.id)
    return list(db.session.scalars(wanted))


def free_amount(receipt: Receipt) -> Decimal:
    """What may be allocated now: what is left of a payment; of a deposit what was set off and not used."""
    if receipt.state != ReceiptState.KEPT:
        return ZERO
    if receipt.kind != ReceiptKind.DEPOSIT:
        return receipt.open_amount
    set_off = select(func.coalesce(func.sum(DepositMove.amount), 0)).where(
        DepositMove.receipt_id == receipt.id, DepositMove.kind == "set_off"
    )
    return (db.session.scalar(set_off) or ZERO) - allocated_sum(receipt.id)


def held_amount(receipt: Receipt) -> Decimal:
    """What we still hold of a deposit: neither refunded nor set off; nothing of a payment."""
    if receipt.kind != ReceiptKind.DEPOSIT:
        return ZERO
    return receipt.open_amount - free_amount(receipt)


def owed_by(customer_id: int, viewer: Viewer) -> list[Owed]:
    """What a customer's receipt may pay for, oldest due first."""
    statement = visible(select(Receivable), Receivable, viewer)
    statement = statement.where(Receivable.customer_id == customer_id, Receivable.open_amount > 0)
    rows = db.session.scalars(statement.order_by(Receivable.due_on, Receivable.id))
    return [owed_of(row) for row in rows]


def owed_of(row: Receivable) -> Owed:
    """A receivable as the rules of allocation see it."""
    return Owed(row.id, row.currency, row.due_on, row.open_amount, row.disputed_amount)


def money_held(customer_id: int, viewer: Viewer) -> dict[str, tuple[Decimal, Decimal]]:
    """Currency → (deposits that we hold, receipts not allocated yet)."""
    is_deposit = Receipt.kind == ReceiptKind.DEPOSIT.value
    left, none = Receipt.open_amount, literal(ZERO, Amount())
    statement = visible(
        select(
            Receipt.currency,
            func.sum(case((is_deposit, left), else_=none)),
            func.sum(case((is_deposit, none), else_=left)),
        ),
        Receipt,
        viewer,
    ).where(Receipt.customer_id == customer_id, Receipt.state == ReceiptState.KEPT.value)
    rows = db.session.execute(statement.group_by(Receipt.currency))
    return {row[0]: (row[1], row[2]) for row in rows}


def bank_entries(state: BankState | None = None) -> Select[Any]:
    """The rows of the banks' files, newest first; they are nobody's, so only staff who record receipts may ask."""
    statement: Select[Any] = select(BankEntry).order_by(BankEntry.on.desc(), BankEntry.id.desc())
    return statement if state is None else statement.where(BankEntry.state == state.value)


def unmatched_count() -> int:
    """How many rows of the banks' files wait for somebody to say whose they are."""
    return db.session.scalar(unmatched()) or 0


def unmatched() -> Select[Any]:
    """The same, to be asked with others."""
    counted: Any = select(func.count(BankEntry.id))
    waiting: Select[Any] = counted.where(BankEntry.state == BankState.UNMATCHED.value)
    return waiting
