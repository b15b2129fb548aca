"""Customer feedback sheets 客户信息反馈单: sent to the people who can mend it, answered by them in the portal (S12)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.db import audit
from portal.db.base import db
from portal.db.series import next_number
from portal.kernel.clock import business_day
from portal.kernel.errors import Forbidden, Invalid, InvalidMany, NotAllowedNow, NotFound
from portal.kernel.text import Text, t
from portal.service_requests.actions.found_telling import tell_of_sheet
from portal.service_requests.actions.tasks import check_open
from portal.service_requests.models import FeedbackSheet, ServiceRequest
from portal.service_requests.queries.near import near

LONGEST_TEXT, LONGEST_DEPARTMENT = 4000, 60
SERIES = "FS"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a sheet asks, of whom, by when."""

    department: str
    recipient_id: int | None
    text: str
    due_on: date | None


def send(request: ServiceRequest, asked: Asked, actor: Viewer, now: datetime) -> FeedbackSheet:
    """Send a sheet about an open request; its recipient is told by mail. InvalidMany at its fields."""
    if not actor.may(Permission.REQUEST_WORK):
        raise Forbidden()
    check_open(request)
    due_on = _checked(request, asked, business_day(now))
    sheet = FeedbackSheet(
        number=next_number(SERIES, business_day(now).year), customer_id=request.customer_id,
        request_id=request.id, department=asked.department.strip(), recipient_id=asked.recipient_id,
        text=asked.text.strip(), sent_by=actor.user_id, sent_at=now, due_on=due_on,
    )  # fmt: skip
    sheet.request = request
    db.session.add(sheet)
    after = {"department": sheet.department, "due_on": due_on.isoformat()}
    audit.record(actor, "feedback_sheet.sent", sheet, now, after=after)
    tell_of_sheet(sheet, "sent", sheet.recipient_id, actor, now)
    return sheet


def answer(sheet: FeedbackSheet, text: str, actor: Viewer, now: datetime) -> FeedbackSheet:
    """Answer a sheet, once; who sent it is told. Forbidden for anybody but whom it was sent to."""
    row = held(sheet)
    if not may_answer(row, actor):
        raise Forbidden()
    if row.answered_at is not None:
        raise NotAllowedNow(t("This sheet was answered already."))
    said = text.strip()
    if not said:
        raise Invalid(t("Write the answer."), "answer")
    if len(said) > LONGEST_TEXT:
        raise Invalid(t("At most %(most)s characters.", most=LONGEST_TEXT), "answer")
    row.answer, row.answered_by, row.answered_at, row.updated_at = said, actor.user_id, now, now
    audit.record(actor, "feedback_sheet.answered", row, now)
    tell_of_sheet(row, "answered", row.sent_by, actor, now)
    return row


def may_answer(sheet: FeedbackSheet, actor: Viewer) -> bool:
    """Whom it was sent to; a sheet to a department as a whole: whoever of our people may see it, but not its sender."""
    if not actor.is_staff or not actor.may(Permission.REQUEST_NOTE):
        return False
    if sheet.recipient_id is not None:
        return actor.user_id == sheet.recipient_id
    return actor.user_id != sheet.sent_by


def held(sheet: FeedbackSheet) -> FeedbackSheet:
    """The sheet as it stands now, held until the transaction ends."""
    wanted = select(FeedbackSheet).where(FeedbackSheet.id == sheet.id)
    wanted = wanted.with_for_update(of=FeedbackSheet).execution_options(populate_existing=True)
    row = db.session.scalar(wanted)
    if row is None:
        raise NotFound()
    return row


def _checked(request: ServiceRequest, asked: Asked, today: date) -> date:
    """The day to answer by; InvalidMany where something is missing."""
    wrong: dict[str, Text] = {}
    for name, most in (("department", LONGEST_DEPARTMENT), ("text", LONGEST_TEXT)):
        value = getattr(asked, name).strip()
        if not value:
            wrong[name] = t("This is needed.")
        elif len(value) > most:
            wrong[name] = t("At most %(most)s characters.", most=most)
    readers = {each.id for each in near(Permission.REQUEST_NOTE, request.customer_id)}
    if asked.recipient_id is not None and asked.recipient_id not in readers:
        wrong["recipient_id"] = t("This person may not see the request.")
    if asked.due_on is None:
        wrong["due_on"] = t("Say by when.")
    elif asked.due_on < today:
        wrong["due_on"] = t("Not before today.")
    if wrong or asked.due_on is None:
        raise InvalidMany(wrong)
    return asked.due_on
