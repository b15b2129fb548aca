"""Saying once, for a layout nobody has seen yet, which column is what."""

from __future__ import annotations

from typing import Any

from flask import g, redirect, request, url_for
from werkzeug.datastructures import MultiDict

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.catalogue.actions import imports as actions
from portal.catalogue.actions.reading import Opening
from portal.catalogue.forms.sheets import MappingForm, SheetForm
from portal.catalogue.models import RateImport
from portal.catalogue.queries import imports as queries
from portal.catalogue.rules.sheets.cells import read_text
from portal.catalogue.rules.sheets.profile import Profile
from portal.catalogue.views.doors import tariffs as bp
from portal.catalogue.views.imports import begin, instance
from portal.kernel import clock
from portal.kernel.tables import column_letter
from portal.web.forms import attempted, form_page

PREVIEW_COLUMNS = 40


@bp.route("/tariffs/imports/<int:import_id>/mapping", methods=["GET", "POST"])
@requires(P.TARIFF_IMPORT)
def map_import(import_id: int) -> Any:
    """Which column is what; a name keeps it for the next sheet of its kind."""
    row = queries.rate_import(import_id, g.viewer)
    opening, chosen_row = _opened(row)
    headers = tuple(dict.fromkeys(opening.headers))
    base = _base(row, opening)
    form = MappingForm() if request.method == "POST" else MappingForm.of(base, headers)
    if form.validate_on_submit():
        profile = form.profile(
            base, opening.table.sheet if len(opening.table.sheets) > 1 else "", chosen_row
        )
        if attempted(form, lambda: _chosen(row, profile, opening)):
            return begin(row)
    return form_page("tariffs/mapping.html", form, **_context(row, opening))


def _opened(row: RateImport) -> tuple[Opening, int]:
    """The sheet as the address asks for it, and the header row where it is not the one found by itself."""
    wanted = actions.profile_in(row)
    sheet = request.args.get("sheet") or wanted.sheet
    header_row = request.args.get("header_row", type=int) or wanted.header_row
    opening = actions.opening_of(row, instance(), sheet, header_row)
    found_by_itself = actions.opening_of(row, instance(), sheet).header_row
    return opening, 0 if opening.header_row == found_by_itself else opening.header_row


def _base(row: RateImport, opening: Opening) -> Profile:
    """What the form starts from: the profile of the import while it fits these headers, else a new guess."""
    stored = actions.profile_in(row)
    known = {column.header for column in stored.columns}
    return stored if known and known <= set(opening.headers) else opening.suggested


def _chosen(row: RateImport, profile: Profile, opening: Opening) -> bool:
    actions.choose_profile(row, profile, opening.headers, g.viewer, clock.now())
    return True


def _context(row: RateImport, opening: Opening) -> dict[str, Any]:
    sheets = SheetForm(
        MultiDict({"sheet": opening.table.sheet, "header_row": str(opening.header_row or 1)})
    )
    sheets.sheet.choices = list(opening.table.sheets)
    width = max((len(cells) for _, cells in opening.first_rows), default=0)
    width = min(width, PREVIEW_COLUMNS)
    return {
        "row": row,
        "sheets": sheets,
        "header_row": opening.header_row,
        "letters": [column_letter(number + 1) for number in range(width)],
        "preview": [
            (number, [read_text(cell)[:40] for cell in cells[:width]])
            for number, cells in opening.first_rows
        ],
        "samples": _samples(opening),
        "sureness": row.options.get("sureness", 0),
        "here": {"sheet": opening.table.sheet, "header_row": opening.header_row},
    }


def _samples(opening: Opening) -> dict[str, str]:
    """Header → the first values below it, so that one sees what one maps."""
    rows = dict(opening.first_rows)
    header = [read_text(cell) for cell in rows.get(opening.header_row, [])]
    below = [cells for number, cells in opening.first_rows if number > opening.header_row][:3]
    return {
        name: ", ".join(
            read_text(cells[at])[:24] for cells in below if at < len(cells) and cells[at]
        )
        for at, name in enumerate(header)
        if name
    }


@bp.get("/tariffs/imports/<int:import_id>/remap")
@requires(P.TARIFF_IMPORT)
def remap(import_id: int) -> Any:
    """Back to the mapping of a sheet that was read with errors."""
    row = queries.rate_import(import_id, g.viewer)
    return redirect(url_for(".map_import", import_id=row.id))
