"""Statements as files: one's lines in the customer's own layout; many at once in one ZIP, with a list of contents."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

from flask import Response, flash, g, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.access.scope import visible
from portal.billing.actions.csv_layouts import layout_of, terms_of
from portal.billing.models import Statement, StatementRevision
from portal.billing.queries import statements as queries
from portal.billing.rules.csv_layout import write
from portal.billing.views.csv_rows import rows_of
from portal.billing.views.line_list import LINES_LIST
from portal.billing.views.line_words import days
from portal.billing.views.my_door import ids_in, statement_of
from portal.billing.views.my_door import statement_door as bp
from portal.db.base import db
from portal.documents.archive import archive
from portal.documents.models import Document
from portal.kernel import clock
from portal.kernel.errors import Invalid, NotFound
from portal.kernel.text import t
from portal.web.exports import Total, download, table_bytes
from portal.web.listing import as_table
from portal.web.words import say

MOST_STATEMENTS = 60
MOST_LINES = 50_000
Content = Callable[[Statement], bytes | None]


@bp.get("/statements/<int:statement_id>/own.csv")
@requires(P.STATEMENT_SEE)
def own_csv(statement_id: int) -> Response:
    """The lines in our own layout."""
    statement = statement_of(statement_id)
    return download(_own(statement), f"{_name(statement)}.csv", "text/csv")


@bp.get("/statements/download", endpoint="download")
@requires(P.STATEMENT_SEE)
def download_many() -> Any:
    """The chosen statements in one ZIP: as PDF, Excel or in our own layout."""
    kind, ids = request.args.get("kind", ""), ids_in(request.args.getlist("statement"))
    if kind not in MAKERS:
        raise NotFound()
    if not ids:
        flash(_("Choose statements first: tick them, then download."), "warning")
        return redirect(url_for(".index"))
    chosen = _chosen(ids, kind)
    body = _zipped(chosen, kind, MAKERS[kind](chosen))
    return download(body, f"statements_{clock.today().isoformat()}.zip", "application/zip")


def _chosen(ids: Sequence[int], kind: str) -> list[Statement]:
    """The statements, oldest first; NotFound when one is not ours, Invalid when they are too many for one file."""
    if len(ids) > MOST_STATEMENTS:
        raise Invalid(t("At most %(most)s statements in one file.", most=MOST_STATEMENTS))
    wanted = queries.statements(g.viewer).where(Statement.id.in_(ids))
    found = list(db.session.scalars(wanted.order_by(Statement.ends_on, Statement.id)))
    if len(found) < len(ids):
        raise NotFound()
    if kind != "pdf" and sum(each.line_count for each in found) > MOST_LINES:
        raise Invalid(t("At most %(most)s lines in one file.", most=f"{MOST_LINES:,}"))
    return found


def _zipped(chosen: Sequence[Statement], kind: str, content: Content) -> bytes:
    """The files, and a list of them with control totals; what is not printed yet is named there."""
    out, listed = io.BytesIO(), []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as files:
        for each in chosen:
            name, body = f"{_name(each)}.{kind}", content(each)
            if body is not None:
                files.writestr(name, body)
            listed.append(_listed(each, name if body is not None else say(t("not printed yet"))))
        files.writestr(
            "contents.csv", table_bytes("csv", [say(head) for head in HEADS], listed, TOTALS)
        )
    return out.getvalue()


HEADS = (
    t("Statement"), t("Revision"), t("Period"), t("Lines"), t("Currency"), t("Net"), t("Tax"), t("Amount with tax"),
    t("File"),
)  # fmt: skip
TOTALS = (None, None, None, None, None, *([Total(by=4)] * 3), None)


def _listed(row: Statement, file: str) -> list[Any]:
    period = days(row.starts_on, row.ends_on)
    figures = row.net_amount, row.tax_amount, row.gross_amount
    return [row.number, row.revision_no, period, row.line_count, row.currency, *figures, file]


def _pdfs(chosen: Sequence[Statement]) -> Content:
    """The stored papers of the current revisions, found by one statement."""
    rows = visible(select(StatementRevision, Document.sha256), StatementRevision, g.viewer)
    rows = rows.join(Document, Document.id == StatementRevision.document_id)
    ours = rows.where(StatementRevision.statement_id.in_([each.id for each in chosen]))
    printed = {(row.statement_id, row.number): mark for row, mark in db.session.execute(ours)}

    def content(statement: Statement) -> bytes | None:
        mark = printed.get((statement.id, statement.revision_no))
        return archive().read(mark) if mark else None

    return content


def _sheet(statement: Statement) -> bytes:
    """Its lines as Excel with control totals, which are those of the paper."""
    rows = db.session.execute(queries.lines(statement))
    return table_bytes("xlsx", *as_table(LINES_LIST, rows))


def _own(statement: Statement) -> bytes:
    """Its lines as its customer's layout wants them."""
    lines = list(db.session.scalars(queries.lines(statement)))
    layout = layout_of(terms_of(statement.customer_id))
    return write(layout, rows_of(statement, statement.revision_no, lines, g.viewer), say)


def _name(statement: Statement) -> str:
    return f"{statement.number}-{statement.revision_no}"


MAKERS: dict[str, Callable[[Sequence[Statement]], Content]] = {
    "pdf": _pdfs,
    "xlsx": lambda _chosen: _sheet,
    "csv": lambda _chosen: _own,
}
