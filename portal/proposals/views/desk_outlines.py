"""The firm's outlines of proposals."""

from __future__ import annotations

from typing import Any

from flask import flash, g
from flask_babel import gettext as _

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.db.base import db
from portal.kernel import clock
from portal.kernel.errors import NotFound
from portal.proposals import queries
from portal.proposals.actions import outlines
from portal.proposals.actions.outlines import Outlined
from portal.proposals.forms.writing import OutlineForm
from portal.proposals.models import ProposalOutline
from portal.proposals.rules.sections import Part, first_parts, from_json, to_json
from portal.proposals.views.door import arranged, outline_door
from portal.web.forms import attempted, form_page
from portal.web.pages import page
from portal.web.stepping import to

bp = outline_door


@bp.get("/proposal-outlines")
@requires(P.SALES_SET)
def index() -> Any:
    """All of them, also those out of use."""
    rows = [(row, from_json(row.sections)) for row in queries.outlines(all_=True)]
    return page("proposals/outlines.html", rows=rows)


@bp.route("/proposal-outlines/new", methods=["GET", "POST"])
@requires(P.SALES_SET)
def new() -> Any:
    """Another way to divide a proposal."""
    return _written(None, first_parts())


@bp.route("/proposal-outlines/<int:outline_id>", methods=["GET", "POST"])
@requires(P.SALES_SET)
def edit(outline_id: int) -> Any:
    """Its headings and the words to begin with."""
    row = db.session.get(ProposalOutline, outline_id)
    if row is None:
        raise NotFound()
    return _written(row, from_json(row.sections))


def _written(row: ProposalOutline | None, parts: tuple[Part, ...]) -> Any:
    form = OutlineForm(obj=row, data={"active": True} if row is None else {})
    if not form.is_submitted():
        while form.sections.entries:
            form.sections.pop_entry()
        for part in to_json(parts):
            form.sections.append_entry(part)
    if form.validate_on_submit():
        kept, anchor = arranged(form.parts)
        said = Outlined(form.name_zh.data or "", form.name_en.data or "", kept, form.active.data)
        saved = attempted(form, lambda: outlines.save(row, said, g.viewer, clock.now()))
        if saved is not None:
            if anchor:
                return to("desk_proposal_outlines.edit", outline_id=saved.id, anchor=anchor)
            flash(_("Saved."), "success")
            return to("desk_proposal_outlines.index")
    return form_page("proposals/outline_edit.html", form, row=row)
