"""Files of usage at the desk: sent, checked without saving, previewed, applied whole or given up."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from flask import Response, g, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from portal.access.guards import fetch, requires
from portal.access.permissions import Permission as P
from portal.access.scope import visible
from portal.catalogue.models import ServiceItem
from portal.customers.models import Customer
from portal.db.base import db
from portal.jobs.batches import start
from portal.kernel import clock
from portal.kernel.errors import FileProblems, NotFound
from portal.kernel.units import unit_word
from portal.usage.actions import at_work, batches
from portal.usage.actions.importing import KIND, SOURCE
from portal.usage.actions.standing import problems_of, standing
from portal.usage.forms import UploadForm
from portal.usage.labels import BATCHES, MISMATCHES
from portal.usage.models import ImportBatch
from portal.usage.queries import records as queries
from portal.usage.rules.columns import HEADERS
from portal.usage.views.desk_door import bp, done, instance, tabs
from portal.usage.views.lists import FILES
from portal.web.file_pages import SHOWN_PROBLEMS, begun, problems_response, template_response
from portal.web.filters import quantity
from portal.web.forms import attempted, form_page
from portal.web.listing import list_page
from portal.web.pages import page, refused
from portal.web.uploads import received
from portal.web.words import name_of

SHOWN_LINES = 100


@bp.get("/usage/imports")
@requires(P.USAGE_RECORD)
def imports() -> Any:
    """Every file that was sent."""
    return list_page(FILES, queries.batches(KIND), "usage/imports.html", tabs=tabs("imports"))


@bp.route("/usage/import", methods=["GET", "POST"])
@requires(P.USAGE_RECORD)
def import_() -> Any:
    """Send a file."""
    form = UploadForm(data={"source": SOURCE})
    if form.validate_on_submit():
        try:
            row = attempted(form, lambda: _receive(form))
        except FileProblems as error:
            return refused("usage/import.html", form=form, problems=error.problems)
        if row is not None:
            return _begin(row)
    return form_page("usage/import.html", form, problems=())


def _receive(form: UploadForm) -> ImportBatch:
    upload = received(form.file.data, "file", ("xlsx", "csv", "unknown"))
    options = {"source": (form.source.data or "").strip() or SOURCE}
    now = clock.now()
    return batches.receive(KIND, upload.body, upload.name, g.viewer, now, instance(), options)


def _begin(row: ImportBatch) -> Response:
    return begun(start, row.id, url_for(".show_import", batch_id=row.id))


def _batch(batch_id: int) -> ImportBatch:
    row = fetch(ImportBatch, batch_id)
    if row.kind != KIND:
        raise NotFound()
    return row


@bp.get("/usage/imports/<int:batch_id>")
@requires(P.USAGE_RECORD)
def show_import(batch_id: int) -> Any:
    """How a file stands: being read, what is wrong, what it would draw, applied."""
    return page("usage/import_show.html", **_context(_batch(batch_id)))


def _context(row: ImportBatch) -> dict[str, Any]:
    file = standing(row, instance(), clock.now())
    counts = file.counts
    return {
        "row": row,
        "state": BATCHES[row.state],
        "counts": counts,
        "applied": file.applied,
        "problems": problems_of(row)[:SHOWN_PROBLEMS],
        "lines": _lines(counts.get("lines", [])[:SHOWN_LINES]),
        "units": [
            (quantity(Decimal(total)), unit_word(unit))
            for unit, total in counts.get("units", {}).items()
        ],
        "reasons": [(MISMATCHES[why], n) for why, n in counts.get("reasons", {}).items()],
        "how_far": file.how_far,
        "is_working": file.is_working,
        "has_stopped": file.has_stopped,
        "can_apply": file.is_ready and bool(counts.get("matched", 0) + counts.get("queued", 0)),
    }  # fmt: skip


def _lines(lines: Sequence[Sequence[Any]]) -> list[dict[str, Any]]:
    """The preview's lines with the names of customers and services."""
    codes = {line[1] for line in lines}
    known = db.session.scalars(select(ServiceItem).where(ServiceItem.code.in_(sorted(codes))))
    services = {each.code: name_of(each) for each in known}
    ids = {line[0] for line in lines}
    statement = visible(select(Customer), Customer, g.viewer).where(Customer.id.in_(sorted(ids)))
    names = {each.id: name_of(each) for each in db.session.scalars(statement)} if ids else {}
    return [
        {
            "customer": names.get(customer_id, ""),
            "item": services.get(item, item),
            "unit": unit_word(unit),
            "rows": f"{rows:,}",
            "quantity": quantity(Decimal(total)),
            "queued": f"{queued:,}" if queued else "",
            "over": quantity(Decimal(over)) if Decimal(over) else "",
        }
        for customer_id, item, unit, rows, total, queued, over in lines
    ]


@bp.post("/usage/imports/<int:batch_id>/apply")
@requires(P.USAGE_RECORD)
def apply_import(batch_id: int) -> Any:
    """Record all its rows, or none."""
    row = _batch(batch_id)
    batches.ask_to_apply(row, clock.now())
    return _begin(row)


@bp.post("/usage/imports/<int:batch_id>/discard")
@requires(P.USAGE_RECORD)
def discard_import(batch_id: int) -> Response:
    """Give a file up."""
    row = _batch(batch_id)
    said = _("The file is put aside; nothing of it was saved.")
    return done(url_for(".imports"), said, lambda: batches.discard(row, g.viewer, clock.now()))


@bp.post("/usage/imports/<int:batch_id>/again")
@requires(P.USAGE_RECORD)
def again(batch_id: int) -> Any:
    """Take up the work on a file whose worker has died, or which failed."""
    row = _batch(batch_id)
    batches.start_again(row, at_work.is_held(instance(), batch_id), clock.now())
    return _begin(row)


@bp.get("/usage/imports/<int:batch_id>/problems.<kind>")
@requires(P.USAGE_RECORD)
def problems(batch_id: int, kind: str) -> Response:
    """All that is wrong with a file, as a table to send back."""
    row = _batch(batch_id)
    return problems_response(kind, row.file_name, problems_of(row))


@bp.get("/usage/import/template.<kind>")
@requires(P.USAGE_RECORD)
def template(kind: str) -> Response:
    """An empty file with the headers that are read."""
    return template_response(kind, "usage", HEADERS.values())
