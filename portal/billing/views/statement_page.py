"""Everything that the desk's page of one statement shows, read in a handful of statements."""

from __future__ import annotations

from typing import Any

from flask import g, url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.access.permissions import Permission as P
from portal.access.scope import visible
from portal.billing.actions import printing
from portal.billing.labels import DISPUTES, PAPERS, STATEMENTS
from portal.billing.models import Dispute, Statement, StatementLine
from portal.billing.queries import statements as queries
from portal.billing.rules.confirming import ASKED
from portal.billing.rules.due import years_unknown
from portal.billing.rules.states import (
    CUSTOMER_SEES,
    STATEMENT_STEPS,
    LineState,
    PaperState,
    StatementState,
    StatementStep,
)
from portal.billing.views.line_words import days, drawn_lines
from portal.billing.views.recorded import recorded_for
from portal.billing.views.summary import Summary
from portal.db import audit
from portal.db.base import db
from portal.kernel import clock
from portal.kernel.workcalendar import CHINA
from portal.receivables.models import Invoice, InvoiceCoverage
from portal.web.timeline import happenings

HISTORY_SHOWN = 8
L, A = StatementLine, StatementStep
NEEDS = {
    A.REVIEW: P.STATEMENT_REVIEW,
    A.RETURN: P.STATEMENT_REVIEW,
    A.PUBLISH: P.STATEMENT_PUBLISH,
    A.REVISE: P.STATEMENT_PUBLISH,
    A.VOID: P.STATEMENT_RUN,
}
"""Who may take which step at the desk; the other steps are the customer's, or follow from something else."""


def rights(statement: Statement) -> dict[str, bool]:
    """Which steps of the lifecycle this viewer may take from here."""
    state = StatementState(statement.state)
    return {
        step.value: STATEMENT_STEPS.allows(state, step) and g.viewer.may(needed)
        for step, needed in NEEDS.items()
    }


def context(statement: Statement, sums: Summary, records: list[StatementLine]) -> dict[str, Any]:
    """The page of a statement with one page of its lines."""
    return {
        "statement": statement,
        "label": STATEMENTS[statement.state],
        "period": days(statement.starts_on, statement.ends_on),
        "may": rights(statement),
        "sums": sums,
        "total": statement,
        "lines": drawn_lines(records, _line_url, several=len(sums.choices["branch"]) > 1),
        "entries": happenings(audit.timeline(statement, public_only=False)[:HISTORY_SHOWN]),
        "today": clock.today(),
        **_papers(statement),
        **(_answers(statement, sums) if statement.state in CUSTOMER_SEES else {}),
    }


def _papers(statement: Statement) -> dict[str, Any]:
    """The revisions, and how far the press is."""
    revisions = queries.revisions(statement)
    printing_now = [each for each in revisions if each.paper_state == PaperState.PRINTING]
    return {
        "revisions": [(each, PAPERS[each.paper_state]) for each in revisions],
        "is_printing": any(each.paper_state in _AT_WORK for each in revisions),
        "how_far": [printing.progress(each) for each in printing_now],
    }


def _answers(statement: Statement, sums: Summary) -> dict[str, Any]:
    """What the customer says to what was published, what is owed for it, and what it was invoiced by."""
    waiting = sums.lines_in(LineState.OPEN) if statement.state in ASKED else 0
    return {
        "waiting": waiting,
        "tick": "answer" if waiting and g.viewer.may(P.STATEMENT_PUBLISH) else None,
        "recorded": recorded_for(statement),
        "due_unsure": years_unknown(statement.terms or {}, CHINA),
        "disputes": [(each, DISPUTES[each.state]) for each in _disputes(statement)],
        "receivable": queries.receivable_of(statement),
        "invoices": _invoices(statement) if g.viewer.may(P.INVOICE_SEE) else [],
    }


_AT_WORK = (PaperState.WAITING, PaperState.PRINTING)


def _line_url(line: StatementLine) -> str:
    return url_for("desk_statements.line", line_id=line.id)


def _disputes(statement: Statement) -> list[Dispute]:
    if not g.viewer.may(P.DISPUTE_SEE):
        return []
    wanted = visible(select(Dispute), Dispute, g.viewer).options(
        joinedload(Dispute.line).load_only(L.name_zh, L.name_en, L.reference)
    )
    theirs = wanted.where(Dispute.statement_id == statement.id)
    return list(db.session.scalars(theirs.order_by(Dispute.id)))


def _invoices(statement: Statement) -> list[Any]:
    """(invoice, how much of the statement it covers), red ones too."""
    wanted = visible(select(Invoice, InvoiceCoverage.gross_amount), InvoiceCoverage, g.viewer).join(
        InvoiceCoverage.invoice
    )
    covering = wanted.where(InvoiceCoverage.statement_id == statement.id)
    return list(db.session.execute(covering.order_by(Invoice.issued_on, Invoice.id)))
