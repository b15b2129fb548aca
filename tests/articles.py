"""Articles for tests: written, and published where a test needs readers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from portal.access.viewer import SYSTEM
from portal.customers.models import Customer
from portal.db.base import db
from portal.knowledge.actions import files, publishing, writing
from portal.knowledge.models import Article
from portal.knowledge.rules.kinds import Audience
from portal.knowledge.rules.writing import Written
from portal.web.uploads import Upload
from tests.cast import Cast


def draft(title: str, now: datetime, body: str = "正文。", **more: Any) -> Article:
    """An article that only writers see; for customers unless `audience` says otherwise."""
    wanted = {"audience": Audience.PUBLIC, "title_zh": title, "body_zh": body, **more}
    return writing.write(Written(**wanted), SYSTEM, now)


def published(title: str, now: datetime, body: str = "正文。", **more: Any) -> Article:
    """An article that those it is for may read."""
    return publishing.publish(draft(title, now, body, **more), SYSTEM, now)


def kept_for_harbour(cast: Cast, now: datetime) -> dict[str, int]:
    """Ids of an article and its file that Harbour Foods, a project customer here, reads and Nordwind does not."""
    harbour = db.session.get_one(Customer, cast.harbour.id)
    harbour.segment = "project"
    row = published("项目客户的装柜安排", now, tiers=("project",))
    scan = files.attach(row, Upload(b"%PDF-1.7", "流程.pdf", "pdf"), SYSTEM, now)
    return {"article_id": row.id, "article_file_id": scan.id}
