"""A record and the entitlements: drawn where one fits, else in the queue with the reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select

from portal.access.viewer import Viewer
from portal.contracts.actions import ledger
from portal.contracts.actions.ledger import Source
from portal.contracts.models import Entitlement, LedgerEntry
from portal.contracts.queries.matching import candidates, standings
from portal.contracts.rules.matching import LETS_IN, NoMatch, Standing, nearest
from portal.customers.models import Customer
from portal.db.base import db
from portal.kernel.errors import Invalid
from portal.kernel.text import t
from portal.kernel.units import unit_word
from portal.usage.models import UsageRecord
from portal.usage.rules.drawing import (
    Share,
    in_unit,
    other_units,
    shares_of,
    shares_with_hold,
    statistical_quantity,
)
from portal.usage.rules.states import Mismatch, UsageState

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Choice:
    """Who gives how much, with the rows held; no shares: `why`."""

    held: dict[int, Entitlement]
    shares: Sequence[Share]
    why: Mismatch | None = None


def draw(
    row: UsageRecord,
    actor: Viewer,
    now: datetime,
    entitlement_id: int | None = None,
    reserved: Decimal = NOTHING,
) -> bool:
    """Draw a flushed record from what fits; whether it was. Else it is unmatched, with the reason."""
    choice = _choice(row, actor, entitlement_id, reserved)
    if not choice.shares:
        row.state = UsageState.UNMATCHED
        row.mismatch = choice.why or Mismatch.EXHAUSTED
        db.session.flush()
        return False
    take(row, choice.held, choice.shares, actor, now)
    return True


def take(
    row: UsageRecord,
    held: dict[int, Entitlement],
    shares: Sequence[Share],
    actor: Viewer,
    now: datetime,
) -> None:
    """Write the draws of a record into the ledger, and into the record what they amount to.

    Raises Exhausted when an entitlement cannot give its share; nothing is kept of the request then.
    """
    source = Source("usage", row.id, row.reference)
    over = statistical = NOTHING
    for share in shares:
        entitlement = held[share.entitlement_id]
        key = draw_key(row.id, entitlement.id)
        drawn = ledger.consume(
            entitlement, share.quantity, source, key, actor, now, row.used_on, share.reserved
        )
        over += in_unit(drawn.over, entitlement.unit, row.unit)
        statistical += statistical_quantity(share.quantity, entitlement.line.stat_factor)
    first = held[shares[0].entitlement_id]
    row.state, row.mismatch = UsageState.MATCHED, ""
    row.entitlement_id, row.contract_id = first.id, first.contract_id
    row.over_quantity, row.stat_quantity, row.draws = over, statistical, len(shares)
    db.session.flush()


def draws_of(row: UsageRecord) -> list[LedgerEntry]:
    """What a record drew, one entry for each entitlement, in the order in which the rows are to be held."""
    statement = select(LedgerEntry).where(
        LedgerEntry.source_type == "usage", LedgerEntry.source_id == row.id
    )
    return list(db.session.scalars(statement.order_by(LedgerEntry.entitlement_id)))


def check_by_hand(row: UsageRecord, entitlement: Entitlement, standing: Standing) -> None:
    """Invalid where not even a person may draw the record from this entitlement."""
    group = db.session.get_one(Customer, row.customer_id).parent_id
    if entitlement.customer_id not in (row.customer_id, group):
        raise Invalid(t("This entitlement belongs to another customer."), "entitlement_id")
    if standing.contract_state not in LETS_IN:
        raise Invalid(t("The contract of this entitlement is not in force."), "entitlement_id")
    if entitlement.unit != row.unit and entitlement.unit not in other_units(row.unit):
        words = {"one": unit_word(row.unit), "other": unit_word(entitlement.unit)}
        raise Invalid(t("%(one)s cannot be converted to %(other)s.", **words), "entitlement_id")


def draw_key(usage_id: int, entitlement_id: int) -> str:
    """The ledger's key of what a record draws from an entitlement: written once."""
    return f"usage:{usage_id}:{entitlement_id}"


def _choice(
    row: UsageRecord, actor: Viewer, entitlement_id: int | None, reserved: Decimal
) -> Choice:
    if row.item_id is None:
        return Choice({}, (), Mismatch.NO_ITEM)
    reasons: list[NoMatch] = []
    for unit in (row.unit, *other_units(row.unit)):
        found = candidates(row.customer_id, row.item_id, unit, row.used_on, actor)
        first_id = _preferred(entitlement_id, unit, reserved, [each.id for each in found])
        if found or first_id:
            return _held_choice(row, unit, found.standings, first_id, reserved)
        reasons.append(found.why or NoMatch.NO_CONTRACT)
        if reasons[0] is not NoMatch.UNIT:
            break
    return Choice({}, (), Mismatch(nearest(reasons)))


def _preferred(
    entitlement_id: int | None, unit: str, reserved: Decimal, ids: Sequence[int]
) -> int | None:
    """The entitlement to be drawn from first: one that fits, or one that holds something for this usage."""
    if entitlement_id is None or entitlement_id in ids:
        return entitlement_id
    row = db.session.get(Entitlement, entitlement_id) if reserved else None
    return row.id if row is not None and row.unit == unit else None


def _held_choice(
    row: UsageRecord,
    unit: str,
    usable: Sequence[Standing],
    first_id: int | None,
    reserved: Decimal,
) -> Choice:
    """Hold the rows, see what they have left now, and share the quantity out."""
    ids = [each.id for each in usable] + ([first_id] if first_id else [])
    held = {each.id: each for each in ledger.lock(ids)}
    fresh = {each.id: each for each in standings(held.values(), row.customer_id)}
    now_left = [replace(each, left=fresh[each.id].left) for each in usable]
    quantity = in_unit(row.quantity, row.unit, unit)
    if first_id is None:
        shares = shares_of(quantity, now_left)
    else:
        shares = shares_with_hold(quantity, fresh[first_id], reserved, now_left)
    if not shares:
        return Choice(held, (), Mismatch.EXHAUSTED)
    return Choice(held, shares)
