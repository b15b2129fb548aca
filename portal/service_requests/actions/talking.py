"""What is said: to the customer, by the customer, and inside the house: three verbs for three different things.

Nothing turns from one into the other by a switch: an internal note is shown to the customer by a step of its own, which
has to be confirmed, is written into the history, and makes a message beside the note.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select

from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.db.base import db
from portal.documents.actions.attaching import ReceivedFile
from portal.kernel.clock import business_day
from portal.kernel.errors import Forbidden, Invalid, NotAllowedNow, PortalError, StaleEdit
from portal.kernel.text import t
from portal.service_requests.actions import clocks, following, history, letters
from portal.service_requests.actions.accepting import accepted
from portal.service_requests.actions.files import keep
from portal.service_requests.actions.holding import held, held_id, is_locked, move, unlocked
from portal.service_requests.models import InternalNote, RequestMessage, ServiceRequest
from portal.service_requests.queries.requests import last_message_id
from portal.service_requests.rules.clock_kinds import ClockKind
from portal.service_requests.rules.states import RequestState, RequestStep
from portal.service_requests.rules.wording import said

CUSTOMER, STAFF = "customer", "staff"


class NeedsConfirmation(PortalError):
    """An internal note is about to be shown to the customer: somebody has to say yes to that first."""

    status = 409
    code = "needs_confirmation"

    def __init__(self) -> None:
        super().__init__(
            t("The customer will read this note. Confirm that it may, word for word."), "confirmed"
        )


class NewerMessage(StaleEdit):
    """Somebody wrote on the request while this was being written; `message_id` is the newer one."""

    code = "newer_message"

    def __init__(self, message_id: int) -> None:
        super().__init__(
            t("Somebody else wrote on this request meanwhile. Read it, then send yours.")
        )
        self.message_id = message_id


def reply(
    request: ServiceRequest, text: str, files: Sequence[ReceivedFile], actor: Viewer, now: datetime, *,
    seen: int | None = None,
) -> RequestMessage:  # fmt: skip
    """Answer the customer; the first answer is met by it, and a request that nobody had accepted is accepted.

    `seen`: the latest message that its writer had read (`last_message_id`); NewerMessage when there is a newer one.
    """
    row = _for_answer(request, actor, now, seen)
    message = answer(row, text, files, actor, now)
    clocks.meet(row, ClockKind.FIRST_REPLY, now)
    return message


def promise(
    request: ServiceRequest, on: date, text: str, actor: Viewer, now: datetime, *, seen: int | None = None
) -> RequestMessage:  # fmt: skip
    """Tell the customer what will be done, and by which day: the plan is told."""
    row = _for_answer(request, actor, now, seen)
    if on < business_day(now):
        raise Invalid(t("Promise a day that is not over."), "on")
    before, row.promised_on = row.promised_on, on
    message = answer(row, text, (), actor, now, step="promised")
    history.note(row, "request.promised", actor, now, before={"on": before}, after={"on": on})
    clocks.meet(row, ClockKind.PLAN, now)
    return message


def answer(
    request: ServiceRequest, text: str, files: Sequence[ReceivedFile], actor: Viewer, now: datetime, *,
    step: str = "answered",
) -> RequestMessage:  # fmt: skip
    """The answer itself on a request that is held and not locked; the customer gets it by mail."""
    if request.is_internal:
        raise NotAllowedNow(t("This request stays in the house: write an internal note."))
    message = written(request, STAFF, said(text), actor, now)
    answered(request, now)
    keep(request, message, files, actor, now)
    history.note(request, "request.replied", actor, now, after={"message": message.id})
    mark = f"message-{message.id}"
    letters.to_customer(request, "request_answered", mark, actor, now, text=message.text, step=step)
    return message


def write(
    request: ServiceRequest, text: str, files: Sequence[ReceivedFile], actor: Viewer, now: datetime
) -> ServiceRequest:
    """The customer writes: the request that the message stands on.

    Work goes on where it waited for the customer. What was merged goes on in the other request; what is locked stays as
    it is, and a linked request is opened for the message.
    """
    if actor.is_staff:
        raise Forbidden()
    row = following.current(held(request, actor, Permission.REQUEST_RAISE))
    words = said(text)
    if is_locked(row):
        return following.open_after(row, words, files, actor, now)
    message = written(row, CUSTOMER, words, actor, now)
    row.customer_waits = True
    keep(row, message, files, actor, now)
    if row.state == RequestState.WAITING_CUSTOMER.value:
        move(row, RequestStep.RESUME, now)
        clocks.go_on(row, now)
        history.note(row, "request.resumed", actor, now)
    history.note(row, "request.customer_wrote", actor, now, after={"message": message.id})
    letters.tell_working(row, "customer_wrote", actor, now, message.id, message.text)
    return row


def note(
    request: ServiceRequest, text: str, files: Sequence[ReceivedFile], actor: Viewer, now: datetime
) -> InternalNote:
    """Write down what only the house reads."""
    if actor.kind == CUSTOMER:
        raise Forbidden()
    row = unlocked(request, actor, Permission.REQUEST_NOTE)
    words = said(text)
    found = InternalNote(
        customer_id=row.customer_id, request_id=row.id, text=words, author_id=actor.user_id,
        author_name=actor.name, written_at=now,
    )  # fmt: skip
    db.session.add(found)
    row.updated_at = now
    db.session.flush()
    keep(row, found, files, actor, now)
    history.note(row, "request.noted", actor, now, after={"note": found.id})
    return found


def show_note(note: InternalNote, confirmed: bool, actor: Viewer, now: datetime) -> RequestMessage:
    """Show an internal note to the customer as a message, word for word, once; its files stay inside.

    NeedsConfirmation until it is confirmed; NotAllowedNow when it was shown before.
    """
    row = unlocked(held_id(note.request_id), actor)
    if not confirmed:
        raise NeedsConfirmation()
    if row.is_internal:
        raise NotAllowedNow(t("This request stays in the house: write an internal note."))
    shown = select(RequestMessage.id).where(RequestMessage.from_note_id == note.id)
    if db.session.scalar(shown) is not None:
        raise NotAllowedNow(t("The customer was shown this note already."))
    message = written(row, STAFF, note.text, actor, now, from_note_id=note.id)
    answered(row, now)
    after = {"note": note.id, "message": message.id}
    history.note(row, "request.note_shared", actor, now, after=after)
    mark = f"message-{message.id}"
    letters.to_customer(
        row, "request_answered", mark, actor, now, text=message.text, step="answered"
    )
    clocks.meet(row, ClockKind.FIRST_REPLY, now)
    return message


def _for_answer(
    request: ServiceRequest, actor: Viewer, now: datetime, seen: int | None
) -> ServiceRequest:
    row = unlocked(request, actor)
    newest = last_message_id(row)
    if seen is not None and newest > seen:
        raise NewerMessage(newest)
    if row.state == RequestState.NEW.value:
        accepted(row, actor, now)
    return row


def answered(request: ServiceRequest, now: datetime) -> None:
    """The customer has our word: the turn is no longer ours."""
    request.customer_waits = False
    request.first_reply_at = request.first_reply_at or now


def written(
    request: ServiceRequest, side: str, text: str, actor: Viewer, now: datetime, from_note_id: int | None = None
) -> RequestMessage:  # fmt: skip
    """The message itself, on a request that is held; nobody is told by it."""
    message = RequestMessage(
        customer_id=request.customer_id, request_id=request.id, side=side, text=text, author_id=actor.user_id,
        author_name=actor.name, written_at=now, from_note_id=from_note_id,
    )  # fmt: skip
    db.session.add(message)
    request.last_message_at = request.updated_at = now
    db.session.flush()
    return message
