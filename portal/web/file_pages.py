"""What every page that takes a file has: the work begun behind it, its problems and its template as tables."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence

from flask import Response, after_this_request, redirect
from flask_babel import gettext as _

from portal.kernel.errors import NotFound, Problem
from portal.kernel.tables import write_csv, write_xlsx
from portal.web.exports import XLSX, download, table_response
from portal.web.words import locale_code, say

SHOWN_PROBLEMS = 200
"""So many problems stand on the page; the table of them has all."""
KINDS = ("xlsx", "csv")


def begun(start: Callable[[int], None], batch_id: int, url: str) -> Response:
    """Have a worker take the file once this request is saved, and go where one sees how it goes."""

    @after_this_request
    def started(response: Response) -> Response:
        start(batch_id)
        return response

    return redirect(url, 303)  # type: ignore[return-value]


def problems_response(kind: str, file_name: str, problems: Iterable[Problem]) -> Response:
    """All that is wrong with a file, as a table to send back; NotFound for a kind of table that is not made."""
    if kind not in KINDS:
        raise NotFound()
    heads = [_("Row"), _("Column"), _("Found"), _("Expected"), _("Severity")]
    words = {"error": _("Error"), "warning": _("Warning")}
    rows = [[p.row, p.column, p.found, say(p.expected), words[p.severity]] for p in problems]
    return table_response(kind, f"{_('problems')}_{file_name}", heads, rows, [None] * 5)


def template_response(kind: str, name: str, headers: Iterable[Sequence[str]]) -> Response:
    """An empty file with the headers that are read, each given in Chinese and English, in the reader's language."""
    if kind not in KINDS:
        raise NotFound()
    side = 1 if locale_code() == "en" else 0
    heads, out = [both[side] for both in headers], io.BytesIO()
    if kind == "xlsx":
        write_xlsx(out, heads, [], widths=[18] * len(heads))
    else:
        write_csv(out, [heads])
    mimetype = XLSX if kind == "xlsx" else "text/csv"
    return download(out.getvalue(), f"{name}.{kind}", mimetype)
