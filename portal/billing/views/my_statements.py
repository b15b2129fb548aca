"""The customers' statements: the list with its archive, one statement, its revisions and lines, their papers."""

from __future__ import annotations

from typing import Any

from flask import Response, g

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.billing.queries import statements as queries
from portal.billing.rules.confirming import may_dispute
from portal.billing.rules.states import LineState, StatementState
from portal.billing.views import my_answers, my_files, my_layout, my_running
from portal.billing.views.line_list import lines_of, lines_spec
from portal.billing.views.line_page import line_context
from portal.billing.views.my_door import line_of, statement_of
from portal.billing.views.my_door import statement_door as bp
from portal.billing.views.my_statement_list import list_spec, mine, shown
from portal.billing.views.my_statement_page import context, revision_page
from portal.billing.views.revision_page import document_of
from portal.billing.views.summary import summary
from portal.documents.serving import pdf_response
from portal.web.listing import list_page
from portal.web.pages import page

MODULES = (my_answers, my_files, my_layout, my_running)
"""They hang their views on the same door."""
AT = "/statements/<int:statement_id>"


@bp.get("/statements")
@requires(P.STATEMENT_SEE)
def index() -> Any:
    """Every statement that was published for us, the latest first; older years behind a choice."""
    template = "billing/my_index.html"
    return list_page(
        list_spec(g.viewer), mine(g.viewer), template, beside=lambda found: {"bills": shown(found)}
    )


@bp.get(AT)
@requires(P.STATEMENT_SEE)
def show(statement_id: int) -> Any:
    """What it comes to, what waits for an answer, and a hundred of its lines."""
    statement = statement_of(statement_id)
    sums = summary(statement, g.viewer)
    beside = lambda records: context(statement, sums, records)  # noqa: E731
    spec = lines_spec(statement, sums)
    return list_page(spec, lines_of(statement), "billing/my_show.html", beside=beside)


@bp.get(f"{AT}/revisions/<int:number>")
@requires(P.STATEMENT_SEE)
def revision(statement_id: int, number: int) -> Any:
    """What a revision said, and what it changed in the one before."""
    statement = statement_of(statement_id)
    row, sums = queries.revision(statement, number), summary(statement, g.viewer, number)
    beside = lambda records: revision_page(statement, row, sums, records)  # noqa: E731
    spec, lines = lines_spec(statement, sums), lines_of(statement, number)
    return list_page(spec, lines, "billing/my_revision.html", beside=beside)


@bp.get(f"{AT}/revisions/<int:number>/paper")
@requires(P.STATEMENT_SEE)
def paper(statement_id: int, number: int) -> Response:
    """The stored PDF of a revision."""
    row = queries.revision(statement_of(statement_id), number)
    return pdf_response(document_of(row.document_id, g.viewer))


@bp.get("/statements/lines/<int:line_id>")
@requires(P.STATEMENT_SEE)
def line(line_id: int) -> Any:
    """One line: how it arose, what stands behind it, what was said to it."""
    row = line_of(line_id)
    asked = may_dispute(StatementState(row.statement.state), LineState(row.state))
    may = asked and row.until_revision is None
    may_answer = {
        "dispute": may and g.viewer.may(P.DISPUTE_RAISE),
        "confirm": may and g.viewer.may(P.STATEMENT_CONFIRM),
    }
    return page("billing/my_line.html", may=may_answer, **line_context(row, "my"))
