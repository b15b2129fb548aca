"""The firm's text blocks that a new contract starts with; a contract keeps its own copies."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from portal.access.viewer import Viewer
from portal.contracts.models import ClauseTemplate
from portal.db import audit
from portal.db.base import db
from portal.kernel.errors import InvalidMany, StaleEdit
from portal.kernel.text import Text, t


@dataclass(frozen=True, slots=True)
class ClauseFacts:
    """A clause as typed; `scope` is a category of service, "" for every contract."""

    title_zh: str
    body_zh: str
    title_en: str = ""
    body_en: str = ""
    scope: str = ""
    position: int = 0
    active: bool = True


def add(facts: ClauseFacts, actor: Viewer, now: datetime) -> ClauseTemplate:
    """A new clause, at the end where no position is given."""
    _check(facts)
    row = ClauseTemplate(**asdict(facts), created_at=now, updated_at=now)
    if not facts.position:
        last = db.session.scalar(select(func.max(ClauseTemplate.position)))
        row.position = (last or 0) + 10
    db.session.add(row)
    audit.record(actor, "clause.changed", row, now, after=_said(row))
    return row


def change(
    row: ClauseTemplate, facts: ClauseFacts, seen: int, actor: Viewer, now: datetime
) -> None:
    """Say a clause anew; contracts that have a copy keep it. StaleEdit when somebody was quicker."""
    _check(facts)
    if row.version != seen:
        raise StaleEdit(t("Somebody else saved this clause a moment ago."))
    before = _said(row)
    for name, value in asdict(facts).items():
        setattr(row, name, value)
    row.updated_at = now
    audit.record(actor, "clause.changed", row, now, before=before, after=_said(row))


def _check(facts: ClauseFacts) -> None:
    errors: dict[str, Text] = {}
    for name in ("title", "body"):
        if not getattr(facts, f"{name}_zh").strip():
            errors[f"{name}_zh"] = t("Write it in Chinese; English may follow.")
    if bool(facts.title_en.strip()) != bool(facts.body_en.strip()):
        errors["body_en"] = t("Write the English title and text both, or neither.")
    if errors:
        raise InvalidMany(errors)


def _said(row: ClauseTemplate) -> dict[str, Any]:
    return {"title": row.title_zh, "scope": row.scope, "active": row.active}
