"""How files of customers were read, what they brought, which customers are alike, and which were merged."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.customers.models import Customer, one_of
from portal.db import audit
from portal.db.audit import Event
from portal.db.base import Base, HouseOnly, Stamped, Versioned
from portal.db.types import JSONText, UTCDateTime
from portal.intake.rules.kinds import IntakeKind, PairState
from portal.kernel.text import t

audit.declare(
    {
        "head_mapping.kept": Event(t("Reading of a file's heads kept")),
        "opportunity.imported": Event(t("Opportunity brought in from a file")),
        "duplicate_pair.decided": Event(t("Found to be no duplicates")),
        "duplicate_pair.reopened": Event(t("Perhaps duplicates after all")),
    }
)


class HeadMapping(Versioned, Stamped, Base):
    """Which column of a layout says what, as a person chose it: found again by the layout's heads.

    `heads` {head without case and blanks: field, "" for a column that nobody reads}; `words` {field: {as the file
    writes it: as it is meant}}.
    """

    __tablename__ = "head_mapping"
    __table_args__ = (
        UniqueConstraint("kind", "fingerprint"),
        CheckConstraint(one_of("kind", IntakeKind), name="known_kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    fingerprint: Mapped[str] = mapped_column(String(64))
    file_name: Mapped[str] = mapped_column(String(160), default="")
    heads: Mapped[Any] = mapped_column(JSONText, default=dict)
    words: Mapped[Any] = mapped_column(JSONText, default=dict)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))


class BroughtIn(HouseOnly, Base):
    """By which reference of another system a row of ours came in, so that the next file finds it again."""

    __tablename__ = "brought_in"
    __table_args__ = (
        UniqueConstraint("kind", "reference"),
        CheckConstraint(one_of("kind", IntakeKind), name="known_kind"),
        Index("ix_brought_in_row", "kind", "row_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    reference: Mapped[str] = mapped_column(String(80))
    row_id: Mapped[int]
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"), index=True)


class DuplicatePair(Versioned, Base):
    """Two customers that may be one: the reasons as codes, their sum as `score`; the one taken in first is `first_id`.

    A pair that was found to be two different customers stays "dismissed" whatever is found again.
    """

    __tablename__ = "duplicate_pair"
    __table_args__ = (
        UniqueConstraint("first_id", "second_id"),
        CheckConstraint("first_id < second_id", name="older_first"),
        CheckConstraint(one_of("state", PairState), name="known_state"),
        Index("ix_duplicate_pair_state", "state", "score", "id"),
        Index("ix_duplicate_pair_second", "second_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    first_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    second_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    score: Mapped[int]
    reasons: Mapped[Any] = mapped_column(JSONText, default=list)
    state: Mapped[str] = mapped_column(String(12), default=PairState.OPEN.value)
    found_at: Mapped[datetime] = mapped_column(UTCDateTime)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    note: Mapped[str] = mapped_column(String(500), default="")

    first: Mapped[Customer] = relationship(foreign_keys=[first_id])
    second: Mapped[Customer] = relationship(foreign_keys=[second_id])


class CustomerMerge(HouseOnly, Base):
    """One duplicate that became part of `customer`: what was chosen, moved and united.

    `moved` {"table.column": rows}; `united` the rows that could not stand beside the survivor's, whole, as
    [{table, row, into}]; `before` both customers' fields.
    """

    __tablename__ = "customer_merge"
    __table_args__ = (
        UniqueConstraint("merged_id"),
        Index("ix_customer_merge_at", "at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    merged_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    reason: Mapped[str] = mapped_column(String(500), default="")
    before: Mapped[Any] = mapped_column(JSONText, default=dict)
    chosen: Mapped[Any] = mapped_column(JSONText, default=dict)
    moved: Mapped[Any] = mapped_column(JSONText, default=dict)
    united: Mapped[Any] = mapped_column(JSONText, default=list)
