"""The staff's doors of billing, and what every view behind them needs: the row, its counter, the way back."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from sqlalchemy.orm import joinedload

from portal.access.guards import fetch
from portal.billing.models import Credit, Dispute, Statement, StatementLine
from portal.web import doors, stepping

LONGEST_REASON = 500
statement_door = doors.desk("statements", "portal.billing.views.desk_statements")
dispute_door = doors.desk("disputes", "portal.billing.views.desk_disputes")
credit_door = doors.desk("credits", "portal.billing.views.desk_credits")


def statement_of(statement_id: int) -> Statement:
    """The statement of an address; NotFound otherwise."""
    return fetch(Statement, statement_id, options=(joinedload(Statement.customer),))


def line_of(line_id: int) -> StatementLine:
    """The statement line of an address; NotFound otherwise."""
    return fetch(StatementLine, line_id, options=(joinedload(StatementLine.statement),))


def dispute_of(dispute_id: int) -> Dispute:
    """The dispute of an address; NotFound otherwise."""
    together = (
        joinedload(Dispute.customer),
        joinedload(Dispute.statement),
        joinedload(Dispute.line),
    )
    return fetch(Dispute, dispute_id, options=together)


def credit_of(credit_id: int) -> Credit:
    """The credit of an address; NotFound otherwise."""
    return fetch(Credit, credit_id, options=(joinedload(Credit.customer),))


def seen(typed: str | None = None) -> int | None:
    """Which state the page showed that sent this request (as its form says in `typed`); None when it does not say.

    Invalid when it says something that no page of ours says.
    """
    text = typed or request.values.get("seen") or ""
    return stepping.counter_in(text) if text else None


def check_seen(row: Any, typed: str | None = None) -> None:
    """StaleEdit when the page that sent this request showed another state of `row`; one that says nothing may go on."""
    counter = seen(typed)
    if counter is not None:
        stepping.check_counter(row, counter)


def reason() -> str:
    """What was written into a step's question."""
    return stepping.written("reason", LONGEST_REASON)


def to_statement(statement_id: int, anchor: str | None = None) -> Response:
    """To the statement's page."""
    return stepping.to("desk_statements.show", statement_id=statement_id, anchor=anchor)


def fresh(form: Any, row: Any) -> bool:
    """Whether a form was filled in over what `row` says now; else the page says so, and keeps what was typed."""
    return stepping.fresh(form, row, check_seen)
