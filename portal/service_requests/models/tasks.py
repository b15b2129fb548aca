"""What is planned for a request: tasks and field visits, and the calendar that shows them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.customers.models import Customer, Site, one_of
from portal.db import audit
from portal.db.audit import Event
from portal.db.base import Base, CustomerOwned, Stamped, Versioned
from portal.db.types import UTCDateTime
from portal.kernel.text import t
from portal.service_requests.models.requests import ServiceRequest
from portal.service_requests.rules.kinds import TaskKind
from portal.service_requests.rules.states import TaskState

audit.declare(
    {
        "task.made": Event(t("Task made")),
        "task.changed": Event(t("Task changed")),
        "task.done": Event(t("Task done")),
        "task.cancelled": Event(t("Task called off")),
        "task.reopened": Event(t("Task to be done again")),
        "visit.planned": Event(t("Visit planned"), public=True),
        "visit.moved": Event(t("Visit moved"), public=True),
        "visit.cancelled": Event(t("Visit called off"), public=True),
    }
)


class RequestTask(CustomerOwned, Versioned, Stamped, Base):
    """A piece of work for a request, or a visit on the customer's ground. A visit has `starts_at` and `ends_at`.

    `is_shared`: the customer sees the visit with its time and the person who comes.
    """

    __tablename__ = "request_task"
    __table_args__ = (
        CheckConstraint(one_of("kind", TaskKind), name="known_kind"),
        CheckConstraint(one_of("state", TaskState), name="known_state"),
        CheckConstraint("ends_at IS NULL OR ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("kind = 'task' OR starts_at IS NOT NULL", name="visit_has_time"),
        Index("ix_request_task_request", "request_id", "id"),
        Index("ix_request_task_person", "assignee_id", "state", "due_at", "id"),
        Index("ix_request_task_when", "starts_at", "id"),
        Index("ix_request_task_due", "state", "due_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int | None] = mapped_column(ForeignKey("service_request.id"))
    kind: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(12), default=TaskState.OPEN.value)
    title: Mapped[str] = mapped_column(String(160))
    text: Mapped[str] = mapped_column(Text, default="")
    assignee_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    starts_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"), index=True)
    place: Mapped[str] = mapped_column(String(240), default="")
    is_shared: Mapped[bool] = mapped_column(default=False)
    result: Mapped[str] = mapped_column(String(1000), default="")
    made_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    customer: Mapped[Customer] = relationship()
    request: Mapped[ServiceRequest | None] = relationship()
    assignee: Mapped[User] = relationship(foreign_keys=[assignee_id])
    site: Mapped[Site | None] = relationship()


class CalendarFeed(Base):
    """The secret address under which a person's telephone reads their calendar; only its hash is kept."""

    __tablename__ = "calendar_feed"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), unique=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
