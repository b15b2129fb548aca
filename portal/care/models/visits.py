"""Visits to customers, what was promised there, and how often each tier is visited."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.care.rules.kinds import Mood, VisitKind, purpose_words
from portal.care.rules.states import VisitState
from portal.customers.models import Contact, Customer, Site, one_of, one_or_none
from portal.customers.rules.kinds import Segment
from portal.db import audit
from portal.db.audit import Event
from portal.db.base import Base, HouseOnly, Stamped, Versioned, once_where_set
from portal.db.types import UTCDateTime
from portal.kernel.text import Text as TextInWords
from portal.kernel.text import t
from portal.opportunities.models import Competitor, Opportunity
from portal.service_requests.models import RequestTask

audit.declare(
    {
        "care_visit.planned": Event(t("Customer visit planned")),
        "care_visit.moved": Event(t("Customer visit moved")),
        "care_visit.done": Event(t("Customer visited")),
        "care_visit.noted": Event(t("Visit sheet put right")),
        "care_visit.cancelled": Event(t("Customer visit called off")),
        "visit_plan.changed": Event(t("Plan of visits changed")),
    }
)


class Visit(HouseOnly, Versioned, Stamped, Base):
    """A visit to a customer, in any form (REQUIREMENTS K5); ours alone, the customer never reads it.

    `planned_on` is the day; `starts_at` with `minutes` the time where one is agreed; on a done one `done_on` is the day
    on which it was. `plan_key` names the cause of a visit that planned itself, so that each cause makes one.
    """

    __tablename__ = "care_visit"
    __table_args__ = (
        CheckConstraint(one_of("kind", VisitKind), name="known_kind"),
        CheckConstraint(one_of("state", VisitState), name="known_state"),
        CheckConstraint(one_or_none("mood", Mood), name="known_mood"),
        CheckConstraint("minutes BETWEEN 5 AND 1440", name="length"),
        CheckConstraint("(state = 'done') = (done_on IS NOT NULL)", name="done_has_day"),
        CheckConstraint("state <> 'done' OR summary <> ''", name="done_with_summary"),
        CheckConstraint("state <> 'cancelled' OR end_reason <> ''", name="cancelled_with_reason"),
        Index("ix_care_visit_customer", "customer_id", "state", "done_on", "id"),
        Index("ix_care_visit_visitor", "visitor_id", "state", "planned_on", "id"),
        Index("ix_care_visit_planned", "state", "planned_on", "id"),
        Index("ix_care_visit_done", "state", "done_on", "id"),
        Index("ix_care_visit_starts", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    kind: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(10), default=VisitState.PLANNED.value)
    purpose: Mapped[str] = mapped_column(String(160), default="")
    planned_on: Mapped[date]
    starts_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    minutes: Mapped[int] = mapped_column(default=60)
    visitor_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"), index=True)
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"), index=True)
    opportunity_id: Mapped[int | None] = mapped_column(ForeignKey("opportunity.id"), index=True)
    place: Mapped[str] = mapped_column(String(240), default="")
    plan_key: Mapped[str | None] = mapped_column(String(80))
    made_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    # What was written on the sheet.
    done_on: Mapped[date | None]
    met: Mapped[str] = mapped_column(String(300), default="")
    mood: Mapped[str] = mapped_column(String(8), default="")
    summary: Mapped[str] = mapped_column(Text, default="")
    needs: Mapped[str] = mapped_column(Text, default="")
    competitor_id: Mapped[int | None] = mapped_column(ForeignKey("competitor.id"), index=True)
    competitor_words: Mapped[str] = mapped_column(String(500), default="")
    next_step: Mapped[str] = mapped_column(String(300), default="")
    next_on: Mapped[date | None]
    end_reason: Mapped[str] = mapped_column(String(500), default="")

    customer: Mapped[Customer] = relationship()
    visitor: Mapped[User] = relationship(foreign_keys=[visitor_id])
    contact: Mapped[Contact | None] = relationship()
    site: Mapped[Site | None] = relationship()
    opportunity: Mapped[Opportunity | None] = relationship()
    competitor: Mapped[Competitor | None] = relationship()
    promises: Mapped[list[VisitPromise]] = relationship(
        back_populates="visit", order_by="VisitPromise.id"
    )

    @property
    def what_for(self) -> TextInWords | str:
        """The purpose in the reader's words."""
        return purpose_words(self.purpose)


once_where_set(Visit.plan_key)


class VisitPromise(HouseOnly, Base):
    """What we promised at a visit: a task of somebody, with the day that was named."""

    __tablename__ = "care_visit_promise"
    __table_args__ = (UniqueConstraint("task_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("care_visit.id"), index=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("request_task.id"))
    text: Mapped[str] = mapped_column(String(160))
    due_on: Mapped[date]

    visit: Mapped[Visit] = relationship(back_populates="promises")
    task: Mapped[RequestTask] = relationship()


class VisitTarget(Versioned, Base):
    """How often the customers of a tier are visited, and how; `every_days` 0: only when there is a reason.

    `segment` "" is the row for key customers of whatever tier, whom a manager visits.
    """

    __tablename__ = "visit_target"
    __table_args__ = (
        UniqueConstraint("segment"),
        CheckConstraint(one_or_none("segment", Segment), name="known_segment"),
        CheckConstraint(one_of("kind", VisitKind), name="known_kind"),
        CheckConstraint("every_days BETWEEN 0 AND 1095", name="days"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    segment: Mapped[str] = mapped_column(String(16))
    kind: Mapped[str] = mapped_column(String(12))
    every_days: Mapped[int] = mapped_column(default=0)
