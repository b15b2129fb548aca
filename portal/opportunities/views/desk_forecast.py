"""The forecast by month and person, as a page and as a file; and what enters it (REQUIREMENTS O3, O19)."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, g, request
from flask_babel import gettext as _

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.documents.queries import firm_profile
from portal.kernel import clock
from portal.opportunities.actions.forecasting import change_rules
from portal.opportunities.forms.settings import ForecastRulesForm
from portal.opportunities.queries.forecast import forecast_settings
from portal.opportunities.rules.settings import ForecastSettings
from portal.opportunities.views import forecast_page
from portal.opportunities.views.door import bp
from portal.web.exports import table_response
from portal.web.forms import form_page, tried
from portal.web.pages import page
from portal.web.stepping import as_id, to


@bp.get("/opportunities/forecast")
@requires(P.FORECAST_SEE)
def forecast() -> Any:
    """What may come in, month by month and person by person."""
    wanted = request.args.get("export")
    if wanted in ("xlsx", "csv"):
        return _exported(wanted)
    return page("opportunities/forecast.html", **forecast_page.context())


@bp.route("/opportunities/forecast/rules", methods=["GET", "POST"])
@requires(P.SALES_SET)
def forecast_rules() -> Any:
    """What an opportunity must have to enter."""
    now_is = forecast_settings()
    first = {
        "version": str(firm_profile().version or ""),
        "least_likelihood": now_is.least_likelihood,
        "overdue_days": now_is.overdue_days,
        "ratings": sorted(now_is.ratings),
        "needed": sorted(now_is.needed),
    }
    form = ForecastRulesForm(data=first)
    if form.validate_on_submit() and tried(form, lambda: _changed(form)):
        flash(_("Saved."), "success")
        return to("desk_opportunities.forecast")
    return form_page("opportunities/forecast_rules.html", form)


def _changed(form: ForecastRulesForm) -> bool:
    wanted = ForecastSettings(
        form.least_likelihood.data,
        frozenset(form.ratings.data or ()),
        frozenset(form.needed.data or ()),
        form.overdue_days.data or 0,
    )
    change_rules(wanted, as_id(form.version.data), g.viewer, clock.now())
    return True


def _exported(kind: str) -> Response:
    """Both tables below each other: by month, by person; converted lines are left to the reader's own sums."""
    found = forecast_page.read()
    heads = [_("Grouped by"), _("Month or person"), _("Currency"), _("Open ones"), _("Won"), _("Committed"),
             _("Best case"), _("Weighted"), _("All open")]  # fmt: skip
    rows = [
        *_rows(_("Month"), forecast_page.by_month(found)),
        *_rows(_("Person"), forecast_page.by_person(found)),
    ]
    return table_response(kind, "forecast", heads, rows, [None] * len(heads))


def _rows(by: str, lines: list[forecast_page.Line]) -> list[list[Any]]:
    return [
        [by, line.name, line.currency, line.figures.count, *(line.shown(each) for each in forecast_page.KINDS)]
        for line in lines
        if not line.is_sum
    ]  # fmt: skip
