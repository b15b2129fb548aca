"""A published revision as it was, and what it changed in the one before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import url_for
from sqlalchemy import or_, select

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.billing.labels import PAPERS
from portal.billing.models import Statement, StatementLine, StatementRevision
from portal.billing.views.line_words import DrawnLine, drawn_line, drawn_lines
from portal.billing.views.summary import Summary
from portal.db.base import db
from portal.documents.models import Document
from portal.kernel.errors import NotFound
from portal.kernel.text import Text

L = StatementLine


@dataclass(frozen=True, slots=True)
class DrawnChange:
    """One line that a revision took away, brought, or put in another's place; amounts with tax."""

    kind: str
    name: str
    reference: str
    days: str
    notes: tuple[Text | str, ...]
    old: Decimal | None
    new: Decimal | None
    url: str | None

    @property
    def change(self) -> Decimal:
        """By how much the statement grew."""
        return (self.new or Decimal(0)) - (self.old or Decimal(0))


def revision_context(
    statement: Statement, row: StatementRevision, sums: Summary, records: Sequence[StatementLine]
) -> dict[str, Any]:
    """The page of one revision with one page of its lines."""
    several = len(sums.choices["branch"]) > 1
    return {
        "statement": statement,
        "revision": row,
        "paper": PAPERS[row.paper_state],
        "is_latest": row.number == statement.revision_no,
        "sums": sums,
        "total": row,
        "lines": drawn_lines(records, _at_the_desk, several=several),
        **difference(statement, row.number, _at_the_desk),
    }


def difference(statement: Statement, number: int, url: Any) -> dict[str, Any]:
    """`changes` of revision `number` against the one before, and their sum; of the first there are none."""
    changes = _changes(_changed(statement, number), number, url) if number > 1 else []
    return {
        "changes": changes,
        "change_sum": sum((each.change for each in changes), Decimal(0)),
    }


def document_of(document_id: int | None, viewer: Viewer) -> Document:
    """One stored paper that the viewer may see; NotFound where nothing was printed yet."""
    statement = visible(select(Document), Document, viewer).where(Document.id == document_id)
    found = db.session.scalar(statement) if document_id is not None else None
    if found is None:
        raise NotFound()
    return found


def _changed(statement: Statement, number: int) -> list[StatementLine]:
    """The lines that ended before revision `number` or began with it; the statement was fetched for the viewer."""
    met = or_(L.until_revision == number - 1, L.from_revision == number)
    wanted = select(L).where(L.statement_id == statement.id, met)
    return list(db.session.scalars(wanted.order_by(L.serial)))


def _changes(rows: Sequence[StatementLine], number: int, url: Any) -> list[DrawnChange]:
    begun = [row for row in rows if row.from_revision == number]
    ended = {row.id: row for row in rows if row.until_revision == number - 1}
    found = [_change(ended.pop(row.replaces_id or 0, None), row, url) for row in begun]
    return [*found, *(_change(row, None, url) for row in ended.values())]


def _change(old: StatementLine | None, new: StatementLine | None, url: Any) -> DrawnChange:
    row = new or old
    assert row is not None
    line: DrawnLine = drawn_line(row, url(row))
    return DrawnChange(
        kind="changed" if old and new else ("new" if new else "gone"),
        name=line.name,
        reference=row.reference,
        days=line.days,
        notes=line.notes,
        old=old.gross_amount if old else None,
        new=new.gross_amount if new else None,
        url=line.url,
    )


def _at_the_desk(row: StatementLine) -> str:
    return url_for("desk_statements.line", line_id=row.id)
