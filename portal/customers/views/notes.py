"""History that a person tells, and the timeline that it stands in."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app, flash, g, redirect, request, url_for
from flask_babel import gettext as _

from portal.access.guards import fetch, requires
from portal.access.permissions import Permission as P
from portal.customers import queries
from portal.customers.actions import notes as actions
from portal.customers.forms import NoteForm
from portal.customers.models import Customer, HistoryNote
from portal.customers.rules.kinds import NoteKind
from portal.customers.rules.notes import NoteFacts
from portal.customers.views import timeline as happened
from portal.customers.views.door import desk
from portal.customers.views.editing import Clashes, edited
from portal.kernel import clock
from portal.web.clashes import begun
from portal.web.forms import attempted, form_page
from portal.web.listing import list_page


@desk.get("/customers/<int:customer_id>/timeline")
@requires(P.CUSTOMER_SEE)
def timeline(customer_id: int) -> Any:
    """All that ever happened with a customer."""
    customer = fetch(Customer, customer_id)
    spec, statement = happened.list_of(happened.happenings(customer, g.viewer))
    return list_page(spec, statement, "customers/timeline.html", customer=customer)


@desk.route("/customers/<int:customer_id>/notes/new", methods=["GET", "POST"])
@requires(P.REQUEST_NOTE)
def new_note(customer_id: int) -> Any:
    """Write down what happened."""
    customer = fetch(Customer, customer_id)
    form = _offering(NoteForm(data=_now()), customer)
    if form.validate_on_submit() and attempted(form, lambda: _added(customer, form)):
        flash(_("It stands in the history now."), "success")
        return _back(customer_id)
    return form_page("customers/note.html", form, customer=customer, note=None)


@desk.route("/customer-notes/<int:history_note_id>", methods=["GET", "POST"])
@requires(P.REQUEST_NOTE)
def edit_note(history_note_id: int) -> Any:
    """Put right what was written down."""
    note = fetch(HistoryNote, history_note_id)
    form = _offering(NoteForm(data=_typed(note)), note.customer, note)
    begun(form, note)
    clashes: Clashes = ()
    if form.validate_on_submit():
        saved, clashes = edited(form, note, lambda: _changed(note, form))
        if saved:
            flash(_("Saved."), "success")
            return _back(note.customer_id)
    shown = {"customer": note.customer, "note": note, "clashes": clashes}
    return form_page("customers/note.html", form, **shown)


def _zone() -> ZoneInfo:
    """The firm's zone: people tell of its clock."""
    return ZoneInfo(current_app.config["TIMEZONE"])


def _now() -> dict[str, Any]:
    at = clock.now().astimezone(_zone())
    kind = request.args.get("kind", NoteKind.NOTE.value)
    return {"kind": kind, "happened_on": at.date(), "happened_time": _minute(at)}


def _typed(note: HistoryNote) -> dict[str, Any]:
    at = note.happened_at.astimezone(_zone())
    kept = {name: getattr(note, name) for name in ("kind", "contact_id", "subject", "text")}
    return {**kept, "happened_on": at.date(), "happened_time": _minute(at)}


def _minute(at: datetime) -> time:
    return at.time().replace(second=0, microsecond=0)


def _offering(form: NoteForm, customer: Customer, note: HistoryNote | None = None) -> NoteForm:
    """The contacts to choose from; with the one that a note names, though that person has left."""
    known = {each.id: each.name for each in queries.contacts(customer.id, g.viewer)}
    if note is not None and note.contact is not None:
        known.setdefault(note.contact.id, note.contact.name)
    form.contact_id.choices = [("", "—"), *known.items()]
    return form


def _facts(form: NoteForm, note: HistoryNote | None = None) -> NoteFacts:
    """What was typed; seconds that nobody changed stay as they were."""
    day, at = form.happened_on.data, form.happened_time.data or time()
    instant = datetime.combine(day, at, _zone())
    if note is not None and _typed(note)["happened_on"] == day:
        instant = note.happened_at if _typed(note)["happened_time"] == at else instant
    words = form.subject.data or "", form.text.data or ""
    return NoteFacts(form.kind.data, instant, *words, form.contact_id.data)


def _added(customer: Customer, form: NoteForm) -> HistoryNote:
    return actions.add_note(customer, _facts(form), g.viewer, clock.now())


def _changed(note: HistoryNote, form: NoteForm) -> HistoryNote:
    facts = _facts(form, note)
    return actions.change_note(note, facts, form.seen_version, g.viewer, clock.now())


def _back(customer_id: int) -> Any:
    return redirect(url_for("desk_customers.show", customer_id=customer_id, _anchor="history"))
