"""What is owed, today and as of any past day (DOMAIN R9)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, func, select

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.billing.models import Receivable, ReceivablePosting
from portal.billing.rules.kinds import PostingKind
from portal.db.base import db

NOTHING = Decimal(0)
PAID = (
    PostingKind.ALLOCATION.value, PostingKind.ALLOCATION_UNDONE.value, PostingKind.EXCHANGE.value
)  # fmt: skip


def open_as_of(day: date, viewer: Viewer, currency: str | None = None) -> Select[Any]:
    """(receivable id, open amount at the end of `day`) of every receivable that was open then."""
    left = func.sum(ReceivablePosting.change)
    statement: Any = select(ReceivablePosting.receivable_id, left.label("open_amount"))
    statement = visible(statement, ReceivablePosting, viewer).where(ReceivablePosting.on <= day)
    if currency is not None:
        of_currency = select(Receivable.id).where(Receivable.currency == currency)
        statement = statement.where(ReceivablePosting.receivable_id.in_(of_currency))
    grouped: Select[Any] = statement.group_by(ReceivablePosting.receivable_id)
    return grouped.having(left != NOTHING)


def open_of(customer_id: int, currency: str, viewer: Viewer) -> Decimal:
    """What a customer owes in one currency now; negative: we owe it."""
    statement: Select[Any] = visible(select(func.sum(Receivable.open_amount)), Receivable, viewer)
    statement = statement.where(
        Receivable.customer_id == customer_id, Receivable.currency == currency
    )
    return db.session.scalar(statement) or NOTHING


def paid_since(customer_id: int, currency: str, after: date | None, viewer: Viewer) -> Decimal:
    """What a customer's receipts paid in one currency after the day `after` (None: ever), undone ones taken off."""
    statement: Select[Any] = visible(
        select(func.sum(ReceivablePosting.change)), ReceivablePosting, viewer
    ).join(Receivable, Receivable.id == ReceivablePosting.receivable_id)
    statement = statement.where(
        ReceivablePosting.customer_id == customer_id, Receivable.currency == currency, ReceivablePosting.kind.in_(PAID)
    )  # fmt: skip
    if after is not None:
        statement = statement.where(ReceivablePosting.on > after)
    return -(db.session.scalar(statement) or NOTHING)


def postings_of(receivable: Receivable) -> list[ReceivablePosting]:
    """The postings of a receivable that was fetched, oldest first."""
    wanted = select(ReceivablePosting).where(ReceivablePosting.receivable_id == receivable.id)
    return list(db.session.scalars(wanted.order_by(ReceivablePosting.on, ReceivablePosting.id)))
