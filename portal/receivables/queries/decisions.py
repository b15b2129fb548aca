"""What of one customer, or of everybody, waits to be decided about credit."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, func, or_, select

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.customers.models import CreditStanding, Customer, SettlementTerms
from portal.db.base import db
from portal.receivables.models import HoldLift, SettlementApplication
from portal.receivables.queries import credit

Decided = type[HoldLift] | type[SettlementApplication]


def standing_and_terms(
    customer_id: int, viewer: Viewer
) -> tuple[CreditStanding | None, SettlementTerms | None]:
    """Where a customer's credit stands and what was agreed, in one statement; either may not be there yet."""
    both: Any = (
        select(CreditStanding, SettlementTerms)
        .select_from(Customer)
        .outerjoin(CreditStanding, CreditStanding.customer_id == Customer.id)
        .outerjoin(SettlementTerms, SettlementTerms.customer_id == Customer.id)
    )
    found = db.session.execute(
        visible(both, Customer, viewer).where(Customer.id == customer_id)
    ).first()
    return (found[0], found[1]) if found is not None else (None, None)


def held(viewer: Viewer) -> Select[Any]:
    """The standings that are held or blacklisted."""
    on_hold = or_(
        CreditStanding.held_since.is_not(None), CreditStanding.blacklisted_on.is_not(None)
    )
    return credit.standings(viewer).where(on_hold)


def applications_of(customer_ids: Collection[int], viewer: Viewer) -> list[SettlementApplication]:
    """The applications of these customers, newest first."""
    found = credit.applications(viewer).where(
        SettlementApplication.customer_id.in_(sorted(customer_ids))
    )
    return list(db.session.scalars(found.order_by(SettlementApplication.id.desc())))


def lifts_of(customer_id: int, viewer: Viewer) -> list[HoldLift]:
    """The proposals for one customer, newest first."""
    found = credit.lifts(viewer).where(HoldLift.customer_id == customer_id)
    return list(db.session.scalars(found.order_by(HoldLift.id.desc())))


def pending_count(model: Decided, viewer: Viewer) -> int:
    """How many applications (or lifts) wait to be decided."""
    counted: Select[Any] = select(func.count(model.id))
    return db.session.scalar(credit.pending(visible(counted, model, viewer), model)) or 0
