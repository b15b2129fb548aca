"""Service settings at the desk: targets, limits of law, hours and other values."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import flash, g, redirect, request, url_for
from flask_babel import gettext as _

from portal.access.guards import fetch, requires
from portal.access.permissions import Permission as P
from portal.customers.rules.kinds import SEGMENTS, Segment
from portal.documents.queries import firm_profile
from portal.kernel import clock
from portal.service_requests.actions import targets, work_days
from portal.service_requests.forms.desk_settings import (
    PLACES,
    DeadlineForm,
    TargetsForm,
    ValuesForm,
    unit_name,
)
from portal.service_requests.models.clocks import LegalDeadline
from portal.service_requests.queries.targets import all_targets, deadlines, targets_for
from portal.service_requests.queries.work_calendar import service_settings
from portal.service_requests.rules.clock_kinds import (
    CLOCK_WORDS,
    DUTY_WORDS,
    MODE_WORDS,
    UNIT_WORDS,
    Duty,
)
from portal.service_requests.rules.kinds import SEVERITY_WORDS
from portal.service_requests.rules.targets import SEVERITIES, TARGET_CLOCKS, WARN_PERCENT
from portal.service_requests.views.settings_door import saved, seen, tabs
from portal.service_requests.views.settings_door import settings_door as bp
from portal.web.forms import form_page
from portal.web.pages import page

LONGEST_ID = 9


@bp.route("/service-settings", methods=["GET", "POST"])
@requires(P.SERVICE_SET)
def index() -> Any:
    """The targets: every tier, severity and clock in one table."""
    form = TargetsForm(data=_kept_targets())
    if form.validate_on_submit():
        facts = (form.wanted(), g.viewer, clock.now())
        verb = partial(targets.change_targets, *facts, seen=seen(form))
        if saved(form, verb, targets.targets_version):
            flash(
                _("The targets are saved. Open requests keep what they were promised."), "success"
            )
            return redirect(url_for(".index"), 303)
    words = {"tiers": SEGMENTS, "severities": SEVERITY_WORDS, "clocks": TARGET_CLOCKS}
    return form_page(
        "service_requests/settings_targets.html",
        form,
        tabs=tabs("index"),
        clock_words=CLOCK_WORDS,
        **words,
    )


@bp.get("/service-settings/deadlines", endpoint="deadlines")
@requires(P.SERVICE_SET)
def all_deadlines() -> Any:
    """The limits of law and contract by what they are for, old texts too."""
    rows = deadlines()
    groups = [
        (words, [row for row in rows if row.duty == duty]) for duty, words in DUTY_WORDS.items()
    ]
    return page(
        "service_requests/settings_deadlines.html",
        groups=[(words, found) for words, found in groups if found],
        modes=MODE_WORDS,
        units=UNIT_WORDS,
        today=clock.today(),
        tabs=tabs("deadlines"),
    )


@bp.route("/service-settings/deadlines/new", methods=["GET", "POST"])
@requires(P.SERVICE_SET)
def new_deadline() -> Any:
    """One more limit; with `replaces`, a later text of that one."""
    older = _replaced()
    form = DeadlineForm(data=_later(older) if older else {"duty": Duty.CLAIM_NOTICE.value})
    if form.validate_on_submit():
        facts = (None, form.values(), g.viewer, clock.now())
        if saved(form, partial(targets.change_deadline, *facts, replaces=older), lambda: 0):
            flash(_("Saved."), "success")
            return redirect(url_for(".deadlines"), 303)
    return form_page("service_requests/settings_deadline.html", form, row=None, older=older)


@bp.route("/service-settings/deadlines/<int:deadline_id>", methods=["GET", "POST"])
@requires(P.SERVICE_SET)
def deadline(deadline_id: int) -> Any:
    """Change one: a slip of the pen, its end, whether it is applied."""
    row = fetch(LegalDeadline, deadline_id)
    form = DeadlineForm(obj=row)
    if form.validate_on_submit():
        facts = (row, form.values(), g.viewer, clock.now())
        verb = partial(targets.change_deadline, *facts, seen=seen(form))
        if saved(form, verb, lambda: row.version):
            flash(_("Saved."), "success")
            return redirect(url_for(".deadlines"), 303)
    return form_page("service_requests/settings_deadline.html", form, row=row, older=None)


@bp.route("/service-settings/values", methods=["GET", "POST"])
@requires(P.SERVICE_SET)
def values() -> Any:
    """Hours of work, days and sums."""
    kept, version = service_settings(), lambda: firm_profile().version or 1
    hours = {name: getattr(kept.hours, name) for name in kept.hours.__dataclass_fields__}
    form = ValuesForm(obj=kept, data={**hours, "version": version()})
    if form.validate_on_submit():
        facts = (form.value(kept), g.viewer, clock.now())
        if saved(form, partial(work_days.change_settings, *facts, version=seen(form)), version):
            flash(_("The settings are saved."), "success")
            return redirect(url_for(".values"), 303)
    currency = firm_profile().currency or "CNY"
    template = "service_requests/settings_values.html"
    return form_page(template, form, tabs=tabs("values"), currency=currency)


def _kept_targets() -> dict[str, Any]:
    """The table as it stands: the firm's rows, and what it begins with where it has none."""
    rows = all_targets()
    usual = {(tier, degree): targets_for(tier, degree) for tier in Segment for degree in SEVERITIES}
    kept: dict[str, Any] = {"version": targets.targets_version()}
    for place in PLACES:
        target = usual[place[0], place[1]][place[2]]
        kept[targets.place_name(place)] = target.span.amount
        kept[unit_name(place)] = target.span.unit.value
    warned = {row.warn_percent for row in rows.values()}
    return {**kept, "warn_percent": min(warned, default=WARN_PERCENT)}


def _replaced() -> LegalDeadline | None:
    """The limit whose later text is written; NotFound for none of this number."""
    typed = request.args.get("replaces", "")
    if not typed.isdecimal() or len(typed) > LONGEST_ID:
        return None
    return fetch(LegalDeadline, int(typed))


def _later(older: LegalDeadline) -> dict[str, Any]:
    kept = {name: getattr(older, name) for name in targets.EDITED}
    return {**kept, "source": "", "from_on": None, "until_on": None}
