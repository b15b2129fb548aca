"""Files of milestones at the desk: sent, checked without saving, previewed, applied whole or put aside."""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Response, after_this_request, current_app, g, redirect, url_for
from flask_babel import gettext as _

from portal.access.guards import fetch, requires
from portal.access.permissions import Permission as P
from portal.catalogue.actions.reading import revived_problem
from portal.jobs.batches import start
from portal.kernel import clock
from portal.kernel.errors import FileProblems, NotFound
from portal.kernel.tables import write_csv, write_xlsx
from portal.kernel.text import t
from portal.shipments.actions.milestone_files import KIND
from portal.shipments.forms.files import FileForm
from portal.shipments.rules.milestone_rows import HEADERS
from portal.shipments.rules.plans import NAMES
from portal.shipments.rules.plans import name_of as milestone_name
from portal.shipments.views.desk_shipments import bp
from portal.shipments.views.steps import done
from portal.usage.actions import at_work, batches
from portal.usage.labels import BATCHES
from portal.usage.models import ImportBatch
from portal.usage.queries import records
from portal.usage.rules.states import BatchState
from portal.web.chips import chip
from portal.web.exports import XLSX, download, table_response
from portal.web.filters import instant
from portal.web.forms import attempted, form_page
from portal.web.listing import Column, Empty, ListSpec, list_page
from portal.web.pages import page, refused
from portal.web.uploads import received
from portal.web.words import locale_code, say

SHOWN_PROBLEMS = 200
AT = "/shipments/milestones"
FILES = ListSpec(
    key="milestone_files",
    columns=(
        Column("file", t("File"), lambda b: b.file_name, sort=ImportBatch.file_name),
        Column("state", t("State"), lambda b: chip(BATCHES[b.state]), value=lambda b: say(BATCHES[b.state].text)),
        Column("rows", t("Rows"), lambda b: (b.counts or {}).get("rows", 0), align="num"),
        Column("errors", t("Errors"), lambda b: (b.counts or {}).get("errors", 0), align="num"),
        Column("sent", t("Sent"), lambda b: instant(b.created_at), sort=ImportBatch.created_at,
               value=lambda b: b.created_at),
    ),
    row_id=ImportBatch.id,
    sort="-sent",
    url=lambda b: url_for("desk_shipments.milestone_file", batch_id=b.id),
    empty=Empty(
        t("No files yet"),
        t("Send the carrier's own list: it is checked before anything is saved."),
        t("Import a file"),
        "desk_shipments.import_milestones",
        P.SHIPMENT_EDIT,
    ),
)  # fmt: skip


@bp.get(AT)
@requires(P.SHIPMENT_EDIT)
def milestone_files() -> Any:
    """Every file that was sent."""
    return list_page(FILES, records.batches(KIND), "shipments/files.html")


@bp.route(f"{AT}/import", methods=["GET", "POST"])
@requires(P.SHIPMENT_EDIT)
def import_milestones() -> Any:
    """Send a file."""
    form = FileForm()
    if form.validate_on_submit():
        try:
            row = attempted(form, lambda: _receive(form))
        except FileProblems as wrong:
            return refused("shipments/import.html", form=form, problems=wrong.problems, names=NAMES)
        if row is not None:
            return _begin(row)
    return form_page("shipments/import.html", form, problems=(), names=NAMES)


@bp.get(f"{AT}/<int:batch_id>")
@requires(P.SHIPMENT_EDIT)
def milestone_file(batch_id: int) -> Any:
    """How a file stands: being read, what is wrong, what it would change, applied."""
    return page("shipments/import_show.html", **_context(_batch(batch_id)))


@bp.post(f"{AT}/<int:batch_id>/apply")
@requires(P.SHIPMENT_EDIT)
def apply_milestones(batch_id: int) -> Any:
    """Report all its rows, or none."""
    row = _batch(batch_id)
    batches.ask_to_apply(row, clock.now())
    return _begin(row)


