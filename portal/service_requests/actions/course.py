"""The course of a request from acceptance to its end, and back (DESIGN section 4, DOMAIN T4 and section 16).

Each step holds the request first: of two who take one at the same time the later is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.access.permissions import Permission
from portal.access.viewer import SYSTEM, Viewer
from portal.db.base import db
from portal.documents.actions.attaching import ReceivedFile
from portal.kernel.clock import business_day
from portal.kernel.errors import Forbidden, NotAllowedNow
from portal.kernel.text import t
from portal.service_requests.actions import accepting, clocks, history, letters
from portal.service_requests.actions.files import keep
from portal.service_requests.actions.holding import WORK, check_step, held, move
from portal.service_requests.actions.talking import CUSTOMER, answer, answered, written
from portal.service_requests.models import RequestMessage, ServiceRequest
from portal.service_requests.queries.people import may_work
from portal.service_requests.queries.work_calendar import service_settings, work_time
from portal.service_requests.rules import reopening
from portal.service_requests.rules.clock_kinds import ClockKind
from portal.service_requests.rules.states import RequestState, RequestStep
from portal.service_requests.rules.wording import LONGEST_REASON, lines_of, reason_given, said

BATCH = 200
WAITS_FOR_CUSTOMER = RequestState.WAITING_CUSTOMER.value


def accept(request: ServiceRequest, actor: Viewer, now: datetime) -> None:
    """Somebody answers for it from now; NotAllowedNow names who was quicker."""
    accepting.accepted(held(request, actor, WORK), actor, now)


def start(request: ServiceRequest, actor: Viewer, now: datetime) -> None:
    """Work on it begins."""
    row = held(request, actor, WORK)
    move(row, RequestStep.START, now)
    history.note(row, "request.started", actor, now)


def wait_for_customer(
    request: ServiceRequest, text: str, actor: Viewer, now: datetime, files: Sequence[ReceivedFile] = ()
) -> RequestMessage:  # fmt: skip
    """Ask the customer for what is missing; until the answer no time counts against us."""
    row = held(request, actor, WORK)
    check_step(row, RequestStep.WAIT_CUSTOMER)
    message = answer(row, text, files, actor, now, step="asked")
    move(row, RequestStep.WAIT_CUSTOMER, now)
    history.note(row, "request.waits_customer", actor, now, after={"message": message.id})
    clocks.meet(row, ClockKind.FIRST_REPLY, now)
    clocks.pause(row, now)
    return message


def wait_for_third_party(request: ServiceRequest, whom: str, actor: Viewer, now: datetime) -> None:
    """A carrier, an agent, an office has to answer first; our time goes on."""
    row = held(request, actor, WORK)
    waited = row.state == WAITS_FOR_CUSTOMER
    check_step(row, RequestStep.WAIT_THIRD_PARTY)
    party = said(whom, "whom", LONGEST_REASON)
    move(row, RequestStep.WAIT_THIRD_PARTY, now)
    if waited:
        clocks.go_on(row, now)
    history.note(row, "request.waits_third_party", actor, now, after={"whom": party})


def resume(request: ServiceRequest, actor: Viewer, now: datetime) -> None:
    """Whoever was waited for has answered, by telephone perhaps."""
    row = held(request, actor, WORK)
    waited = row.state == WAITS_FOR_CUSTOMER
    move(row, RequestStep.RESUME, now)
    if waited:
        clocks.go_on(row, now)
    history.note(row, "request.resumed", actor, now)


def resolve(
    request: ServiceRequest, solution: str, actor: Viewer, now: datetime, files: Sequence[ReceivedFile] = ()
) -> None:  # fmt: skip
    """It is solved, in words that the customer reads; it closes by itself unless the customer says otherwise.

    Invalid at "solution" without words.
    """
    row = held(request, actor, WORK)
    check_step(row, RequestStep.RESOLVE)
    row.solution = said(solution, "solution")
    row.resolved_at = now
    move(row, RequestStep.RESOLVE, now)
    answered(row, now)
    keep(row, row, files, actor, now)
    entry = history.note(row, "request.resolved", actor, now, reason=row.solution)
    clocks.meet(row, ClockKind.RESOLVE, now)
    _tell_end(row, "request_resolved", "resolved", actor, now, entry, row.solution)


def close(request: ServiceRequest, actor: Viewer, now: datetime) -> None:
    """The customer agrees, or we close it: locked from now."""
    row = held(request, actor, _part(actor))
    _close(row, actor, now)


def close_waiting(now: datetime, limit: int = BATCH) -> int:
    """Close what was resolved long enough ago, unless the customer wrote since; how many, at most `limit`."""
    wanted = (
        select(ServiceRequest)
        .where(
            ServiceRequest.state == RequestState.RESOLVED.value,
            ServiceRequest.resolved_at <= reopening.closes_before(now, service_settings()),
            ServiceRequest.customer_waits.is_(False),
        )
        .options(joinedload(ServiceRequest.customer))
        .order_by(ServiceRequest.resolved_at)
        .limit(limit)
        .with_for_update(of=ServiceRequest, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    rows = list(db.session.scalars(wanted))
    for row in rows:
        _close(row, SYSTEM, now)
    return len(rows)


def reopen(request: ServiceRequest, reason: str, actor: Viewer, now: datetime) -> None:
    """It is not solved after all: work goes on, with clocks of a new round.

    The customer may within `reopen_days` working days, who works on requests while it is not closed, a lead within
    `lead_reopen_days` days; NotAllowedNow after that.
    """
    row = held(request, actor, _part(actor))
    check_step(row, RequestStep.REOPEN)
    _check_reopening(row, actor, now)
    why = reason_given(reason)
    move(row, RequestStep.REOPEN, now)
    row.resolved_at = row.closed_at = None
    row.reopened += 1
    row.customer_waits = not row.is_internal
    if row.owner_id is not None and not may_work(row.owner_id):
        row.owner_id = None
    if actor.kind == CUSTOMER:
        written(row, CUSTOMER, why, actor, now)
    entry = history.note(row, "request.reopened", actor, now, reason=why)
    clocks.restart(row, now)
    letters.tell_working(row, "reopened", actor, now, entry, why)
    if actor.kind != CUSTOMER:
        _tell_end(row, "request_ended", "reopened", actor, now, entry, why)


def withdraw(request: ServiceRequest, reason: str, actor: Viewer, now: datetime) -> None:
    """The customer wants nothing any more; staff who record that say why."""
    row = held(request, actor, _part(actor))
    check_step(row, RequestStep.WITHDRAW)
    is_customer = actor.kind == CUSTOMER
    why = lines_of(reason)[:LONGEST_REASON] if is_customer else reason_given(reason)
    _end(row, RequestStep.WITHDRAW, why, now)
    entry = history.note(row, "request.withdrawn", actor, now, reason=why or None)
    letters.tell_working(row, "withdrawn", actor, now, entry, why)
    if not is_customer:
        _tell_end(row, "request_ended", "withdrawn", actor, now, entry, why)


def reject(request: ServiceRequest, reason: str, actor: Viewer, now: datetime) -> None:
    """We do not take it on; the customer reads why."""
    row = held(request, actor, WORK)
    check_step(row, RequestStep.REJECT)
    why = reason_given(reason)
    _end(row, RequestStep.REJECT, why, now)
    answered(row, now)
    entry = history.note(row, "request.rejected", actor, now, reason=why)
    _tell_end(row, "request_ended", "rejected", actor, now, entry, why)


def may_reopen(request: ServiceRequest, actor: Viewer, now: datetime) -> bool:
    """Whether the button is of any use to this actor today."""
    if request.state not in (RequestState.RESOLVED.value, RequestState.CLOSED.value):
        return False
    try:
        _check_reopening(request, actor, now)
    except (NotAllowedNow, Forbidden):
        return False
    return actor.may(_part(actor))


def _check_reopening(request: ServiceRequest, actor: Viewer, now: datetime) -> None:
    ended = request.closed_at or request.resolved_at or now
    settings = service_settings()
    if actor.kind == CUSTOMER:
        last = reopening.customers_last_day(ended, settings, work_time())
    elif request.state == RequestState.RESOLVED.value:
        return
    elif not actor.may(Permission.REQUEST_REOPEN):
        raise Forbidden()
    else:
        last = reopening.leads_last_day(ended, settings)
    if business_day(now) > last:
        text = t("It could be opened again until %(day)s. Please open a new one.", day=f"{last}")
        raise NotAllowedNow(text)


def _close(row: ServiceRequest, actor: Viewer, now: datetime) -> None:
    move(row, RequestStep.CLOSE, now)
    row.closed_at, row.customer_waits = now, False
    history.note(row, "request.closed", actor, now)


def _end(row: ServiceRequest, step: RequestStep, why: str, now: datetime) -> None:
    row.end_reason, row.closed_at, row.customer_waits = why, now, False
    move(row, step, now)
    clocks.stop(row, now)


def _part(actor: Viewer) -> Permission:
    return Permission.REQUEST_RAISE if actor.kind == CUSTOMER else WORK


def _tell_end(
    row: ServiceRequest, template: str, step: str, actor: Viewer, now: datetime, entry: int, text: str
) -> None:  # fmt: skip
    mark = f"{step}-{entry}"
    letters.to_customer(row, template, mark, actor, now, text=text, step=step)
    letters.tell_asker(row, step, actor, now, entry, text)
