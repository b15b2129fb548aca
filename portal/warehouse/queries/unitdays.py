"""Unit-days of any period: of one customer day by day, or of all customers in one pass (DOMAIN W2, W3).

What counts by the start or the end of a day comes from the kept days (`StockDay`) and the last one before the period;
the peak of a whole stock needs the movements of the period in the order of the clock. Both are a few statements,
however long the history is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import aliased

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.catalogue.rules.storage import DayCount
from portal.db.base import db
from portal.kernel.period import Period
from portal.warehouse.models import StockDay, StockLot, StockMovement
from portal.warehouse.rules.daybook import FIELDS
from portal.warehouse.rules.unit_days import (
    ZERO,
    DayRow,
    Flow,
    MovementKind,
    day_rows,
    stretches,
    unit_days_of_each,
)

MIDNIGHT = time.min


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose stock, in which unit (H87, MTQ, KGM, XPX, TEU), in which closed period, counted how."""

    customer_id: int
    unit: str
    period: Period
    count: DayCount
    warehouse_id: int | None = None
    lot_id: int | None = None

    @property
    def measure(self) -> str:
        """The column of the unit."""
        return FIELDS[self.unit]

    @property
    def lots(self) -> list[ColumnElement[bool]]:
        """The criteria of the lots that are asked for."""
        criteria: list[ColumnElement[bool]] = [StockLot.customer_id == self.customer_id]
        if self.warehouse_id is not None:
            criteria.append(StockLot.warehouse_id == self.warehouse_id)
        if self.lot_id is not None:
            criteria.append(StockLot.id == self.lot_id)
        return criteria


class TableRow(NamedTuple):
    """One day of the report."""

    day: date
    opening: Decimal
    inbound: Decimal
    outbound: Decimal
    closing: Decimal
    counted: Decimal


def table(asked: Asked, viewer: Viewer) -> list[TableRow]:
    """A row for every day of the period. Adjustments upward stand under in, downward under out."""
    rows = day_rows(_flows(asked, viewer), asked.period, opening(asked, viewer))
    return [_row(row, asked.count) for row in rows]


def total(asked: Asked, viewer: Viewer) -> Decimal:
    """Σ of what counts on each day, exact."""
    found = stretches(_flows(asked, viewer), asked.period, opening(asked, viewer))
    return sum((row.chargeable(asked.count) * days for row, days in found), ZERO)


def of_all(
    unit: str, period: Period, count: DayCount, viewer: Viewer, warehouse_id: int | None = None
) -> Iterator[tuple[int, Decimal]]:
    """(customer id, unit-days) of everybody with a stock or a movement in the period, by id."""
    openings = _openings_of_all(FIELDS[unit], period.start_on, viewer, warehouse_id)
    source = _moved_by_clock if count is DayCount.PEAK else _moved_by_day
    flows = source(FIELDS[unit], period, viewer, warehouse_id)
    yield from sorted(unit_days_of_each(flows, period, count, openings).items())


def opening(asked: Asked, viewer: Viewer) -> Decimal:
    """What was there when the period began."""
    held = held_before(asked.measure, asked.period.start_on)
    lots = visible(select(held), StockLot, viewer).where(*asked.lots)
    return sum((each for each in db.session.scalars(lots) if each), ZERO)


def held_before(measure: str, first: date) -> Any:
    """What a lot of the outer statement held before `first`; None when it did not exist yet."""
    before = select(getattr(StockDay, measure)).where(
        StockDay.lot_id == StockLot.id, StockDay.day < first
    )
    return before.order_by(StockDay.day.desc()).limit(1).correlate(StockLot).scalar_subquery()


def _openings_of_all(
    measure: str, first: date, viewer: Viewer, warehouse_id: int | None
) -> dict[int, Decimal]:
    statement = visible(select(StockLot.customer_id, held_before(measure, first)), StockLot, viewer)
    found: dict[int, Decimal] = {}
    for customer_id, held in db.session.execute(_in(statement, warehouse_id)):
        found[customer_id] = found.get(customer_id, ZERO) + (held or ZERO)
    return found


def _in(statement: Select[Any], warehouse_id: int | None) -> Select[Any]:
    return (
        statement
        if warehouse_id is None
        else statement.where(StockLot.warehouse_id == warehouse_id)
    )


