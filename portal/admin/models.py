"""What the pages about health and scheduled work know of the worker."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import audit
from portal.db.audit import Event
from portal.db.base import Base
from portal.db.types import UTCDateTime
from portal.kernel.text import t

audit.declare({"job.asked": Event(t("Scheduled work asked for"))})


class Heartbeat(Base):
    """One job: when it ran last and what came of it, when it runs next, and who is at it now.

    `at`: when it was last done, None before the first time. `outcome`: "done", "failed", "" before the first time.
    `failures`: how often in a row it failed. `asked_at`: somebody wants it now. `holder` has it until `lease_until`,
    and says so anew while it works: a worker that died lets go by itself.
    """

    __tablename__ = "heartbeat"

    job: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    note: Mapped[str] = mapped_column(String(200), default="")
    outcome: Mapped[str] = mapped_column(String(8), default="")
    failures: Mapped[int] = mapped_column(default=0)
    took_ms: Mapped[int | None]
    next_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    asked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    asked_by: Mapped[str] = mapped_column(String(120), default="")
    started_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    holder: Mapped[str] = mapped_column(String(80), default="")
