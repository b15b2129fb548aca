"""The clocks of a request, the targets and deadlines that set them, and the firm's own days."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.customers.models import one_of
from portal.customers.rules.kinds import Segment
from portal.db import audit
from portal.db.audit import Event
from portal.db.base import Base, CustomerOwned, Stamped, Versioned
from portal.db.types import JSONText, UTCDateTime
from portal.kernel.text import t
from portal.service_requests.models.requests import ServiceRequest
from portal.service_requests.rules.clock_kinds import ClockKind, ClockState, Duty, Mode, TimeUnit

audit.declare(
    {
        "targets.changed": Event(t("Service targets changed")),
        "deadline.changed": Event(t("Deadline of law or contract changed")),
        "workdays.changed": Event(t("Working days changed")),
        "clock.warned": Event(t("A clock is about to run out")),
        "clock.breached": Event(t("A clock ran out")),
    }
)


class SlaTarget(Versioned, Stamped, Base):
    """How quickly a customer of this tier gets what at this severity: one row for each, edited by the owner (T6)."""

    __tablename__ = "sla_target"
    __table_args__ = (
        UniqueConstraint("tier", "severity", "clock"),
        CheckConstraint(one_of("tier", Segment), name="known_tier"),
        CheckConstraint(one_of("clock", ClockKind), name="known_clock"),
        CheckConstraint(one_of("unit", TimeUnit), name="known_unit"),
        CheckConstraint("severity BETWEEN 1 AND 4", name="known_severity"),
        CheckConstraint("amount > 0", name="positive"),
        CheckConstraint("warn_percent BETWEEN 1 AND 99", name="warned_before_the_end"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    tier: Mapped[str] = mapped_column(String(16))
    severity: Mapped[int]
    clock: Mapped[str] = mapped_column(String(12))
    amount: Mapped[int]
    unit: Mapped[str] = mapped_column(String(16))
    warn_percent: Mapped[int] = mapped_column(default=75)


class LegalDeadline(Versioned, Stamped, Base):
    """A limit of law or contract, as data with a from-date; `mode` None: any. `source` cites the article."""

    __tablename__ = "legal_deadline"
    __table_args__ = (
        CheckConstraint(one_of("duty", Duty), name="known_duty"),
        CheckConstraint(f"mode IS NULL OR {one_of('mode', Mode)}", name="known_mode"),
        CheckConstraint(one_of("unit", TimeUnit), name="known_unit"),
        CheckConstraint("amount > 0", name="positive"),
        Index("ix_legal_deadline_duty", "duty", "mode", "from_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(32), unique=True)
    duty: Mapped[str] = mapped_column(String(20))
    mode: Mapped[str | None] = mapped_column(String(12))
    variant: Mapped[str] = mapped_column(String(24), default="")
    name_zh: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(160), default="")
    amount: Mapped[int]
    unit: Mapped[str] = mapped_column(String(16))
    source: Mapped[str] = mapped_column(String(200))
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    active: Mapped[bool] = mapped_column(default=True)


class RequestClock(CustomerOwned, Base):
    """One clock of one request. `left_seconds` is what was left, in the unit's own time, when it was paused.

    `breached_at` is when the sweep found it late; a clock met after `due_at` was late too. A reopened request gets
    clocks of the next `round`. `rests` are the times it stood still: a list of [from, until] in ISO form, the last one
    open while it is paused. `escalate_at`: when the service managers hear of the breach, None when nobody does.
    """

    __tablename__ = "request_clock"
    __table_args__ = (
        UniqueConstraint("request_id", "kind", "code", "round"),
        CheckConstraint(one_of("kind", ClockKind), name="known_kind"),
        CheckConstraint(one_of("state", ClockState), name="known_state"),
        CheckConstraint(one_of("unit", TimeUnit), name="known_unit"),
        CheckConstraint("state <> 'paused' OR left_seconds IS NOT NULL", name="paused_with_rest"),
        Index("ix_request_clock_due", "state", "due_at"),
        Index("ix_request_clock_warn", "state", "warn_at"),
        Index("ix_request_clock_escalate", "escalate_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("service_request.id"))
    kind: Mapped[str] = mapped_column(String(12))
    code: Mapped[str] = mapped_column(String(32), default="")
    round: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = mapped_column(String(12), default=ClockState.RUNNING.value)
    unit: Mapped[str] = mapped_column(String(16))
    amount: Mapped[int]
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    warn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    left_seconds: Mapped[int | None]
    paused_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    met_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    warned_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    breached_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    pauses: Mapped[bool] = mapped_column(default=True)
    warn_percent: Mapped[int] = mapped_column(default=75)
    rests: Mapped[Any] = mapped_column(JSONText, default=list)
    escalate_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    escalated_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    request: Mapped[ServiceRequest] = relationship()


class CalendarDay(Versioned, Stamped, Base):
    """A day that the firm says is worked or not: it goes before the decreed calendar, which may not know the year."""

    __tablename__ = "calendar_day"

    id: Mapped[int] = mapped_column(primary_key=True)
    on: Mapped[date] = mapped_column(unique=True)
    is_working: Mapped[bool]
    note: Mapped[str] = mapped_column(String(80), default="")
