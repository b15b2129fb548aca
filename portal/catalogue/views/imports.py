"""Rate sheets at the desk: sent, checked without saving, compared, applied or given up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Response, after_this_request, current_app, flash, g, redirect, request, url_for
from flask_babel import gettext as _

from portal.access.guards import fetch, requires
from portal.access.permissions import Permission as P
from portal.catalogue.actions import imports as actions
from portal.catalogue.actions.reading import revived_problem
from portal.catalogue.forms.sheets import ApplyForm, UploadForm
from portal.catalogue.labels import CHANGES, IMPORT_STATES, LAYOUTS
from portal.catalogue.models import MappingProfile, PriceScheme, RateImport
from portal.catalogue.queries import imports as queries
from portal.catalogue.queries.schemes import scheme, scheme_list
from portal.catalogue.rules.sheets.meaning import HEADERS
from portal.catalogue.views.doors import tariffs as bp
from portal.catalogue.views.drawing import place_names, tariff_tabs
from portal.catalogue.views.import_page import shown_changes
from portal.catalogue.views.tariff_lists import IMPORTS, PROFILES
from portal.catalogue.views.tariffs import today
from portal.db.base import db
from portal.jobs.imports import start
from portal.kernel import clock
from portal.kernel.errors import FileProblems, NotFound
from portal.web.exports import table_response
from portal.web.forms import attempted, form_page
from portal.web.listing import list_page
from portal.web.pages import page, refused
from portal.web.uploads import received
from portal.web.words import locale_code, name_of, say

SHOWN_PROBLEMS = 200


@bp.get("/tariffs/imports")
@requires(P.TARIFF_IMPORT)
def imports() -> Any:
    """Every sheet that was sent."""
    statement = queries.import_list(g.viewer)
    tabs = tariff_tabs("desk_tariffs.imports")
    return list_page(IMPORTS, statement, "tariffs/imports.html", tabs=tabs)


@bp.route("/tariffs/import", methods=["GET", "POST"])
@requires(P.TARIFF_IMPORT)
def new_import() -> Any:
    """Send a sheet for a scheme."""
    form = _upload_form()
    if form.validate_on_submit():
        try:
            row = attempted(form, lambda: _receive(form))
        except FileProblems as error:
            return refused("tariffs/import.html", form=form, problems=error.problems)
        if row is not None:
            return _go_on(row)
    return form_page("tariffs/import.html", form, problems=())


def _upload_form() -> UploadForm:
    came_from = request.args.get("scheme", type=int)
    form = UploadForm(data={"valid_from": today(), "scheme_id": came_from})
    statement = scheme_list(g.viewer).where(PriceScheme.active.is_(True)).order_by(PriceScheme.code)
    rows = db.session.scalars(statement)
    listed = [(row.id, f"{row.code} · {name_of(row)}") for row in rows]
    form.scheme_id.choices = [("", _("Choose a scheme")), *listed] if len(listed) > 1 else listed
    return form


def _receive(form: UploadForm) -> RateImport:
    upload = received(form.file.data, "file", ("xlsx", "csv", "unknown"))
    of = scheme(form.scheme_id.data, g.viewer)
    first_day = form.valid_from.data
    return actions.receive(
        of, upload.body, upload.name, first_day, g.viewer, clock.now(), instance()
    )


def _go_on(row: RateImport) -> Response:
    """To the mapping where nobody has said yet how the sheet is read, else to the check."""
    if row.options["step"] == "map":
        return redirect(url_for(".map_import", import_id=row.id))  # type: ignore[return-value]
    return begin(row)


def begin(row: RateImport) -> Response:
    """Have the worker take the sheet once this request is saved, and show how it goes."""
    import_id = row.id

    @after_this_request
    def started(response: Response) -> Response:
        start(import_id)
        return response

    return redirect(url_for(".show_import", import_id=import_id))  # type: ignore[return-value]


@bp.get("/tariffs/imports/<int:import_id>")
@requires(P.TARIFF_IMPORT)
def show_import(import_id: int) -> Any:
    """How a sheet stands: being read, what is wrong, what would change, applied."""
    row = queries.rate_import(import_id, g.viewer)
    return page("tariffs/import_show.html", form=_apply_form(row), **_context(row))


def _apply_form(row: RateImport) -> ApplyForm:
    days = {"valid_from": row.options.get("valid_from"), "valid_to": row.options.get("valid_to")}
    form = ApplyForm()
    if not form.is_submitted():
        for name, text in days.items():
            form[name].process_formdata([text] if text else [])
    return form


def _context(row: RateImport) -> dict[str, Any]:
    problems = [revived_problem(each) for each in (row.problems or [])[:SHOWN_PROBLEMS]]
    counts = row.counts or {}
    return {
        "row": row,
        "state": IMPORT_STATES[row.state],
        "problems": problems,
        "counts": counts,
        "changes": shown_changes(row.changes or [], place_names()),
        "change_words": CHANGES,
        "is_working": row.state in ("reading", "applying")
        or (row.state == "waiting" and row.options.get("step") != "map"),
        "is_stalled": actions.is_stalled(row, clock.now()),
        "needs_mapping": row.state == "waiting" and row.options.get("step") == "map",
    }


@bp.post("/tariffs/imports/<int:import_id>/apply")
@requires(P.TARIFF_IMPORT)
def apply_import(import_id: int) -> Any:
    """Make a draft tariff of the sheet, all of it or nothing."""
    row = queries.rate_import(import_id, g.viewer)
    form = _apply_form(row)
    if form.validate_on_submit() and attempted(form, lambda: _asked(row, form)):
        return begin(row)
    return refused("tariffs/import_show.html", form=form, **_context(row))


def _asked(row: RateImport, form: ApplyForm) -> bool:
    chosen = form.valid_from.data, form.valid_to.data, bool(form.leave_out.data)
    actions.ask_to_apply(row, *chosen, form.note.data or "")
    return True


@bp.post("/tariffs/imports/<int:import_id>/discard")
@requires(P.TARIFF_IMPORT)
def discard_import(import_id: int) -> Response:
    """Give a sheet up."""
    row = queries.rate_import(import_id, g.viewer)
    actions.discard_import(row, g.viewer, clock.now())
    flash(_("The sheet is put aside; nothing of it was saved."), "success")
    return redirect(url_for(".imports"))  # type: ignore[return-value]


@bp.post("/tariffs/imports/<int:import_id>/again")
@requires(P.TARIFF_IMPORT)
def again(import_id: int) -> Response:
    """Start the work on a sheet again when nobody has been heard of for a while, or after a failure."""
    row = queries.rate_import(import_id, g.viewer)
    if row.state == "failed":
        actions.wait_for(row, row.options.get("step", "read"))
    else:
        actions.start_again(row, clock.now())
    return begin(row)


@bp.get("/tariffs/imports/<int:import_id>/problems.<kind>")
@requires(P.TARIFF_IMPORT)
def problems(import_id: int, kind: str) -> Response:
    """All that is wrong with a sheet, as a table to send back."""
    row = queries.rate_import(import_id, g.viewer)
    if kind not in ("xlsx", "csv"):
        raise NotFound()
    heads = [_("Row"), _("Column"), _("Found"), _("Expected"), _("Severity")]
    told = [revived_problem(each) for each in row.problems or []]
    words = {"error": _("Error"), "warning": _("Warning")}
    rows = [[p.row, p.column, p.found, say(p.expected), words[p.severity]] for p in told]
    return table_response(kind, f"{_('problems')}_{row.file_name}", heads, rows, [None] * 5)


@bp.get("/tariffs/profiles")
@requires(P.TARIFF_IMPORT)
def profiles() -> Any:
    """Every saved layout."""
    tabs = tariff_tabs("desk_tariffs.profiles")
    return list_page(PROFILES, queries.profile_list(), "tariffs/profiles.html", tabs=tabs)


@bp.get("/tariffs/profiles/<int:profile_id>")
@requires(P.TARIFF_IMPORT)
def show_profile(profile_id: int) -> Any:
    """How one layout is read."""
    row = fetch(MappingProfile, profile_id)
    side = 1 if locale_code() == "en" else 0
    names = {meaning.value: both[side] for meaning, both in HEADERS.items()}
    return page("tariffs/profile.html", profile=row, names=names, layouts=LAYOUTS)


def instance() -> Path:
    """Where the portal keeps its files."""
    return Path(current_app.config["INSTANCE"])
