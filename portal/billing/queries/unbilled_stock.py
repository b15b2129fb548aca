"""The stock that storage lines charge: of several customers as one, in as many statements whatever its size."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import exists, func, or_, select

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.billing.queries.party_books import COUNTS
from portal.catalogue.rules.storage import DayCount, Method, PalletCount, StoragePolicy
from portal.contracts.models import Contract, ContractLine
from portal.customers.models import Customer
from portal.db.base import db
from portal.kernel.errors import Invalid
from portal.kernel.period import Period
from portal.kernel.text import t
from portal.kernel.units import unit_word
from portal.warehouse.models import StockDay, StockItem, StockLot, StockMovement
from portal.warehouse.queries.unitdays import flow_of, held_before, standing
from portal.warehouse.rules.daybook import FIELDS
from portal.warehouse.rules.layers import Layer
from portal.warehouse.rules.unit_days import Flow, MovementKind

ONE_DAY = timedelta(days=1)
LONG_AGO = date(1900, 1, 1)
TONNE = Decimal("0.001")
MEASURED_AS: dict[str, tuple[str, Decimal]] = {"TNE": ("KGM", TONNE)}
"""Units of a policy that stock is not kept in: (kept unit, how much of the unit one of these is)."""


@dataclass(frozen=True, slots=True)
class Stored:
    """The stock of a window in the policy's unit: what was there before it, and what moved."""

    flows: tuple[Flow, ...] = ()
    opening: tuple[Layer, ...] = ()
    per_pallet: dict[str, Decimal] = field(default_factory=dict)


def covered(owner_ids: Iterable[int], viewer: Viewer) -> dict[int, tuple[int, ...]]:
    """Owner → the owner and those of its branches that have no storage line of their own: one line charges them all."""
    owners = sorted(set(owner_ids))
    own_line = (
        exists()
        .where(ContractLine.contract_id == Contract.id, Contract.state.in_(COUNTS))
        .where(ContractLine.storage_policy.is_not(None))
        .where(or_(Contract.customer_id == Customer.id, ContractLine.branch_id == Customer.id))
    )
    statement = visible(select(Customer.parent_id, Customer.id), Customer, viewer).where(
        Customer.parent_id.in_(owners), ~own_line
    )
    found = {owner: [owner] for owner in owners}
    for owner, branch in db.session.execute(statement.order_by(Customer.id)):
        found[owner or 0].append(branch)
    return {owner: tuple(people) for owner, people in found.items()}


def stored(
    policy: StoragePolicy, customer_ids: Iterable[int], window: Period, viewer: Viewer
) -> Stored:
    """What the policy needs to know of the customers' stock for the days of a closed window.

    Invalid where stock is not kept in the policy's unit.
    """
    if policy.method is Method.AREA_MONTH:
        return Stored()
    people = sorted(set(customer_ids))
    unit, factor = MEASURED_AS.get(policy.unit, (policy.unit, Decimal(1)))
    if policy.pallets is PalletCount.BY_SKU:
        return _by_sku(people, window, viewer)
    if unit not in FIELDS:
        raise Invalid(t("Stock is not kept in %(unit)s.", unit=unit_word(policy.unit)), "unit")
    measure = FIELDS[unit]
    if policy.by_lot:
        since = Period(LONG_AGO, window.end_on)
        return Stored(tuple(_scaled(_by_clock(measure, people, since, viewer), factor)))
    source = _by_clock if policy.day_count is DayCount.PEAK else _by_day
    flows = tuple(_scaled(source(measure, people, window, viewer), factor))
    before = sum(_opening(measure, people, window.start_on, viewer).values(), Decimal(0))
    return Stored(flows, _layers({"": before * factor}, window.start_on))


def _by_day(measure: str, people: list[int], window: Period, viewer: Viewer) -> Iterator[Flow]:
    came, left = (func.sum(getattr(StockDay, f"{measure}_{way}")) for way in ("in", "out"))
    statement = visible(select(StockDay.day, came, left), StockDay, viewer).where(
        StockDay.customer_id.in_(people),
        StockDay.day >= window.start_on,
        StockDay.day <= window.end_on,
    )
    for day, inbound, outbound in db.session.execute(
        statement.group_by(StockDay.day).order_by(StockDay.day)
    ):
        if inbound:
            yield Flow(day, inbound, MovementKind.IN)
        if outbound:
            yield Flow(day, -outbound, MovementKind.OUT)


def _by_clock(measure: str, people: list[int], window: Period, viewer: Viewer) -> Iterator[Flow]:
    for row in _moved(measure, people, window, viewer):
        flow = flow_of(row)
        yield flow._replace(lot=f"{row.customer_id}\t{flow.lot}")


def _by_sku(people: list[int], window: Period, viewer: Viewer) -> Stored:
    """Pieces by article (DOMAIN P14)."""
    flows = tuple(
        flow_of(row)._replace(lot=f"{row.customer_id}\t{row.sku}")
        for row in _moved("pieces", people, window, viewer)
    )
    opening = _opening("pieces", people, window.start_on, viewer)
    sizes = visible(
        select(StockItem.customer_id, StockItem.sku, StockItem.pieces_per_pallet), StockItem, viewer
    )
    per_pallet = {
        f"{row[0]}\t{row[1]}": Decimal(row[2])
        for row in db.session.execute(sizes.where(StockItem.customer_id.in_(people)))
        if row[2]
    }
    return Stored(flows, _layers(opening, window.start_on), per_pallet)


def _moved(measure: str, people: list[int], window: Period, viewer: Viewer) -> Iterable[Any]:
    statement = visible(standing(measure, window), StockMovement, viewer)
    ordered = statement.where(StockMovement.customer_id.in_(people)).order_by(
        StockMovement.counted_on, StockMovement.clock, StockMovement.id
    )
    return db.session.execute(ordered)


def _opening(measure: str, people: list[int], first: date, viewer: Viewer) -> dict[str, Decimal]:
    """Customer and article → what was there when the window began."""
    columns = (StockLot.customer_id, StockLot.sku, held_before(measure, first))
    statement = visible(select(*columns), StockLot, viewer)
    found: dict[str, Decimal] = {}
    for owner, sku, held in db.session.execute(statement.where(StockLot.customer_id.in_(people))):
        if held:
            key = f"{owner}\t{sku}"
            found[key] = found.get(key, Decimal(0)) + held
    return found


def _layers(opening: dict[str, Decimal], first: date) -> tuple[Layer, ...]:
    return tuple(Layer(lot, first - ONE_DAY, held) for lot, held in opening.items() if held)


def _scaled(flows: Iterable[Flow], factor: Decimal) -> Iterable[Flow]:
    if factor == 1:
        return flows
    return (flow._replace(quantity=flow.quantity * factor) for flow in flows)
