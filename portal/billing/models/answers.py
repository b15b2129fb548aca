"""What a customer answered outside the portal, recorded here on its behalf 代客户登记."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.billing.models.disputes import Dispute
from portal.billing.models.statements import Statement
from portal.billing.rules.kinds import AnswerChannel
from portal.customers.models import one_of
from portal.db import audit
from portal.db.audit import Event
from portal.db.base import AppendOnly, Base, CustomerOwned
from portal.db.types import Amount, UTCDateTime
from portal.kernel.text import t

audit.declare(
    {
        "statement.answered_for": Event(t("The customer's answer recorded"), public=True),
        "dispute.raised_for": Event(t("The customer's dispute recorded"), public=True),
    }
)


class StatementAnswer(AppendOnly, CustomerOwned, Base):
    """An answer on paper, by mail or telephone: a yes to some lines, or the dispute `dispute_id` (DOMAIN R3).

    `said_by` signed or said it on `said_on`; `recorded_by` typed it in. The stamped slip 回执 is a file of this row (of
    the dispute, where it is one); `no_paper` says why a confirmation has none. `gross_amount` is what it is about.
    """

    __tablename__ = "statement_answer"
    __table_args__ = (
        CheckConstraint(one_of("channel", AnswerChannel), name="known_channel"),
        CheckConstraint("said_by <> ''", name="says_whose"),
        Index("ix_statement_answer_statement", "statement_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"))
    revision_no: Mapped[int]
    dispute_id: Mapped[int | None] = mapped_column(ForeignKey("dispute.id"), unique=True)
    channel: Mapped[str] = mapped_column(String(12))
    said_by: Mapped[str] = mapped_column(String(120))
    said_on: Mapped[date]
    line_count: Mapped[int]
    gross_amount: Mapped[Decimal] = mapped_column(Amount)
    no_paper: Mapped[str] = mapped_column(String(500), default="")
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)

    statement: Mapped[Statement] = relationship()
    dispute: Mapped[Dispute | None] = relationship()
    recorder: Mapped[User | None] = relationship()
