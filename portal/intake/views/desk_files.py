"""Files of customers at the desk: sent, checked without saving, applied whole or given up."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, g, redirect, request, url_for
from flask_babel import gettext as _

from portal.access.guards import fetch, requires
from portal.access.permissions import Permission as P
from portal.intake.actions import files as actions
from portal.intake.forms import FileForm
from portal.intake.labels import FIGURES, OUTCOMES
from portal.intake.queries import current
from portal.intake.queries import files as queries
from portal.intake.rules.fields import FIELDS, heads_of
from portal.intake.rules.heads import Heads, missing
from portal.intake.rules.kinds import KINDS
from portal.intake.views.door import files as bp
from portal.intake.views.lists import FILES
from portal.jobs.batches import instance, start
from portal.kernel import clock
from portal.kernel.errors import FileProblems, NotFound
from portal.usage.actions import at_work, batches
from portal.usage.actions.standing import problems_of, standing
from portal.usage.labels import BATCHES
from portal.usage.models import ImportBatch
from portal.web.exports import table_response
from portal.web.file_pages import SHOWN_PROBLEMS, begun, problems_response, template_response
from portal.web.forms import attempted, form_page
from portal.web.listing import list_page
from portal.web.pages import page, refused
from portal.web.uploads import received
from portal.web.words import locale_code, say


@bp.get("/intake")
@requires(P.CUSTOMER_IMPORT)
def index() -> Any:
    """Every file that was sent."""
    return list_page(FILES, queries.sent(), "intake/index.html", kinds=KINDS)


@bp.route("/intake/new", methods=["GET", "POST"])
@requires(P.CUSTOMER_IMPORT)
def new() -> Any:
    """Send a file; where its heads are not understood, say which column is what."""
    form = FileForm(data={"kind": request.args.get("kind", "customers")})
    if form.validate_on_submit():
        try:
            sent = attempted(form, lambda: _received(form))
        except FileProblems as error:
            return refused("intake/new.html", form=form, problems=error.problems, kinds=KINDS)
        if sent is not None:
            return _go_on(*sent)
    return form_page("intake/new.html", form, problems=(), kinds=KINDS)


def _received(form: FileForm) -> tuple[ImportBatch, Heads]:
    upload = received(form.file.data, "file", ("xlsx", "csv", "unknown"))
    options = {"blank_clears": bool(form.blank_clears.data)}
    kind, now = str(form.kind.data), clock.now()
    return actions.receive(kind, upload.body, upload.name, options, g.viewer, now, instance())


def _go_on(row: ImportBatch, heads: Heads) -> Response:
    """To the mapping where a needed column was not found; the check begins either way and names it."""
    to_mapping = bool(missing(heads))
    return begin(row, ".heads" if to_mapping else ".show")


def begin(row: ImportBatch, endpoint: str = ".show") -> Response:
    """Have the worker take the file once this request is saved, and show how it goes."""
    return begun(start, row.id, url_for(endpoint, batch_id=row.id))


@bp.get("/intake/<int:batch_id>")
@requires(P.CUSTOMER_IMPORT)
def show(batch_id: int) -> Any:
    """How a file stands: being read, what is wrong, what it would do, applied."""
    row = batch(batch_id)
    stands = standing(row, instance(), clock.now())
    fields = FIELDS[row.kind]
    side = 1 if locale_code() == "en" else 0
    return page(
        "intake/show.html",
        row=row,
        stands=stands,
        label=BATCHES[row.state],
        kind=KINDS[row.kind],
        problems=problems_of(row)[:SHOWN_PROBLEMS],
        figures=[(say(text), stands.counts.get(name)) for name, text in FIGURES.items()],
        outcomes=OUTCOMES,
        names={code: (each.zh, each.en)[side] for code, each in fields.items()},
    )


@bp.post("/intake/<int:batch_id>/apply")
@requires(P.CUSTOMER_IMPORT)
def apply(batch_id: int) -> Response:
    """Write all of the file, or nothing."""
    row = batch(batch_id)
    batches.ask_to_apply(row, clock.now())
    return begin(row)


@bp.post("/intake/<int:batch_id>/again")
@requires(P.CUSTOMER_IMPORT)
def again(batch_id: int) -> Response:
    """Start work that stopped again."""
    row = batch(batch_id)
    batches.start_again(row, at_work.is_held(instance(), row.id), clock.now())
    return begin(row)


@bp.post("/intake/<int:batch_id>/discard")
@requires(P.CUSTOMER_IMPORT)
def discard(batch_id: int) -> Response:
    """Give a file up."""
    batches.discard(batch(batch_id), g.viewer, clock.now())
    flash(_("The file is put aside; nothing of it was saved."), "success")
    return redirect(url_for(".index"), 303)  # type: ignore[return-value]


@bp.get("/intake/<int:batch_id>/problems.<kind>")
@requires(P.CUSTOMER_IMPORT)
def problems(batch_id: int, kind: str) -> Response:
    """All that is wrong with a file, as a table to send back."""
    row = batch(batch_id)
    return problems_response(kind, row.file_name, problems_of(row))


@bp.get("/intake/template/<holds>.<kind>")
@requires(P.CUSTOMER_IMPORT)
def template(holds: str, kind: str) -> Response:
    """An empty file with every head that is read."""
    if holds not in KINDS:
        raise NotFound()
    return template_response(kind, say(KINDS[holds]), heads_of(holds))


@bp.get("/intake/current/<holds>.<kind>")
@requires(P.CUSTOMER_IMPORT)
def as_it_is(holds: str, kind: str) -> Response:
    """What is known now, as a file that changes nothing when it comes in again."""
    if holds not in KINDS or kind not in ("xlsx", "csv"):
        raise NotFound()
    side = 1 if locale_code() == "en" else 0
    heads = current.heads(holds, side)
    rows = current.rows(holds, g.viewer, side)
    return table_response(kind, say(KINDS[holds]), heads, rows, [None] * len(heads))


def batch(batch_id: int) -> ImportBatch:
    """A file of this room; files of other kinds are another room's."""
    row = fetch(ImportBatch, batch_id)
    if row.kind not in queries.KINDS:
        raise NotFound()
    return row
