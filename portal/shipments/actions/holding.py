"""What a booking or a shipment holds of its entitlements: reserved, moved, let go, always through the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select

from portal.access.viewer import Viewer
from portal.contracts.actions import ledger
from portal.contracts.actions.ledger import Source
from portal.contracts.models import Entitlement
from portal.db.base import db
from portal.db.engine import write_from_here
from portal.kernel.clock import business_day
from portal.kernel.errors import NotAllowedNow, NotFound
from portal.kernel.text import t
from portal.shipments.models import Booking, Shipment
from portal.shipments.rules.booking import Wish

Held = Mapping[int, Decimal]
"""Entitlement id → so much of it, in its unit."""


def fresh(row: Booking | Shipment) -> None:
    """Hold a booking or shipment until the transaction ends, as it stands now, with everything that belongs to it."""
    write_from_here(db.session())
    model = type(row)
    statement = select(model).where(model.id == row.id).with_for_update(of=model)
    db.session.scalars(statement.execution_options(populate_existing=True)).one()
    owned = ("lines",) if isinstance(row, Booking) else ("lines", "boxes", "milestones")
    db.session.expire(row, owned)


def held(wishes: Iterable[Wish]) -> dict[int, Decimal]:
    """The wishes as one sum for each entitlement."""
    found: dict[int, Decimal] = {}
    for wish in wishes:
        found[wish.entitlement_id] = found.get(wish.entitlement_id, Decimal(0)) + wish.quantity
    return found


def lock(ids: Iterable[int]) -> dict[int, Entitlement]:
    """The entitlements held until the transaction ends.

    Raises NotAllowedNow for one that this session's viewer cannot see: what a branch draws from its group is the
    group's, or ours, to change.
    """
    try:
        return {row.id: row for row in ledger.lock(ids)}
    except NotFound:
        text = t("This uses an entitlement of your group. Please ask us, or somebody of the group.")
        raise NotAllowedNow(text) from None


def move(
    rows: Mapping[int, Entitlement],
    before: Held,
    after: Held,
    source: Source,
    round_no: int,
    actor: Viewer,
    now: datetime,
) -> None:
    """From what is held to what shall be held: only the difference is reserved or released.

    `round_no` tells one change of the same record from the next. Raises Exhausted when less is left.
    """
    on = business_day(now)
    for entitlement_id in sorted({*before, *after}):
        change = after.get(entitlement_id, Decimal(0)) - before.get(entitlement_id, Decimal(0))
        key = f"{source.type}:{source.id}:{round_no}:{entitlement_id}"
        row = rows[entitlement_id]
        if change > 0:
            ledger.reserve(row, change, source, f"{key}:reserve", actor, now, on)
        elif change < 0:
            ledger.release(row, -change, source, f"{key}:release", actor, now, on)


def wishes_of(lines: Sequence[tuple[int | None, Decimal]]) -> list[Wish]:
    """(entitlement id, quantity) pairs of stored lines as wishes; lines without an entitlement hold nothing."""
    return [Wish(entitlement_id, quantity) for entitlement_id, quantity in lines if entitlement_id]
