"""Reading stock for pages: who has what where, lots, movements, goods, warehouses and their months."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.accounts.models import User
from portal.contracts.models import Contract, ContractLine
from portal.contracts.rules.states import ContractState
from portal.customers.models import Customer
from portal.customers.queries.finding import found_by
from portal.db.base import db
from portal.usage.models import ImportBatch
from portal.warehouse.models import StockItem, StockLot, StockMovement, StockPeriod, Warehouse
from portal.warehouse.rules.daybook import Stock

FILE_KINDS = ("movements", "stock_items")


def overview(viewer: Viewer, warehouse_id: int | None = None) -> Select[Any]:
    """Customers with a stock: how many warehouses, what they hold, when something moved last."""
    own: list[ColumnElement[bool]] = [StockLot.customer_id == Customer.id]
    if warehouse_id is not None:
        own.append(StockLot.warehouse_id == warehouse_id)
    held = (
        select(func.sum(getattr(StockLot, name))).where(*own).scalar_subquery().label(name)
        for name in Stock._fields
    )
    places = select(func.count(StockLot.warehouse_id.distinct())).where(*own)
    last = select(func.max(StockLot.last_on)).where(*own)
    statement: Any = select(
        Customer,
        places.scalar_subquery().label("places"),
        *held,
        last.scalar_subquery().label("last_on"),
    ).where(select(StockLot.id).where(*own).exists())
    return visible(statement, Customer, viewer)


def having_words(statement: Select[Any], words: str) -> Select[Any]:
    """`statement` over customers, narrowed to those found by every word."""
    return statement.where(*found_by(words))


def held_by(
    customer_id: int, viewer: Viewer, warehouse_id: int | None = None
) -> tuple[Stock, date | None]:
    """What a customer has in store after everything posted, and when something moved last."""
    sums = [func.sum(getattr(StockLot, name)) for name in Stock._fields]
    statement: Any = select(*sums, func.max(StockLot.last_on))
    statement = visible(statement, StockLot, viewer).where(StockLot.customer_id == customer_id)
    if warehouse_id is not None:
        statement = statement.where(StockLot.warehouse_id == warehouse_id)
    *held, last_on = db.session.execute(statement).one()
    return Stock(*(each or Stock().pieces for each in held)), last_on


def lots(viewer: Viewer, customer_id: int | None = None) -> Select[Any]:
    """Lots with their warehouse."""
    statement: Any = select(StockLot).options(joinedload(StockLot.warehouse))
    statement = visible(statement, StockLot, viewer)
    return (
        statement if customer_id is None else statement.where(StockLot.customer_id == customer_id)
    )


def with_stock(statement: Select[Any]) -> Select[Any]:
    """`statement` over lots, narrowed to those that hold something."""
    return statement.where(or_(*(getattr(StockLot, name) > 0 for name in Stock._fields)))


def without_stock(statement: Select[Any]) -> Select[Any]:
    """`statement` over lots, narrowed to those that hold nothing any more."""
    return statement.where(*(getattr(StockLot, name) == 0 for name in Stock._fields))


def unmeasured(statement: Select[Any]) -> Select[Any]:
    """`statement` over lots, narrowed to those whose pieces nobody has measured or weighed (W12)."""
    return statement.where(StockLot.pieces > 0, or_(StockLot.m3 == 0, StockLot.kg == 0))


def unmeasured_lots(customer_id: int, measure: str, viewer: Viewer) -> list[StockLot]:
    """The lots of a customer that hold pieces but nothing of `measure` (m3, kg)."""
    missing = lots(viewer, customer_id).where(StockLot.pieces > 0, getattr(StockLot, measure) == 0)
    return list(db.session.scalars(missing.order_by(StockLot.sku, StockLot.lot, StockLot.id)))


def lot_words(statement: Select[Any], words: str) -> Select[Any]:
    """`statement` over lots, narrowed to those with every word in their lot or SKU."""
    for word in words.split():
        statement = statement.where(
            or_(
                StockLot.lot.icontains(word, autoescape=True),
                StockLot.sku.icontains(word, autoescape=True),
            )
        )
    return statement


def movements(viewer: Viewer, customer_id: int | None = None) -> Select[Any]:
    """(movement, whether another puts it right), with lot, warehouse and customer."""
    lot, contrary = joinedload(StockMovement.lot), aliased(StockMovement)
    is_reversed = select(contrary.id).where(contrary.reverses_id == StockMovement.id).exists()
    statement: Any = (
        select(StockMovement, is_reversed.label("is_reversed"))
        .join(StockLot, StockLot.id == StockMovement.lot_id)
        .options(
            lot.joinedload(StockLot.warehouse),
            joinedload(StockMovement.customer),
            selectinload(StockMovement.original),
        )
    )
    statement = visible(statement, StockMovement, viewer)
    if customer_id is None:
        return statement
    return statement.where(StockMovement.customer_id == customer_id)


def movement_words(statement: Select[Any], words: str) -> Select[Any]:
    """`statement` over movements, narrowed to those with every word in paper number, lot or SKU."""
    for word in words.split():
        columns = (StockMovement.reference, StockLot.lot, StockLot.sku)
        statement = statement.where(
            or_(*(column.icontains(word, autoescape=True) for column in columns))
        )
    return statement


def contrary_of(movement: StockMovement, viewer: Viewer) -> StockMovement | None:
    """The movement that puts this one right, if there is one."""
    statement = visible(select(StockMovement), StockMovement, viewer)
    found: StockMovement | None = db.session.scalar(
        statement.where(StockMovement.reverses_id == movement.id)
    )
    return found


def item_list(viewer: Viewer, customer_id: int) -> Select[Any]:
    """The goods of a customer with their sizes, which are looked up for all rows of a page at once."""
    statement: Any = select(StockItem).options(selectinload(StockItem.sizes))
    return visible(statement, StockItem, viewer).where(StockItem.customer_id == customer_id)


def item_words(statement: Select[Any], words: str) -> Select[Any]:
    """`statement` over goods, narrowed to those with every word in their SKU or name."""
    for word in words.split():
        statement = statement.where(
            or_(
                StockItem.sku.icontains(word, autoescape=True),
                StockItem.name.icontains(word, autoescape=True),
            )
        )
    return statement


def skus(customer_id: int, viewer: Viewer) -> list[tuple[str, str]]:
    """(SKU, name) of a customer's goods in use, by SKU."""
    statement = visible(select(StockItem.sku, StockItem.name), StockItem, viewer)
    mine = statement.where(StockItem.customer_id == customer_id, StockItem.active.is_(True))
    return [(row.sku, row.name) for row in db.session.execute(mine.order_by(StockItem.sku))]


