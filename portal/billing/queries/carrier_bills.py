"""Carriers' bills in lists, one of them, and our own outbound records as usage tells them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.billing.models import CarrierBill, CarrierBillRow
from portal.billing.rules.carrier_bill_rows import waybill_of
from portal.billing.rules.carrier_bills import ZERO, OwnRecord
from portal.catalogue.models import ServiceItem
from portal.customers.models import Customer
from portal.db.base import db
from portal.kernel.units import UNITS, convert
from portal.usage.models import UsageRecord
from portal.usage.rules.states import UsageState

ASKED_AT_ONCE = 500
PARCELS = "express"
"""The service category whose usage is one waybill each."""
COUNTED = (UsageState.MATCHED, UsageState.UNMATCHED)


def bills() -> Select[Any]:
    """Every carrier's bill; they are the firm's own costs."""
    return select(CarrierBill)


def having_words(statement: Select[Any], words: str) -> Select[Any]:
    """Bills whose carrier or file has these words."""
    for word in words.split():
        carrier = CarrierBill.carrier.icontains(word, autoescape=True)
        statement = statement.where(
            or_(carrier, CarrierBill.file_name.icontains(word, autoescape=True))
        )
    return statement


def rows_of(bill_id: int, finding: str = "") -> Select[Any]:
    """The waybills of one bill, or those of one finding."""
    statement = select(CarrierBillRow).where(CarrierBillRow.bill_id == bill_id)
    return statement.where(CarrierBillRow.finding == finding) if finding else statement


def rows_with(statement: Select[Any], words: str) -> Select[Any]:
    """Waybills found by their number, region, product, customer or note."""
    columns = (
        CarrierBillRow.waybill,
        CarrierBillRow.region,
        CarrierBillRow.product,
        CarrierBillRow.customer,
        CarrierBillRow.settled_note,
    )
    for word in words.split():
        statement = statement.where(
            or_(*(column.icontains(word, autoescape=True) for column in columns))
        )
    return statement


def bill_of_file(sha256: str) -> CarrierBill | None:
    """The bill that was read from a file with this content."""
    return db.session.scalar(select(CarrierBill).where(CarrierBill.sha256 == sha256))


def carriers() -> list[str]:
    """The carriers whose bills were read."""
    return list(
        db.session.scalars(select(CarrierBill.carrier).distinct().order_by(CarrierBill.carrier))
    )


def last_tolerance(carrier: str) -> tuple[Decimal, bool] | None:
    """What was last accepted of this carrier: (kg, also what does not change the price)."""
    statement = (
        select(CarrierBill.tolerance_kg, CarrierBill.tolerance_by_price)
        .where(CarrierBill.carrier == carrier)
        .order_by(CarrierBill.id.desc())
        .limit(1)
    )
    row = db.session.execute(statement).first()
    return None if row is None else (row[0], row[1])


def outbound(
    starts_on: date, ends_on: date, waybills: Iterable[str], viewer: Viewer
) -> dict[str, OwnRecord]:
    """Our parcels as usage tells them: the reference is the waybill, a quantity in a unit of weight its weight.

    Express usage of the period, and whatever else has a reference that is on the bill: a parcel of the last evening is
    billed in the next month. Reversed and dismissed usage is left out.
    """
    parcel = and_(ServiceItem.category == PARCELS, UsageRecord.used_on.between(starts_on, ends_on))
    found: dict[str, OwnRecord] = {}
    for record in _records(parcel, viewer):
        _keep(found, record)
    for part in _parts(waybills):
        for record in _records(UsageRecord.reference.in_(part), viewer):
            _keep(found, record)
    return found


def _records(narrowed: ColumnElement[bool], viewer: Viewer) -> Iterator[OwnRecord]:
    columns = (
        UsageRecord.id,
        UsageRecord.reference,
        UsageRecord.quantity,
        UsageRecord.unit,
        UsageRecord.used_on,
        Customer.code,
    )
    every: Any = select(*columns).join(Customer, Customer.id == UsageRecord.customer_id)
    every = every.outerjoin(ServiceItem, ServiceItem.id == UsageRecord.item_id).where(
        narrowed, UsageRecord.reverses_id.is_(None), UsageRecord.state.in_(COUNTED)
    )
    statement = visible(every, UsageRecord, viewer).order_by(UsageRecord.id)
    for usage_id, reference, quantity, unit, used_on, code in db.session.execute(statement):
        yield OwnRecord(waybill_of(reference), _kg(quantity, unit), used_on, code, usage_id)


def _kg(quantity: Decimal, unit: str) -> Decimal:
    known = UNITS.get(unit)
    weighs = known is not None and known.dimension == "weight"
    return convert(quantity, unit, "KGM") if weighs else ZERO


def _keep(found: dict[str, OwnRecord], record: OwnRecord) -> None:
    """One record for each waybill: a weighed one before one that was not."""
    known = found.get(record.waybill)
    if known is None or (not known.kg and record.kg):
        found[record.waybill] = record


def _parts(waybills: Iterable[str]) -> Iterator[Sequence[str]]:
    rest = iter(waybills)
    while part := list(islice(rest, ASKED_AT_ONCE)):
        yield part
