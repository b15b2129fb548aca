"""What publishing will do, worked out by what will do it, with nothing saved."""

from __future__ import annotations

from datetime import date
from typing import Any

from portal.access.permissions import Permission as P
from portal.billing.actions import publishing, telling
from portal.billing.models import Statement
from portal.billing.rules.due import years_unknown
from portal.billing.views.line_words import days
from portal.contracts.rules.difference import payment_words
from portal.kernel import clock
from portal.kernel.workcalendar import CHINA


def publishing_context(statement: Statement) -> dict[str, Any]:
    """When it will be due, by when an answer is asked for, and who gets mail."""
    now = clock.now()
    planned = _planned(statement)
    publishing.fix_terms(planned, now)
    terms = planned.terms
    return {
        "statement": statement,
        "period": days(statement.starts_on, statement.ends_on),
        "due_on": planned.due_on,
        "due_words": payment_words(terms["payment_days"], terms["payment_from"]),
        "due_unsure": years_unknown(terms, CHINA),
        "answer_by": date.fromisoformat(terms["answer_by"]),
        "deemed_on": planned.deemed_on,
        "readers": telling.readers_of(statement, P.STATEMENT_SEE, now),
    }


def _planned(statement: Statement) -> Statement:
    """As much of it as its terms are fixed by; never stored."""
    return Statement(
        id=statement.id,
        customer_id=statement.customer_id,
        ends_on=statement.ends_on,
        revision_no=statement.revision_no,
    )
