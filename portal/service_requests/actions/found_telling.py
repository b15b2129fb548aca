"""Who gets mail about tasks, defects and feedback sheets: the person whose turn it is, and who asked for it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from portal.access.viewer import Viewer
from portal.accounts.models import User
from portal.db.base import db
from portal.db.outbox import post_mail
from portal.service_requests.models import Defect, FeedbackSheet, RequestTask, ServiceRequest
from portal.service_requests.rules.work_hours import ZONE


def tell_of_task(
    task: RequestTask,
    step: str,
    user_id: int | None,
    actor: Viewer,
    now: datetime,
    reason: str = "",
) -> None:
    """One of our people hears of a task: given, changed, taken, cancelled, reopened, done; never of their own step."""
    facts = {
        **_of_request(task.request), "task_id": task.id, "title": task.title, "kind": task.kind,
        "customer": task.customer.label, "due_at": _instant(task.due_at),
        "starts_at": _instant(task.starts_at), "ends_at": _instant(task.ends_at), "place": _place(task),
        "step": step, "sender": actor.name, "reason": reason,
    }  # fmt: skip
    _post("task_staff", f"task-{task.id}-{step}-{task.version}", facts, user_id, actor, now)


def tell_visit(task: RequestTask, step: str, actor: Viewer, now: datetime) -> None:
    """The requester hears of a visit that they are shown: planned, moved, cancelled."""
    request = task.request
    if request is None or request.is_internal or not request.requester_email:
        return
    known = request.requester
    locale = known.locale if known else "zh_CN"
    facts = {
        **_of_request(request), "title": task.title, "contact": request.requester_name, "step": step,
        "starts_at": _instant(task.starts_at), "ends_at": _instant(task.ends_at), "place": _place(task),
        "person": task.assignee.name, "opens": known is not None,
    }  # fmt: skip
    key = f"visit-{task.id}-{step}-{task.version}"
    post_mail(request.requester_email, "visit_customer", facts, locale=locale, key=key, now=now)


def tell_of_defect(defect: Defect, step: str, actor: Viewer, now: datetime) -> None:
    """Whoever corrects it hears of it: given, changed, overdue, not_good."""
    facts = {
        **_of_request(defect.request), "defect_id": defect.id, "defect": defect.number,
        "customer": defect.customer.label, "text": defect.text, "action": defect.action,
        "due_on": defect.due_on.isoformat() if defect.due_on else "", "step": step, "sender": actor.name,
    }  # fmt: skip
    mark = facts["due_on"] if step == "overdue" else defect.version
    key = f"defect-{defect.id}-{step}-{mark}"
    _post("defect_staff", key, facts, defect.action_owner_id, actor, now)


def tell_of_sheet(
    sheet: FeedbackSheet, step: str, user_id: int | None, actor: Viewer, now: datetime
) -> None:
    """Whoever answers a feedback sheet, or sent it, hears of it: sent, answered, overdue."""
    facts = {
        **_of_request(sheet.request), "sheet_id": sheet.id, "sheet": sheet.number,
        "customer": sheet.customer.label, "department": sheet.department, "text": sheet.text,
        "answer": sheet.answer, "due_on": sheet.due_on.isoformat(), "step": step, "sender": actor.name,
    }  # fmt: skip
    _post("feedback_staff", f"sheet-{sheet.id}-{step}", facts, user_id, actor, now)


def _post(
    template: str,
    key: str,
    facts: dict[str, Any],
    user_id: int | None,
    actor: Viewer,
    now: datetime,
) -> None:
    user = db.session.get(User, user_id) if user_id else None
    if user is None or not user.active or user.id == actor.user_id:
        return
    whole = f"{key}-{user.id}"
    post_mail(user.email, template, facts, locale=user.locale, key=whole, now=now)


def _of_request(request: ServiceRequest | None) -> dict[str, Any]:
    if request is None:
        return {"request_id": None, "number": "", "subject": ""}
    return {"request_id": request.id, "number": request.number, "subject": request.title}


def _place(task: RequestTask) -> str:
    return task.place or (task.site.address if task.site else "")


def _instant(at: datetime | None) -> str:
    """`2026-03-02 14:05` by the firm's clock."""
    return "" if at is None else f"{at.astimezone(ZONE):%Y-%m-%d %H:%M}"
