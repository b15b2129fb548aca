"""Comparisons at the desk: months against months, and the rows behind each figure."""

from __future__ import annotations

from typing import Any

from flask import g, request

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.insights.views import comparison_page, comparison_rows
from portal.insights.views.comparison_question import asked, words
from portal.insights.views.table_files import table_file
from portal.kernel import clock
from portal.kernel.errors import NotFound
from portal.receivables.rules.report_months import asked_months
from portal.web import doors
from portal.web.listing import list_page
from portal.web.pages import page

bp = doors.desk("comparisons", __name__)


@bp.get("/comparisons")
@requires(P.INSIGHT_SEE)
def index() -> Any:
    """One report: business, growth, churn, regions, requests, satisfaction or load."""
    question = asked()
    found = table_file(comparison_page.tables(question))
    return found or page("insights/comparisons.html", **comparison_page.page_context(question))


@bp.get("/comparisons/rows/<what>")
@requires(P.INSIGHT_SEE)
def rows(what: str) -> Any:
    """The rows behind a figure: months of customers, or requests."""
    if what not in comparison_rows.SPECS:
        raise NotFound()
    given = request.args
    months = asked_months(given.get("from", ""), given.get("to", ""), clock.today())
    return list_page(
        comparison_rows.SPECS[what],
        comparison_rows.STATEMENTS[what](months, g.viewer),
        "insights/comparison_rows.html",
        span=words(months),
        heading=comparison_rows.heading(what),
    )
