"""Files of milestones at the desk: sent, checked without saving, previewed, applied whole or put aside."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Response, g, url_for
from flask_babel import gettext as _

from portal.access.guards import fetch, requires
from portal.access.permissions import Permission as P
from portal.jobs.batches import instance, start
from portal.kernel import clock
from portal.kernel.errors import FileProblems, NotFound
from portal.kernel.text import t
from portal.shipments.actions.milestone_files import KIND
from portal.shipments.forms.files import FileForm
from portal.shipments.rules.milestone_rows import HEADERS
from portal.shipments.rules.plans import NAMES
from portal.shipments.rules.plans import name_of as milestone_name
from portal.shipments.views.desk_shipments import bp
from portal.shipments.views.steps import done
from portal.usage.actions import at_work, batches
from portal.usage.actions.standing import problems_of, standing
from portal.usage.labels import BATCHES
from portal.usage.models import ImportBatch
from portal.usage.queries import records
from portal.web.chips import chip
from portal.web.file_pages import SHOWN_PROBLEMS, begun, problems_response, template_response
from portal.web.filters import instant
from portal.web.forms import attempted, form_page
from portal.web.listing import Column, Empty, ListSpec, list_page
from portal.web.pages import page, refused
from portal.web.uploads import received
from portal.web.words import say

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
    batches.start_again(row, at_work.is_held(instance(), batch_id), clock.now())
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
    return problems_response(kind, row.file_name, problems_of(row))


@bp.get(f"{AT}/import/template.<kind>")
@requires(P.SHIPMENT_EDIT)
def milestone_template(kind: str) -> Response:
    """An empty file with the headers that are read."""
    return template_response(kind, "milestones", HEADERS.values())


def _receive(form: FileForm) -> ImportBatch:
    upload = received(form.file.data, "file", ("xlsx", "csv", "unknown"))
    return batches.receive(KIND, upload.body, upload.name, g.viewer, clock.now(), instance(), {})


def _begin(row: ImportBatch) -> Response:
    return begun(start, row.id, url_for(".milestone_file", batch_id=row.id))


def _batch(batch_id: int) -> ImportBatch:
    row = fetch(ImportBatch, batch_id)
    if row.kind != KIND:
        raise NotFound()
    return row


def _context(row: ImportBatch) -> dict[str, Any]:
    file = standing(row, instance(), clock.now())
    counts = file.counts
    return {
        "row": row,
        "state": BATCHES[row.state],
        "counts": counts,
        "applied": file.applied,
        "problems": problems_of(row)[:SHOWN_PROBLEMS],
        "lines": [_line(*line) for line in counts.get("lines", [])],
        "how_far": file.how_far,
        "is_working": file.is_working,
        "has_stopped": file.has_stopped,
        "can_apply": file.is_ready and bool(counts.get("changes", 0)),
    }


def _line(shipment: str, code: str, place: str, planned: str | None, actual: str | None) -> Any:
    shown = [instant(datetime.fromisoformat(at)) if at else "" for at in (planned, actual)]
    return {"shipment": shipment, "name": milestone_name(code), "place": place, "times": shown}
