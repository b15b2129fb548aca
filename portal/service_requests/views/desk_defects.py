"""Defects at the desk: the list, the page of one, recording, correcting, verifying; the catalogue of kinds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, g
from flask_babel import gettext as _

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.db import audit
from portal.db.base import db
from portal.kernel import clock
from portal.kernel.errors import NotFound
from portal.service_requests.actions import defect_kinds
from portal.service_requests.actions import defects as actions
from portal.service_requests.actions.defects import Finding
from portal.service_requests.forms.found import (
    CorrectedForm,
    DefectForm,
    DefectKindForm,
    EffectForm,
)
from portal.service_requests.models import Defect, DefectKind, ServiceRequest
from portal.service_requests.queries import defects as queries
from portal.service_requests.queries.people import names
from portal.service_requests.rules.kinds import RESPONSIBLE_WORDS
from portal.service_requests.views.defect_list import DEFECT_LIST, label_of
from portal.service_requests.views.found_door import (
    asked_request,
    choose_request,
    defect_of,
    fresh,
    or_nobody,
    people_for,
    seen,
)
from portal.service_requests.views.found_door import defect_door as bp
from portal.web.flask_app import once
from portal.web.forms import form_page, tried
from portal.web.listing import list_page
from portal.web.pages import page, refused
from portal.web.stepping import to
from portal.web.timeline import happenings
from portal.web.words import name_of

PAGE, FORM = "service_requests/defect_show.html", "service_requests/defect_form.html"


@bp.get("/defects")
@requires(P.DEFECT_SEE)
def index() -> Any:
    """Every defect, the latest found first."""
    return list_page(DEFECT_LIST, queries.defects(g.viewer), "service_requests/defect_index.html")


@bp.route("/defects/new", methods=["GET", "POST"])
@once
@requires(P.DEFECT_EDIT)
def new() -> Any:
    """Record what a request showed."""
    row = asked_request()
    if row is None:
        return choose_request()
    form = _form(row, None)
    if form.validate_on_submit():
        verb = lambda: actions.record(row, _finding(form), g.viewer, clock.now())  # noqa: E731
        defect = tried(form, verb)
        if defect is not None:
            flash(_("%(number)s is recorded.", number=defect.number), "success")
            return to("desk_defects.show", defect_id=defect.id)
    return form_page(FORM, form, row=row, defect=None)


@bp.get("/defects/<int:defect_id>")
@requires(P.DEFECT_SEE)
def show(defect_id: int) -> Any:
    """One defect: cause, correction, proof."""
    return page(PAGE, **_context(defect_of(defect_id)))


@bp.route("/defects/<int:defect_id>/edit", methods=["GET", "POST"])
@requires(P.DEFECT_EDIT)
def edit(defect_id: int) -> Any:
    """Say more of it, or otherwise."""
    defect = defect_of(defect_id)
    form = _form(defect.request, defect)
    if form.validate_on_submit() and fresh(form, defect):
        verb = lambda: actions.change(defect, _finding(form), g.viewer, clock.now())  # noqa: E731
        if tried(form, verb) is not None:
            flash(_("Saved."), "success")
            return to("desk_defects.show", defect_id=defect_id)
    return form_page(FORM, form, row=defect.request, defect=defect)


@bp.post("/defects/<int:defect_id>/correct")
@requires(P.DEFECT_SEE)
def correct(defect_id: int) -> Any:
    """The corrective action is done."""
    defect, form = defect_of(defect_id), CorrectedForm()
    verb = lambda: actions.correct(defect, form.done_on.data, g.viewer, clock.now())  # noqa: E731
    said = _("Done. Somebody else now looks whether it helped.")
    return _stepped(defect, form, verb, said, corrected=form)


@bp.post("/defects/<int:defect_id>/verify")
@requires(P.DEFECT_EDIT)
def verify(defect_id: int) -> Any:
    """It helped."""
    defect, form = defect_of(defect_id), EffectForm()
    verb = lambda: actions.verify(defect, form.effect.data or "", g.viewer, clock.now())  # noqa: E731
    return _stepped(defect, form, verb, _("Verified."), effect=form)


@bp.post("/defects/<int:defect_id>/not-good")
@requires(P.DEFECT_EDIT)
def not_good(defect_id: int) -> Any:
    """It did not help."""
    defect, form = defect_of(defect_id), EffectForm()
    verb = lambda: actions.not_good(defect, form.effect.data or "", g.viewer, clock.now())  # noqa: E731
    return _stepped(defect, form, verb, _("It is to be done again."), effect=form)


@bp.get("/defect-kinds")
@requires(P.SERVICE_SET)
def kinds() -> Any:
    """The catalogue."""
    rows = queries.kinds(active_only=False)
    return page("service_requests/defect_kinds.html", rows=rows)


@bp.route("/defect-kinds/new", methods=["GET", "POST"])
@requires(P.SERVICE_SET)
def new_kind() -> Any:
    """One more kind."""
    return _kind_form(None)


@bp.route("/defect-kinds/<int:kind_id>", methods=["GET", "POST"])
@requires(P.SERVICE_SET)
def kind(kind_id: int) -> Any:
    """Another name for a kind, or out of use."""
    row = db.session.get(DefectKind, kind_id)
    if row is None:
        raise NotFound()
    return _kind_form(row)


def _kind_form(row: DefectKind | None) -> Any:
    form = DefectKindForm(obj=row)
    if form.validate_on_submit():
        typed = (form.code.data or "", form.name_zh.data or "", form.name_en.data or "")
        verb = lambda: defect_kinds.save(row, *typed, form.active.data, g.viewer, clock.now())  # noqa: E731
        if tried(form, verb) is not None:
            flash(_("Saved."), "success")
            return to("desk_defects.kinds")
    return form_page("service_requests/defect_kind.html", form, row=row)


def _stepped(defect: Defect, form: Any, verb: Callable[[], Any], said: str, **forms: Any) -> Any:
    """To the defect's page, or the page again with what was typed."""

    def checked() -> Any:
        seen(defect)
        return verb()

    if form.validate_on_submit() and tried(form, checked) is not None:
        flash(said, "success")
        return to("desk_defects.show", defect_id=defect.id)
    return refused(PAGE, **{**_context(defect), **forms})


