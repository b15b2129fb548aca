"""Reports at the desk: revenue, what is not billed yet, disputes, payment, commission; each as page and as file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.kernel.errors import NotFound
from portal.receivables.views import (
    report_answers_page,
    report_commission_page,
    report_overview,
    report_payment_page,
    report_revenue_page,
    report_unbilled_page,
)
from portal.receivables.views.report_lines_list import key_here, lines_of, spec_of, sums_context
from portal.receivables.views.report_question import Question, asked, check_costs, wanted_file
from portal.web import doors
from portal.web.listing import list_page
from portal.web.pages import page
from portal.web.report_tables import ReportTable

bp = doors.desk("reports", __name__)
Tables = Callable[[Question], Mapping[str, Callable[[], ReportTable]]]


@bp.get("/reports")
@requires(P.REPORT_SEE)
def index() -> Any:
    """How the month that ended last went, and the way to each report."""
    return page("receivables/reports.html", **report_overview.page_context(asked()))


@bp.get("/reports/revenue")
@requires(P.REPORT_SEE)
def revenue() -> Any:
    """What was billed, by service, category, lane, customer, group, payer or sales owner."""
    module = report_revenue_page
    return _answer("receivables/reports_revenue.html", module.page_context, module.tables)


@bp.get("/reports/lines")
@requires(P.REPORT_SEE)
def lines() -> Any:
    """The lines behind a figure."""
    question, key = asked(), key_here()
    return list_page(
        spec_of(question, key),
        lines_of(question, key),
        "receivables/reports_lines.html",
        **sums_context(question, key),
    )


@bp.get("/reports/unbilled")
@requires(P.REPORT_SEE)
def unbilled() -> Any:
    """What was used and is not billed yet."""
    module = report_unbilled_page
    return _answer("receivables/reports_unbilled.html", module.page_context, module.tables)


@bp.get("/reports/disputes")
@requires(P.REPORT_SEE)
def disputes() -> Any:
    """Disputes, billing accuracy, credits granted."""
    module = report_answers_page
    return _answer("receivables/reports_disputes.html", module.page_context, module.tables)


@bp.get("/reports/payment")
@requires(P.REPORT_SEE)
def payment() -> Any:
    """Days sales outstanding."""
    module = report_payment_page
    return _answer("receivables/reports_payment.html", module.page_context, module.tables)


@bp.get("/reports/commission")
@requires(P.REPORT_SEE)
def commission() -> Any:
    """What was paid, by sales owner; only for those who may see costs."""
    check_costs()
    module = report_commission_page
    return _answer("receivables/reports_commission.html", module.page_context, module.tables)


def _answer(template: str, context: Callable[[Question], dict[str, Any]], tables: Tables) -> Any:
    """The page, or the one of its tables that is asked for as a file."""
    question, wanted = asked(), wanted_file()
    if wanted is None:
        return page(template, **context(question))
    key, kind = wanted
    known = tables(question)
    if key not in known:
        raise NotFound()
    return known[key]().file(kind)
