"""Tasks and field visits: made, changed, done, called off, taken up again (REQUIREMENTS S4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from portal.access.gate import load
from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.customers.models import Customer, Site
from portal.db import audit
from portal.db.base import db
from portal.kernel.errors import Forbidden, InvalidMany, NotAllowedNow, NotFound
from portal.kernel.text import Text, t
from portal.service_requests.actions.found_telling import tell_of_task, tell_visit
from portal.service_requests.models import RequestTask, ServiceRequest
from portal.service_requests.queries.near import near
from portal.service_requests.queries.tasks import clashes
from portal.service_requests.rules.calendar_weeks import Planned
from portal.service_requests.rules.kinds import TaskKind
from portal.service_requests.rules.states import (
    LOCKED,
    TASK_STEPS,
    RequestState,
    TaskState,
    TaskStep,
)

LONGEST_TITLE, LONGEST_TEXT, LONGEST_PLACE, LONGEST_RESULT = 160, 4000, 240, 1000


@dataclass(frozen=True, slots=True)
class Plan:
    """What is planned. A visit (any kind but a task) has both times; a task has a day to be done by."""

    kind: str
    title: str
    assignee_id: int
    due_at: datetime | None = None
    text: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    site_id: int | None = None
    place: str = ""
    is_shared: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """The task as it was kept, and when its person is somewhere else at the same time: told, not refused."""

    task: RequestTask
    clashes: tuple[Planned, ...] = ()


def make(
    plan: Plan, customer: Customer, actor: Viewer, now: datetime, request: ServiceRequest | None = None
) -> Kept:  # fmt: skip
    """Plan something for a customer, of a request or not. InvalidMany at its fields; the person is told by mail."""
    _check_right(actor)
    _check_open(request)
    if request is not None and request.customer_id != customer.id:
        raise NotFound()
    _check(plan, customer.id, request, actor)
    task = RequestTask(
        customer_id=customer.id, request_id=request.id if request else None, made_by=actor.user_id,
        **_columns(plan),
    )  # fmt: skip
    task.customer, task.request = customer, request
    db.session.add(task)
    event = "visit.planned" if task.is_shared else "task.made"
    audit.record(actor, event, task, now, after=_facts(task))
    db.session.refresh(task, ["assignee", "site"])
    tell_of_task(task, "given", task.assignee_id, actor, now)
    if task.is_shared:
        tell_visit(task, "planned", actor, now)
    return Kept(task, _elsewhere(task))


def change(task: RequestTask, plan: Plan, actor: Viewer, now: datetime) -> Kept:
    """Plan it otherwise. Whoever had it and whoever has it now are told; the customer too when a visit moves."""
    _check_right(actor)
    row = held(task)
    _check_still_open(row)
    _check_open(row.request)
    _check(plan, row.customer_id, row.request, actor)
    before, had, shown = _facts(row), row.assignee_id, row.is_shared
    for column, value in _columns(plan).items():
        setattr(row, column, value)
    if not db.session.is_modified(row):
        return Kept(row, _elsewhere(row))
    row.updated_at = now
    event = "visit.moved" if row.is_shared else "task.changed"
    audit.record(actor, event, row, now, before=before, after=_facts(row))
    db.session.refresh(row, ["assignee", "site"])
    _tell_change(row, before, had, shown, actor, now)
    return Kept(row, _elsewhere(row))


def complete(task: RequestTask, result: str, actor: Viewer, now: datetime) -> None:
    """It is done; `result` says what came of it, and must for a visit. Whoever asked for it is told."""
    _check_right(actor)
    row = held(task)
    said = result.strip()
    if len(said) > LONGEST_RESULT:
        raise InvalidMany({"result": t("At most %(most)s characters.", most=LONGEST_RESULT)})
    if row.kind != TaskKind.TASK and not said:
        raise InvalidMany({"result": t("Say what came of the visit.")})
    _step(row, TaskStep.COMPLETE, now)
    row.result, row.done_at = said, now
    audit.record(actor, "task.done", row, now, reason=said or None)
    tell_of_task(row, "done", row.made_by, actor, now, said)


def cancel(task: RequestTask, reason: str, actor: Viewer, now: datetime) -> None:
    """Call it off, with a reason; its person is told, and the customer who was shown the visit."""
    _check_right(actor)
    row = held(task)
    why = reason.strip()
    if not why:
        raise InvalidMany({"reason": t("Say why.")})
    _step(row, TaskStep.CANCEL, now)
    if row.is_shared:
        # Whether the customer may read the reason nobody has asked: it stays in our own part.
        audit.record(actor, "visit.cancelled", row, now)
        tell_visit(row, "cancelled", actor, now)
    audit.record(actor, "task.cancelled", row, now, reason=why)
    tell_of_task(row, "cancelled", row.assignee_id, actor, now, why)


def reopen(task: RequestTask, reason: str, actor: Viewer, now: datetime) -> None:
    """It is not done after all, or is to be done after all; not once its case is closed."""
    _check_right(actor)
    row = held(task)
    _check_open(row.request)
    why = reason.strip()
    if not why:
        raise InvalidMany({"reason": t("Say why.")})
    _step(row, TaskStep.REOPEN, now)
    row.done_at = None
    audit.record(actor, "task.reopened", row, now, reason=why)
    tell_of_task(row, "reopened", row.assignee_id, actor, now, why)


def held(task: RequestTask) -> RequestTask:
    """The task as it stands now, held until the transaction ends."""
    wanted = select(RequestTask).where(RequestTask.id == task.id).with_for_update(of=RequestTask)
    row = db.session.scalar(wanted.execution_options(populate_existing=True))
    if row is None:
        raise NotFound()
    return row


def check_open(request: ServiceRequest) -> None:
    """NotAllowedNow when the case is locked: nothing of it changes any more (S11)."""
    if RequestState(request.state) in LOCKED:
        raise NotAllowedNow(t("This case is closed. Open it again first, or open another request."))


def _check_open(request: ServiceRequest | None) -> None:
    if request is not None:
        check_open(request)


def _check_right(actor: Viewer) -> None:
    if not actor.may(Permission.TASK_WORK):
        raise Forbidden()


def _check_still_open(task: RequestTask) -> None:
    if task.state != TaskState.OPEN.value:
        raise NotAllowedNow(t("It is done or called off. Take it up again first."))


def _step(task: RequestTask, which: TaskStep, now: datetime) -> None:
    task.state = TASK_STEPS.next(TaskState(task.state), which).value
    task.updated_at = now


def _columns(plan: Plan) -> dict[str, object]:
    is_visit = plan.kind != TaskKind.TASK
    return {
        "kind": plan.kind,
        "title": plan.title.strip(),
        "text": plan.text.strip(),
        "assignee_id": plan.assignee_id,
        "due_at": plan.ends_at if is_visit else plan.due_at,
        "starts_at": plan.starts_at,
        "ends_at": plan.ends_at,
        "site_id": plan.site_id,
        "place": plan.place.strip(),
        "is_shared": plan.is_shared and is_visit,
    }


def _facts(task: RequestTask) -> dict[str, object]:
    return {
        "title": task.title,
        "assignee": task.assignee_id,
        "due_at": task.due_at.isoformat(),
        "starts_at": task.starts_at.isoformat() if task.starts_at else None,
        "ends_at": task.ends_at.isoformat() if task.ends_at else None,
        "site": task.site_id,
        "place": task.place,
    }


def _check(plan: Plan, customer_id: int, request: ServiceRequest | None, actor: Viewer) -> None:
    wrong = _wrong_words(plan) | _wrong_times(plan)
    if plan.assignee_id not in {each.id for each in near(Permission.TASK_WORK, customer_id)} | {
        actor.user_id
    }:
        wrong["assignee_id"] = t("Choose one of our people who looks after this customer.")
    if plan.site_id is not None:
        site = load(Site, plan.site_id, actor, Permission.TASK_WORK)
        if site.customer_id != customer_id:
            wrong["site_id"] = t("This place is another customer's.")
    if plan.is_shared and (request is None or request.is_internal):
        wrong["is_shared"] = t(
            "Only a visit for a customer's request can be shown to the customer."
        )
    if wrong:
        raise InvalidMany(wrong)


def _wrong_words(plan: Plan) -> dict[str, Text]:
    wrong: dict[str, Text] = {}
    if plan.kind not in set(TaskKind):
        wrong["kind"] = t("Choose what it is.")
    if not plan.title.strip():
        wrong["title"] = t("Say what is to be done.")
    longest = (("title", LONGEST_TITLE), ("text", LONGEST_TEXT), ("place", LONGEST_PLACE))
    for name, most in longest:
        if len(getattr(plan, name).strip()) > most:
            wrong[name] = t("At most %(most)s characters.", most=most)
    return wrong


def _wrong_times(plan: Plan) -> dict[str, Text]:
    if plan.kind == TaskKind.TASK:
        if plan.starts_at is None and plan.ends_at is None:
            return {} if plan.due_at else {"due_at": t("Say by when.")}
        if plan.due_at is None:
            return {"due_at": t("Say by when.")}
    if plan.starts_at is None:
        return {"starts_at": t("Say when it begins.")}
    if plan.ends_at is None:
        return {"ends_at": t("Say when it ends.")}
    if plan.ends_at <= plan.starts_at:
        return {"ends_at": t("It ends after it begins.")}
    return {}


def _elsewhere(task: RequestTask) -> tuple[Planned, ...]:
    if task.starts_at is None or task.ends_at is None:
        return ()
    return tuple(clashes(task.assignee_id, task.starts_at, task.ends_at, task.id))


def _tell_change(
    task: RequestTask, before: dict[str, object], had: int, shown: bool, actor: Viewer, now: datetime
) -> None:  # fmt: skip
    if had != task.assignee_id:
        tell_of_task(task, "taken", had, actor, now)
        tell_of_task(task, "given", task.assignee_id, actor, now)
    else:
        tell_of_task(task, "changed", task.assignee_id, actor, now)
    after = _facts(task)
    moved = any(
        after[key] != before[key] for key in ("starts_at", "ends_at", "site", "place", "assignee")
    )
    if task.is_shared and not shown:
        tell_visit(task, "planned", actor, now)
    elif task.is_shared and moved:
        tell_visit(task, "moved", actor, now)
    elif shown and not task.is_shared:
        tell_visit(task, "cancelled", actor, now)