def _context(defect: Defect) -> dict[str, Any]:
    viewer = g.viewer
    may_edit = viewer.may(P.DEFECT_EDIT)
    own = viewer.user_id == defect.action_owner_id
    to_do = bool(defect.action) and defect.done_on is None
    return {
        "defect": defect,
        "label": label_of(defect),
        "responsible": RESPONSIBLE_WORDS[defect.responsible],  # type: ignore[index]
        "names": names((defect.done_by, defect.verified_by)),
        "may": {
            "edit": may_edit and defect.done_on is None,
            "correct": to_do and (may_edit or own),
            "verify": actions.may_verify(defect, viewer),
        },
        "corrected": CorrectedForm(data={"done_on": clock.today()}),
        "effect": EffectForm(),
        "entries": happenings(audit.timeline(defect, public_only=False)),
    }


def _form(row: ServiceRequest, defect: Defect | None) -> DefectForm:
    begun = {"found_on": clock.today(), "responsible": "unclear"}
    form = DefectForm(obj=defect) if defect else DefectForm(data=begun)
    form.kind_id.choices = [
        (each.id, name_of(each))
        for each in queries.kinds(active_only=False)
        if each.active or (defect is not None and defect.kind_id == each.id)
    ]
    owner = defect.action_owner if defect else None
    form.action_owner_id.choices = or_nobody(people_for(P.DEFECT_SEE, row.customer_id, owner))
    return form


def _finding(form: DefectForm) -> Finding:
    return Finding(
        kind_id=form.kind_id.data, text=form.text.data or "", found_on=form.found_on.data,
        root_cause=form.root_cause.data or "", responsible=form.responsible.data,
        responsible_name=form.responsible_name.data or "", action=form.action.data or "",
        action_owner_id=form.action_owner_id.data, due_on=form.due_on.data,
    )  # fmt: skip
