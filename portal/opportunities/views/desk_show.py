"""One opportunity at the desk."""

from __future__ import annotations

from typing import Any

from flask import g

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.db import audit
from portal.db.together import Inquiry, answers
from portal.documents.attached import attached_to
from portal.opportunities.forms.parts import NoteForm
from portal.opportunities.models import Opportunity
from portal.opportunities.views import beside, show_page
from portal.opportunities.views.door import bp, opportunity_of
from portal.opportunities.views.people import tree_of
from portal.web.pages import page
from portal.web.timeline import happenings

LATEST = 12


@bp.get("/opportunities/<int:opportunity_id>")
@requires(P.OPPORTUNITY_SEE)
def show(opportunity_id: int) -> Any:
    """Its page: course, worth, items, papers, tasks, notes, people."""
    return page(show_page.PAGE, **whole(opportunity_of(opportunity_id)))


@bp.get("/opportunities/<int:opportunity_id>/history")
@requires(P.OPPORTUNITY_SEE)
def history(opportunity_id: int) -> Any:
    """All that happened to it."""
    row = opportunity_of(opportunity_id)
    entries = happenings(audit.timeline(row, public_only=False))
    return page("opportunities/history.html", row=row, entries=entries)


def whole(row: Opportunity, form: NoteForm | None = None, private: bool = False) -> dict[str, Any]:
    """What the page shows; `form`: a note that was refused, `private` or for all."""
    entries = happenings(audit.timeline(row, public_only=False))
    asked: list[Inquiry[Any]] = [show_page.parts_asked(row), beside.papers(row)]
    parts, papers = answers(asked)
    return {
        **show_page.context(row),
        **parts,
        "papers": papers,
        "files": attached_to(row, g.viewer),
        "people": tree_of(row),
        "entries": entries[:LATEST],
        "more_entries": len(entries) > LATEST,
        "form": form or NoteForm(formdata=None),
        "refused_private": private if form else None,
    }
