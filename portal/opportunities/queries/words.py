"""The firm's ways of selling and its words for opportunities: methods, stages, categories, reasons, competitors."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import selectinload

from portal.db.base import db
from portal.kernel.errors import NotFound
from portal.kernel.pinyin import normalise
from portal.opportunities.models import (
    Competitor,
    OpportunityCategory,
    OutcomeReason,
    SalesMethod,
    SalesStage,
)
from portal.opportunities.rules.entry import StageFacts, rules_of


def methods(*, all_: bool = False) -> list[SalesMethod]:
    """The sales methods in their order with their stages; `all_`: those no longer used too."""
    wanted = select(SalesMethod).options(selectinload(SalesMethod.stages))
    if not all_:
        wanted = wanted.where(SalesMethod.active.is_(True))
    return list(db.session.scalars(wanted.order_by(SalesMethod.position, SalesMethod.id)))


def method(method_id: int) -> SalesMethod:
    """One method with its stages; NotFound when there is none."""
    wanted = select(SalesMethod).where(SalesMethod.id == method_id)
    row = db.session.scalar(wanted.options(selectinload(SalesMethod.stages)))
    if row is None:
        raise NotFound()
    return row


def default_method() -> SalesMethod | None:
    """The usual method, else the first; None where the firm has none."""
    rows = methods()
    return next((row for row in rows if row.is_default), rows[0] if rows else None)


def stages(method_id: int, *, all_: bool = False) -> list[SalesStage]:
    """The stages of a method in order; `all_`: those no longer used too."""
    wanted = select(SalesStage).where(SalesStage.method_id == method_id)
    if not all_:
        wanted = wanted.where(SalesStage.active.is_(True))
    return list(db.session.scalars(wanted.order_by(SalesStage.position, SalesStage.id)))


def in_use(stage: SalesStage | int) -> int:
    """How many opportunities stand in a stage, whoever may see them."""
    from_ = SalesMethod.metadata.tables["opportunity"]
    stage_id = stage if isinstance(stage, int) else stage.id
    counted = select(func.count()).select_from(from_).where(from_.c.stage_id == stage_id)
    return db.session.scalar(counted) or 0


def facts_of(stage: SalesStage, locale: str = "zh_CN") -> StageFacts:
    """A stage as the rules see it, named in the reader's language."""
    name = (stage.name_en or stage.name_zh) if locale == "en" else (stage.name_zh or stage.name_en)
    return StageFacts(
        stage.id,
        stage.method_id,
        stage.position,
        name,
        rules_of(stage.entry_rules),
        stage.active,
    )


def categories(*, all_: bool = False) -> list[OpportunityCategory]:
    """The firm's categories in their order."""
    wanted = select(OpportunityCategory)
    if not all_:
        wanted = wanted.where(OpportunityCategory.active.is_(True))
    order = OpportunityCategory.position, OpportunityCategory.id
    return list(db.session.scalars(wanted.order_by(*order)))


def reasons(outcome: str | None = None, *, all_: bool = False) -> list[OutcomeReason]:
    """The reasons for "won" or "lost" in their order; None: both."""
    wanted = select(OutcomeReason)
    if outcome is not None:
        wanted = wanted.where(OutcomeReason.outcome == outcome)
    if not all_:
        wanted = wanted.where(OutcomeReason.active.is_(True))
    order = OutcomeReason.outcome.desc(), OutcomeReason.position, OutcomeReason.id
    return list(db.session.scalars(wanted.order_by(*order)))


def competitors(*, all_: bool = False) -> Select[Any]:
    """The competitors that we know, for lists and choices."""
    wanted: Select[Any] = select(Competitor)
    return wanted if all_ else wanted.where(Competitor.active.is_(True))


def search_competitors(statement: Select[Any], words: str) -> Select[Any]:
    """Competitors in which every word occurs: Chinese, pinyin, initials."""
    for word in normalise(words).lower().split():
        statement = statement.where(Competitor.search_text.contains(word, autoescape=True))
    return statement
