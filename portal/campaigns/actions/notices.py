"""Notices are written, published and taken down; readers say that they have read them (REQUIREMENTS K7)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite

from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.campaigns.actions import shown
from portal.campaigns.models import Notice, NoticeFile, NoticeReading
from portal.campaigns.rules.shown import known_tiers
from portal.campaigns.rules.states import ShownStep
from portal.campaigns.rules.writing import Written, check, tidied, wrong_days, wrong_in
from portal.db import audit
from portal.db.base import db
from portal.documents.actions.attaching import ReceivedFile
from portal.documents.archive import archive
from portal.documents.rules.files import MEDIA_TYPES
from portal.kernel.errors import Invalid, NotFound
from portal.kernel.text import t

MOST_FILES = 10


@dataclass(frozen=True, slots=True)
class NoticeFacts:
    """What a person writes; `tiers` (): for all customers."""

    written: Written
    from_on: date | None
    until_on: date | None = None
    tiers: tuple[str, ...] = field(default=())
    pinned: bool = False


def write(facts: NoticeFacts, actor: Viewer, now: datetime) -> Notice:
    """A new notice, a draft. InvalidMany by field (title_zh, text_zh …, from_on, until_on)."""
    _check_may(actor)
    return shown.begin(Notice(), _values(facts), actor, now)


def change(notice: Notice, facts: NoticeFacts, seen: int, actor: Viewer, now: datetime) -> Notice:
    """Change a notice that was read at version `seen`; a published one changes for its readers at once."""
    _check_may(actor)
    return shown.change(notice, _values(facts), seen, actor, now)


def publish(notice: Notice, actor: Viewer, now: datetime) -> Notice:
    """Its customers see it from its first day on."""
    _check_may(actor)
    return shown.take(notice, ShownStep.PUBLISH, actor, now)


def withdraw(notice: Notice, actor: Viewer, now: datetime) -> Notice:
    """Taken down."""
    _check_may(actor)
    return shown.take(notice, ShownStep.WITHDRAW, actor, now)


def attach(notice: Notice, file: ReceivedFile, actor: Viewer, now: datetime) -> NoticeFile:
    """Keep `file` with the notice. Invalid at file for a form that is not kept, or when there are too many."""
    _check_may(actor)
    if file.kind not in MEDIA_TYPES:
        raise Invalid(t("This kind of file cannot be attached."), "file")
    held = NoticeFile.notice_id == notice.id, NoticeFile.removed_at.is_(None)
    if (db.session.scalar(select(func.count()).where(*held)) or 0) >= MOST_FILES:
        raise Invalid(t("At most %(count)s files with one notice.", count=MOST_FILES), "file")
    row = NoticeFile(
        notice_id=notice.id, file_name=file.name, media_type=MEDIA_TYPES[file.kind],
        sha256=archive().store(file.body), size=len(file.body), added_by=actor.user_id, added_at=now,
    )  # fmt: skip
    db.session.add(row)
    audit.record(actor, "notice.file_added", notice, now, after={"file": file.name})
    return row


def detach(notice: Notice, file: NoticeFile, actor: Viewer, now: datetime) -> None:
    """Take a file off; the archive keeps it. NotFound when it is off already or another's."""
    _check_may(actor)
    if file.removed_at is not None or file.notice_id != notice.id:
        raise NotFound()
    file.removed_at = now
    audit.record(actor, "notice.file_removed", notice, now, before={"file": file.file_name})


def mark_read(notice: Notice, actor: Viewer, now: datetime) -> None:
    """This user has read it; again changes nothing."""
    insert = (
        postgresql.insert if db.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    )
    row = insert(NoticeReading).values(user_id=actor.user_id, notice_id=notice.id, read_at=now)
    db.session.execute(row.on_conflict_do_nothing())


def _values(facts: NoticeFacts) -> dict[str, Any]:
    written = tidied(facts.written)
    check({**wrong_in(written), **wrong_days(facts.from_on, facts.until_on)})
    return {
        "title_zh": written.title_zh, "title_en": written.title_en, "text_zh": written.text_zh,
        "text_en": written.text_en, "tiers": known_tiers(facts.tiers), "from_on": facts.from_on,
        "until_on": facts.until_on, "pinned": facts.pinned,
    }  # fmt: skip


def _check_may(actor: Viewer) -> None:
    shown.check_may(actor, Permission.NOTICE_EDIT)
