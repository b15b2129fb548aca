"""Mails that a person does not want."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import audit
from portal.db.audit import Event
from portal.db.base import Base
from portal.db.types import UTCDateTime
from portal.kernel.text import t

audit.declare({"user.mails_chosen": Event(t("Chose which mails to get"))})


class MailOff(Base):
    """One topic of mails (rules.topics) that this person switched off; without a row a mail goes."""

    __tablename__ = "mail_off"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), primary_key=True
    )
    topic: Mapped[str] = mapped_column(String(24), primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
