"""Two customers side by side: what each has, and what stands against making them one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select

from portal.billing.models import Statement, StatementLine, StatementRun
from portal.billing.rules.states import FROZEN, RunState, StatementState
from portal.customers.models import Customer, SettlementTerms
from portal.db import moving, whole
from portal.db.base import db
from portal.db.moving import Place
from portal.intake.rules.merging import FIELDS, STAYING, kinds_problem
from portal.kernel.text import Text, t
from portal.warehouse.models import StockItem, StockItemSize

SHOWN_SKUS = 5


@dataclass(frozen=True, slots=True)
class Side:
    """One of two customers: its values by field, and how many rows of each table are its own."""

    customer: Customer
    values: dict[str, Any]
    rows: dict[Place, int]
    terms: SettlementTerms | None


def side(customer: Customer) -> Side:
    """What the page shows of one of them."""
    terms = select(SettlementTerms).where(SettlementTerms.customer_id == customer.id)
    values = {name: getattr(customer, name) for name in FIELDS}
    rows = moving.counts(movable(), customer.id)
    return Side(customer, values, rows, db.session.scalar(terms))


def movable() -> tuple[Place, ...]:
    """Every place that moves with a merge."""
    return tuple(each for each in moving.places() if tuple(each) not in STAYING)


def refusals(survivor: Customer, duplicate: Customer) -> list[Text]:
    """Why these two cannot become one now; none: they can."""
    has_branches = bool(whole.holders(Customer, "parent_id", duplicate.id))
    what = kinds_problem(_facts(survivor), _facts(duplicate), has_branches=has_branches)
    if what is not None:
        return [what]
    return [*_runs(survivor, duplicate), *_drafts(duplicate), *_sizes(survivor, duplicate)]


def _facts(row: Customer) -> dict[str, Any]:
    merged = row.merged_into_id is not None
    return {"id": row.id, "kind": row.kind, "parent_id": row.parent_id, "merged": merged}


def _runs(survivor: Customer, duplicate: Customer) -> Iterator[Text]:
    """A billing run that may be drafting either of them, or their groups."""
    ids = {survivor.id, duplicate.id, survivor.parent_id, duplicate.parent_id} - {None}
    only = StatementRun.only_customer_id
    running = select(StatementRun.id).where(
        StatementRun.state.in_((RunState.WAITING, RunState.RUNNING)), or_(only.is_(None), only.in_(ids))
    )  # fmt: skip
    if db.session.scalar(running.limit(1)) is not None:
        yield t("A billing run is at work on these customers: wait until it is done.")


def _drafts(duplicate: Customer) -> Iterator[Text]:
    """Statements that are still being written name the duplicate: they would say something else."""
    served = select(StatementLine.statement_id).where(StatementLine.served_id == duplicate.id)
    closed = [*FROZEN, StatementState.VOID]
    drafts = select(Statement.number).where(
        Statement.state.not_in([str(each) for each in closed]),
        or_(Statement.customer_id == duplicate.id, Statement.id.in_(served)),
    )
    for number in db.session.scalars(drafts.order_by(Statement.id).limit(SHOWN_SKUS)):
        yield t(
            "Statement %(number)s is being drafted: publish it or void it first.", number=number
        )


def _sizes(survivor: Customer, duplicate: Customer) -> Iterator[Text]:
    """Goods of one name that measure otherwise at the two of them."""
    ours, theirs = sizes_of(survivor.id), sizes_of(duplicate.id)
    unlike = [sku for sku in sorted(ours) if sku in theirs and _clash(ours[sku], theirs[sku])]
    if unlike:
        names = ", ".join(unlike[:SHOWN_SKUS])
        yield t("Goods of one number have two sizes: %(skus)s. Make them alike first.", skus=names)


def _clash(ours: dict[Any, Any], theirs: dict[Any, Any]) -> bool:
    return any(day in theirs and theirs[day] != size for day, size in ours.items())


def sizes_of(customer_id: int) -> dict[str, dict[Any, Any]]:
    """SKU → {from day: (volume, weight)}."""
    found: dict[str, dict[Any, Any]] = {}
    columns = (StockItem.sku, StockItemSize.from_on, StockItemSize.unit_m3, StockItemSize.unit_kg)
    joined = select(*columns).outerjoin(StockItemSize, StockItemSize.stock_item_id == StockItem.id)
    for sku, day, m3, kg in db.session.execute(joined.where(StockItem.customer_id == customer_id)):
        sizes = found.setdefault(sku, {})
        if day is not None:
            sizes[day] = (m3, kg)
    return found
