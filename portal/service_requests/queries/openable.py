"""What was bought and may be named on a request, as far as the viewer sees it (REQUIREMENTS S2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.contracts.models import Contract, Entitlement
from portal.contracts.rules.entitlement_states import EntitlementState, standing_on
from portal.contracts.rules.kinds import Overage
from portal.contracts.rules.states import ContractState
from portal.customers.models import Customer
from portal.db import whole
from portal.db.base import db
from portal.service_requests.rules.kinds import NoMatch
from portal.service_requests.rules.matching import obstacle, why_none

MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Openable:
    """An entitlement with how it stands; `left` in `unit`, None is without limit. `is_own`: not its group's."""

    entitlement: Entitlement
    state: EntitlementState
    left: Decimal | None
    is_own: bool

    @property
    def id(self) -> int:
        """The entitlement's id."""
        return self.entitlement.id

    @property
    def unit(self) -> str:
        """What `left` is counted in."""
        return self.entitlement.unit

    @property
    def name_zh(self) -> str:
        """The service's Chinese name."""
        return self.entitlement.item.name_zh

    @property
    def name_en(self) -> str:
        """The service's English name, empty where it has none."""
        return self.entitlement.item.name_en

    @property
    def obstacle(self) -> NoMatch | None:
        """Why it cannot be named; None: it can."""
        return obstacle(self.state)


def openable(customer_id: int, viewer: Viewer, on: date) -> list[Openable]:
    """What a request of this customer may name on a day: in force, its own before its group's, the earliest end first.

    Only what `viewer` sees; empty for a customer out of reach.
    """
    statement = _of(customer_id, viewer).where(
        Entitlement.starts_on <= on, Entitlement.ends_on >= on, Entitlement.closed_at.is_(None)
    )
    rows = db.session.scalars(
        statement.order_by(Entitlement.ends_on, Entitlement.id).limit(MOST_SHOWN)
    )
    found = [each for each in standing(rows, customer_id, on) if each.obstacle is None]
    return sorted(found, key=lambda each: not each.is_own)


def find(entitlement_id: int, customer_id: int, viewer: Viewer, on: date) -> Openable | None:
    """One entitlement of the customer or its group with how it stands; None: not there for this viewer."""
    row = db.session.scalar(_of(customer_id, viewer).where(Entitlement.id == entitlement_id))
    return None if row is None else standing([row], customer_id, on)[0]


def reason_for_none(customer_id: int, viewer: Viewer, on: date) -> NoMatch:
    """The likeliest reason why `openable` is empty: what a form proposes."""
    latest = _of(customer_id, viewer).order_by(Entitlement.ends_on.desc(), Entitlement.id.desc())
    rows = db.session.scalars(latest.limit(MOST_SHOWN))
    return why_none(each.state for each in standing(rows, customer_id, on))


def standing(rows: Iterable[Entitlement], customer_id: int, on: date) -> list[Openable]:
    """How entitlements stand on a day for requests of a customer.

    The contract's state is read past the viewer's reach: a branch's entitlement may be granted by its group's contract.
    """
    rows = list(rows)
    states = whole.columns_of(Contract, (row.contract_id for row in rows), ("state",))
    return [_standing(row, customer_id, ContractState(states[row.contract_id][0]), on) for row in rows]  # fmt: skip


def _standing(row: Entitlement, customer_id: int, contract: ContractState, on: date) -> Openable:
    left = None if row.is_unlimited else row.remaining
    state = standing_on(
        contract, row.starts_on, row.ends_on, row.granted, left, Overage(row.overage), on
    )
    return Openable(row, state, left, row.customer_id == customer_id)


def _of(customer_id: int, viewer: Viewer) -> Select[Any]:
    """The entitlements of a customer that the viewer sees, and of its group."""
    group = visible(select(Customer.parent_id), Customer, viewer).where(Customer.id == customer_id)
    holders = [customer_id, *filter(None, [db.session.scalar(group)])]
    return (
        visible(select(Entitlement), Entitlement, viewer)
        .where(Entitlement.customer_id.in_(holders))
        .options(joinedload(Entitlement.item), joinedload(Entitlement.contract))
    )
