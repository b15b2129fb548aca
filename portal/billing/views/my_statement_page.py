"""What a customer reads of one statement: what it comes to, by when to pay and to answer, its lines."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from flask import g, url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.access.permissions import Permission as P
from portal.access.scope import visible
from portal.billing.labels import DISPUTES_FOR_CUSTOMERS, PAPERS, STATEMENTS_FOR_CUSTOMERS
from portal.billing.models import Dispute, Statement, StatementLine, StatementRevision
from portal.billing.queries import statements as queries
from portal.billing.rules.confirming import ASKED
from portal.billing.rules.due import silence_sentence
from portal.billing.rules.states import LineState
from portal.billing.views.line_words import days, drawn_lines
from portal.billing.views.my_door import course
from portal.billing.views.my_statement_list import answer_by, overdue_of
from portal.billing.views.recorded import recorded_for
from portal.billing.views.revision_page import difference
from portal.billing.views.summary import Summary
from portal.db import audit
from portal.db.base import db
from portal.kernel import clock
from portal.service_requests.queries import mine

COURSE_SHOWN = 8
L = StatementLine


def context(
    statement: Statement, sums: Summary, records: Sequence[StatementLine]
) -> dict[str, Any]:
    """The page of a statement with one page of its lines."""
    revisions = queries.revisions(statement)
    return {
        "statement": statement,
        "label": STATEMENTS_FOR_CUSTOMERS[statement.state],
        "period": days(statement.starts_on, statement.ends_on),
        "sums": sums,
        "total": statement,
        "lines": drawn_lines(records, line_url, several=len(sums.choices["branch"]) > 1),
        "revisions": [(each, PAPERS[each.paper_state]) for each in revisions],
        "disputes": [(each, DISPUTES_FOR_CUSTOMERS[each.state]) for each in _disputes(statement)],
        "recorded": recorded_for(statement),
        "asked": mine.about("statement", statement.id, g.viewer),
        "entries": course(audit.timeline(statement, public_only=True)[:COURSE_SHOWN]),
        **_to_answer(statement, sums),
        **_to_pay(statement),
    }


def _to_answer(statement: Statement, sums: Summary) -> dict[str, Any]:
    """What waits for an answer, until when, and which answers this person may give."""
    open_lines = sums.lines_in(LineState.OPEN) if statement.state in ASKED else 0
    may = {
        "confirm": bool(open_lines) and g.viewer.may(P.STATEMENT_CONFIRM),
        "dispute": bool(open_lines) and g.viewer.may(P.DISPUTE_RAISE),
    }
    return {
        "open_lines": open_lines,
        "may": may,
        "tick": "answer" if any(may.values()) else None,
        "answer_by": answer_by(statement, statement.terms),
        "today": clock.today(),
        "silence": silence_sentence(statement.deemed_on) if open_lines else None,
    }


def _to_pay(statement: Statement) -> dict[str, Any]:
    """What is owed for it, what was paid, and since when it is overdue."""
    owed = queries.receivable_of(statement)
    paid = owed.amount - owed.open_amount if owed is not None else Decimal(0)
    return {"owed": owed, "paid": paid, "overdue": overdue_of(owed, clock.today())}


def revision_page(
    statement: Statement, row: StatementRevision, sums: Summary, records: Sequence[StatementLine]
) -> dict[str, Any]:
    """The page of one revision as it was, with what it changed in the one before."""
    return {
        "statement": statement,
        "revision": row,
        "paper": PAPERS[row.paper_state],
        "is_latest": row.number == statement.revision_no,
        "sums": sums,
        "total": row,
        "lines": drawn_lines(records, line_url, several=len(sums.choices["branch"]) > 1),
        **difference(statement, row.number, line_url),
    }


def line_url(line: StatementLine) -> str:
    """The page of a line."""
    return url_for("my_statements.line", line_id=line.id)


def _disputes(statement: Statement) -> list[Dispute]:
    wanted = visible(select(Dispute), Dispute, g.viewer).options(
        joinedload(Dispute.line).load_only(L.serial, L.name_zh, L.name_en, L.reference)
    )
    theirs = wanted.where(Dispute.statement_id == statement.id)
    return list(db.session.scalars(theirs.order_by(Dispute.id)))
