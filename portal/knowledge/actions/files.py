"""Files of an article; the bytes lie in the archive, what they are is told by their content."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from portal.access.viewer import Viewer
from portal.db import audit
from portal.db.base import db
from portal.documents.actions.attaching import ReceivedFile
from portal.documents.archive import archive
from portal.documents.rules.files import MEDIA_TYPES
from portal.kernel.errors import Invalid, NotFound
from portal.kernel.text import t
from portal.knowledge.models import Article, ArticleFile

MOST = 20


def attach(article: Article, file: ReceivedFile, actor: Viewer, now: datetime) -> ArticleFile:
    """Keep `file` with the article. Invalid at "file" for a form that is not kept, or when there are too many."""
    if file.kind not in MEDIA_TYPES:
        raise Invalid(t("This kind of file cannot be attached."), "file")
    held = select(func.count()).where(
        ArticleFile.article_id == article.id, ArticleFile.removed_at.is_(None)
    )
    if (db.session.scalar(held) or 0) >= MOST:
        raise Invalid(t("At most %(count)s files with one article.", count=MOST), "file")
    row = ArticleFile(
        article_id=article.id,
        file_name=file.name,
        media_type=MEDIA_TYPES[file.kind],
        sha256=archive().store(file.body),
        size=len(file.body),
        added_by=actor.user_id,
        added_at=now,
    )
    db.session.add(row)
    audit.record(actor, "article.file_added", article, now, after={"file": file.name})
    return row


def remove(article: Article, file: ArticleFile, actor: Viewer, now: datetime) -> None:
    """Take a file off the article; the archive keeps it. NotFound when it is off already or another's."""
    if file.removed_at is not None or file.article_id != article.id:
        raise NotFound()
    file.removed_at = now
    audit.record(actor, "article.file_removed", article, now, before={"file": file.file_name})
