"""A file of shipments priced by a tariff, on a page."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

from flask import Response, g
from flask_babel import gettext as _

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.catalogue.actions import batch as actions
from portal.catalogue.forms.sheets import BatchForm
from portal.catalogue.queries.tariffs import tariff, usable_for_batch
from portal.catalogue.views.doors import tariffs as bp
from portal.catalogue.views.drawing import place_names
from portal.catalogue.views.imports import instance
from portal.catalogue.views.tariffs import today
from portal.kernel import clock
from portal.kernel.errors import FileProblems, NotFound
from portal.web.exports import XLSX, download
from portal.web.forms import attempted, form_page
from portal.web.pages import page, refused
from portal.web.uploads import received
from portal.web.words import name_of, say

MOST_ROWS = 20_000
SHOWN = 50
KEPT_SECONDS = 24 * 3600


@bp.route("/batch", methods=["GET", "POST"])
@requires(P.PRICE_BATCH)
def batch() -> Any:
    """Send a file of shipments, see what it costs, take the answer home as a sheet."""
    form = _form()
    if form.validate_on_submit():
        try:
            priced = attempted(form, lambda: _priced(form))
        except FileProblems as error:
            return refused("tariffs/batch.html", form=form, problems=error.problems)
        if priced is not None:
            by = tariff(form.tariff_id.data, g.viewer)
            shown = {"totals": priced.totals, "tariff": by, "answer": _kept(priced)}
            shown["places"] = place_names()
            return page("tariffs/batch_done.html", batch=priced, most=SHOWN, **shown)
    return form_page("tariffs/batch.html", form, problems=())


def _form() -> BatchForm:
    form = BatchForm(data={"on": today()})
    form.tariff_id.choices = [
        (row.id, f"{row.code} · {name_of(row.scheme)} · {row.valid_from}")
        for row in usable_for_batch(g.viewer)
    ]
    return form


def _priced(form: BatchForm) -> actions.Batch:
    upload = received(form.file.data, "file", ("xlsx", "csv", "unknown"))
    by = tariff(form.tariff_id.data, g.viewer)
    return actions.price_file(
        upload.body,
        upload.name,
        by,
        g.viewer,
        on=form.on.data,
        cheapest=bool(form.cheapest.data),
        most_rows=MOST_ROWS,
    )


def _kept(priced: actions.Batch) -> str:
    """The answer as a file that only this viewer may fetch, for a day; its name."""
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.xlsx"):
        if old.stat().st_mtime < clock.now().timestamp() - KEPT_SECONDS:
            old.unlink(missing_ok=True)
    name = secrets.token_urlsafe(12)
    actions.write_answer(folder / f"{name}.xlsx", priced, say)
    return name


def _folder() -> Path:
    return instance() / "batches" / str(g.viewer.user_id)


@bp.get("/batch/<string:name>.xlsx")
@requires(P.PRICE_BATCH)
def batch_answer(name: str) -> Response:
    """The answer to a file that this viewer sent."""
    path = _folder() / f"{name}.xlsx"
    if not path.resolve().is_relative_to(_folder().resolve()) or not path.is_file():
        raise NotFound()
    return download(path.read_bytes(), f"{_('priced shipments')}.xlsx", XLSX)
