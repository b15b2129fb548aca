"""Two ways of selling, categories and reasons to start with, each where the firm has none of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from portal.access.viewer import Viewer
from portal.db import audit
from portal.db.base import db
from portal.opportunities.models import OpportunityCategory, OutcomeReason, SalesMethod, SalesStage
from portal.opportunities.rules import first_words


def seed(actor: Viewer, now: datetime) -> int:
    """How many rows; what somebody changed stays, and doing it again changes nothing."""
    return _methods(actor, now) + _categories() + _reasons()


def _methods(actor: Viewer, now: datetime) -> int:
    if db.session.scalar(select(SalesMethod.id).limit(1)) is not None:
        return 0
    for position, first in enumerate(first_words.METHODS, 1):
        row = SalesMethod(
            code=first.code, name_zh=first.name_zh, name_en=first.name_en, position=position * 10,
            is_default=position == 1,
        )  # fmt: skip
        row.stages = [_stage(each, place * 10) for place, each in enumerate(first.stages, 1)]
        db.session.add(row)
        after = {"code": row.code, "name": row.name_zh, "stages": [s.name_zh for s in row.stages]}
        audit.record(actor, "sales_method.changed", row, now, after=after)
    return len(first_words.METHODS)


def _stage(first: first_words.FirstStage, position: int) -> SalesStage:
    return SalesStage(
        code=first.code, position=position, name_zh=first.name_zh, name_en=first.name_en,
        likelihood=first.likelihood, category=first.category.value, stuck_days=first.stuck_days,
        entry_rules=[rule.value for rule in first.rules],
        tasks=[{"zh": task.zh, "en": task.en, "days": task.days} for task in first.tasks],
    )  # fmt: skip


def _categories() -> int:
    if db.session.scalar(select(OpportunityCategory.id).limit(1)) is not None:
        return 0
    for position, (name_zh, name_en) in enumerate(first_words.CATEGORIES, 1):
        row = OpportunityCategory(name_zh=name_zh, name_en=name_en, position=position * 10)
        db.session.add(row)
    db.session.flush()
    return len(first_words.CATEGORIES)


def _reasons() -> int:
    if db.session.scalar(select(OutcomeReason.id).limit(1)) is not None:
        return 0
    lists = {"won": first_words.WON_BECAUSE, "lost": first_words.LOST_BECAUSE}
    for outcome, names in lists.items():
        for position, (name_zh, name_en) in enumerate(names, 1):
            db.session.add(
                OutcomeReason(
                    outcome=outcome, name_zh=name_zh, name_en=name_en, position=position * 10
                )
            )
    db.session.flush()
    return sum(len(names) for names in lists.values())
