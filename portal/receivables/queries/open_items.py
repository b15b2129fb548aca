"""What is open, on any day, and how old it is (DOMAIN R9).

For today the receivables' own columns count; for a past day the sum of the postings up to it, and the disputes that
were open then. A disputed opening item has no such history: its present amount counts.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select, type_coerce

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.billing.models import Dispute, Receivable, ReceivablePosting, StatementLine
from portal.billing.rules.states import DisputeState
from portal.customers.models import Customer
from portal.db.base import db
from portal.db.types import Amount
from portal.kernel import clock
from portal.receivables.rules.ageing import BOUNDS, Aged, disputed_part, overdue_days, spans

ZONE = ZoneInfo("Asia/Shanghai")
ZERO = Decimal(0)
NONE = literal(ZERO, Amount())
UNDECIDED = (DisputeState.OPEN.value, DisputeState.PENDING_APPROVAL.value)


@dataclass(frozen=True, slots=True)
class OpenItem:
    """One receivable with what is open of it on a day; `late` in days."""

    receivable: Receivable
    open_amount: Decimal
    disputed_amount: Decimal
    late: int


@dataclass(frozen=True, slots=True)
class AgeingRow:
    """One customer (or group) in one currency."""

    customer: Customer
    currency: str
    aged: Aged


def receivables(viewer: Viewer) -> Select[Any]:
    """Every receivable that the viewer may see."""
    statement: Select[Any] = select(Receivable)
    return visible(statement, Receivable, viewer)


def open_now(viewer: Viewer) -> Select[Any]:
    """The receivables that are open now."""
    return receivables(viewer).where(Receivable.open_amount != 0)


def items(
    viewer: Viewer, as_of: date, customer_ids: Collection[int] | None = None, currency: str = ""
) -> list[OpenItem]:
    """What was open at the end of a day, oldest due first; of these customers and this currency, or of all."""
    found = _figures(viewer, as_of, customer_ids, currency)
    statement = select(Receivable, found.c.open_amount, found.c.disputed_amount).join(
        found, found.c.id == Receivable.id
    )
    rows = db.session.execute(statement.order_by(Receivable.due_on, Receivable.id))
    return [
        OpenItem(row, left, disputed_part(left, disputed), overdue_days(row.due_on, as_of))
        for row, left, disputed in rows
    ]


def ageing(
    viewer: Viewer,
    as_of: date,
    bounds: tuple[int, ...] = BOUNDS,
    *,
    by_group: bool = False,
    customer_ids: Collection[int] | None = None,
    currency: str = "",
) -> list[AgeingRow]:
    """The ages of what was open at the end of a day, by customer and currency, or by group and currency."""
    found = _figures(viewer, as_of, customer_ids, currency)
    whose = found.c.customer_id
    if by_group:
        whose = func.coalesce(Customer.parent_id, Customer.id)
    statement = select(whose, found.c.currency, *_columns(found.c, as_of, bounds)).select_from(found)  # fmt: skip
    if by_group:
        statement = statement.join(Customer, Customer.id == found.c.customer_id)
    rows = db.session.execute(statement.group_by(whose, found.c.currency)).all()
    names = _customers({row[0] for row in rows})
    listed = [
        AgeingRow(names[row[0]], row[1], Aged(tuple(row[2:-1]), row[-1]))
        for row in rows
        if row[0] in names
    ]
    return sorted(listed, key=lambda each: (each.currency, -each.aged.overdue, each.customer.code))


def totals(rows: Collection[AgeingRow]) -> dict[str, Aged]:
    """Currency → the sum of the rows."""
    found: dict[str, Aged] = {}
    for row in rows:
        known = found.get(row.currency)
        found[row.currency] = row.aged if known is None else known + row.aged
    return found


def open_sums(customer_id: int, viewer: Viewer) -> dict[str, Decimal]:
    """Currency → what one customer owes now; below zero where a credit is left."""
    statement = open_now(viewer).where(Receivable.customer_id == customer_id)
    sums = statement.with_only_columns(Receivable.currency, func.sum(Receivable.open_amount))
    return {row[0]: row[1] for row in db.session.execute(sums.group_by(Receivable.currency))}


def _figures(
    viewer: Viewer, as_of: date, customer_ids: Collection[int] | None, currency: str
) -> Any:
    """id, customer, currency, due day, open and disputed amount of everything open at the end of a day."""
    shown = (Receivable.id, Receivable.customer_id, Receivable.currency, Receivable.due_on)
    if as_of >= clock.today():
        statement = select(
            *shown,
            Receivable.open_amount.label("open_amount"),
            Receivable.disputed_amount.label("disputed_amount"),
        ).where(Receivable.open_amount != 0)
    else:
        posted = _posted(as_of)
        statement = select(
            *shown, posted.c.open_amount, _disputed(as_of).label("disputed_amount")
        ).join(posted, posted.c.receivable_id == Receivable.id)
    statement = visible(statement, Receivable, viewer)
    if customer_ids is not None:
        statement = statement.where(Receivable.customer_id.in_(sorted(customer_ids)))
    if currency:
        statement = statement.where(Receivable.currency == currency)
    return statement.subquery()


def _posted(as_of: date) -> Any:
    left = func.sum(ReceivablePosting.change)
    statement = select(ReceivablePosting.receivable_id, left.label("open_amount"))
    statement = statement.where(ReceivablePosting.on <= as_of)
    return statement.group_by(ReceivablePosting.receivable_id).having(left != 0).subquery()


def _disputed(as_of: date) -> ColumnElement[Decimal]:
    """The gross of the lines whose dispute was open at the end of the day."""
    end = datetime.combine(as_of + timedelta(days=1), time(), ZONE)
    over = func.coalesce(Dispute.decided_at, Dispute.updated_at)  # nobody decides what is withdrawn
    lines = (
        select(func.coalesce(func.sum(StatementLine.gross_amount), 0))
        .join(Dispute, Dispute.line_id == StatementLine.id)
        .where(
            Dispute.statement_id == Receivable.statement_id,
            Dispute.raised_at < end,
            or_(Dispute.state.in_(UNDECIDED), over >= end),
        )
        .correlate(Receivable)
        .scalar_subquery()
    )
    return case((Receivable.statement_id.is_(None), Receivable.disputed_amount), else_=lines)


def _columns(
    of: Any, as_of: date, bounds: tuple[int, ...]
) -> list[ColumnElement[Decimal]]:  # not due, then each span, then the disputed part
    credit = of.open_amount < 0
    apart: Any = case(
        (or_(credit, of.disputed_amount < 0), NONE),
        (of.disputed_amount > of.open_amount, of.open_amount),
        else_=of.disputed_amount,
    )
    left = type_coerce(of.open_amount - apart, Amount())
    found: list[Any] = []
    for place, span in enumerate(spans(as_of, bounds)):
        inside = and_(
            *([of.due_on >= span.first] if span.first else ()),
            *([of.due_on <= span.last] if span.last else ()),
        )
        inside = or_(credit, inside) if place == 0 else and_(~credit, inside)
        found.append(func.coalesce(func.sum(case((inside, left), else_=NONE)), 0))
    return [*found, func.coalesce(func.sum(apart), 0)]


def _customers(ids: Collection[int]) -> dict[int, Customer]:
    if not ids:
        return {}
    rows = db.session.scalars(select(Customer).where(Customer.id.in_(sorted(ids))))
    return {row.id: row for row in rows}
