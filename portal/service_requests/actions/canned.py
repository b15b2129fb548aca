"""Answers at hand: written, changed, taken into an answer."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from portal.access.viewer import Viewer
from portal.db import audit
from portal.db.base import db
from portal.kernel.errors import InvalidMany, StaleEdit
from portal.kernel.text import Text, t
from portal.service_requests.models import CannedReply
from portal.service_requests.rules.canned import PLACES, unknown_places
from portal.service_requests.rules.kinds import RequestKind

KNOWN_KINDS = frozenset(RequestKind)


@dataclass(frozen=True, slots=True)
class CannedFacts:
    """A canned reply as typed; `kinds` (): for any kind of request."""

    name: str
    text_zh: str
    text_en: str = ""
    kinds: tuple[str, ...] = ()
    active: bool = True


def add(facts: CannedFacts, actor: Viewer, now: datetime) -> CannedReply:
    """A new one. InvalidMany by field."""
    _check(facts, None)
    row = CannedReply(**_columns(facts), created_at=now, updated_at=now)
    db.session.add(row)
    audit.record(actor, "canned_reply.changed", row, now, after=_said(row))
    return row


def change(row: CannedReply, facts: CannedFacts, seen: int, actor: Viewer, now: datetime) -> None:
    """Say it anew. InvalidMany by field, StaleEdit when somebody was quicker."""
    _check(facts, row)
    if row.version != seen:
        raise StaleEdit(t("Somebody else saved this canned reply a moment ago."))
    before = _said(row)
    for name, value in _columns(facts).items():
        setattr(row, name, value)
    row.updated_at = now
    audit.record(actor, "canned_reply.changed", row, now, before=before, after=_said(row))


def use(row: CannedReply) -> None:
    """It was taken into an answer once more; lists show the ones used most first."""
    row.uses += 1


def _check(facts: CannedFacts, row: CannedReply | None) -> None:
    wrong: dict[str, Text] = {}
    if not facts.name.strip():
        wrong["name"] = t("Give it a name.")
    elif _other(facts.name, row):
        wrong["name"] = t("Another canned reply has this name.")
    if not facts.text_zh.strip():
        wrong["text_zh"] = t("Write it in Chinese; English may follow.")
    for field in ("text_zh", "text_en"):
        strange = unknown_places(getattr(facts, field))
        if strange:
            wrong[field] = t(
                "{%(name)s} is no place. There are: %(places)s.",
                name=strange[0],
                places=", ".join(f"{{{place}}}" for place in PLACES),
            )
    if set(facts.kinds) - KNOWN_KINDS:
        wrong["kinds"] = t("Choose one of the list.")
    if wrong:
        raise InvalidMany(wrong)


def _other(name: str, row: CannedReply | None) -> bool:
    other = db.session.scalar(select(CannedReply.id).where(CannedReply.name == name))
    return other is not None and (row is None or other != row.id)


def _columns(facts: CannedFacts) -> dict[str, Any]:
    return asdict(facts) | {"kinds": list(facts.kinds)}


def _said(row: CannedReply) -> dict[str, Any]:
    return {"name": row.name, "active": row.active}
