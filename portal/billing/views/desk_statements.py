"""The desk's statements: the list, the page of one with its lines, its revisions and its history."""

from __future__ import annotations

from typing import Any

from flask import Response, g

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.billing.queries import statements as queries
from portal.billing.views import (
    desk_answers,
    desk_checking,
    desk_correcting,
    desk_lines,
    desk_runs,
    desk_statement_steps,
)
from portal.billing.views.desk_door import statement_door as bp
from portal.billing.views.desk_door import statement_of
from portal.billing.views.line_list import lines_of, lines_spec
from portal.billing.views.revision_page import document_of, revision_context
from portal.billing.views.statement_history import HISTORY, entries
from portal.billing.views.statement_list import STATEMENTS_LIST, one_customer
from portal.billing.views.statement_page import context
from portal.billing.views.summary import summary
from portal.documents.serving import pdf_response
from portal.service_requests.desk_card import card
from portal.web.listing import list_page

MODULES = (
    desk_answers,
    desk_checking,
    desk_correcting,
    desk_lines,
    desk_runs,
    desk_statement_steps,
)
"""They hang their views on the same door."""
SHOW = "billing/desk_show.html"


@bp.get("/statements")
@requires(P.STATEMENT_SEE)
def index() -> Any:
    """Every statement that one may see."""
    rows, spec = queries.statements(g.viewer), one_customer(STATEMENTS_LIST)
    return list_page(spec, rows, "billing/desk_index.html")


@bp.get("/statements/<int:statement_id>")
@requires(P.STATEMENT_SEE)
def show(statement_id: int) -> Any:
    """One statement with a hundred of its lines."""
    statement = statement_of(statement_id)
    sums = summary(statement, g.viewer)
    asked = card("statement", statement_id, g.viewer)
    beside = lambda records: {**context(statement, sums, records), **asked}  # noqa: E731
    return list_page(lines_spec(statement, sums), lines_of(statement), SHOW, beside=beside)


@bp.get("/statements/<int:statement_id>/revisions/<int:number>")
@requires(P.STATEMENT_SEE)
def revision(statement_id: int, number: int) -> Any:
    """What a published revision said, and what it changed."""
    statement = statement_of(statement_id)
    row, sums = queries.revision(statement, number), summary(statement, g.viewer, number)
    beside = lambda records: revision_context(statement, row, sums, records)  # noqa: E731
    spec, lines = lines_spec(statement, sums), lines_of(statement, number)
    return list_page(spec, lines, "billing/desk_revision.html", beside=beside)


@bp.get("/statements/<int:statement_id>/revisions/<int:number>/paper")
@requires(P.STATEMENT_SEE)
def paper(statement_id: int, number: int) -> Response:
    """The stored PDF of a revision."""
    row = queries.revision(statement_of(statement_id), number)
    return pdf_response(document_of(row.document_id, g.viewer))


@bp.get("/statements/<int:statement_id>/history")
@requires(P.STATEMENT_SEE)
def history(statement_id: int) -> Any:
    """All that happened to it."""
    statement = statement_of(statement_id)
    template = "billing/desk_history.html"
    return list_page(HISTORY, entries(statement), template, shown=statement)
