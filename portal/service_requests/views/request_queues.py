"""The desk's queues: whose requests each holds, and how many there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from portal.access.models import Assignment
from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.db.base import db
from portal.kernel import clock
from portal.kernel.text import Text, t
from portal.service_requests.models import RequestShare, ServiceRequest
from portal.service_requests.rules.states import RequestState

R = ServiceRequest
COUNTED_TO = 1_000
DONE = t("Nothing is left to do here.")
WAITING = (RequestState.WAITING_CUSTOMER.value, RequestState.WAITING_THIRD_PARTY.value)


@dataclass(frozen=True, slots=True)
class Queue:
    """One tab: its name, which requests are in it for a viewer, and how it is sorted at first."""

    label: Text
    holds: Callable[[Viewer], ColumnElement[bool]]
    sort: str = "due"
    empty: Text = DONE


def _open(*more: ColumnElement[bool]) -> ColumnElement[bool]:
    return and_(R.is_open.is_(True), *more)


def _teams(viewer: Viewer) -> ColumnElement[bool]:
    """Of customers whom the viewer looks after, or shared with the viewer; not the viewer's own."""
    customers = select(Assignment.customer_id).where(Assignment.user_id == viewer.user_id)
    shared = select(RequestShare.request_id).where(RequestShare.user_id == viewer.user_id)
    theirs = or_(R.owner_id.is_(None), R.owner_id != viewer.user_id)
    return _open(theirs, or_(R.customer_id.in_(customers), R.id.in_(shared)))


QUEUES: Mapping[str, Queue] = {
    "mine": Queue(
        t("Mine"),
        lambda viewer: _open(R.owner_id == viewer.user_id),
        empty=t("Nothing is yours now. Take one of those that nobody has."),
    ),
    "unassigned": Queue(t("Nobody's"), lambda _viewer: _open(R.owner_id.is_(None))),
    "team": Queue(
        t("My team's"),
        _teams,
        empty=t("Requests of customers whom you look after, or shared with you, are listed here."),
    ),
    "waiting": Queue(t("Waiting"), lambda _viewer: _open(R.state.in_(WAITING))),
    "late": Queue(
        t("Late now"), lambda _viewer: _open(R.queue_at < clock.now()), empty=t("Nothing is late.")
    ),
    "open": Queue(t("All open"), lambda _viewer: _open()),
    "all": Queue(
        t("All"), lambda _viewer: R.id.is_not(None), "-received", t("No requests yet.")
    ),
}  # fmt: skip


def in_queue(name: str, viewer: Viewer) -> Select[Any]:
    """The requests of a queue that the viewer may see."""
    return visible(select(R), R, viewer).where(QUEUES[name].holds(viewer))


def counts(viewer: Viewer) -> dict[str, int]:
    """How many are in each queue but the last, counted to one past COUNTED_TO; one query."""
    names = [name for name in QUEUES if name != "all"]
    columns = [_counted(in_queue(name, viewer)).label(name) for name in names]
    found = db.session.execute(select(*columns)).one()
    return dict(zip(names, found, strict=True))


def count_words(count: int) -> str:
    """A count as a tab shows it."""
    return f"{COUNTED_TO:,}+" if count > COUNTED_TO else f"{count:,}"


def _counted(statement: Select[Any]) -> Any:
    inner = statement.with_only_columns(R.id).limit(COUNTED_TO + 1).subquery()
    return select(func.count()).select_from(inner).scalar_subquery()
