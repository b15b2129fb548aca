"""The sheet of a visit: made for a telephone."""

from __future__ import annotations

from typing import Any

from flask import flash, g
from flask_babel import gettext as _

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.care.actions import visits
from portal.care.forms.visits import SheetForm
from portal.care.models import Visit
from portal.care.queries import visits as queries
from portal.care.rules.states import VisitState
from portal.care.views.door import visits_door as bp
from portal.care.views.visit_form import sheet_facts, sheet_form
from portal.kernel import clock
from portal.kernel.errors import NotAllowedNow
from portal.kernel.text import t
from portal.web.flask_app import once
from portal.web.forms import form_page, tried
from portal.web.stepping import to, version_in


@bp.route("/visits/<int:visit_id>/sheet", methods=["GET", "POST"])
@once
@requires(P.CARE_WORK)
def sheet(visit_id: int) -> Any:
    """Write down what was said; or put it right afterwards."""
    visit = queries.visit_of(visit_id, g.viewer)
    if visit.state == VisitState.CANCELLED.value:
        raise NotAllowedNow(t("This visit was called off."))
    form = sheet_form(visit)
    if form.validate_on_submit() and tried(form, lambda: _written(visit, form)):
        flash(_("The sheet is kept."), "success")
        return to("desk_visits.show", visit_id=visit_id)
    return form_page("care/sheet.html", form, visit=visit)


def _written(visit: Visit, form: SheetForm) -> Visit:
    facts, files, now = sheet_facts(form), form.files.uploads, clock.now()
    if visit.state == VisitState.DONE.value:
        version = version_in(form.version.data)
        return visits.correct(visit, facts, version, g.viewer, now, files)
    return visits.finish(visit, facts, g.viewer, now, files)
