"""A process that completes a shipment is killed at any moment: all of the completion is there or nothing of it."""

from __future__ import annotations

import random
import time
from datetime import datetime
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from portal.access.viewer import SYSTEM
from portal.contracts.models import Entitlement, LedgerEntry
from portal.customers.models import Customer
from portal.db import audit
from portal.db.base import db
from portal.db.work import unit_of_work
from portal.kernel.clock import business_day
from portal.shipments.actions import completing, opening
from portal.shipments.actions.opening import Opening, PlannedLine
from portal.shipments.models import Shipment
from portal.shipments.rules.states import ShipmentState
from portal.usage.models import UsageRecord
from tests.carriage import boxes_entitled
from tests.cast import Cast
from tests.chain import handling
from tests.stories import killing

pytestmark = pytest.mark.both_databases

D = Decimal
PLANNED, DONE = (D(3), D(10)), (D(2), D(10))
"""Of two services; one box fewer was loaded than planned, so that something is released, too."""


def opened(now: datetime) -> int:
    """One more shipment under way, of both services."""
    with unit_of_work():
        rows = db.session.scalars(select(Entitlement).order_by(Entitlement.id)).all()
        customer = db.session.get_one(Customer, rows[0].customer_id)
        lines = [
            PlannedLine(row.item_id, row.unit, planned, row.id)
            for row, planned in zip(rows, PLANNED, strict=True)
        ]
        facts = Opening(ready_on=business_day(now))
        return opening.open_shipment(customer, lines, facts, SYSTEM, now).id


def complete(shipment_id: int, now: datetime) -> bool:
    """What a request does: one completion, one transaction."""
    with unit_of_work():
        shipment = db.session.get_one(Shipment, shipment_id)
        done = dict(enumerate(DONE, start=1))
        return completing.complete(shipment, done, business_day(now), SYSTEM, now)


def process(shipment_id: int, now: datetime) -> int:
    """A process of its own that completes the shipment; its id."""
    return killing.process(lambda: complete(shipment_id, now))


def check_agreement() -> list[int]:
    """Assert that shipments, usage and ledger tell one story; the ids of the shipments that are not completed."""
    db.session.rollback()
    held = select(Shipment).order_by(Shipment.id).with_for_update(of=Shipment)
    rows = list(
        db.session.scalars(held)
    )  # a dead process's transaction has ended before this answers
    finished = {row.id for row in rows if row.state == ShipmentState.COMPLETED}
    used = select(
        UsageRecord.shipment_id, UsageRecord.reference, UsageRecord.quantity, UsageRecord.state
    )
    expected = {
        (row.id, f"{row.number}/{place}", done, "matched")
        for row in rows
        if row.id in finished
        for place, done in enumerate(DONE, start=1)
    }
    assert {tuple(each) for each in db.session.execute(used)} == expected
    open_count = len(rows) - len(finished)
    columns = select(Entitlement.reserved, Entitlement.used).order_by(Entitlement.id)
    assert [tuple(each) for each in db.session.execute(columns)] == [
        (open_count * planned, len(finished) * done)
        for planned, done in zip(PLANNED, DONE, strict=True)
    ]
    check_ledger()
    return [row.id for row in rows if row.id not in finished]


def check_ledger() -> None:
    sums = select(
        LedgerEntry.entitlement_id, func.sum(LedgerEntry.quantity_change),
        func.sum(LedgerEntry.reserved_change), func.sum(LedgerEntry.used_change),
    ).group_by(LedgerEntry.entitlement_id).order_by(LedgerEntry.entitlement_id)  # fmt: skip
    columns = select(Entitlement.id, Entitlement.remaining, Entitlement.reserved, Entitlement.used)
    entries = [tuple(row) for row in db.session.execute(sums)]
    assert entries == [tuple(row) for row in db.session.execute(columns.order_by(Entitlement.id))]


def counted() -> tuple[int | None, ...]:
    """What must not grow any more."""
    found = (select(func.count(each.id)) for each in (UsageRecord, LedgerEntry, audit.AuditEntry))
    return tuple(db.session.scalar(each) for each in found)


def test_a_completion_killed_again_and_again_is_whole_or_not_at_all_and_again_finishes_it_once(
    cast: Cast, now: datetime
) -> None:
    boxes_entitled(cast, now, D(1_000))
    boxes_entitled(cast, now, D(2_000), item=handling())
    db.session.commit()
    pick = random.Random(20260302)
    started = time.monotonic()
    assert killing.finished(process(opened(now), now))
    longest = time.monotonic() - started
    assert check_agreement() == []
    kills, waiting = 0, []
    while kills < killing.KILLS:
        shipment_id = waiting[0] if waiting else opened(now)
        kills += killing.killed(process(shipment_id, now), pick.uniform(0, longest))
        waiting = check_agreement()
    for shipment_id in waiting:
        assert killing.finished(process(shipment_id, now))
    assert check_agreement() == []
    before = counted()
    every = db.session.scalars(select(Shipment.id)).all()
    assert not any(complete(shipment_id, now) for shipment_id in every)
    assert counted() == before and audit.first_broken_link() is None
