"""What is done for an opportunity: tasks of its stages, notes, and the log of what was written back to it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.customers.models import Customer, one_of
from portal.db.base import AppendOnly, Base, Stamped, Versioned
from portal.db.types import Amount, JSONText, UTCDateTime
from portal.opportunities.models.methods import SalesStage
from portal.opportunities.models.opportunities import Opportunity
from portal.opportunities.models.reach import OfOpportunity
from portal.opportunities.rules.states import TaskState


class OpportunityTask(OfOpportunity, Versioned, Stamped, Base):
    """A piece of work for an opportunity. It inherits the stage it was made in (O11); hand-over takes it along."""

    __tablename__ = "opportunity_task"
    __table_args__ = (
        CheckConstraint(one_of("state", TaskState), name="known_state"),
        Index("ix_opportunity_task_opportunity", "opportunity_id", "state", "due_on", "id"),
        Index("ix_opportunity_task_person", "assignee_id", "state", "due_on", "id"),
        Index("ix_opportunity_task_due", "state", "due_on", "id"),
        Index("ix_opportunity_task_when", "due_on", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    stage_id: Mapped[int] = mapped_column(ForeignKey("sales_stage.id"))
    title: Mapped[str] = mapped_column(String(160))
    text: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(12), default=TaskState.OPEN.value)
    assignee_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    due_on: Mapped[date]
    result: Mapped[str] = mapped_column(String(1000), default="")
    made_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    opportunity: Mapped[Opportunity] = relationship()
    stage: Mapped[SalesStage] = relationship()
    assignee: Mapped[User] = relationship(foreign_keys=[assignee_id])
    customer: Mapped[Customer] = relationship()


class OpportunityNote(OfOpportunity, AppendOnly, Base):
    """What somebody noted: for all who see the opportunity, or (`is_private`) for its author alone (O17)."""

    __tablename__ = "opportunity_note"
    __table_args__ = (Index("ix_opportunity_note_opportunity", "opportunity_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    written_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    written_at: Mapped[datetime] = mapped_column(UTCDateTime)
    text: Mapped[str] = mapped_column(Text)
    is_private: Mapped[bool] = mapped_column(default=False)

    writer: Mapped[User] = relationship()


class WriteBack(OfOpportunity, AppendOnly, Base):
    """A quotation or contract changed the amount and the items, up or down (O9): what stood before and after.

    `source_type` is "quotation" or "contract"; `lines` the items' changes as `line_changes` tells them.
    Not `is_applied`: the opportunity was locked, or the paper had no amount; what stood there stayed.
    """

    __tablename__ = "opportunity_write_back"
    __table_args__ = (Index("ix_opportunity_write_back_opportunity", "opportunity_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    by_name: Mapped[str] = mapped_column(String(120))
    source_type: Mapped[str] = mapped_column(String(12))
    source_id: Mapped[int]
    source_label: Mapped[str] = mapped_column(String(60))
    step: Mapped[str] = mapped_column(String(24))
    before_amount: Mapped[Decimal | None] = mapped_column(Amount)
    before_currency: Mapped[str] = mapped_column(String(3))
    after_amount: Mapped[Decimal | None] = mapped_column(Amount)
    after_currency: Mapped[str] = mapped_column(String(3))
    lines: Mapped[Any] = mapped_column(JSONText, default=list)
    is_applied: Mapped[bool] = mapped_column(default=True)
