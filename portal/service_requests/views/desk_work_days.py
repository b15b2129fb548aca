"""Working days at the desk: a year at a glance, the firm's own days, a year's list pasted."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Response, flash, g, redirect, request, url_for
from flask_babel import ngettext

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.kernel import clock
from portal.kernel.workcalendar import CHINA
from portal.service_requests.actions import work_days
from portal.service_requests.forms.desk_settings import DaysForm, PasteForm
from portal.service_requests.queries.work_calendar import firm_calendar, firm_days
from portal.service_requests.rules.year_sheet import FirmDay, year_sheet
from portal.service_requests.views.settings_door import settings_door as bp
from portal.service_requests.views.settings_door import tabs
from portal.web.forms import attempted
from portal.web.pages import page, refused

TEMPLATE = "service_requests/settings_days.html"


@bp.get("/service-settings/days")
@requires(P.SERVICE_SET)
def days() -> Any:
    """The year, and what may be done with it."""
    return page(TEMPLATE, **_context(_year()))


@bp.post("/service-settings/days")
@requires(P.SERVICE_SET)
def set_days() -> Any:
    """Say of a day or a stretch of days whether it is worked."""
    form = DaysForm()
    if form.validate_on_submit():
        facts = (form.first.data, form.last.data, form.is_working(), (form.note.data or "").strip())
        changed = attempted(form, lambda: work_days.set_days(*facts, g.viewer, clock.now()))
        if changed is not None:
            return _back(form.first.data.year, changed)
    return refused(TEMPLATE, **_context(_year(), form=form))


@bp.post("/service-settings/days/<int(min=2004,max=2100):year>/list")
@requires(P.SERVICE_SET)
def paste_days(year: int) -> Any:
    """Enter the list of a year."""
    form = PasteForm()
    if form.validate_on_submit():
        facts = (year, form.text.data or "", form.whole.data, g.viewer, clock.now())
        changed = attempted(form, lambda: work_days.paste_year(*facts))
        if changed is not None:
            return _back(year, changed)
    return refused(TEMPLATE, **_context(year, paste=form))


@bp.post("/service-settings/days/<int(min=2004,max=2100):year>/back")
@requires(P.SERVICE_SET)
def take_back(year: int) -> Response:
    """Leave a year to the decree again."""
    return _back(year, work_days.take_back(year, g.viewer, clock.now()))


def _back(year: int, changed: int) -> Response:
    said = ngettext("%(num)s day changed.", "%(num)s days changed.", changed)
    flash(said, "success" if changed else "info")
    return redirect(url_for(".days", year=year), 303)  # type: ignore[return-value]


def _year() -> int:
    """The year that is asked for, this one otherwise."""
    typed = request.values.get("year", "")
    year = int(typed) if typed.isdecimal() and len(typed) == len("2026") else 0
    return year if min(CHINA.years) <= year <= work_days.LAST_YEAR else clock.today().year


def _context(
    year: int, form: DaysForm | None = None, paste: PasteForm | None = None
) -> dict[str, Any]:
    rows = firm_days(year)
    firm = {on: FirmDay(row.is_working, row.note) for on, row in rows.items()}
    return {
        "tabs": tabs("days"),
        "year": year,
        "today": clock.today(),
        "months": year_sheet(year, CHINA, firm),
        "own": sorted(firm.items()),
        "known": firm_calendar().knows(date(year, 1, 1)),
        "decreed": year in CHINA.years,
        "first_year": min(CHINA.years),
        "last_year": work_days.LAST_YEAR,
        "form": form or DaysForm(formdata=None),
        "paste": paste or PasteForm(formdata=None),
    }