def _flows(asked: Asked, viewer: Viewer) -> Iterator[Flow]:
    """What moved in the period, in order: by day, for the peak by the clock."""
    if asked.count is DayCount.PEAK:
        yield from movements(asked, viewer)
        return
    came, left = (getattr(StockDay, f"{asked.measure}_{way}") for way in ("in", "out"))
    statement = (
        visible(select(StockDay.day, func.sum(came), func.sum(left)), StockDay, viewer)
        .join(StockLot, StockLot.id == StockDay.lot_id)
        .where(*asked.lots, *_within(StockDay.day, asked.period))
        .group_by(StockDay.day)
        .order_by(StockDay.day)
    )
    for day, inbound, outbound in db.session.execute(statement):
        yield from _both_ways(day, inbound, outbound)


def _both_ways(day: date, inbound: Decimal, outbound: Decimal) -> Iterator[Flow]:
    if inbound:
        yield Flow(day, inbound, MovementKind.IN)
    if outbound:
        yield Flow(day, -outbound, MovementKind.OUT)


def movements(asked: Asked, viewer: Viewer) -> Iterator[Flow]:
    """The movements of the period as the rules read them, with their lots, in the order of days and clock.

    Those that were reversed on their own day are left out, with their reversal.
    """
    statement = standing(asked.measure, asked.period).where(*asked.lots)
    ordered = visible(statement, StockMovement, viewer).order_by(
        StockMovement.counted_on, StockMovement.clock, StockMovement.id
    )
    for row in db.session.execute(ordered):
        yield flow_of(row)


def standing(measure: str, period: Period) -> Select[Any]:
    """The movements of a period; those that were reversed on their own day are left out, with their reversal."""
    contrary, first = aliased(StockMovement), aliased(StockMovement)
    same_day = (
        select(contrary.id)
        .where(contrary.reverses_id == StockMovement.id)
        .where(contrary.counted_on == StockMovement.counted_on)
    )
    of_this_day = (
        select(first.id)
        .where(first.id == StockMovement.reverses_id)
        .where(first.counted_on == StockMovement.counted_on)
    )
    return (
        select(
            StockMovement.customer_id,
            StockMovement.counted_on,
            StockMovement.clock,
            StockMovement.kind,
            StockLot.lot,
            StockLot.sku,
            getattr(StockMovement, measure).label("quantity"),
        )
        .join(StockLot, StockLot.id == StockMovement.lot_id)
        .where(*_within(StockMovement.counted_on, period))
        .where(~same_day.exists(), ~of_this_day.exists())
    )


def flow_of(row: Any) -> Flow:
    """A row of `standing` as the rules read it."""
    at = time.fromisoformat(row.clock) if row.clock else MIDNIGHT
    lot = f"{row.lot}\t{row.sku}"
    return Flow(row.counted_on, row.quantity, MovementKind(row.kind), lot, at)


def _moved_by_day(
    measure: str, period: Period, viewer: Viewer, warehouse_id: int | None
) -> Iterator[tuple[int, Flow]]:
    came, left = (func.sum(getattr(StockDay, f"{measure}_{way}")) for way in ("in", "out"))
    statement = visible(select(StockDay.customer_id, StockDay.day, came, left), StockDay, viewer)
    if warehouse_id is not None:
        statement = _in(statement.join(StockLot, StockLot.id == StockDay.lot_id), warehouse_id)
    statement = statement.where(*_within(StockDay.day, period))
    grouped = statement.group_by(StockDay.customer_id, StockDay.day)
    for customer_id, day, inbound, outbound in db.session.execute(grouped):
        for flow in _both_ways(day, inbound, outbound):
            yield customer_id, flow


def _moved_by_clock(
    measure: str, period: Period, viewer: Viewer, warehouse_id: int | None
) -> Iterator[tuple[int, Flow]]:
    statement = visible(standing(measure, period), StockMovement, viewer)
    ordered = _in(statement, warehouse_id).order_by(
        StockMovement.customer_id, StockMovement.counted_on, StockMovement.clock, StockMovement.id
    )
    for row in db.session.execute(ordered.execution_options(yield_per=2000)):
        yield row.customer_id, flow_of(row)


def _within(column: Any, period: Period) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    if period.end_on is None:
        raise ValueError("unit-days are counted for a period that ends")
    return column >= period.start_on, column <= period.end_on


def _row(row: DayRow, count: DayCount) -> TableRow:
    return TableRow(
        row.day,
        row.opening,
        row.inbound + row.adjusted_up,
        row.outbound + row.adjusted_down,
        row.closing,
        row.chargeable(count),
    )
