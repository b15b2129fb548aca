"""Goods of a return counted by one person and by another, the difference with its cause (REQUIREMENTS S13)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import select

from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.db import audit
from portal.db.base import db
from portal.kernel.errors import Forbidden, Invalid, InvalidMany, NotAllowedNow, NotFound
from portal.kernel.text import Text, t
from portal.service_requests.actions.tasks import check_open
from portal.service_requests.models import RequestLine, ServiceRequest
from portal.service_requests.rules.goods import Count, Counted, wrong_quantity

LONGEST_NOTE = 300


def counted(line: RequestLine) -> Counted:
    """How far the counting of a line has come."""
    return Counted(line.asked_quantity, line.checked_quantity, line.second_quantity)


def check(
    line: RequestLine, quantity: Decimal | None, cause: str, actor: Viewer, now: datetime
) -> RequestLine:
    """The first count, in the line's unit; counted anew by the same person as long as nobody counted again.

    InvalidMany at quantity, cause: less or more than claimed needs one.
    """
    row = _held(line, actor)
    if row.second_quantity is not None:
        raise NotAllowedNow(t("It was counted twice already."))
    if row.checked_by not in (None, actor.user_id):
        raise NotAllowedNow(t("A colleague has counted it. Count it as the second person."))
    found = _checked(row, quantity, cause)
    before = _facts(row)
    row.checked_quantity, row.checked_by, row.checked_at = found, actor.user_id, now
    row.cause = cause.strip()
    _kept(row, before, actor, now)
    return row


def check_again(
    line: RequestLine, quantity: Decimal | None, note: str, actor: Viewer, now: datetime
) -> RequestLine:
    """The second count, by another person; a count that differs from the first needs a note.

    Invalid or InvalidMany at quantity, note; NotAllowedNow before the first count, and for the same person.
    """
    row = _held(line, actor)
    if row.checked_quantity is None:
        raise NotAllowedNow(t("Nobody has counted it a first time."))
    if row.checked_by == actor.user_id:
        raise NotAllowedNow(t("The second count is somebody else's."))
    if row.second_by not in (None, actor.user_id):
        raise NotAllowedNow(t("It was counted twice already."))
    wrong = wrong_quantity(quantity)
    if wrong is not None or quantity is None:
        raise Invalid(wrong or t("This is needed."), "quantity")
    if quantity != row.checked_quantity and not note.strip():
        raise Invalid(t("The two counts differ. Say what you found."), "note")
    if len(note.strip()) > LONGEST_NOTE:
        raise Invalid(t("At most %(most)s characters.", most=LONGEST_NOTE), "note")
    before = _facts(row)
    row.second_quantity, row.second_by, row.second_at = quantity, actor.user_id, now
    row.note = note.strip()
    _kept(row, before, actor, now)
    return row


def count_anew(line: RequestLine, actor: Viewer, now: datetime) -> RequestLine:
    """Both counts are taken back where they differ: two people begin again."""
    row = _held(line, actor)
    if counted(row).state is not Count.DIFFERING:
        raise NotAllowedNow(t("Only counts that differ are begun again."))
    before = _facts(row)
    row.checked_quantity = row.checked_by = row.checked_at = None
    row.second_quantity = row.second_by = row.second_at = None
    _kept(row, before, actor, now)
    return row


def _held(line: RequestLine, actor: Viewer) -> RequestLine:
    if not actor.may(Permission.TASK_WORK):
        raise Forbidden()
    wanted = select(RequestLine).where(RequestLine.id == line.id).with_for_update(of=RequestLine)
    row = db.session.scalar(wanted.execution_options(populate_existing=True))
    if row is None:
        raise NotFound()
    check_open(db.session.get_one(ServiceRequest, row.request_id))
    return row


def _checked(line: RequestLine, quantity: Decimal | None, cause: str) -> Decimal:
    wrong: dict[str, Text] = {}
    found = wrong_quantity(quantity)
    if found is not None:
        wrong["quantity"] = found
    elif quantity != line.asked_quantity and not cause.strip():
        wrong["cause"] = t("It is not what was claimed. Say why.")
    if len(cause.strip()) > LONGEST_NOTE:
        wrong["cause"] = t("At most %(most)s characters.", most=LONGEST_NOTE)
    if wrong or quantity is None:
        raise InvalidMany(wrong)
    return quantity


def _facts(line: RequestLine) -> dict[str, object]:
    return {
        "line": line.name,
        "first": None if line.checked_quantity is None else str(line.checked_quantity),
        "second": None if line.second_quantity is None else str(line.second_quantity),
        "cause": line.cause,
        "note": line.note,
    }


def _kept(line: RequestLine, before: dict[str, object], actor: Viewer, now: datetime) -> None:
    """The count stands in the history of the request that the goods belong to."""
    request = db.session.get_one(ServiceRequest, line.request_id)
    audit.record(actor, "request.checked", request, now, before=before, after=_facts(line))
