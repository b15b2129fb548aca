"""Categories and canned replies to start with, where the firm has none."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from portal.access.viewer import Viewer
from portal.db import audit
from portal.db.base import db
from portal.service_requests.models import CannedReply, RequestCategory
from portal.service_requests.rules.first_words import CATEGORIES, REPLIES, FirstCategory


def seed_service_words(actor: Viewer, now: datetime) -> int:
    """Both, each only where the firm has none of it; how many rows. Doing it again changes nothing."""
    return _categories(actor, now) + _replies(actor, now)


def _categories(actor: Viewer, now: datetime) -> int:
    if db.session.scalar(select(RequestCategory.id).limit(1)) is not None:
        return 0
    made = 0
    for place, first in enumerate(CATEGORIES, 1):
        above = _category(first, None, place * 10, actor, now)
        for row, each in enumerate(first.below, 1):
            _category(each, above.id, row * 10, actor, now)
        made += 1 + len(first.below)
    return made


def _category(
    first: FirstCategory, parent_id: int | None, position: int, actor: Viewer, now: datetime
) -> RequestCategory:
    row = RequestCategory(
        code=first.code, name_zh=first.name_zh, name_en=first.name_en, parent_id=parent_id,
        kinds=[kind.value for kind in first.kinds], position=position,
    )  # fmt: skip
    db.session.add(row)
    audit.record(actor, "category.changed", row, now, after={"code": row.code, "name": row.name_zh})
    return row


def _replies(actor: Viewer, now: datetime) -> int:
    if db.session.scalar(select(CannedReply.id).limit(1)) is not None:
        return 0
    for first in REPLIES:
        row = CannedReply(
            name=first.name, text_zh=first.text_zh, text_en=first.text_en,
            kinds=[kind.value for kind in first.kinds],
        )  # fmt: skip
        db.session.add(row)
        audit.record(actor, "canned_reply.changed", row, now, after={"name": row.name})
    return len(REPLIES)
