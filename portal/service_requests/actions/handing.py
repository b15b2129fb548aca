"""Who works on a request: given, taken, handed over with its tasks, shared, escalated (REQUIREMENTS S4)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.accounts.models import User
from portal.db.base import db
from portal.kernel.errors import Forbidden, Invalid, NotAllowedNow, NotFound
from portal.kernel.text import t
from portal.service_requests.actions import history, letters
from portal.service_requests.actions.holding import WORK, unlocked
from portal.service_requests.models import RequestShare, RequestTask, ServiceRequest
from portal.service_requests.queries import people
from portal.service_requests.rules.states import TaskState
from portal.service_requests.rules.wording import reason_given

MOST_ESCALATED = 3


def assign(
    request: ServiceRequest, user_id: int | None, actor: Viewer, now: datetime, version: int | None = None
) -> None:  # fmt: skip
    """Give it to somebody, or back to the queue (None); everybody may take for themselves what nobody has.

    Forbidden for others' requests without the right to assign; Invalid at "owner_id" for somebody who does not answer
    requests.
    """
    row = unlocked(request, actor, WORK, version)
    if row.owner_id == user_id:
        return
    takes = user_id == actor.user_id and row.owner_id is None
    if not takes and not actor.may(Permission.REQUEST_ASSIGN):
        if user_id == actor.user_id:
            raise NotAllowedNow(t("%(name)s has this request.", name=_name(row.owner_id)))
        raise Forbidden()
    _check_works(user_id)
    before, row.owner_id = row.owner_id, user_id
    row.updated_at = now
    entry = history.note(row, "request.assigned", actor, now, before={"owner": _name(before)},
                         after={"owner": _name(user_id)})  # fmt: skip
    letters.to_staff(row, "assigned", [_user(user_id)], actor, now, entry)


def hand_over(
    request: ServiceRequest, user_id: int, reason: str, actor: Viewer, now: datetime, version: int | None = None
) -> None:  # fmt: skip
    """Its owner (or who may assign) hands it on, with the tasks that are still to be done; why is kept."""
    row = unlocked(request, actor, WORK, version)
    if row.owner_id != actor.user_id and not actor.may(Permission.REQUEST_ASSIGN):
        raise Forbidden()
    _check_works(user_id)
    if row.owner_id == user_id:
        raise Invalid(t("It is theirs already."), "owner_id")
    why = reason_given(reason)
    before, row.owner_id = row.owner_id, user_id
    row.updated_at = now
    tasks = _move_tasks(row, before, user_id)
    entry = history.note(row, "request.handed_over", actor, now, before={"owner": _name(before)},
                         after={"owner": _name(user_id), "tasks": tasks}, reason=why)  # fmt: skip
    letters.to_staff(row, "handed_over", [_user(user_id)], actor, now, entry, why)


def share_with(
    request: ServiceRequest, user_ids: Iterable[int], actor: Viewer, now: datetime
) -> list[RequestShare]:
    """Let colleagues see it and write notes on it; those who do already stay as they are. Returns the new shares."""
    row = unlocked(request, actor)
    known = {each.id for each in people.sharers(row)} | {row.owner_id}
    wanted = sorted(set(user_ids) - known)
    if not all(people.may(each, Permission.REQUEST_SEE) for each in wanted):
        raise Invalid(t("Choose colleagues who may see requests."), "user_ids")
    found = [_share(row, each, actor, now) for each in wanted]
    if found:
        names = sorted(_name(each) for each in wanted)
        entry = history.note(row, "request.shared", actor, now, after={"with": names})
        letters.to_staff(row, "shared", [_user(each) for each in wanted], actor, now, entry)
    return found


def unshare(request: ServiceRequest, user_id: int, actor: Viewer, now: datetime) -> None:
    """They work on it no more. NotFound where it is not shared with them."""
    row = unlocked(request, actor)
    wanted = select(RequestShare).where(
        RequestShare.request_id == row.id, RequestShare.user_id == user_id
    )
    found = db.session.scalar(wanted)
    if found is None:
        raise NotFound()
    db.session.delete(found)
    history.note(row, "request.shared", actor, now, before={"with": [_name(user_id)]})


def escalate(request: ServiceRequest, reason: str, actor: Viewer, now: datetime) -> None:
    """A manager has to look at it: everybody who may assign requests hears why. One level more, three at most."""
    row = unlocked(request, actor, Permission.REQUEST_NOTE)
    why = reason_given(reason)
    if row.escalation >= MOST_ESCALATED:
        raise NotAllowedNow(t("It was escalated as far as it goes."))
    row.escalation += 1
    row.updated_at = now
    after = {"level": row.escalation}
    entry = history.note(row, "request.escalated", actor, now, after=after, reason=why)
    letters.tell_managers(row, "escalated", actor, now, entry, why)


def _check_works(user_id: int | None) -> None:
    if user_id is not None and not people.may_work(user_id):
        raise Invalid(t("Choose somebody who answers requests."), "owner_id")


def _move_tasks(request: ServiceRequest, before: int | None, user_id: int) -> int:
    """The open tasks of its old owner go to the new one; how many."""
    wanted = select(RequestTask).where(
        RequestTask.request_id == request.id, RequestTask.state == TaskState.OPEN.value,
        RequestTask.assignee_id == before,
    )  # fmt: skip
    rows = list(db.session.scalars(wanted)) if before is not None else []
    for row in rows:
        row.assignee_id = user_id
    return len(rows)


def _share(request: ServiceRequest, user_id: int, actor: Viewer, now: datetime) -> RequestShare:
    row = RequestShare(
        customer_id=request.customer_id, request_id=request.id, user_id=user_id, shared_by=actor.user_id, shared_at=now,
    )  # fmt: skip
    db.session.add(row)
    return row


def _name(user_id: int | None) -> str:
    return people.names([user_id]).get(user_id or 0, "")


def _user(user_id: int | None) -> User | None:
    return db.session.get(User, user_id) if user_id else None
