"""What was said on a request and what happened to it, for the desk: messages, internal notes, steps, files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, and_, or_, select

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.db.audit import AuditEntry
from portal.db.base import db
from portal.documents.models import Attachment
from portal.service_requests.models import InternalNote, RequestMessage, ServiceRequest

R = ServiceRequest
SHOWN = 40
"""How many of each kind a page shows at first; the rest is asked for."""
MOST = 1_000
TOLD_ELSEWHERE = (
    "request.replied",
    "request.customer_wrote",
    "request.noted",
    "request.note_shared",
    "attachment.added",
)
"""Steps that stand in the talk by themselves."""
REQUEST, MESSAGE, NOTE = (
    each.__tablename__ for each in (ServiceRequest, RequestMessage, InternalNote)
)


@dataclass(frozen=True, slots=True)
class Talk:
    """The latest first. `files`: by the record that they lie beside; `more`: there is more than is shown."""

    messages: list[RequestMessage]
    notes: list[InternalNote]
    steps: list[AuditEntry]
    more: bool
    files: dict[tuple[str, int], list[Attachment]] = field(default_factory=dict)


def talk(request: ServiceRequest, viewer: Viewer, *, whole: bool = False) -> Talk:
    """Everything said and done, at most SHOWN of each kind unless `whole`; four queries."""
    most = MOST if whole else SHOWN
    messages = _latest(RequestMessage, request, viewer, most + 1)
    notes = _latest(InternalNote, request, viewer, most + 1)
    steps = _steps(request, most + 1)
    more = any(len(each) > most for each in (messages, notes, steps))
    found = Talk(messages[:most], notes[:most], steps[:most], more)
    found.files.update(_files(request, found, viewer))
    return found


def messages_after(
    request: ServiceRequest, message_id: int, viewer: Viewer
) -> Sequence[RequestMessage]:
    """What was said since a message, the oldest first."""
    later = _of(RequestMessage, request, viewer).where(RequestMessage.id > message_id)
    return db.session.scalars(later.order_by(RequestMessage.id).limit(SHOWN)).all()


def _latest(model: Any, request: ServiceRequest, viewer: Viewer, most: int) -> list[Any]:
    rows = _of(model, request, viewer).order_by(model.id.desc()).limit(most)
    return list(db.session.scalars(rows))


def _of(model: Any, request: ServiceRequest, viewer: Viewer) -> Select[Any]:
    return visible(select(model), model, viewer).where(model.request_id.in_(_here(request)))


def _here(request: ServiceRequest) -> Select[Any]:
    """The request and what was merged into it, and into that: what was said there is read here too."""
    merged = select(R.id).where(R.merged_into_id == request.id)
    return select(R.id).where(
        or_(R.id == request.id, R.merged_into_id == request.id, R.merged_into_id.in_(merged))
    )


def _steps(request: ServiceRequest, most: int) -> list[AuditEntry]:
    wanted = select(AuditEntry).where(
        AuditEntry.subject_type == REQUEST,
        AuditEntry.subject_id == request.id,
        AuditEntry.event.not_in(TOLD_ELSEWHERE),
    )
    return list(db.session.scalars(wanted.order_by(AuditEntry.id.desc()).limit(most)))


def _files(
    request: ServiceRequest, found: Talk, viewer: Viewer
) -> dict[tuple[str, int], list[Attachment]]:
    beside = [
        and_(Attachment.subject_type == kind, Attachment.subject_id.in_(ids))
        for kind, ids in (
            (REQUEST, [request.id]),
            (MESSAGE, [each.id for each in found.messages]),
            (NOTE, [each.id for each in found.notes]),
        )
        if ids
    ]
    wanted = visible(select(Attachment), Attachment, viewer).where(
        or_(*beside), Attachment.removed_at.is_(None)
    )
    files: dict[tuple[str, int], list[Attachment]] = {}
    for row in db.session.scalars(wanted.order_by(Attachment.id)):
        files.setdefault((row.subject_type, row.subject_id), []).append(row)
    return files
