"""What requests are about, in two levels; the firm changes them as it likes."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from portal.access.viewer import Viewer
from portal.db import audit
from portal.db.base import db
from portal.kernel.errors import InvalidMany, StaleEdit
from portal.kernel.text import Text, t
from portal.service_requests.models import RequestCategory
from portal.service_requests.rules.kinds import RequestKind

CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,23}")
KNOWN_KINDS = frozenset(RequestKind)


@dataclass(frozen=True, slots=True)
class CategoryFacts:
    """A category as typed; `kinds` (): any kind of request; `parent_id` None: of the first level."""

    code: str
    name_zh: str
    name_en: str = ""
    parent_id: int | None = None
    kinds: tuple[str, ...] = ()
    position: int = 0
    active: bool = True


def add(facts: CategoryFacts, actor: Viewer, now: datetime) -> RequestCategory:
    """A new category, at the end of its level where no position is given. InvalidMany by field."""
    _check(facts, None)
    row = RequestCategory(**_columns(facts))
    if not facts.position:
        beside = select(func.max(RequestCategory.position)).where(
            RequestCategory.parent_id == facts.parent_id
            if facts.parent_id
            else RequestCategory.parent_id.is_(None)
        )
        row.position = (db.session.scalar(beside) or 0) + 10
    db.session.add(row)
    audit.record(actor, "category.changed", row, now, after=_said(row))
    return row


def change(
    row: RequestCategory, facts: CategoryFacts, seen: int, actor: Viewer, now: datetime
) -> None:
    """Say it anew; requests keep it. InvalidMany by field, StaleEdit when somebody was quicker."""
    _check(facts, row)
    if row.version != seen:
        raise StaleEdit(t("Somebody else saved this category a moment ago."))
    before = _said(row)
    for name, value in _columns(facts).items():
        setattr(row, name, value)
    audit.record(actor, "category.changed", row, now, before=before, after=_said(row))


def _check(facts: CategoryFacts, row: RequestCategory | None) -> None:
    wrong: dict[str, Text] = {}
    if not CODE.fullmatch(facts.code):
        wrong["code"] = t("Small letters, figures and hyphens, at most 24.")
    elif _other(facts.code, row):
        wrong["code"] = t("Another category has this code.")
    if not facts.name_zh.strip():
        wrong["name_zh"] = t("Write it in Chinese; English may follow.")
    if set(facts.kinds) - KNOWN_KINDS:
        wrong["kinds"] = t("Choose one of the list.")
    if facts.parent_id is not None and not _may_stand_below(facts.parent_id, row):
        wrong["parent_id"] = t("There are two levels: choose a category of the first level.")
    if wrong:
        raise InvalidMany(wrong)


def _other(code: str, row: RequestCategory | None) -> bool:
    other = db.session.scalar(select(RequestCategory.id).where(RequestCategory.code == code))
    return other is not None and (row is None or other != row.id)


def _may_stand_below(parent_id: int, row: RequestCategory | None) -> bool:
    parent = db.session.get(RequestCategory, parent_id)
    if parent is None or parent.parent_id is not None:
        return False
    if row is None:
        return True
    below = select(RequestCategory.id).where(RequestCategory.parent_id == row.id).limit(1)
    return parent.id != row.id and db.session.scalar(below) is None


def _columns(facts: CategoryFacts) -> dict[str, Any]:
    return asdict(facts) | {"kinds": list(facts.kinds)}


def _said(row: RequestCategory) -> dict[str, Any]:
    return {"code": row.code, "name": row.name_zh, "active": row.active}
