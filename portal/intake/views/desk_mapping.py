"""Which column of a file is what, and what its words mean: chosen by a person, for the whole file."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, g, redirect, request, url_for
from flask_babel import gettext as _

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.intake.actions import files as actions
from portal.intake.actions.planning import heads_of
from portal.intake.labels import NOTHING, TO_NOTE
from portal.intake.rules.fields import ASIDE, FIELDS
from portal.intake.rules.heads import Heads
from portal.intake.rules.spelling import folded
from portal.intake.views.desk_files import batch, begin
from portal.intake.views.door import files as bp
from portal.jobs.batches import instance
from portal.kernel import clock
from portal.kernel.errors import Invalid
from portal.usage.actions import batches
from portal.usage.models import ImportBatch
from portal.web.pages import page, refused
from portal.web.words import locale_code, say


@bp.route("/intake/<int:batch_id>/heads", methods=["GET", "POST"])
@requires(P.CUSTOMER_IMPORT)
def heads(batch_id: int) -> Any:
    """Which column says what; remembered for the next file of this layout."""
    row = batch(batch_id)
    found = _heads(row)
    chosen = {each.head: each.field for each in found.columns}
    if request.method == "GET":
        return page("intake/heads.html", **_mapping(row, found, chosen))
    chosen |= {each.head: request.form.get(f"c{each.index}", "") for each in found.columns}
    try:
        actions.choose_heads(row, found, chosen, g.viewer, clock.now())
    except Invalid as error:
        flash(say(error.text), "error")
        return refused("intake/heads.html", **_mapping(row, found, chosen))
    return begin(row)


def _mapping(row: ImportBatch, found: Heads, chosen: dict[str, str]) -> dict[str, Any]:
    side = 1 if locale_code() == "en" else 0
    fields = [(code, (each.zh, each.en)[side]) for code, each in FIELDS[row.kind].items()]
    choices = [("", say(NOTHING)), (ASIDE, say(TO_NOTE)), *fields]
    return {"row": row, "heads": found, "choices": choices, "chosen": chosen}


@bp.post("/intake/<int:batch_id>/words")
@requires(P.CUSTOMER_IMPORT)
def words(batch_id: int) -> Response:
    """Take the words as a person says they are meant; where nothing is said the word stays open."""
    row = batch(batch_id)
    meant: dict[tuple[str, str], str] = {}
    for number, each in enumerate(row.counts.get("spellings", ())):
        if said := request.form.get(f"w{number}", "").strip():
            meant[each["field"], folded(each["found"])] = said
    if not meant:
        flash(_("Say for at least one word what it is meant for."), "error")
        return redirect(url_for(".show", batch_id=row.id), 303)  # type: ignore[return-value]
    actions.accept_words(row, _heads(row), meant, g.viewer, clock.now())
    return begin(row)


@bp.post("/intake/<int:batch_id>/leave-out")
@requires(P.CUSTOMER_IMPORT)
def leave_out(batch_id: int) -> Response:
    """Read the file again without the rows that name no customer."""
    row = batch(batch_id)
    actions.leave_out_blank(row, clock.now())
    return begin(row)


def _heads(row: ImportBatch) -> Heads:
    return heads_of(row, batches.kept_file(row, instance()))
