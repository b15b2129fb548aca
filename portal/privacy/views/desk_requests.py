"""The register at the desk: write a request down, say who asks, look, hand out, erase, refuse."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, g, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from portal.access.guards import fetch, fresh, requires
from portal.access.permissions import Permission as P
from portal.kernel import clock
from portal.kernel.text import t
from portal.privacy.actions import erasing, exporting, registering
from portal.privacy.forms import ExtendForm, NewRequestForm, WhoForm
from portal.privacy.models import PrivacyRequest
from portal.privacy.rules.kinds import Asked, Proof
from portal.privacy.views import request_page
from portal.privacy.views.lists import REGISTER
from portal.privacy.views.packing import ZIP, packed
from portal.web.doors import desk
from portal.web.exports import download
from portal.web.flask_app import once
from portal.web.forms import attempted, form_page
from portal.web.listing import list_page
from portal.web.pages import page, refused
from portal.web.stepping import done, to, typed
from portal.web.words import locale_code

bp = desk("privacy", __name__)
AT = "/privacy/<int:privacy_id>"


@bp.get("/privacy")
@requires(P.PRIVACY_SEE)
def index() -> Any:
    """Every request, the latest first."""
    return list_page(REGISTER, select(PrivacyRequest), "privacy/index.html")


@bp.route("/privacy/new", methods=["GET", "POST"])
@once
@requires(P.PRIVACY_DO)
def new() -> Any:
    """Write a request down."""
    form = NewRequestForm(asked_on=clock.today(), kind=Asked.EXPORT.value)
    if form.validate_on_submit():
        row = attempted(form, lambda: registering.register(form.facts(), g.viewer, clock.now()))
        if row is not None:
            flash(_("Written down: the answer is due by %(day)s.", day=row.due_on), "success")
            return redirect(_to(row.id), 303)
    return form_page("privacy/new.html", form)


@bp.get(AT)
@requires(P.PRIVACY_SEE)
def show(privacy_id: int) -> Any:
    """One request."""
    return page("privacy/show.html", **request_page.context(fetch(PrivacyRequest, privacy_id)))


@bp.post(f"{AT}/who")
@requires(P.PRIVACY_DO)
def who(privacy_id: int) -> Any:
    """Say which of our rows are this person."""
    row = fetch(PrivacyRequest, privacy_id, lock=True)
    form = WhoForm()
    form.about.choices = [(value, value) for value in request.form.getlist("about")]
    proof = Proof(form.proof.data) if form.proof.data in set(Proof) else Proof.NONE
    verb = lambda: registering.say_who(  # noqa: E731
        row, form.standings(), proof, form.note.data or "", g.viewer, clock.now()
    )
    if form.validate_on_submit() and attempted(form, lambda: (verb(), True)):
        flash(_("Saved. Now look at what is found."), "success")
        return redirect(url_for("desk_privacy.preview", privacy_id=row.id), 303)
    return refused("privacy/show.html", **request_page.context(row, form))


@bp.get(f"{AT}/preview")
@requires(P.PRIVACY_SEE)
def preview(privacy_id: int) -> Any:
    """What is found of the person, table by table."""
    return page("privacy/preview.html", **request_page.preview(fetch(PrivacyRequest, privacy_id)))


@bp.post(f"{AT}/copy")
@requires(P.PRIVACY_DO)
@fresh(t("Hand out a copy of a person's data"))
def copy(privacy_id: int) -> Response:
    """The copy as a ZIP; the request is done."""
    row = fetch(PrivacyRequest, privacy_id, lock=True)
    found = exporting.hand_out(row, g.viewer, clock.now())
    body = packed(found, row.name, clock.now(), locale_code())
    return download(body, f"{row.number}.zip", ZIP)


@bp.post(f"{AT}/erase")
@requires(P.PRIVACY_DO)
@fresh(t("Erase a person"))
def erase(privacy_id: int) -> Response:
    """Erase the person."""
    row = fetch(PrivacyRequest, privacy_id, lock=True)
    there = to("desk_privacy.show", privacy_id=privacy_id)
    return done(there, _("Erased."), lambda: erasing.erase(row, g.viewer, clock.now()))


@bp.post(f"{AT}/extend")
@requires(P.PRIVACY_DO)
def extend(privacy_id: int) -> Response:
    """Answer later, with a reason."""
    row, form = fetch(PrivacyRequest, privacy_id, lock=True), ExtendForm()
    there = to("desk_privacy.show", privacy_id=privacy_id)
    if not form.validate_on_submit():
        flash(_("Give the new day and the reason."), "error")
        return there
    day, why = form.until.data, form.why.data or ""
    verb = lambda: registering.extend(row, day, why, g.viewer, clock.now())  # noqa: E731
    return done(there, _("The person must be told within the first month."), verb)


@bp.post(f"{AT}/refuse")
@requires(P.PRIVACY_DO)
def refuse(privacy_id: int) -> Response:
    """Say no, with the reason."""
    row, why = fetch(PrivacyRequest, privacy_id, lock=True), typed("why", 2000)
    verb = lambda: registering.refuse(row, why, g.viewer, clock.now())  # noqa: E731
    return done(to("desk_privacy.show", privacy_id=privacy_id), _("Refused."), verb)


@bp.post(f"{AT}/corrected")
@requires(P.PRIVACY_DO)
def corrected(privacy_id: int) -> Response:
    """Say what was put right."""
    row, what = fetch(PrivacyRequest, privacy_id, lock=True), typed("what", 2000)
    verb = lambda: registering.note_correction(row, what, g.viewer, clock.now())  # noqa: E731
    return done(to("desk_privacy.show", privacy_id=privacy_id), _("Noted."), verb)


def _to(privacy_id: int) -> str:
    return url_for("desk_privacy.show", privacy_id=privacy_id)
