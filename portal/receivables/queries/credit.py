"""Credit standings, proposals to lift a hold, applications for settlement terms."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.customers.models import CreditStanding, Customer, SettlementTerms
from portal.db.base import db
from portal.receivables.models import HoldLift, SettlementApplication
from portal.receivables.rules.kinds import DecisionState


def standings(viewer: Viewer) -> Select[Any]:
    """Every standing that the viewer may see, joined to the customers for searching and sorting."""
    statement: Select[Any] = select(CreditStanding).join(
        Customer, Customer.id == CreditStanding.customer_id
    )
    return visible(statement.options(joinedload(CreditStanding.customer)), CreditStanding, viewer)


def standing(customer_id: int, viewer: Viewer) -> CreditStanding | None:
    """One customer's standing; None before it was first worked out."""
    wanted = standings(viewer).where(CreditStanding.customer_id == customer_id)
    return db.session.scalar(wanted)


def terms(customer_id: int, viewer: Viewer) -> SettlementTerms | None:
    """One customer's settlement terms; None: the defaults count."""
    statement = visible(select(SettlementTerms), SettlementTerms, viewer)
    return db.session.scalar(statement.where(SettlementTerms.customer_id == customer_id))


def applications(viewer: Viewer) -> Select[Any]:
    """Applications for settlement terms, joined to the customers for searching and sorting."""
    statement: Select[Any] = select(SettlementApplication).join(
        Customer, Customer.id == SettlementApplication.customer_id
    )
    shown = statement.options(joinedload(SettlementApplication.customer))
    return visible(shown, SettlementApplication, viewer)


def lifts(viewer: Viewer) -> Select[Any]:
    """Proposals to lift a hold, joined to the customers for searching and sorting."""
    statement: Select[Any] = select(HoldLift).join(Customer, Customer.id == HoldLift.customer_id)
    return visible(statement.options(joinedload(HoldLift.customer)), HoldLift, viewer)


def pending(statement: Select[Any], model: type[HoldLift] | type[SettlementApplication]) -> Select[Any]:  # fmt: skip
    """`statement` over `model` narrowed to what waits to be decided."""
    return statement.where(model.state == DecisionState.PENDING.value)
