"""How often each tier is visited, and who waits for a visit."""

from __future__ import annotations

from typing import Any

from flask import flash, g
from flask_babel import gettext as _

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.care.actions import plans
from portal.care.forms.visits import PlanForm
from portal.care.models import VisitTarget
from portal.care.queries import plans as queries
from portal.care.rules.kinds import VisitKind
from portal.care.rules.plans import KEY_CUSTOMERS, Goal
from portal.care.rules.settings import CareSettings
from portal.care.views.door import visits_door as bp
from portal.care.views.visit_list import ALL_VISITED, NOBODY_DUE, due_spec
from portal.customers.rules.kinds import SEGMENTS
from portal.kernel import clock
from portal.kernel.errors import Forbidden, InvalidMany
from portal.kernel.text import Text, t
from portal.web.forms import form_page, tried
from portal.web.listing import list_page
from portal.web.stepping import to, version_in
from portal.web.words import say

VISITS = "care/visits.html"
KEY = t("Key customers of every tier")


@bp.get("/visit-plans/overdue")
@requires(P.CARE_SEE)
def overdue() -> Any:
    """Customers who should have been visited by now, those never visited first."""
    tiers, _keys = _rows()
    statement = queries.overdue(g.viewer, tiers, clock.today())
    spec = due_spec(queries.last_of(tiers), NOBODY_DUE, tiers)
    return list_page(spec, statement, VISITS, tab="overdue")


@bp.get("/visit-plans/key")
@requires(P.CARE_SEE)
def key() -> Any:
    """Key customers whom a manager should have visited by now."""
    _tiers, keys = _rows()
    statement = queries.overdue(g.viewer, keys, clock.today())
    spec = due_spec(queries.last_of(keys), NOBODY_DUE, keys)
    return list_page(spec, statement, VISITS, tab="key")


@bp.get("/visit-plans/never")
@requires(P.CARE_SEE)
def never() -> Any:
    """Customers whom nobody ever visited."""
    spec = due_spec(queries.last_of(()), ALL_VISITED)
    return list_page(spec, queries.never(g.viewer), VISITS, tab="never")


@bp.route("/visit-plans", methods=["GET", "POST"])
@requires(P.CARE_SEE)
def plan() -> Any:
    """Every tier with its days and way; who may changes them."""
    form = _form()
    if form.is_submitted() and not g.viewer.may(P.CARE_SET):
        raise Forbidden()
    if form.validate_on_submit() and tried(form, lambda: _changed(form)):
        flash(_("The plan is saved. It counts for every visit planned from now on."), "success")
        return to("desk_visits.plan")
    return form_page("care/plan.html", form, words={**SEGMENTS, KEY_CUSTOMERS: KEY})


def _rows() -> tuple[list[VisitTarget], list[VisitTarget]]:
    """The rows of the tiers by which somebody is visited, and the row of the key customers."""
    rows = queries.wanted_now(queries.targets())
    return [r for r in rows if r.segment], [r for r in rows if not r.segment]


def _form() -> PlanForm:
    settings = queries.care_settings()
    rows = [
        {"segment": row.segment, "kind": row.kind, "every_days": row.every_days}
        for row in queries.targets()
    ]
    return PlanForm(
        data={
            "version": str(plans.version_of_plan()), "rows": rows,
            "horizon_days": settings.horizon_days, "a_day": settings.a_day,
        }
    )  # fmt: skip


def _changed(form: PlanForm) -> bool:
    typed = [each.form for each in form.rows]
    goals = {
        row.segment.data: Goal(row.segment.data, VisitKind(row.kind.data), row.every_days.data or 0)
        for row in typed
    }
    settings = CareSettings(form.horizon_days.data or 0, form.a_day.data or 0)
    try:
        plans.change(goals, settings, version_in(form.version.data), g.viewer, clock.now())
    except InvalidMany as error:
        raise InvalidMany(_told_at_rows(form, error)) from error
    return True


def _told_at_rows(form: PlanForm, error: InvalidMany) -> dict[str, Text]:
    """What is wrong with the days of a tier stands at its row; what is left has a field of its own."""
    left = dict(error.errors)
    for each in form.rows:
        text = left.pop(each.form.segment.data or "key", None)
        if text is not None:
            each.form.every_days.errors = [say(text)]
    return left
