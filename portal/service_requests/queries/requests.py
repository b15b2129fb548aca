"""Reading requests and what belongs to them, each select limited to what the viewer may see.

Staff who see only their own customers see what is given to them or shared with them too; a customer's users see all
requests of the customers in their reach but those of one department to another, and no internal notes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload

from portal.access.permissions import Permission
from portal.access.scope import past_the_walls, visible
from portal.access.viewer import Viewer
from portal.accounts.models import User
from portal.db import whole
from portal.db.base import db
from portal.documents.attached import attached_to, attached_to_each
from portal.documents.models import Attachment
from portal.kernel.errors import Forbidden, NotFound
from portal.kernel.pinyin import normalise
from portal.service_requests.models import (
    InternalNote,
    RequestCategory,
    RequestLine,
    RequestLink,
    RequestMessage,
    RequestShare,
    ServiceRequest,
)
from portal.service_requests.rules.kinds import LinkKind

R = ServiceRequest
DEEPEST = 20
"""So many requests one after the other are followed when they were merged into each other."""


def requests(viewer: Viewer) -> Select[Any]:
    """Every request that the viewer may see."""
    statement: Select[Any] = select(R)
    return visible(statement, R, viewer)


def search(statement: Select[Any], words: str) -> Select[Any]:
    """Requests in which every word occurs: number, title, people, firms, references; Chinese, pinyin, initials."""
    for word in normalise(words).lower().split():
        statement = statement.where(R.search_text.contains(word, autoescape=True))
    return statement


def late(statement: Select[Any], now: datetime) -> Select[Any]:
    """Open ones with a clock that has run out."""
    return statement.where(R.is_open.is_(True), R.next_due_at < now)


def in_hand(statement: Select[Any], user_id: int) -> Select[Any]:
    """Those that this person owns, or that are shared with them."""
    shared = select(RequestShare.request_id).where(RequestShare.user_id == user_id)
    return statement.where(or_(R.owner_id == user_id, R.id.in_(shared)))


def one(
    request_id: int, viewer: Viewer, permission: Permission = Permission.REQUEST_SEE
) -> ServiceRequest:
    """One request with its customer, category, people and what it is about, whoever looks after the customer.

    Raises NotFound when it is absent or not to be seen, Forbidden when the permission is missing.
    """
    if db.session.scalar(requests(viewer).with_only_columns(R.id).where(R.id == request_id)) is None:  # fmt: skip
        raise NotFound()
    if not viewer.may(permission):
        raise Forbidden()
    if viewer.kind == "customer":
        return _whole(request_id)
    with past_the_walls():
        return _whole(request_id)


def _whole(request_id: int) -> ServiceRequest:
    shown = (
        joinedload(R.customer), joinedload(R.category).joinedload(RequestCategory.parent), joinedload(R.owner),
        joinedload(R.requester), joinedload(R.contract), joinedload(R.entitlement), joinedload(R.shipment),
        joinedload(R.statement), joinedload(R.statement_line), joinedload(R.merged_into),
    )  # fmt: skip
    wanted = select(R).where(R.id == request_id).options(*shown)
    return db.session.scalars(wanted.execution_options(populate_existing=True)).one()


def is_seen(request: ServiceRequest, viewer: Viewer) -> bool:
    """Whether the viewer may see this request as it stands."""
    found = requests(viewer).with_only_columns(R.id).where(R.id == request.id)
    return db.session.scalar(found) is not None


def merged_ids(request: ServiceRequest) -> list[int]:
    """The ids of the requests that went into this one, and of those that went into them; its own first."""
    found, latest = [request.id], [request.id]
    for _ in range(DEEPEST):
        into = select(R.id).where(R.merged_into_id.in_(latest)).order_by(R.id)
        latest = [each for each in db.session.scalars(into) if each not in found]
        if not latest:
            break
        found += latest
    return found


def messages(request: ServiceRequest, viewer: Viewer) -> list[RequestMessage]:
    """What was said with the customer on it and on what was merged into it, oldest first."""
    return list(db.session.scalars(_of(RequestMessage, request, viewer)))


def notes(request: ServiceRequest, viewer: Viewer) -> list[InternalNote]:
    """What only the house reads, oldest first. Forbidden for everybody else."""
    if viewer.kind == "customer" or not viewer.may(Permission.REQUEST_NOTE):
        raise Forbidden()
    return list(db.session.scalars(_of(InternalNote, request, viewer)))


def lines(request: ServiceRequest, viewer: Viewer) -> list[RequestLine]:
    """Goods of a return, or materials asked for, in order."""
    wanted: Select[Any] = visible(select(RequestLine), RequestLine, viewer)
    of_it = RequestLine.request_id.in_(merged_ids(request))
    ordered = wanted.where(of_it).order_by(RequestLine.request_id, RequestLine.position)
    return list(db.session.scalars(ordered))


def _of(
    model: type[RequestMessage] | type[InternalNote], request: ServiceRequest, viewer: Viewer
) -> Select[Any]:
    wanted: Select[Any] = visible(select(model), model, viewer)
    of_it = model.request_id.in_(merged_ids(request))
    return wanted.where(of_it).order_by(model.written_at, model.id)


def last_message_id(request: ServiceRequest) -> int:
    """The id of the latest message, 0 before the first: what a form carries to tell what its writer had read."""
    wanted = select(func.max(RequestMessage.id)).where(RequestMessage.request_id == request.id)
    return db.session.scalar(wanted) or 0


def files(request: ServiceRequest, viewer: Viewer) -> list[Attachment]:
    """The files beside the request itself; a customer sees the shared ones."""
    return attached_to(request, viewer)


def files_of(rows: Sequence[RequestMessage | InternalNote], viewer: Viewer) -> dict[int, list[Attachment]]:  # fmt: skip
    """The files of messages, or of notes, by their ids."""
    return attached_to_each(rows, viewer)


def shared_ids(notes: Iterable[InternalNote]) -> dict[int, int]:
    """Note id → the message by which it was shown to the customer, for those that were."""
    ids = [each.id for each in notes]
    wanted = select(RequestMessage.from_note_id, RequestMessage.id).where(
        RequestMessage.from_note_id.in_(ids)
    )
    return {row.from_note_id: row.id for row in db.session.execute(wanted)} if ids else {}


@dataclass(frozen=True, slots=True)
class Linked:
    """Another request that belongs with this one; `is_first`: this one is the later, and follows it."""

    kind: LinkKind
    other: ServiceRequest
    is_first: bool


def links(request: ServiceRequest, viewer: Viewer) -> list[Linked]:
    """The requests that belong with this one, as far as the viewer sees them; those merged into it as well."""
    here = request.id
    rows = db.session.execute(
        visible(select(RequestLink), RequestLink, viewer).where(
            or_(RequestLink.request_id == here, RequestLink.other_id == here)
        )
    ).scalars()
    pairs = [
        (row.kind, row.other_id if row.request_id == here else row.request_id, row.request_id == here)
        for row in rows
    ]  # fmt: skip
    merged = select(R.id).where(R.merged_into_id == here)
    pairs += [(LinkKind.MERGED.value, each, False) for each in db.session.scalars(merged)]
    others = requests(viewer).where(R.id.in_([other for _kind, other, _first in pairs]))
    seen = {row.id: row for row in db.session.scalars(others)}
    found = [Linked(LinkKind(kind), seen[other], first) for kind, other, first in pairs if other in seen]  # fmt: skip
    return sorted(found, key=lambda each: each.other.id)


@dataclass(frozen=True, slots=True)
class Sharer:
    """A colleague who works on it too."""

    user_id: int
    name: str
    shared_at: datetime


def shares(request: ServiceRequest) -> list[Sharer]:
    """The colleagues whom it is shared with, by name."""
    wanted = (
        select(User.id, User.name, RequestShare.shared_at)
        .join(RequestShare, RequestShare.user_id == User.id)
        .where(RequestShare.request_id == request.id)
        .order_by(User.name, User.id)
    )
    return [Sharer(row.id, row.name, row.shared_at) for row in db.session.execute(wanted)]


def number_of(request_id: int | None) -> str:
    """The number of a request, whoever may see it; empty for none."""
    return whole.columns_of(R, [request_id], ("number",))[request_id][0] if request_id else ""
