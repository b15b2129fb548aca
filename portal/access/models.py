"""Which member of staff is in charge of which customer."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.db.base import Base, CustomerOwned


class Assignment(CustomerOwned, Base):
    """A member of staff's part in a customer: the owner 客户经理 or one of the team."""

    __tablename__ = "assignment"
    __table_args__ = (
        CheckConstraint("part IN ('owner', 'team')", name="known_part"),
        Index("ix_assignment_user_customer", "user_id", "customer_id", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    part: Mapped[str] = mapped_column(String(8), default="team")
