"""What other systems name by code: customers, warehouses."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from sqlalchemy import case, select, tuple_
from sqlalchemy.orm import joinedload

from portal.access.viewer import Viewer
from portal.customers.models import Customer
from portal.customers.queries import customers
from portal.db.base import db
from portal.receivables.models import Receipt
from portal.receivables.rules.kinds import ReceiptState
from portal.shipments.models import Shipment
from portal.warehouse.models import StockLot, Warehouse
from portal.warehouse.rules.facts import LotKey

AT_ONCE = 400


def customers_by_code(codes: Iterable[str], viewer: Viewer) -> dict[str, Customer]:
    """Code → the customer, as far as the viewer sees it."""
    rest = iter(sorted(set(codes)))
    found: dict[str, Customer] = {}
    while some := list(islice(rest, AT_ONCE)):
        rows = db.session.scalars(customers(viewer).where(Customer.code.in_(some)))
        found |= {row.code: row for row in rows}
    return found


def warehouses_by_code(codes: Iterable[str]) -> dict[str, int]:
    """Code → the warehouse's id."""
    statement = select(Warehouse.code, Warehouse.id).where(Warehouse.code.in_(sorted(set(codes))))
    return {row.code: row.id for row in db.session.execute(statement)}


def lots_there(keys: Iterable[LotKey]) -> list[LotKey]:
    """Those of the lots that exist already."""
    rest = iter(sorted(set(keys)))
    place = tuple_(StockLot.customer_id, StockLot.warehouse_id, StockLot.lot, StockLot.sku)
    found: list[LotKey] = []
    while some := list(islice(rest, AT_ONCE)):
        shown = select(
            StockLot.customer_id, StockLot.warehouse_id, StockLot.lot, StockLot.sku
        ).where(place.in_(some))
        found += [LotKey(*row) for row in db.session.execute(shown)]
    return found


def shipments_to_write(ids: Iterable[int]) -> dict[int, Shipment]:
    """Shipments by id, held until the transaction ends; everybody holds them in the order of ids."""
    statement = select(Shipment).where(Shipment.id.in_(sorted(set(ids)))).order_by(Shipment.id)
    locked = statement.with_for_update(of=Shipment).options(joinedload(Shipment.customer))
    return {row.id: row for row in db.session.scalars(locked)}


def receipt_under(account: str, reference: str) -> Receipt | None:
    """The receipt with this bank reference on this account of ours: the kept one, else the last that was cancelled."""
    if not reference:
        return None
    statement = select(Receipt).where(
        Receipt.account == account, Receipt.bank_reference == reference
    )
    is_kept = case((Receipt.state == ReceiptState.KEPT.value, 0), else_=1)
    return db.session.scalar(statement.order_by(is_kept, Receipt.id.desc()).limit(1))
