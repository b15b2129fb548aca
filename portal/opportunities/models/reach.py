"""Whose eyes an opportunity is for, beyond those who have its customer: owner and collaborators (O2, O10)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Select, Table, or_, select
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from portal.db.base import Base, CustomerItself, HouseOnly
from portal.documents.models import Attachment


def worked_on_by(user_id: int | None) -> Select[Any]:
    """The ids of the opportunities that a member of staff collaborates in."""
    parts = _table("opportunity_collaborator")
    return select(parts.c.opportunity_id).where(parts.c.user_id == user_id)


def owned_by(user_id: int | None) -> Select[Any]:
    """The ids of the opportunities that a member of staff owns."""
    opportunities = _table("opportunity")
    return select(opportunities.c.id).where(opportunities.c.owner_id == user_id)


class OpportunityItself(HouseOnly):
    """The opportunity's own table."""

    @classmethod
    def seen_also(cls, user_id: int | None) -> ColumnElement[bool]:
        """Those that this member of staff owns or collaborates in."""
        row: Any = cls  # by its own name where a query has given it one
        return or_(row.owner_id == user_id, row.id.in_(worked_on_by(user_id)))


class OfOpportunity(HouseOnly):
    """A row of an opportunity: who sees the opportunity sees it."""

    @declared_attr
    @classmethod
    def opportunity_id(cls) -> Mapped[int]:
        return mapped_column(ForeignKey("opportunity.id"))

    @classmethod
    def seen_also(cls, user_id: int | None) -> ColumnElement[bool]:
        """Of opportunities that this member of staff owns or collaborates in."""
        return or_(
            cls.opportunity_id.in_(owned_by(user_id)),
            cls.opportunity_id.in_(worked_on_by(user_id)),
        )


def _customers_named_to(user_id: int | None) -> Select[Any]:
    opportunities = _table("opportunity")
    in_hand = or_(
        opportunities.c.owner_id == user_id, opportunities.c.id.in_(worked_on_by(user_id))
    )
    return select(opportunities.c.customer_id).where(in_hand)


def _table(name: str) -> Table:
    return Base.metadata.tables[name]


def in_hand_of(user_id: int | None) -> Any:
    """The ids of the opportunities that a member of staff owns or collaborates in."""
    return owned_by(user_id).union(worked_on_by(user_id))


CustomerItself.named_by.append(_customers_named_to)
Attachment.shared_by["opportunity"] = in_hand_of
