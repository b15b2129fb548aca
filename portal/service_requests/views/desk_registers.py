"""The printable registers of complaints: sums, and one row a complaint; on the page, as PDF and as file (S12)."""

from __future__ import annotations

from typing import Any

from flask import Response

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.service_requests.views.found_door import register_door as bp
from portal.service_requests.views.found_printing import print_statistics, print_tracking
from portal.service_requests.views.register_page import (
    SUM_HEADS,
    asked,
    context,
    rows_of,
    spoken,
    sums_file,
    sums_of,
    tracking_file,
    wanted_file,
)
from portal.web.pages import page

SHOWN = 200


@bp.get("/registers/complaints")
@requires(P.DEFECT_SEE)
def complaints() -> Any:
    """客户投诉案件统计表."""
    question, kind = asked(), wanted_file()
    found, tables = sums_of(rows_of(question))
    if kind is not None:
        return sums_file(kind, tables)
    shown = {"tables": tables, "heads": SUM_HEADS, "total": found.total}
    return page(
        "service_requests/register_complaints.html", **context(question, "complaints"), **shown
    )


@bp.get("/registers/complaints/paper")
@requires(P.DEFECT_SEE)
def complaints_paper() -> Response:
    """The same on A4."""
    question = asked()
    return print_statistics(question, sums_of(rows_of(question))[0])


@bp.get("/registers/tracking")
@requires(P.DEFECT_SEE)
def tracking() -> Any:
    """客户投诉登记追踪表."""
    question, kind = asked(), wanted_file()
    rows = rows_of(question)
    if kind is not None:
        return tracking_file(kind, rows)
    shown = {"rows": rows[-SHOWN:][::-1], "count": len(rows), "shown": SHOWN, "spoken": spoken}
    return page("service_requests/register_tracking.html", **context(question, "tracking"), **shown)


@bp.get("/registers/tracking/paper")
@requires(P.DEFECT_SEE)
def tracking_paper() -> Response:
    """The same on A4, lying."""
    question = asked()
    return print_tracking(question, rows_of(question))
