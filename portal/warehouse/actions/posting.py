"""One movement at a time: posted once, never below nothing, put right by another movement (DOMAIN W1, W11, W13)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from portal.access.gate import load
from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.customers.models import Customer
from portal.db import audit
from portal.db.base import db
from portal.kernel import clock
from portal.kernel.errors import Invalid, NotAllowedNow
from portal.kernel.text import t
from portal.warehouse.actions.books import (
    carry_to_lot,
    day_values,
    hold_customers,
    hold_lots,
    hold_warehouses,
    shift_later_days,
    write_days,
)
from portal.warehouse.models import StockLot, StockMovement, Warehouse
from portal.warehouse.queries import books
from portal.warehouse.rules import months
from portal.warehouse.rules.daybook import FIELDS, Stock, booked
from portal.warehouse.rules.facts import LotKey, MovementFact, check_fact, check_same, earliest_day
from portal.warehouse.rules.measuring import change_of, size_on, unmeasured
from portal.warehouse.rules.stock import shortfall
from portal.warehouse.rules.unit_days import MovementKind

REVERSAL = "reversal"
LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class Posted:
    """The movement; `is_new` is False when the same was taken before, `unmeasured` the units nobody knows (W12)."""

    movement: StockMovement
    is_new: bool = True
    unmeasured: tuple[str, ...] = ()


def post(fact: MovementFact, actor: Viewer, now: datetime) -> Posted:
    """Take one movement, once.

    Invalid at the field: unknown goods, wrong numbers, a day to come, another movement under the same reference, or
    a shortfall, which names the lot, the day and what is missing (W13). A movement of a closed month, or of days
    that are billed, counts on the first open day.
    """
    load(Customer, fact.customer_id, actor, Permission.STOCK_RECORD)
    place = load(Warehouse, fact.warehouse_id, actor, Permission.STOCK_RECORD)
    check_fact(fact, clock.business_day(now), _earliest(fact))
    if not place.active:
        raise Invalid(t("This warehouse is not in use."), "warehouse_id")
    hold_warehouses([place.id])
    hold_customers([fact.customer_id])
    lot = hold_lots([fact.key])[fact.key]
    before = books.posted_as([(fact.source, fact.reference)]).get((fact.source, fact.reference))
    if before is not None:
        check_same(fact, before)
        return Posted(db.session.get_one(StockMovement, before.id), is_new=False)
    sizes = books.sizes_of([fact.customer_id])
    if fact.sku and (fact.customer_id, fact.sku) not in sizes:
        raise Invalid(t("This customer has no goods with this SKU."), "sku")
    day = _open_day(fact.moved_on, lot)
    size = size_on(sizes.get((fact.customer_id, fact.sku), ()), fact.moved_on)
    balance = books.closing_on(lot.id, day)
    change = change_of(fact.kind, fact.given, size, balance)
    movement = _entered(fact, lot, day, change, balance, actor, now)
    audit.record(
        actor, "movement.posted", movement, now, after=_told(movement), reason=fact.reason or None
    )
    return Posted(movement, unmeasured=unmeasured(change, fact.given))


def _open_day(day: date, lot: StockLot) -> date:
    """The day for which a movement of `day` counts, by the closed months and by what is billed."""
    closed = books.closed_months([lot.warehouse_id]).get(lot.warehouse_id)
    billed = books.billed_through([lot.customer_id]).get(lot.customer_id)
    return months.counted_on(day, closed, billed)


def _earliest(fact: MovementFact) -> date:
    """The first day that the movement may have, by what its customer and warehouse had before."""
    firsts = [
        *books.first_days(StockLot.customer_id, [fact.customer_id]).values(),
        *books.first_days(StockLot.warehouse_id, [fact.warehouse_id]).values(),
    ]
    return earliest_day(min(firsts, default=None))


def _entered(
    fact: MovementFact, lot: StockLot, day: date, change: Stock, balance: Stock, actor: Viewer, now: datetime
) -> StockMovement:  # fmt: skip
    """The movement in the books; Invalid when the lot would hold less than nothing on `day` or later."""
    _check_possible(lot, day, change, balance)
    movement = StockMovement(
        customer_id=lot.customer_id, lot_id=lot.id, lot=lot, kind=fact.kind.value, moved_on=fact.moved_on,
        counted_on=day, clock=fact.clock, source=fact.source, reference=fact.reference, reason=fact.reason,
        note=fact.note, batch_id=fact.batch_id, posted_by=actor.user_id, posted_at=now, **change._asdict(),
    )  # fmt: skip
    return _into_books(movement, change)


def _into_books(movement: StockMovement, change: Stock) -> StockMovement:
    db.session.add(movement)
    db.session.flush()
    lot, day = movement.lot, movement.counted_on
    opening = books.closing_before(lot.id, day)
    row = booked(day, opening, books.entries_on(lot.id, day))
    write_days([day_values(lot, row)])
    shift_later_days(lot, day, change)
    carry_to_lot(lot, day, change)
    return movement


def _check_possible(lot: StockLot, day: date, change: Stock, balance: Stock) -> None:
    if min(change) >= 0:
        return
    closings = [(day, balance), *books.closings_after(lot.id, day)]
    later = [
        (after, closing.plus(before.turned()).by_unit())
        for (_, before), (after, closing) in pairwise(closings)
    ]
    found = shortfall(lot.label, day, change.by_unit(), balance.by_unit(), later)
    if found is not None:
        raise found.error(FIELDS[found.unit])


def reverse(movement: StockMovement, reason: str, actor: Viewer, now: datetime) -> StockMovement:
    """Put a movement right by one that does the contrary; it counts on the same day while that is open.

    NotAllowedNow when it was reversed before or is a reversal itself; Invalid when the goods are gone already.
    """
    if movement.reverses_id is not None:
        raise NotAllowedNow(t("A reversal is not reversed; post the movement again."))
    if not reason.strip():
        raise Invalid(t("Give the reason."), "reason")
    if len(reason) > LONGEST_REASON:
        raise Invalid(t("A reason has at most %(most)s characters.", most=LONGEST_REASON), "reason")
    hold_warehouses([movement.lot.warehouse_id])
    hold_customers([movement.customer_id])
    key = LotKey(
        movement.customer_id, movement.lot.warehouse_id, movement.lot.lot, movement.lot.sku
    )
    lot = hold_lots([key])[key]
    reference = f"{movement.source}/{movement.id}"
    if books.posted_as([(REVERSAL, reference)]):
        raise NotAllowedNow(t("This movement was reversed already."))
    day = _open_day(movement.counted_on, lot)
    change = Stock(*(-getattr(movement, name) for name in Stock._fields))
    _check_possible(lot, day, change, books.closing_on(lot.id, day))
    contrary = StockMovement(
        customer_id=lot.customer_id, lot_id=lot.id, lot=lot, kind=MovementKind.ADJUST.value,
        moved_on=movement.moved_on, counted_on=day, clock=movement.clock, source=REVERSAL, reference=reference,
        reason=reason, reverses_id=movement.id, posted_by=actor.user_id, posted_at=now, **change._asdict(),
    )  # fmt: skip
    _into_books(contrary, change)
    audit.record(actor, "movement.reversed", movement, now, after=_told(contrary), reason=reason)
    return contrary


def _told(movement: StockMovement) -> dict[str, str]:
    """What history keeps of a movement."""
    told = {
        "lot": movement.lot.label,
        "kind": movement.kind,
        "moved_on": movement.moved_on.isoformat(),
        "counted_on": movement.counted_on.isoformat(),
    }
    return told | {
        name: f"{value:f}" for name in Stock._fields if (value := getattr(movement, name))
    }
