"""Attach a file to a record, and take it off again; the bytes stay in the archive."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from portal.access.viewer import Viewer
from portal.db import audit
from portal.db.base import db
from portal.documents.archive import archive
from portal.documents.models import Attachment
from portal.documents.rules.files import MEDIA_TYPES, FileKind
from portal.kernel.errors import Invalid, NotFound
from portal.kernel.text import t


class Subject(Protocol):
    """A customer-owned record that files belong to."""

    __tablename__: str

    @property
    def id(self) -> int: ...
    @property
    def customer_id(self) -> int: ...


class ReceivedFile(Protocol):
    """What came in: `web.uploads.Upload`."""

    @property
    def body(self) -> bytes: ...
    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...


def attach(
    subject: Subject,
    file: ReceivedFile,
    kind: FileKind,
    actor: Viewer,
    now: datetime,
    *,
    is_shared: bool = True,
    note: str = "",
) -> Attachment:
    """Keep `file` beside `subject`; `is_shared`: its customer sees it too.

    Raises Invalid at "file" for a form that is not kept (anything but PDF, PNG, JPEG, Excel).
    """
    if file.kind not in MEDIA_TYPES:
        raise Invalid(t("This kind of file cannot be attached."), "file")
    row = Attachment(
        customer_id=subject.customer_id,
        subject_type=subject.__tablename__,
        subject_id=subject.id,
        kind=kind.value,
        file_name=file.name,
        media_type=MEDIA_TYPES[file.kind],
        sha256=archive().store(file.body),
        size=len(file.body),
        is_shared=is_shared,
        note=note,
        added_by=actor.user_id,
        added_at=now,
    )
    db.session.add(row)
    db.session.flush()
    audit.record(actor, "attachment.added", subject, now, after={"file": file.name})
    return row


@dataclass(frozen=True, slots=True)
class _Record:
    """The record that a file names, as far as its history needs it."""

    __tablename__: str
    id: int
    customer_id: int


def remove(attachment: Attachment, actor: Viewer, now: datetime) -> None:
    """Take a file off its record; history and archive keep it. Raises NotFound when it is off already."""
    if attachment.removed_at is not None:
        raise NotFound()
    attachment.removed_at = now
    record = _Record(attachment.subject_type, attachment.subject_id, attachment.customer_id)
    audit.record(actor, "attachment.removed", record, now, before={"file": attachment.file_name})
