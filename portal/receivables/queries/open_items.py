"""What is open, on any day, and how old it is (DOMAIN R9).

For today the receivables' own columns count; for a past day the sum of the postings up to it, and the disputes that
were open then. A disputed opening item has no such history: its present amount counts.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import reduce
from operator import add
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select, type_coerce
from sqlalchemy.orm import load_only

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
NAMES = (Customer.code, Customer.name_zh, Customer.name_en, Customer.short_name)
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


@dataclass(frozen=True, slots=True)
class AgeingPart:
    """One currency: the sum of all rows, how many there are, and the most overdue of them."""

    total: Aged
    count: int
    rows: list[AgeingRow]


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
    found = _by_whom(_figures(viewer, as_of, customer_ids, currency), as_of, bounds, by_group)
    rows = db.session.execute(found).all()
    names = _customers({row[0] for row in rows})
    listed = [
        AgeingRow(names[row[0]], row[1], Aged(tuple(row[2:-1]), row[-1]))
        for row in rows
        if row[0] in names
    ]
    return sorted(listed, key=lambda each: (each.currency, -each.aged.overdue, each.customer.code))


def most_overdue(
    viewer: Viewer,
    as_of: date,
    bounds: tuple[int, ...],
    shown: int,
    *,
    by_group: bool = False,
    currency: str = "",
) -> dict[str, AgeingPart]:
    """Currency → the sum and number of the rows of `ageing`, and its first `shown` rows; added up in the database."""
    of = _by_whom(_figures(viewer, as_of, None, currency), as_of, bounds, by_group).subquery()
    ages = list(of.c)[2:]
    sums = select(of.c.currency, func.count(), *map(func.sum, ages)).select_from(of)
    named = sums.join(Customer, Customer.id == of.c.id)
    rows = _first_rows(of, ages, shown)
    return {
        row[0]: AgeingPart(Aged(tuple(row[2:-1]), row[-1]), row[1], rows[row[0]])
        for row in db.session.execute(named.group_by(of.c.currency).order_by(of.c.currency))
    }


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
        posted, disputes = _posted(as_of), _disputed(as_of)
        apart = func.coalesce(disputes.c.gross, 0)
        known = case((Receivable.statement_id.is_(None), Receivable.disputed_amount), else_=apart)
        statement = (
            select(*shown, posted.c.open_amount, known.label("disputed_amount"))
            .join(posted, posted.c.receivable_id == Receivable.id)
            .outerjoin(disputes, disputes.c.statement_id == Receivable.statement_id)
        )
    statement = visible(statement, Receivable, viewer)
    if customer_ids is not None:
        statement = statement.where(Receivable.customer_id.in_(sorted(customer_ids)))
    if currency:
        statement = statement.where(Receivable.currency == currency)
    return statement.subquery()


def _by_whom(found: Any, as_of: date, bounds: tuple[int, ...], by_group: bool) -> Select[Any]:
    """id of the customer or group, currency, the columns of its ages, the disputed part."""
    whose = func.coalesce(Customer.parent_id, Customer.id) if by_group else found.c.customer_id
    ages = [
        each.label(f"ages_{place}") for place, each in enumerate(_columns(found.c, as_of, bounds))
    ]
    statement: Any = select(whose.label("id"), found.c.currency, *ages).select_from(found)
    if by_group:
        statement = statement.join(Customer, Customer.id == found.c.customer_id)
    return statement.group_by(whose, found.c.currency)


def _first_rows(of: Any, ages: list[Any], shown: int) -> dict[str, list[AgeingRow]]:
    """Currency → its first rows in the order of `ageing`."""
    overdue = reduce(add, ages[1:-1])
    place = func.row_number().over(
        partition_by=of.c.currency, order_by=(overdue.desc(), Customer.code)
    )
    ranked = select(of, place.label("place")).join(Customer, Customer.id == of.c.id).subquery()
    wanted = select(Customer, ranked.c.currency, *list(ranked.c)[2:-1]).options(load_only(*NAMES))
    rows = wanted.join(ranked, ranked.c.id == Customer.id).where(ranked.c.place <= shown)
    found: dict[str, list[AgeingRow]] = {}
    for row in db.session.execute(rows.order_by(ranked.c.currency, ranked.c.place)):
        aged = Aged(tuple(row[2:-1]), row[-1])
        found.setdefault(row[1], []).append(AgeingRow(row[0], row[1], aged))
    return found


def _posted(as_of: date) -> Any:
    left = func.sum(ReceivablePosting.change)
    statement = select(ReceivablePosting.receivable_id, left.label("open_amount"))
    statement = statement.where(ReceivablePosting.on <= as_of)
    return statement.group_by(ReceivablePosting.receivable_id).having(left != 0).subquery()


def _disputed(as_of: date) -> Any:
    """Statement id → the gross of its lines whose dispute was open at the end of the day."""
    end = datetime.combine(as_of + timedelta(days=1), time(), ZONE)
    over = func.coalesce(Dispute.decided_at, Dispute.updated_at)  # nobody decides what is withdrawn
    lines = (
        select(Dispute.statement_id, func.sum(StatementLine.gross_amount).label("gross"))
        .join(StatementLine, StatementLine.id == Dispute.line_id)
        .where(Dispute.raised_at < end, or_(Dispute.state.in_(UNDECIDED), over >= end))
    )
    return lines.group_by(Dispute.statement_id).subquery()


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
    wanted = select(Customer).options(load_only(*NAMES)).where(Customer.id.in_(sorted(ids)))
    rows = db.session.scalars(wanted)
    return {row.id: row for row in rows}
