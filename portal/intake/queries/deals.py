"""Opportunities that a file of them is compared with, and the firm's words that it uses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.db.base import db
from portal.intake.models import BroughtIn
from portal.intake.queries.known import chunks
from portal.intake.rules.kinds import IntakeKind
from portal.intake.rules.spelling import Vocabulary, folded
from portal.intake.rules.words import WORDS
from portal.opportunities.models import (
    Competitor,
    Opportunity,
    OpportunityCategory,
    OpportunityLine,
    OutcomeReason,
    SalesStage,
)
from portal.opportunities.queries import words

KIND = IntakeKind.OPPORTUNITIES.value
SHOWN = (
    "customer_id", "title", "kind", "state", "method_id", "stage_id", "owner_id", "contact_id", "category_id", "rating",
    "source", "amount", "currency", "likelihood", "close_on", "closed_on", "outcome_reason_id", "outcome_text",
    "lost_to_id", "text", "created_at",
)  # fmt: skip


@dataclass(slots=True)
class SalesWords:
    """The firm's stages by (method, code), reasons by (outcome, folded name), competitors and categories by name."""

    default_method: int = 0
    stages: dict[tuple[int, str], SalesStage] = field(default_factory=dict)
    firsts: dict[int, SalesStage] = field(default_factory=dict)
    lasts: dict[int, SalesStage] = field(default_factory=dict)
    reasons: dict[tuple[str, str], int] = field(default_factory=dict)
    competitors: dict[str, int] = field(default_factory=dict)
    categories: dict[str, int] = field(default_factory=dict)


def sales_words() -> SalesWords:
    """All of them: five short lists."""
    found = SalesWords()
    method = words.default_method()
    found.default_method = method.id if method is not None else 0
    for each in words.methods():
        active = [stage for stage in each.stages if stage.active]
        found.stages |= {(each.id, stage.code): stage for stage in active}
        if active:
            found.firsts[each.id], found.lasts[each.id] = active[0], active[-1]
    for row in db.session.scalars(select(OutcomeReason)):
        for name in filter(None, (row.name_zh, row.name_en)):
            found.reasons[row.outcome, folded(name)] = row.id
    found.competitors = _named(Competitor)
    found.categories = _named(OpportunityCategory)
    return found


def stage_words() -> Vocabulary:
    """The words of a stage column: won, lost, open, and the stages of every method by name."""
    coded = dict(WORDS["outcome"])
    for method in words.methods():
        for stage in method.stages:
            if stage.active:
                names = (stage.name_zh, stage.name_en)
                coded[stage.code] = (*coded.get(stage.code, ()), *filter(None, names))
    return Vocabulary.coded(coded)


def competitor_words() -> Vocabulary:
    """The competitors that we know."""
    rows = db.session.execute(select(Competitor.name_zh, Competitor.name_en))
    return Vocabulary.of(name for row in rows for name in row if name)


def category_words() -> Vocabulary:
    """The firm's categories."""
    rows = db.session.execute(select(OpportunityCategory.name_zh, OpportunityCategory.name_en))
    return Vocabulary.of(name for row in rows for name in row if name)


def brought_in(references: Iterable[str], viewer: Viewer) -> dict[str, dict[str, Any]]:
    """Reference → the opportunity that came in by it, or has it as its number, with its first item as "item"."""
    wanted = sorted(set(references))
    ids: dict[str, int] = {}
    for some in chunks(wanted):
        statement = visible(select(BroughtIn.reference, BroughtIn.row_id), BroughtIn, viewer)
        known = statement.where(BroughtIn.kind == KIND, BroughtIn.reference.in_(some))
        ids |= {row.reference: row.row_id for row in db.session.execute(known)}
        numbered = visible(select(Opportunity.number, Opportunity.id), Opportunity, viewer)
        for number, row_id in db.session.execute(numbered.where(Opportunity.number.in_(some))):
            ids.setdefault(number, row_id)
    rows = _rows(list(ids.values()), viewer)
    return {reference: rows[row_id] for reference, row_id in ids.items() if row_id in rows}


def _rows(ids: list[int], viewer: Viewer) -> dict[int, dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    columns = [getattr(Opportunity, name) for name in ("id", *SHOWN)]
    for some in chunks(ids):
        statement = visible(select(*columns), Opportunity, viewer).where(Opportunity.id.in_(some))
        found |= {row["id"]: dict(row) for row in db.session.execute(statement).mappings()}
        lines = select(OpportunityLine.opportunity_id, OpportunityLine.name).where(
            OpportunityLine.opportunity_id.in_(some)
        )
        order = OpportunityLine.position.desc()
        for opportunity_id, name in db.session.execute(lines.order_by(order)):
            if opportunity_id in found:
                found[opportunity_id]["item"] = name
    return found


def _named(model: Any) -> dict[str, int]:
    rows = db.session.execute(select(model.id, model.name_zh, model.name_en))
    return {folded(name): row.id for row in rows for name in (row.name_zh, row.name_en) if name}
