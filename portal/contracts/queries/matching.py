"""The entitlements that a usage may draw from, in drawing order, or why there is none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Select, or_, select, tuple_

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.contracts.models import Contract, ContractLine, Entitlement
from portal.contracts.rules.kinds import Overage
from portal.contracts.rules.matching import (
    NoMatch,
    Standing,
    in_drawing_order,
    nearest,
    obstacle,
)
from portal.contracts.rules.states import ContractState
from portal.customers.models import Customer
from portal.db import whole
from portal.db.base import db


@dataclass(frozen=True, slots=True)
class Candidates:
    """Entitlements in drawing order with how they stand; `why` says what was missing when there are none."""

    rows: tuple[Entitlement, ...]
    standings: tuple[Standing, ...]
    why: NoMatch | None = None

    def __iter__(self) -> Iterator[Entitlement]:
        return iter(self.rows)

    def __bool__(self) -> bool:
        return bool(self.rows)


def candidates(customer_id: int, item_id: int, unit: str, on: date, viewer: Viewer) -> Candidates:
    """What the customer, or for a branch its group, may use of an item on a day, as far as `viewer` sees it.

    Nothing is locked: who draws locks the rows first and reads them anew.
    """
    rows = _covering(customer_id, item_id, on, viewer)
    stand = standings(rows, customer_id)
    later = _carried_to(rows, viewer)
    stand += [replace(each, starts_on=on) for each in standings(later, customer_id)]
    reasons = {each.id: obstacle(each, unit, on) for each in stand}
    usable = in_drawing_order(each for each in stand if reasons[each.id] is None)
    if not usable:
        why = nearest(reason for reason in reasons.values() if reason)
        elsewhere = why is NoMatch.NO_CONTRACT and _ever(customer_id, item_id, viewer)
        return Candidates((), (), NoMatch.OUTSIDE_PERIOD if elsewhere else why)
    by_id = {row.id: row for row in (*rows, *later)}
    return Candidates(tuple(by_id[each.id] for each in usable), tuple(usable))


def standings(rows: Iterable[Entitlement], customer_id: int) -> list[Standing]:
    """How entitlements stand for a draw by `customer_id`.

    The contract's state is read past the viewer's reach: a branch's entitlement may be granted by its group's contract.
    """
    rows = list(rows)
    shown = ("state", "ended_on")
    contracts = whole.columns_of(Contract, (row.contract_id for row in rows), shown)
    return [_standing(row, customer_id, *contracts[row.contract_id]) for row in rows]


def _standing(row: Entitlement, customer_id: int, state: str, ended_on: date | None) -> Standing:
    return Standing(
        id=row.id,
        is_own=row.customer_id == customer_id,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        unit=row.unit,
        left=None if row.is_unlimited else row.remaining,
        overage=Overage(row.overage),
        contract_state=ContractState(state),
        contract_ended_on=ended_on,
    )


def _of_item(customer_id: int, item_id: int, viewer: Viewer) -> Select[Entitlement]:
    group = select(Customer.parent_id).where(Customer.id == customer_id).scalar_subquery()
    return visible(select(Entitlement), Entitlement, viewer).where(
        or_(Entitlement.customer_id == customer_id, Entitlement.customer_id == group),
        Entitlement.item_id == item_id,
    )


def _covering(customer_id: int, item_id: int, on: date, viewer: Viewer) -> list[Entitlement]:
    statement = _of_item(customer_id, item_id, viewer).where(
        Entitlement.starts_on <= on, Entitlement.ends_on >= on
    )
    return list(db.session.scalars(statement))


def _carried_to(rows: list[Entitlement], viewer: Viewer) -> list[Entitlement]:
    """The next periods to which closed ones have left what was not used: late usage follows it there."""
    closed = [row for row in rows if row.closed_at is not None]
    carries = whole.columns_of(ContractLine, (row.line_id for row in closed), ("carries_over",))
    following = {(row.line_id, row.period_no + 1) for row in closed if carries[row.line_id][0]}
    if not following:
        return []
    place = tuple_(Entitlement.line_id, Entitlement.period_no)
    statement = visible(select(Entitlement), Entitlement, viewer)
    return list(db.session.scalars(statement.where(place.in_(sorted(following)))))


def _ever(customer_id: int, item_id: int, viewer: Viewer) -> bool:
    """Whether the item was ever granted, whatever the day."""
    found = db.session.scalar(_of_item(customer_id, item_id, viewer).limit(1))
    return found is not None