def warehouses(*, active: bool = False) -> Select[Any]:
    """The firm's warehouses."""
    statement: Select[Any] = select(Warehouse)
    return statement.where(Warehouse.active.is_(True)) if active else statement


def places_of(customer_id: int, viewer: Viewer) -> list[Warehouse]:
    """The warehouses in which a customer has or had goods, by code."""
    theirs = visible(select(StockLot.warehouse_id), StockLot, viewer)
    ids = theirs.where(StockLot.customer_id == customer_id).distinct()
    return list(
        db.session.scalars(select(Warehouse).where(Warehouse.id.in_(ids)).order_by(Warehouse.code))
    )


def closed_periods(warehouse: Warehouse) -> list[tuple[StockPeriod, str]]:
    """The closed months of a warehouse, the latest first, with who closed them."""
    statement = (
        select(StockPeriod, User.name)
        .join(User, User.id == StockPeriod.closed_by, isouter=True)
        .where(StockPeriod.warehouse_id == warehouse.id)
        .order_by(StockPeriod.month_on.desc())
    )
    return [(row[0], row[1] or "") for row in db.session.execute(statement)]


def first_day(warehouse: Warehouse) -> date | None:
    """The first day on which something counted in a warehouse."""
    statement = select(func.min(StockLot.first_in_on)).where(StockLot.warehouse_id == warehouse.id)
    return db.session.scalar(statement)


def storage_lines(customer_id: int, on: date, viewer: Viewer) -> list[ContractLine]:
    """What the customer's contracts in force on `on` say about storage; a branch's group's lines count for it."""
    group = select(Customer.parent_id).where(Customer.id == customer_id).scalar_subquery()
    statement: Any = (
        select(ContractLine)
        .join(Contract, Contract.id == ContractLine.contract_id)
        .options(joinedload(ContractLine.contract), joinedload(ContractLine.item))
        .where(or_(Contract.customer_id == customer_id, Contract.customer_id == group))
        .where(or_(ContractLine.branch_id.is_(None), ContractLine.branch_id == customer_id))
        .where(Contract.state.in_((ContractState.ACTIVE.value, ContractState.SUSPENDED.value)))
        .where(ContractLine.storage_policy.is_not(None))
        .where(ContractLine.from_on <= on, ContractLine.until_on >= on)
    )
    seen = visible(statement, ContractLine, viewer)
    ordered = seen.order_by(ContractLine.contract_id, ContractLine.position, ContractLine.id)
    return list(db.session.scalars(ordered))


def batches() -> Select[Any]:
    """The stock files that were sent."""
    return select(ImportBatch).where(ImportBatch.kind.in_(FILE_KINDS))
