"""How the firm sells: sales methods with their stages, and the firm's own words for categories and reasons."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.customers.models import one_of
from portal.db import audit
from portal.db.audit import Event
from portal.db.base import Base, Stamped, Versioned
from portal.db.types import JSONText
from portal.kernel.text import t
from portal.opportunities.rules.kinds import ForecastCategory

audit.declare(
    {
        "sales_method.changed": Event(t("Sales method changed")),
        "sales_words.changed": Event(t("Categories or reasons of opportunities changed")),
        "competitor.recorded": Event(t("Competitor recorded")),
        "competitor.changed": Event(t("Competitor changed")),
    }
)


class SalesMethod(Versioned, Stamped, Base):
    """A way of selling with stages of its own (REQUIREMENTS O4), as for one lane, or for a project."""

    __tablename__ = "sales_method"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(24), unique=True)
    name_zh: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(80), default="")
    note: Mapped[str] = mapped_column(String(500), default="")
    position: Mapped[int] = mapped_column(default=0)
    is_default: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)

    stages: Mapped[list[SalesStage]] = relationship(
        back_populates="method", order_by="SalesStage.position"
    )


class SalesStage(Base):
    """One stage of a method. One that is not `active` is left out for new moves; opportunities in it stay.

    `likelihood` percent and `category` are what an opportunity gets on entering; `entry_rules` a list of EntryRule;
    `tasks` a list of {zh, en, days}: made for the owner on entering, due so many working days later (O11);
    `stuck_days`: longer than this in the stage shows as stuck, 0: never.
    """

    __tablename__ = "sales_stage"
    __table_args__ = (
        UniqueConstraint("method_id", "code"),
        CheckConstraint("likelihood BETWEEN 0 AND 100", name="percent"),
        CheckConstraint(one_of("category", ForecastCategory), name="known_category"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    method_id: Mapped[int] = mapped_column(ForeignKey("sales_method.id"))
    code: Mapped[str] = mapped_column(String(24))
    position: Mapped[int]
    name_zh: Mapped[str] = mapped_column(String(40))
    name_en: Mapped[str] = mapped_column(String(60), default="")
    likelihood: Mapped[int] = mapped_column(default=0)
    category: Mapped[str] = mapped_column(String(12), default=ForecastCategory.PIPELINE.value)
    entry_rules: Mapped[Any] = mapped_column(JSONText, default=list)
    tasks: Mapped[Any] = mapped_column(JSONText, default=list)
    stuck_days: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)

    method: Mapped[SalesMethod] = relationship(back_populates="stages")


class OpportunityCategory(Versioned, Base):
    """The firm's own categories of opportunities (REQUIREMENTS O15)."""

    __tablename__ = "opportunity_category"

    id: Mapped[int] = mapped_column(primary_key=True)
    name_zh: Mapped[str] = mapped_column(String(40), unique=True)
    name_en: Mapped[str] = mapped_column(String(60), default="")
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)


class OutcomeReason(Versioned, Base):
    """Why an opportunity is won or lost, in the firm's own words (REQUIREMENTS O16)."""

    __tablename__ = "outcome_reason"
    __table_args__ = (
        UniqueConstraint("outcome", "name_zh"),
        CheckConstraint("outcome IN ('won', 'lost')", name="known_outcome"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    outcome: Mapped[str] = mapped_column(String(4))
    name_zh: Mapped[str] = mapped_column(String(40))
    name_en: Mapped[str] = mapped_column(String(60), default="")
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)


class Competitor(Versioned, Stamped, Base):
    """Another firm that our customers may turn to; the register of what it does is in care (K10)."""

    __tablename__ = "competitor"

    id: Mapped[int] = mapped_column(primary_key=True)
    name_zh: Mapped[str] = mapped_column(String(80), unique=True)
    name_en: Mapped[str] = mapped_column(String(120), default="")
    website: Mapped[str] = mapped_column(String(160), default="")
    strengths: Mapped[str] = mapped_column(String(1000), default="")
    weaknesses: Mapped[str] = mapped_column(String(1000), default="")
    active: Mapped[bool] = mapped_column(default=True)
    search_text: Mapped[str] = mapped_column(String(400), default="")
