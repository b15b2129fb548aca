"""The demo's handling: what came into a warehouse and left it, as usage wherever a contract has a price for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.catalogue.models import ServiceItem
from portal.contracts.models import Contract, ContractLine
from portal.db.base import db
from portal.demo.files import bring_in
from portal.demo.stage import Stage
from portal.demo.used import DESK, HEAD
from portal.usage.actions import importing, recording
from portal.usage.actions.recording import UsageFact
from portal.usage.models import UsageRecord
from portal.warehouse.models import StockMovement
from portal.warehouse.rules.unit_days import MovementKind

SOURCE = "warehouse"
CHARGES = {MovementKind.IN: "INB", MovementKind.OUT: "OUTB"}
MEASURES: Mapping[str, Callable[[StockMovement], Decimal]] = {
    "MTQ": lambda movement: movement.m3,
    "TNE": lambda movement: movement.kg / 1000,
    "XPX": lambda movement: movement.pallets,
}
"""What of a movement a unit counts."""
Handled = tuple[StockMovement, ContractLine, Decimal]


def bring_month(stage: Stage, first: date, last: date, at: datetime) -> None:
    """A file of the handling of every movement of a month."""
    rows = [
        (movement.customer.code, line.item.code, quantity, line.unit, movement.moved_on.isoformat(),
         movement.reference, "")
        for movement, line, quantity in _handled(_moved(first, last))
    ]  # fmt: skip
    name = f"出入库操作_{first:%Y-%m}.csv"
    bring_in(
        importing.KIND, name, [HEAD, *rows], stage.people[DESK], at, options={"source": SOURCE}
    )


def record(stage: Stage, movement: StockMovement, at: datetime) -> None:
    """The handling of one movement, where it has a price."""
    for _, line, quantity in _handled([movement]):
        fact = UsageFact(movement.customer_id, quantity, line.unit, movement.moved_on, SOURCE,
                         movement.reference, item_code=line.item.code, item_id=line.item_id)  # fmt: skip
        recording.record(fact, stage.people[DESK], at)


def take_back(stage: Stage, movement: StockMovement, reason: str, at: datetime) -> None:
    """The handling of a movement that was reversed."""
    told = select(UsageRecord).where(
        UsageRecord.source == SOURCE, UsageRecord.reference == movement.reference
    )
    recording.reverse(db.session.scalars(told).one(), reason, stage.people[DESK], at)


def _moved(first: date, last: date) -> list[StockMovement]:
    wanted = (
        select(StockMovement)
        .options(joinedload(StockMovement.customer))
        .where(StockMovement.kind.in_(CHARGES), StockMovement.moved_on.between(first, last))
        .order_by(StockMovement.customer_id, StockMovement.moved_on, StockMovement.id)
    )
    return list(db.session.scalars(wanted))


def _handled(movements: list[StockMovement]) -> Iterator[Handled]:
    """Each movement with the line of its day that prices it, and how much of the line's unit moved."""
    lines = _lines()
    for movement in movements:
        charge = CHARGES[MovementKind(movement.kind)]
        for line in lines.get((movement.customer_id, charge), ()):
            if line.from_on <= movement.moved_on <= line.until_on:
                yield movement, line, abs(MEASURES[line.unit](movement))


def _lines() -> dict[tuple[int, str], list[ContractLine]]:
    """(Customer, charge) → the lines of signed contracts that price handling."""
    wanted = (
        select(ContractLine)
        .join(Contract, Contract.id == ContractLine.contract_id)
        .join(ServiceItem, ServiceItem.id == ContractLine.item_id)
        .options(joinedload(ContractLine.item))
        .where(ServiceItem.charge_code.in_(CHARGES.values()), Contract.signed_on.is_not(None))
    )
    found: dict[tuple[int, str], list[ContractLine]] = {}
    for line in db.session.scalars(wanted):
        found.setdefault((line.customer_id, line.item.charge_code), []).append(line)
    return found