@bp.post(f"{AT}/<int:batch_id>/again")
@requires(P.SHIPMENT_EDIT)
def again(batch_id: int) -> Any:
    """Take up the work on a file whose worker has died, or which failed."""
    row = _batch(batch_id)
    batches.start_again(row, at_work.is_held(_instance(), batch_id), clock.now())
    return _begin(row)


@bp.post(f"{AT}/<int:batch_id>/discard")
@requires(P.SHIPMENT_EDIT)
def discard_milestones(batch_id: int) -> Response:
    """Give a file up."""
    row = _batch(batch_id)
    said = _("The file is put aside; nothing of it was saved.")
    back = url_for(".milestone_files")
    return done(back, said, lambda: batches.discard(row, g.viewer, clock.now()))


@bp.get(f"{AT}/<int:batch_id>/problems.<kind>")
@requires(P.SHIPMENT_EDIT)
def milestone_problems(batch_id: int, kind: str) -> Response:
    """All that is wrong with a file, as a table to send back."""
    row = _batch(batch_id)
    if kind not in ("xlsx", "csv"):
        raise NotFound()
    heads = [_("Row"), _("Column"), _("Found"), _("Expected"), _("Severity")]
    words = {"error": _("Error"), "warning": _("Warning")}
    told = [revived_problem(each) for each in row.problems or []]
    rows = [[p.row, p.column, p.found, say(p.expected), words[p.severity]] for p in told]
    return table_response(kind, f"{_('problems')}_{row.file_name}", heads, rows, [None] * 5)


@bp.get(f"{AT}/import/template.<kind>")
@requires(P.SHIPMENT_EDIT)
def milestone_template(kind: str) -> Response:
    """An empty file with the headers that are read."""
    if kind not in ("xlsx", "csv"):
        raise NotFound()
    side = 1 if locale_code() == "en" else 0
    heads, out = [both[side] for both in HEADERS.values()], io.BytesIO()
    if kind == "xlsx":
        write_xlsx(out, heads, [], widths=[18] * len(heads))
    else:
        write_csv(out, [heads])
    mimetype = XLSX if kind == "xlsx" else "text/csv; charset=utf-8"
    return download(out.getvalue(), f"milestones.{kind}", mimetype)


def _receive(form: FileForm) -> ImportBatch:
    upload = received(form.file.data, "file", ("xlsx", "csv", "unknown"))
    return batches.receive(KIND, upload.body, upload.name, g.viewer, clock.now(), _instance(), {})


def _begin(row: ImportBatch) -> Response:
    """Have a worker take the file once this request is saved, and show how it goes."""
    batch_id = row.id

    @after_this_request
    def started(response: Response) -> Response:
        start(batch_id)
        return response

    return redirect(url_for(".milestone_file", batch_id=batch_id), 303)  # type: ignore[return-value]


def _batch(batch_id: int) -> ImportBatch:
    row = fetch(ImportBatch, batch_id)
    if row.kind != KIND:
        raise NotFound()
    return row


def _context(row: ImportBatch) -> dict[str, Any]:
    held, counts = at_work.is_held(_instance(), row.id), row.counts or {}
    has_stopped = batches.has_stopped(row, held, clock.now())
    return {
        "row": row,
        "state": BATCHES[row.state],
        "counts": counts,
        "applied": counts.get("applied", {}),
        "problems": [revived_problem(each) for each in (row.problems or [])[:SHOWN_PROBLEMS]],
        "lines": [_line(*line) for line in counts.get("lines", [])],
        "how_far": at_work.how_far(_instance(), row.id),
        "is_working": row.state in (BatchState.WAITING, *batches.WORKING) and not has_stopped,
        "has_stopped": has_stopped or row.state == BatchState.FAILED,
        "can_apply": row.state == BatchState.READY and bool(counts.get("changes", 0)),
    }


def _line(shipment: str, code: str, place: str, planned: str | None, actual: str | None) -> Any:
    shown = [instant(datetime.fromisoformat(at)) if at else "" for at in (planned, actual)]
    return {"shipment": shipment, "name": milestone_name(code), "place": place, "times": shown}


def _instance() -> Path:
    return Path(current_app.config["INSTANCE"])
