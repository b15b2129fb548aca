"""Statements and their lines, as other systems read them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import g

from portal.api.queries import asked as queries
from portal.api.views.door import Page, answers
from portal.api.views.reads import With, narrowed, paged
from portal.billing.models import Statement, StatementLine
from portal.billing.rules.working_words import sentences


@answers("list_statements")
def list_statements(
    customer: str | None, state: str | None, updated_since: datetime | None, after: int | None, limit: int
) -> Page:  # fmt: skip
    """Statements without their lines."""
    found = narrowed(queries.statements(g.viewer), Statement, customer, updated_since)
    if state is not None:
        found = found.where(Statement.state == state)
    return paged(found, Statement, after, limit, _statements)


@answers("show_statement")
def show_statement(statement_id: int) -> Any:
    """One statement without its lines."""
    return _statements([_statement(statement_id)])[0]


@answers("list_statement_lines")
def list_statement_lines(statement_id: int, after: int | None, limit: int) -> Page:
    """The lines as they are now, with their workings."""
    found = queries.lines(_statement(statement_id))
    return paged(found, StatementLine, after, limit, _lines)


def _statement(statement_id: int) -> Statement:
    row: Statement = queries.one(queries.statements(g.viewer), Statement, statement_id)
    return row


def _statements(rows: list[Statement]) -> list[With]:
    papers = queries.papers_of(rows)
    codes = queries.codes_of({row.customer_id for row in rows})
    return [
        With(row, {"customer": codes[row.customer_id], "document_id": papers.get(row.id)})
        for row in rows
    ]


def _lines(rows: list[StatementLine]) -> list[With]:
    served = queries.codes_of({row.served_id for row in rows})
    items = queries.items_of({row.item_id for row in rows})
    return [
        With(
            row,
            {
                "served": served[row.served_id],
                "item": items.get(row.item_id or 0),
                "contract": row.contract.number if row.contract else None,
                "working": sentences(row.working),
            },
        )
        for row in rows
    ]
