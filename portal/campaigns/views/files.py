"""Files of notices."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from portal.campaigns.models import Notice, NoticeFile
from portal.db.base import db
from portal.documents.archive import archive
from portal.kernel.errors import NotFound
from portal.web.exports import download


def live(notice: Notice) -> list[NoticeFile]:
    """The notice's files that were not taken off."""
    return [each for each in notice.files if each.removed_at is None]


def file_response(notice: Notice, notice_file_id: int) -> Any:
    """A download, so that nothing in it runs in our name; NotFound when it is another notice's, or off."""
    row = db.session.scalar(
        select(NoticeFile).where(
            NoticeFile.id == notice_file_id,
            NoticeFile.notice_id == notice.id,
            NoticeFile.removed_at.is_(None),
        )
    )
    if row is None:
        raise NotFound()
    return download(archive().read(row.sha256), row.file_name, row.media_type)
