"""The one of a page's tables that is asked for as a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Response, request

from portal.kernel.errors import NotFound
from portal.web.report_tables import ReportTable


def table_file(tables: Mapping[str, Callable[[], ReportTable]]) -> Response | None:
    """The file of `?table=…&export=xlsx|csv`; None where the page itself is wanted; NotFound for an unknown table."""
    kind = request.args.get("export", "")
    if kind not in ("xlsx", "csv"):
        return None
    key = request.args.get("table", "")
    if key not in tables:
        if not key and tables:
            key = next(iter(tables))
        else:
            raise NotFound()
    return tables[key]().file(kind)
