"""Requests that belong together: linked, or merged into one that goes on (REQUIREMENTS S4)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, or_, select

from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.db.base import db
from portal.kernel.errors import Invalid, NotAllowedNow, NotFound
from portal.kernel.text import t
from portal.service_requests.actions import clocks, handing, history, letters
from portal.service_requests.actions.holding import (
    check_step,
    held,
    held_id,
    is_locked,
    move,
    unlocked,
)
from portal.service_requests.models import RequestLink, RequestTask, ServiceRequest
from portal.service_requests.queries import people
from portal.service_requests.queries.requests import is_seen
from portal.service_requests.rules.kinds import LinkKind, RequestKind
from portal.service_requests.rules.states import RequestStep, TaskState
from portal.service_requests.rules.wording import reason_given

WORK = Permission.REQUEST_WORK


def merge(
    request: ServiceRequest, into: ServiceRequest, reason: str, actor: Viewer, now: datetime
) -> None:
    """The same thing asked twice: `request` ends, and everything of it is read on `into`, which goes on.

    Its messages, notes and files stay where they were written and are shown there too; its open tasks, and the people
    who worked on it, go along. Invalid at "into" for another customer's, for a house's own with a customer's, and for
    a claim, whose amounts have one place.
    """
    if request.id == into.id:
        raise Invalid(t("Choose another request."), "into")
    for each in sorted((request.id, into.id)):
        held_id(each)
    row, target = held(request, actor, WORK), held(into, actor, WORK)
    check_step(row, RequestStep.MERGE)
    _check_merge(row, target)
    why = reason_given(reason)
    row.merged_into_id, row.end_reason, row.closed_at = target.id, why, now
    waited, row.customer_waits = row.customer_waits, False
    move(row, RequestStep.MERGE, now)
    clocks.stop(row, now)
    target.customer_waits = target.customer_waits or waited
    target.updated_at = now
    _tasks_along(row, target)
    _people_along(row, target, actor, now)
    entry = history.note(
        row, "request.merged", actor, now, after={"into": target.number}, reason=why
    )
    history.note(target, "request.linked", actor, now, after={"merged": row.number})
    letters.to_customer(
        row, "request_ended", f"merged-{entry}", actor, now, text=target.number, step="merged"
    )


def link(
    request: ServiceRequest, other: ServiceRequest, kind: str, actor: Viewer, now: datetime
) -> RequestLink:
    """Say that two requests belong together; once, from whichever side.

    The other may be locked, or another customer's whom the actor sees too: a customer is never shown that one.
    """
    row = unlocked(request, actor)
    if row.id == other.id:
        raise Invalid(t("Choose another request."), "other")
    if not is_seen(other, actor):
        raise NotFound()
    if kind not in (LinkKind.RELATED, LinkKind.FOLLOW_UP):
        raise Invalid(t("Choose one of the list."), "kind")
    found = db.session.scalar(_between(row.id, other.id))
    if found is not None:
        return found
    made = RequestLink(
        customer_id=row.customer_id, request_id=row.id, other_id=other.id, kind=kind, linked_by=actor.user_id,
        linked_at=now,
    )  # fmt: skip
    db.session.add(made)
    history.note(row, "request.linked", actor, now, after={"with": other.number})
    return made


def unlink(request: ServiceRequest, other: ServiceRequest, actor: Viewer, now: datetime) -> None:
    """They do not belong together after all. NotFound where they are not linked; what follows stays linked."""
    row = unlocked(request, actor)
    found = db.session.scalar(_between(row.id, other.id))
    if found is None or found.kind != LinkKind.RELATED:
        raise NotFound()
    db.session.delete(found)
    history.note(row, "request.linked", actor, now, before={"with": other.number})


def _between(one: int, other: int) -> Select[Any]:
    there = (RequestLink.request_id == one) & (RequestLink.other_id == other)
    back = (RequestLink.request_id == other) & (RequestLink.other_id == one)
    return select(RequestLink).where(or_(there, back)).limit(1)


def _check_merge(row: ServiceRequest, target: ServiceRequest) -> None:
    if is_locked(target):
        text = t("%(number)s is closed; nothing of it changes any more.", number=target.number)
        raise NotAllowedNow(text)
    if row.customer_id != target.customer_id or row.is_internal != target.is_internal:
        raise Invalid(t("Only requests of the same customer can be merged."), "into")
    if row.kind == RequestKind.CLAIM:
        raise Invalid(t("A claim stays on its own; link the two instead."), "into")


def _tasks_along(row: ServiceRequest, target: ServiceRequest) -> None:
    wanted = select(RequestTask).where(
        RequestTask.request_id == row.id, RequestTask.state == TaskState.OPEN.value
    )
    for task in db.session.scalars(wanted):
        task.request_id = target.id


def _people_along(row: ServiceRequest, target: ServiceRequest, actor: Viewer, now: datetime) -> None:  # fmt: skip
    """Its owner and those it was shared with see the other one from now."""
    at_work = [each.id for each in people.sharers(row)]
    owner = [row.owner_id] if row.owner_id is not None else []
    seeing = [each for each in (*owner, *at_work) if people.may(each, Permission.REQUEST_SEE)]
    handing.share_with(target, seeing, actor, now)
