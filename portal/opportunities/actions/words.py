"""The firm's words: categories, reasons for win and loss; the competitors that it knows (O13, O15, O16)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.db import audit
from portal.db.base import db
from portal.kernel.errors import Forbidden, InvalidMany, StaleEdit
from portal.kernel.pinyin import search_words
from portal.kernel.text import Text, t
from portal.opportunities.models import Competitor, OpportunityCategory, OutcomeReason
from portal.opportunities.rules import wording

OUTCOMES = ("won", "lost")


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a list, in its place."""

    name_zh: str
    name_en: str = ""
    position: int = 0
    active: bool = True


@dataclass(frozen=True, slots=True)
class CompetitorFacts:
    """What we know of a competitor."""

    name_zh: str
    name_en: str = ""
    website: str = ""
    strengths: str = ""
    weaknesses: str = ""
    active: bool = True


def save_category(
    kept: OpportunityCategory | None, wanted: Word, version: int | None, actor: Viewer, now: datetime
) -> OpportunityCategory:  # fmt: skip
    """A new category, or one said anew. InvalidMany by the names of `Word`."""
    _check_right(actor, Permission.SALES_SET)
    same = select(OpportunityCategory.id).where(OpportunityCategory.name_zh == _name(wanted))
    return _save(kept or OpportunityCategory(), kept is None, wanted, same, version, actor, now)


def save_reason(
    kept: OutcomeReason | None, outcome: str, wanted: Word, version: int | None, actor: Viewer, now: datetime
) -> OutcomeReason:  # fmt: skip
    """A new reason for "won" or "lost", or one said anew; its outcome stays. InvalidMany likewise, at "outcome" too."""
    _check_right(actor, Permission.SALES_SET)
    which = outcome if kept is None else kept.outcome
    if which not in OUTCOMES:
        raise InvalidMany({"outcome": t("Choose one of the list.")})
    same = select(OutcomeReason.id).where(
        OutcomeReason.name_zh == _name(wanted), OutcomeReason.outcome == which
    )
    row = kept or OutcomeReason(outcome=which)
    return _save(row, kept is None, wanted, same, version, actor, now)


def save_competitor(
    kept: Competitor | None, wanted: CompetitorFacts, version: int | None, actor: Viewer, now: datetime
) -> Competitor:  # fmt: skip
    """A competitor that is new to us, or what we know of one. InvalidMany by the names of `CompetitorFacts`."""
    _check_right(actor, Permission.OPPORTUNITY_EDIT)
    _check_seen(kept, version)
    name = wording.one_line(wanted.name_zh)
    same = db.session.scalar(select(Competitor.id).where(Competitor.name_zh == name))
    problems: dict[str, Text | None] = {
        "name_zh": wording.needed(name, t("Write a name."), 80),
        "name_en": wording.too_long(wording.one_line(wanted.name_en), 120),
        "website": wording.too_long(wording.one_line(wanted.website), 160),
        "strengths": wording.too_long(wording.lines_of(wanted.strengths), 1000),
        "weaknesses": wording.too_long(wording.lines_of(wanted.weaknesses), 1000),
    }
    if same is not None and (kept is None or kept.id != same):
        problems["name_zh"] = t("There is one of this name.")
    _raise(problems)
    before = None if kept is None else _competitor_said(kept)
    row = kept or Competitor()
    for field, value in asdict(wanted).items():
        clean = wording.lines_of if field in ("strengths", "weaknesses") else wording.one_line
        setattr(row, field, clean(value) if isinstance(value, str) else value)
    row.search_text = search_words(row.name_zh, row.name_en)[:400]
    row.updated_at = now
    db.session.add(row)
    db.session.flush()
    event = "competitor.recorded" if before is None else "competitor.changed"
    audit.record(actor, event, row, now, before=before, after=_competitor_said(row))
    return row


def _save(
    row: Any, is_new: bool, wanted: Word, same: Any, version: int | None, actor: Viewer, now: datetime
) -> Any:  # fmt: skip
    if not is_new:
        _check_seen(row, version)
    taken = db.session.scalar(same)
    problems: dict[str, Text | None] = {
        "name_zh": wording.needed(_name(wanted), t("Write a name."), 40),
        "name_en": wording.too_long(wording.one_line(wanted.name_en), 60),
        "position": None if 0 <= wanted.position <= 10_000 else t("From 0 to 10,000."),
    }
    if taken is not None and (is_new or taken != row.id):
        problems["name_zh"] = t("There is one of this name.")
    _raise(problems)
    before = None if is_new else _said(row)
    row.name_zh, row.name_en = _name(wanted), wording.one_line(wanted.name_en)
    row.position, row.active = wanted.position, wanted.active
    db.session.add(row)
    db.session.flush()
    audit.record(actor, "sales_words.changed", row, now, before=before, after=_said(row))
    return row


def _check_right(actor: Viewer, permission: Permission) -> None:
    if not actor.may(permission):
        raise Forbidden()


def _check_seen(row: Any, version: int | None) -> None:
    if row is not None and version is not None and row.version != version:
        raise StaleEdit(t("Somebody else changed this a moment ago. Look at it again."))


def _name(wanted: Word) -> str:
    return wording.one_line(wanted.name_zh)


def _said(row: Any) -> dict[str, Any]:
    names = ("name_zh", "name_en", "position", "active")
    return {name: getattr(row, name) for name in names}


def _competitor_said(row: Competitor) -> dict[str, Any]:
    return {name: getattr(row, name) for name in CompetitorFacts.__dataclass_fields__}


def _raise(problems: dict[str, Text | None]) -> None:
    wrong = {name: problem for name, problem in problems.items() if problem is not None}
    if wrong:
        raise InvalidMany(wrong)
