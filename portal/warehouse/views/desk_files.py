"""Stock files at the desk: sent, checked without saving, applied whole or given up."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Response, flash, g, redirect, request, url_for
from flask_babel import gettext as _

from portal.access.guards import fetch, requires
from portal.access.permissions import Permission as P
from portal.customers.models import Customer
from portal.customers.queries import customers
from portal.db.base import db
from portal.jobs.batches import instance, start
from portal.kernel import clock
from portal.kernel.errors import FileProblems, Invalid, NotFound, Problem
from portal.kernel.text import t
from portal.usage.actions import at_work, batches
from portal.usage.actions.standing import problems_of, standing
from portal.usage.labels import BATCHES
from portal.usage.models import ImportBatch
from portal.warehouse.forms.forms import FileForm
from portal.warehouse.labels import COLUMNS, KINDS
from portal.warehouse.queries import stock
from portal.warehouse.views.doors import desk as bp
from portal.warehouse.views.file_lists import FILES
from portal.warehouse.views.parts import place_choices, stock_tabs
from portal.web.file_pages import SHOWN_PROBLEMS, begun, problems_response
from portal.web.forms import attempted, form_page
from portal.web.listing import list_page
from portal.web.pages import page, refused
from portal.web.uploads import received
from portal.web.words import say


@bp.get("/stock/files")
@requires(P.STOCK_RECORD)
def files() -> Any:
    """Every stock file that was sent."""
    return list_page(FILES, stock.batches(), "warehouse/files.html", tabs=stock_tabs(".files"))


@bp.route("/stock/files/new", methods=["GET", "POST"])
@requires(P.STOCK_RECORD)
def new_file() -> Any:
    """Send a file of movements or of goods."""
    form = _form()
    if form.validate_on_submit():
        try:
            row = attempted(form, lambda: _receive(form))
        except FileProblems as error:
            return refused("warehouse/file_new.html", form=form, problems=error.problems)
        if row is not None:
            return _begin(row)
    return form_page("warehouse/file_new.html", form, problems=())


def _form() -> FileForm:
    code = request.args.get("customer", "")[:24]
    form = FileForm(data={"customer": code, "kind": request.args.get("kind", "movements")})
    form.warehouse_id.choices = [(0, _("As the file says")), *place_choices()]
    return form


def _receive(form: FileForm) -> ImportBatch:
    upload = received(form.file.data, "file", ("xlsx", "csv", "unknown"))
    options: dict[str, Any] = {"in_cm3": bool(form.in_cm3.data)}
    if form.warehouse_id.data:
        options["warehouse_id"] = form.warehouse_id.data
    code = (form.customer.data or "").strip().upper()
    if code:
        found = db.session.scalar(customers(g.viewer).where(Customer.code == code))
        if found is None:
            raise Invalid(t("There is no customer with this code."), "customer")
        options["customer_id"] = found.id
    now = clock.now()
    return batches.receive(
        form.kind.data, upload.body, upload.name, g.viewer, now, instance(), options=options
    )


def _begin(row: ImportBatch) -> Response:
    return begun(start, row.id, url_for(".file", batch_id=row.id))


@bp.get("/stock/files/<int:batch_id>")
@requires(P.STOCK_RECORD)
def file(batch_id: int) -> Any:
    """How a file stands: being read, what is wrong, what it would do, applied."""
    row = _batch(batch_id)
    stands = standing(row, instance(), clock.now())
    return page(
        "warehouse/file.html",
        row=row,
        label=BATCHES[row.state],
        counts=stands.counts,
        problems=_problems(row)[:SHOWN_PROBLEMS],
        far=stands.how_far,
        kinds=KINDS,
        is_working=stands.is_working,
        has_stopped=stands.has_stopped,
    )


@bp.post("/stock/files/<int:batch_id>/apply")
@requires(P.STOCK_RECORD)
def apply_file(batch_id: int) -> Response:
    """Post all of the file, or nothing."""
    row = _batch(batch_id)
    batches.ask_to_apply(row, clock.now())
    return _begin(row)


@bp.post("/stock/files/<int:batch_id>/again")
@requires(P.STOCK_RECORD)
def again(batch_id: int) -> Response:
    """Start work that stopped again."""
    row = _batch(batch_id)
    batches.start_again(row, at_work.is_held(instance(), row.id), clock.now())
    return _begin(row)


@bp.post("/stock/files/<int:batch_id>/discard")
@requires(P.STOCK_RECORD)
def discard_file(batch_id: int) -> Response:
    """Give a file up."""
    batches.discard(_batch(batch_id), g.viewer, clock.now())
    flash(_("The file is put aside; nothing of it was saved."), "success")
    return redirect(url_for(".files"), 303)  # type: ignore[return-value]


@bp.get("/stock/files/<int:batch_id>/problems.<kind>")
@requires(P.STOCK_RECORD)
def problems(batch_id: int, kind: str) -> Response:
    """All that is wrong with a file, as a table to send back."""
    row = _batch(batch_id)
    return problems_response(kind, row.file_name, _problems(row))


def _problems(row: ImportBatch) -> list[Problem]:
    """What is wrong with a file; a column that it does not have is named in the reader's language."""
    return [_named(each) for each in problems_of(row)]


def _named(problem: Problem) -> Problem:
    words = COLUMNS.get(problem.column or "")
    return problem if words is None else replace(problem, column=say(words))


def _batch(batch_id: int) -> ImportBatch:
    """A stock file; files of other kinds are another room's."""
    row = fetch(ImportBatch, batch_id)
    if row.kind not in stock.FILE_KINDS:
        raise NotFound()
    return row
