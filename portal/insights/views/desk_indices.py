"""The logistics indices at the desk: figures with their definitions, each opens its rows."""

from __future__ import annotations

from typing import Any

from flask import request, url_for

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.insights.queries.index_sources import Span
from portal.insights.rules.indices import Subject
from portal.insights.views import index_page, index_rows
from portal.insights.views.index_question import asked, asked_index, customer_of
from portal.insights.views.table_files import table_file
from portal.web import doors
from portal.web.listing import list_page
from portal.web.pages import page

bp = doors.desk("indices", __name__)


@bp.get("/indices")
@requires(P.INSIGHT_SEE)
def index() -> Any:
    """Every index of a month, narrowed to a customer, a kind of shipment or a lane."""
    question = asked()
    found = table_file(index_page.tables(question))
    return found or page("insights/indices.html", **index_page.page_context(question))


@bp.get("/indices/<code>")
@requires(P.INSIGHT_SEE)
def rows(code: str) -> Any:
    """The rows behind one index."""
    which, question = asked_index(code), asked()
    span, alone = Span(question.months), request.args.get("part") == "alone"
    orders = which.subject is Subject.ORDERS
    return list_page(
        index_rows.spec_of(which, alone),
        index_rows.rows_of(which, span, question.narrowed, alone),
        "insights/index_rows.html",
        index=which,
        asked=question,
        customer=customer_of(question),
        alone_url=question.rows_url(which) + "&part=alone" if orders and not alone else None,
        alone_count=index_rows.alone_count(span, question.narrowed) if orders and not alone else 0,
        back=url_for(".index", **question.parts()),
    )
