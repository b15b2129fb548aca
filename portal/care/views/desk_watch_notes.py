"""Watch notes at the desk."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Response, flash, g, request
from flask_babel import gettext as _

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.care.actions import notes
from portal.care.forms.notes import WatchForm
from portal.care.labels import IN_FORCE, SUBJECTS, WEIGHTS
from portal.care.models import WatchNote
from portal.care.models.notes import NEVER
from portal.care.queries import notes as queries
from portal.care.rules.kinds import Importance, WatchSubject
from portal.care.rules.notes import WatchFacts
from portal.care.views.door import asked_customer, contact_choices, whom
from portal.care.views.door import notes_door as bp
from portal.care.views.note_list import WATCH_NOTES, only_in_force, standing_of, until
from portal.customers.models import Customer
from portal.kernel import clock
from portal.web.flask_app import once
from portal.web.forms import form_page, tried
from portal.web.listing import list_page
from portal.web.pages import page
from portal.web.stepping import as_id, done, number_in, to, typed, version_in

FORM = "care/watch_form.html"


@bp.get("/watch-notes")
@requires(P.CARE_SEE)
def index() -> Any:
    """What is to be known about customers, the latest first."""
    standing = request.args.get("standing", "")
    statement = only_in_force(queries.watch_notes(g.viewer), WatchNote, standing)
    chosen = number_in("customer")
    if chosen is not None:
        statement = statement.where(WatchNote.customer_id == chosen)
    return list_page(WATCH_NOTES, statement, "care/watch_notes.html")


@bp.get("/watch-notes/<int:note_id>")
@requires(P.CARE_SEE)
def show(note_id: int) -> Any:
    """One note."""
    note = queries.note_of(note_id, g.viewer)
    looks = {"weight": WEIGHTS[note.importance], "subject": SUBJECTS[note.subject]}
    may = g.viewer.may(P.CARE_WORK) and note.ended_on is None
    standing = standing_of(note)
    return page(
        "care/watch_note.html", note=note, label=standing, counts=standing is IN_FORCE, may_work=may,
        until=until(note.expires_on), **looks,
    )  # fmt: skip


@bp.route("/watch-notes/new", methods=["GET", "POST"])
@once
@requires(P.CARE_WORK)
def new() -> Any:
    """Note something: first about whom."""
    customer = asked_customer(P.CARE_WORK)
    if customer is None:
        return page("care/watch_whom.html", **whom())
    form = _form(customer, None)
    if form.validate_on_submit():
        facts = _facts(form)
        note = tried(form, lambda: notes.write(customer, facts, g.viewer, clock.now()))
        if note is not None:
            flash(_("Noted. It stands on the customer's page."), "success")
            return to("desk_watch_notes.show", note_id=note.id)
    return form_page(FORM, form, note=None, customer=customer)


@bp.route("/watch-notes/<int:note_id>/edit", methods=["GET", "POST"])
@requires(P.CARE_WORK)
def edit(note_id: int) -> Any:
    """Put it right."""
    note = queries.note_of(note_id, g.viewer)
    form = _form(note.customer, note)
    if form.validate_on_submit():
        facts, version = _facts(form), version_in(form.version.data)
        if tried(form, lambda: notes.change(note, facts, version, g.viewer, clock.now())):
            flash(_("Saved."), "success")
            return to("desk_watch_notes.show", note_id=note_id)
    return form_page(FORM, form, note=note, customer=note.customer)


@bp.post("/watch-notes/<int:note_id>/end")
@requires(P.CARE_WORK)
def end(note_id: int) -> Response:
    """It counts no longer."""
    note = queries.note_of(note_id, g.viewer)
    verb = partial(notes.end, note, typed("reason", 500), g.viewer, clock.now())
    return done(to("desk_watch_notes.show", note_id=note_id), _("Taken off."), verb)


def _form(customer: Customer, note: WatchNote | None) -> WatchForm:
    contact = number_in("contact")
    begun = {
        "subject": (WatchSubject.PERSON if contact else WatchSubject.FIRM).value,
        "importance": Importance.MIDDLE.value,
        "contact_id": str(contact or ""),
    }
    form = WatchForm(data=_values(note) if note else begun)
    form.contact_id.choices = contact_choices(customer)
    return form


def _values(note: WatchNote) -> dict[str, Any]:
    names = ("subject", "importance", "text", "source")
    expires = None if note.expires_on == NEVER else note.expires_on
    values = {name: getattr(note, name) for name in names}
    version, contact = str(note.version), str(note.contact_id or "")
    return {**values, "expires_on": expires, "version": version, "contact_id": contact}


def _facts(form: WatchForm) -> WatchFacts:
    return WatchFacts(
        subject=form.subject.data,
        text=form.text.data or "",
        contact_id=as_id(form.contact_id.data),
        importance=form.importance.data,
        source=form.source.data or "",
        expires_on=form.expires_on.data,
    )
