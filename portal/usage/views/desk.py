"""The desk's usage: every record, its page, and the queue of those that found no entitlement."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, g, redirect, request, url_for
from flask_babel import gettext as _

from portal.access.guards import fetch, requires
from portal.access.permissions import Permission as P
from portal.db.base import db
from portal.kernel import clock
from portal.usage.actions import recording
from portal.usage.forms import AssignForm
from portal.usage.models import UsageRecord
from portal.usage.queries import records as queries
from portal.usage.views import desk_imports, desk_new
from portal.usage.views.desk_door import bp, done, tabs
from portal.usage.views.lists import QUEUE, USAGE, in_month, spec_here, why
from portal.usage.views.record_page import context
from portal.web.filters import day, quantity
from portal.web.listing import list_page
from portal.web.pages import page
from portal.web.words import name_of

MODULES = (desk_imports, desk_new)
"""They hang their views on the same door."""
AT_ONCE = 500


@bp.get("/usage")
@requires(P.USAGE_SEE)
def index() -> Any:
    """Every record."""
    statement = queries.usage(g.viewer)
    return list_page(spec_here(USAGE), statement, "usage/desk_index.html", tabs=tabs("index"))


@bp.get("/usage/queue")
@requires(P.USAGE_SEE)
def queue() -> Any:
    """Those that wait for a decision, the oldest first."""
    statement = queries.queue(g.viewer)
    return list_page(spec_here(QUEUE), statement, "usage/queue.html", tabs=tabs("queue"))


@bp.post("/usage/queue/retry")
@requires(P.USAGE_RECORD)
def retry_all() -> Any:
    """Look again for an entitlement for all that wait, the oldest first, some hundred at once."""
    statement = in_month(queries.queue(g.viewer), request.form.get("month", ""))
    statement = statement.order_by(UsageRecord.used_on, UsageRecord.id).limit(AT_ONCE)
    rows = list(db.session.scalars(statement))
    found = sum(recording.retry(row, g.viewer, clock.now()) for row in rows)
    said = _("Looked again: %(found)s of %(all)s found an entitlement.", found=found, all=len(rows))
    flash(said, "success" if found else "info")
    return redirect(url_for(".queue"), 303)


@bp.get("/usage/<int:usage_id>")
@requires(P.USAGE_SEE)
def show(usage_id: int) -> Any:
    """One record."""
    return page("usage/desk_show.html", **_context(_record(usage_id)))


def _record(usage_id: int) -> UsageRecord:
    return fetch(UsageRecord, usage_id, options=queries.WITH_CHAIN)


def _context(row: UsageRecord) -> dict[str, Any]:
    found = context(row)
    found["why"] = why(row)
    if found["waits"] and g.viewer.may(P.USAGE_RECORD):
        found["form"] = _assign_form(row)
    return found


def _assign_form(row: UsageRecord) -> AssignForm:
    form = AssignForm()
    form.entitlement_id.choices = [
        (each.id, " · ".join(_described(each))) for each in queries.suggestions(row, g.viewer)
    ]
    return form


def _described(each: Any) -> list[str]:
    number = each.contract.number if each.contract else ""
    left = _("no limit") if each.is_unlimited else _("%(left)s left", left=quantity(each.remaining))
    return [name_of(each.item), number, f"{day(each.starts_on)} – {day(each.ends_on)}", left]


@bp.post("/usage/<int:usage_id>/reverse")
@requires(P.USAGE_RECORD)
def reverse(usage_id: int) -> Response:
    """Take it back by a record of its own."""
    row, reason = fetch(UsageRecord, usage_id), request.form.get("reason", "")
    said = _("Reversed: what it drew is given back.")
    back = url_for(".show", usage_id=usage_id)
    return done(back, said, lambda: recording.reverse(row, reason, g.viewer, clock.now()))


@bp.post("/usage/<int:usage_id>/retry")
@requires(P.USAGE_RECORD)
def retry(usage_id: int) -> Response:
    """Look again for an entitlement."""
    row = fetch(UsageRecord, usage_id)
    back = url_for(".show", usage_id=usage_id)
    return done(back, _("Looked again."), lambda: recording.retry(row, g.viewer, clock.now()))


@bp.post("/usage/<int:usage_id>/assign")
@requires(P.USAGE_RECORD)
def assign(usage_id: int) -> Response:
    """Draw it from the entitlement that was chosen."""
    row = fetch(UsageRecord, usage_id)
    chosen = request.form.get("entitlement_id", "")
    entitlement_id = int(chosen) if chosen.isdecimal() and len(chosen) < 10 else 0
    reason, said = request.form.get("reason", ""), _("Drawn from the chosen entitlement.")
    return done(
        url_for(".show", usage_id=usage_id),
        said,
        lambda: recording.assign(row, entitlement_id, reason, g.viewer, clock.now()),
    )


@bp.post("/usage/<int:usage_id>/dismiss")
@requires(P.USAGE_RECORD)
def dismiss(usage_id: int) -> Response:
    """Decide that it does not count."""
    row, reason = fetch(UsageRecord, usage_id), request.form.get("reason", "")
    said = _("Dismissed: it does not count.")
    back = url_for(".show", usage_id=usage_id)
    return done(back, said, lambda: recording.dismiss(row, reason, g.viewer, clock.now()))
