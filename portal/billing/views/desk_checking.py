"""Statements worked out again from what they came from; papers previewed, and printed anew where that failed."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Response, after_this_request, make_response, url_for
from flask_babel import gettext as _

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.access.scope import past_the_walls
from portal.billing.actions import papers, printing, verifying
from portal.billing.models import Statement, StatementRevision
from portal.billing.queries import statements as queries
from portal.billing.views.desk_door import line_of, statement_of, to_statement
from portal.billing.views.desk_door import statement_door as bp
from portal.documents.page import stylesheet_tag
from portal.documents.queries import firm_on_paper
from portal.kernel import clock
from portal.web.filters import static_url
from portal.web.pages import page
from portal.web.stepping import done_or_stale

SHOWN = 200


@bp.get("/statements/<int:statement_id>/check")
@requires(P.STATEMENT_SEE)
def check(statement_id: int) -> Any:
    """Every line worked out again, beside what is stored."""
    statement = statement_of(statement_id)
    found = _differences(statement)
    shown = {"differences": found[:SHOWN], "count": len(found)}
    return page("billing/desk_check.html", statement=statement, **shown)


@bp.get("/statements/lines/<int:line_id>/check")
@requires(P.STATEMENT_SEE)
def check_line(line_id: int) -> Any:
    """One line worked out again."""
    line = line_of(line_id)
    found = [each for each in _differences(line.statement) if each.line == line.serial]
    shown = {"differences": found[:SHOWN], "count": len(found)}
    return page("billing/desk_check.html", statement=line.statement, line=line, **shown)


@bp.get("/statements/<int:statement_id>/paper")
@requires(P.STATEMENT_SEE)
def paper_preview(statement_id: int) -> Response:
    """The paper as it would be printed now."""
    tag = stylesheet_tag(firm_on_paper().colours, papers.TEMPLATE)
    sheet = url_for("desk_contracts.paper_sheet", v=tag, paper="statement")
    sheets = (sheet, static_url("css/preview.css"))
    html = papers.preview(statement_of(statement_id), clock.now(), stylesheets=sheets)
    response = make_response(html)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@bp.post("/statements/<int:statement_id>/revisions/<int:number>/print")
@requires(P.STATEMENT_PUBLISH)
def print_again(statement_id: int, number: int) -> Response:
    """Try once more what could not be printed."""
    revision = queries.revision(statement_of(statement_id), number)
    verb = partial(printing.print_again, revision)
    return done_or_stale(
        to_statement(statement_id, "revisions"), _("It is printed in the background."), verb
    )


def printed_after(revision: StatementRevision) -> None:
    """Print a short paper as soon as this request is saved; the worker prints the long ones."""
    revision_id, is_short = revision.id, revision.line_count <= printing.PRINTED_AT_ONCE

    @after_this_request
    def printed(response: Response) -> Response:
        if is_short and response.status_code < 400:
            printing.print_one(revision_id, clock.now())
        return response


def _differences(statement: Statement) -> list[verifying.Difference]:
    with past_the_walls():
        return verifying.differences(statement)
