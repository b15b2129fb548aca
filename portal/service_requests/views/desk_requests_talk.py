"""Writing on a request: an internal note, an answer to the customer, a note shown to the customer after all."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Response, flash, g, request
from flask_babel import gettext as _

from portal.access.guards import fetch, requires
from portal.access.permissions import Permission as P
from portal.db.base import db
from portal.kernel import clock
from portal.kernel.errors import NotAllowedNow
from portal.service_requests.actions import canned, course, handing, talking
from portal.service_requests.actions.talking import NewerMessage
from portal.service_requests.forms.desk_talk import AnswerForm, NoteForm
from portal.service_requests.models import CannedReply, InternalNote, ServiceRequest
from portal.service_requests.queries.talk import messages_after
from portal.service_requests.rules.canned import added, fill
from portal.service_requests.views.request_door import request_door as bp
from portal.service_requests.views.request_door import request_of, to_request
from portal.service_requests.views.request_page import PAGE, addressee, context
from portal.web.filters import instant
from portal.web.forms import attempted
from portal.web.pages import page, refused
from portal.web.stepping import as_id, done
from portal.web.words import say


@bp.post("/requests/<int:request_id>/note")
@requires(P.REQUEST_NOTE)
def write_note(request_id: int) -> Any:
    """Only the house reads it."""
    row, form = request_of(request_id), NoteForm(prefix="note-")
    text, now = form.text.data or "", clock.now()
    verb = lambda: talking.note(row, text, form.files.uploads, g.viewer, now)  # noqa: E731
    try:
        if form.validate_on_submit() and attempted(form, verb):
            flash(_("Internal note saved. The customer does not see it."), "success")
            return to_request(request_id, "write")
    except NotAllowedNow as error:
        return _too_late(row, text, error)
    return refused(PAGE, form=form, **context(row, note=form))


@bp.post("/requests/<int:request_id>/answer")
@requires(P.REQUEST_WORK)
def answer(request_id: int) -> Any:
    """The customer reads it; it may wait for an answer, or be the solution."""
    row, form = request_of(request_id), AnswerForm(prefix="answer-")
    seen = form.seen_id
    if form.validate_on_submit():
        try:
            if attempted(form, lambda: _sent(row, form)):
                flash(_("Sent to %(customer)s.", customer=say(addressee(row))), "success")
                return to_request(request_id, "write")
        except NewerMessage as error:
            flash(say(error.text), "warning")
            since = messages_after(row, seen, g.viewer)
            return refused(PAGE, meanwhile=since, **context(row, answer=form))
        except NotAllowedNow as error:
            return _too_late(row, form.text.data or "", error)
    return refused(PAGE, form=form, **context(row, answer=form))


@bp.post("/requests/<int:request_id>/insert")
@requires(P.REQUEST_WORK)
def insert(request_id: int) -> Any:
    """A canned reply at the end of what is typed, its places filled; nothing is sent yet."""
    row, form = request_of(request_id), AnswerForm(prefix="answer-")
    chosen = as_id(form.canned.data)
    if chosen is not None:
        reply = fetch(CannedReply, chosen)
        canned.use(reply)
        form.text.data = added(form.text.data or "", fill(_text_of(reply, row), _places(row)))
    return page(PAGE, **context(row, answer=form))


@bp.route("/requests/notes/<int:note_id>/show", methods=["GET", "POST"])
@requires(P.REQUEST_WORK)
def show_note(note_id: int) -> Any:
    """Asks first, on a page of its own, with the note word for word."""
    note = fetch(InternalNote, note_id)
    row = request_of(note.request_id)
    if request.form.get("confirmed") == "yes":
        verb = partial(talking.show_note, note, True, g.viewer, clock.now())
        return done(to_request(row.id), _("The customer can read this note now."), verb)
    shown = refused if request.method == "POST" else page
    template = "service_requests/desk_show_note.html"
    return shown(template, note=note, row=row, answered=addressee(row))


@bp.post("/requests/<int:request_id>/take")
@requires(P.REQUEST_WORK)
def take(request_id: int) -> Response:
    """It is mine now."""
    verb = partial(handing.assign, request_of(request_id), g.viewer.user_id, g.viewer, clock.now())
    return done(to_request(request_id), _("It is yours now."), verb)


def _too_late(row: ServiceRequest, text: str, error: NotAllowedNow) -> Any:
    """The request went on without this: what was typed is shown, to be taken along."""
    flash(say(error.text), "error")
    db.session.refresh(row)
    return refused(PAGE, unsent=text, **context(row))


def _sent(row: ServiceRequest, form: AnswerForm) -> bool:
    """Send it the way that was chosen, unless somebody wrote meanwhile."""
    text, files, now = form.text.data or "", form.files.uploads, clock.now()
    way = request.form.get("then", "")
    if way in ("wait", "resolve") and (newer := messages_after(row, form.seen_id, g.viewer)):
        raise NewerMessage(newer[-1].id)
    if way == "wait":
        course.wait_for_customer(row, text, g.viewer, now, files)
    elif way == "resolve":
        course.resolve(row, text, g.viewer, now, files)
    else:
        talking.reply(row, text, files, g.viewer, now, seen=form.seen_id)
    return True


def _text_of(reply: CannedReply, row: ServiceRequest) -> str:
    """In the language of who reads it."""
    english = row.requester is not None and row.requester.locale == "en"
    return reply.text_en if english and reply.text_en else reply.text_zh


def _places(row: ServiceRequest) -> dict[str, str]:
    return {
        "customer": row.requester_name or row.customer.label,
        "number": row.number,
        "shipment": row.shipment.number if row.shipment else "",
        "due": instant(row.next_due_at) if row.next_due_at else "",
    }
