"""The desk's shipments: the list, one's page, opened without a booking, its steps."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Response, flash, g, redirect, request, url_for
from flask_babel import gettext as _

from portal.access.guards import fetch, requires
from portal.access.permissions import Permission as P
from portal.documents.actions import attaching
from portal.documents.forms import AttachForm
from portal.documents.rules.files import ACCEPTED, FileKind
from portal.kernel import clock
from portal.kernel.errors import Invalid
from portal.kernel.text import t
from portal.service_requests.desk_card import card
from portal.shipments.actions import milestones
from portal.shipments.actions import shipments as actions
from portal.shipments.actions.milestones import Report
from portal.shipments.forms.shipments import ReportForm, read_instant
from portal.shipments.models import Shipment
from portal.shipments.queries import shipments as queries
from portal.shipments.views.shipment_lists import AT_DESK
from portal.shipments.views.shipment_page import context
from portal.shipments.views.steps import done
from portal.web.doors import desk
from portal.web.listing import list_page
from portal.web.pages import page
from portal.web.uploads import received
from portal.web.words import say

bp = desk("shipments", "portal.shipments.views.desk")


def shipment_of(shipment_id: int) -> Shipment:
    """The shipment of an address, with all that its page names."""
    return fetch(Shipment, shipment_id, options=queries.WITH_ALL)


def page_of(shipment_id: int, anchor: str | None = None) -> str:
    """The address of its page."""
    return url_for("desk_shipments.show", shipment_id=shipment_id, _anchor=anchor)


@bp.get("/shipments")
@requires(P.SHIPMENT_SEE)
def index() -> Any:
    """Every shipment that one may see."""
    return list_page(AT_DESK, queries.shipments(g.viewer), "shipments/desk_index.html")


@bp.get("/shipments/<int:shipment_id>")
@requires(P.SHIPMENT_SEE)
def show(shipment_id: int) -> Any:
    """One shipment."""
    asked = card("shipment", shipment_id, g.viewer)
    return page("shipments/desk_show.html", **context("desk", shipment_of(shipment_id)), **asked)


@bp.post("/shipments/<int:shipment_id>/start")
@requires(P.SHIPMENT_EDIT)
def start(shipment_id: int) -> Response:
    """It is under way."""
    verb = partial(actions.start, shipment_of(shipment_id), g.viewer, clock.now())
    return done(page_of(shipment_id), _("Under way."), verb)


@bp.post("/shipments/<int:shipment_id>/cancel")
@requires(P.SHIPMENT_EDIT)
def cancel(shipment_id: int) -> Response:
    """Call it off, with a reason."""
    reason = request.form.get("reason", "")
    verb = partial(actions.cancel, shipment_of(shipment_id), reason, g.viewer, clock.now())
    return done(page_of(shipment_id), _("Cancelled. What it held is free again."), verb)


@bp.post("/shipments/<int:shipment_id>/milestones/<code>")
@requires(P.SHIPMENT_EDIT)
def report(shipment_id: int, code: str) -> Response:
    """What happened, when and where."""
    shipment = shipment_of(shipment_id)
    return done(page_of(shipment_id, "way"), _("Reported."), lambda: _reported(shipment, code))


@bp.post("/shipments/<int:shipment_id>/milestones/<code>/undo")
@requires(P.SHIPMENT_EDIT)
def undo(shipment_id: int, code: str) -> Response:
    """It was reported by mistake."""
    verb = partial(milestones.take_back, shipment_of(shipment_id), code, g.viewer, clock.now())
    return done(page_of(shipment_id, "way"), _("Taken back."), verb)


@bp.post("/shipments/<int:shipment_id>/files")
@requires(P.SHIPMENT_EDIT)
def attach(shipment_id: int) -> Response:
    """Keep a file beside it."""
    shipment = shipment_of(shipment_id)
    return done(page_of(shipment_id, "files"), _("Attached."), lambda: _attached(shipment))


def _reported(shipment: Shipment, code: str) -> None:
    form = ReportForm()
    if not form.validate():
        raise Invalid(t("Place or note is too long."))
    said = Report(
        code,
        read_instant(form.planned_at.data or "", "planned_at"),
        read_instant(form.actual_at.data or "", "actual_at"),
        form.place.data or "",
        form.note.data or "",
    )
    warning = milestones.report(shipment, said, g.viewer, clock.now())
    if warning is not None:
        flash(say(warning), "warning")


def _attached(shipment: Shipment) -> None:
    form = AttachForm()
    if not form.validate():
        raise Invalid(t("Choose the kind of file."))
    file = received(request.files.get("file"), "file", ACCEPTED)
    kind, shared, note = FileKind(form.kind.data), form.is_shared.data, form.note.data or ""
    attaching.attach(shipment, file, kind, g.viewer, clock.now(), is_shared=shared, note=note)


def leave(shipment_id: int, said: str) -> Response:
    """Back to the page, with what was done said."""
    flash(said, "success")
    return redirect(page_of(shipment_id), 303)  # type: ignore[return-value]
