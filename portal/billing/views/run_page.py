"""A billing run on its page, and what it would draft for one customer."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from flask import g, url_for
from sqlalchemy import select

from portal.access.scope import visible
from portal.billing.actions.gathering import StatementContent, gather
from portal.billing.labels import RUNS, STATEMENTS
from portal.billing.models import Statement, StatementLine, StatementRun
from portal.billing.queries.statements import statements
from portal.billing.queries.sums import portions_of
from portal.billing.rules.content import line_values
from portal.billing.rules.line_draft import LineDraft
from portal.billing.rules.states import LineState, RunState
from portal.billing.views.line_words import days, drawn_lines
from portal.billing.views.summary import summed
from portal.customers.models import Customer
from portal.db import lately
from portal.db.base import db
from portal.jobs import statements as jobs
from portal.kernel import clock
from portal.kernel.errors import Invalid
from portal.kernel.period import Period
from portal.kernel.text import Text

SHOWN = 50
PREVIEWED = 200
"""Lines of a preview that are drawn; the sums have them all."""


def run_context(run: StatementRun) -> dict[str, Any]:
    """How far it is, what came of it."""
    held = jobs.is_at_work(run.id) or lately.has_moved(run)
    is_working = run.state == RunState.WAITING or (run.state == RunState.RUNNING and held)
    stopped = run.state == RunState.FAILED or (run.state == RunState.RUNNING and not held)
    drafts = _drafts(run)
    return {
        "run": run,
        "period": days(run.starts_on, run.ends_on),
        "label": RUNS[run.state],
        "counts": run.counts or {},
        "customer": _customers([run.only_customer_id]).get(run.only_customer_id or 0),
        "is_working": is_working,
        "has_stopped": stopped and not is_working,
        "problems": _problems(run),
        "drafts": [(each, STATEMENTS[each.state]) for each in drafts[:SHOWN]],
        "has_more": len(drafts) > SHOWN,
    }


def preview_context(customer: Customer, first: date, last: date) -> dict[str, Any]:
    """One statement a currency, or why none can be made."""
    problem: Text | None = None
    contents: list[StatementContent] = []
    try:
        contents = gather(customer.id, Period(first, last), g.viewer, clock.today())
    except Invalid as error:
        problem = error.text
    return {
        "customer": customer,
        "period": days(first, last),
        "month": f"{first:%Y-%m}",
        "problem": problem,
        "parts": [_previewed(each) for each in contents if each.lines],
    }


def _previewed(content: StatementContent) -> dict[str, Any]:
    sums = summed(portions_of(content.lines))
    rows = [_row(draft, at) for at, draft in enumerate(content.lines[:PREVIEWED], start=1)]
    several = len(sums.choices["branch"]) > 1
    return {
        "statement": content,
        "waits": content.waits,
        "live": content.live,
        "sums": sums,
        "total": Total(content.lines),
        "lines": drawn_lines(rows, lambda _row: None, several=several),
        "left_out": max(len(content.lines) - PREVIEWED, 0),
    }


class Total:
    """What all lines come to, under the names that a stored statement has."""

    def __init__(self, lines: list[LineDraft]) -> None:
        self.line_count = len(lines)
        self.net_amount = sum((each.net_amount for each in lines), Decimal(0))
        self.tax_amount = sum((each.tax_amount for each in lines), Decimal(0))
        self.gross_amount = sum((each.gross_amount for each in lines), Decimal(0))


def _row(draft: LineDraft, serial: int) -> StatementLine:
    """The line as it would be stored; it never enters the session."""
    return StatementLine(serial=serial, state=LineState.OPEN.value, **line_values(draft))


def _drafts(run: StatementRun) -> list[Statement]:
    """The statements that this run drafted or brought up to date last."""
    theirs = statements(g.viewer).where(Statement.run_id == run.id)
    return list(db.session.scalars(theirs.order_by(Statement.id).limit(SHOWN + 1)))


def _problems(run: StatementRun) -> list[tuple[str, Text, str]]:
    """(customer, what stopped its draft, the customer's page)."""
    told = run.problems or []
    names = _customers([each[0] for each in told])
    return [
        (
            names[party_id].label,
            Text.from_json(text),
            url_for("desk_customers.show", customer_id=party_id),
        )
        for party_id, text in told
        if party_id in names
    ]


def _customers(ids: list[int | None]) -> dict[int, Customer]:
    wanted = sorted({each for each in ids if each})
    if not wanted:
        return {}
    found = visible(select(Customer), Customer, g.viewer).where(Customer.id.in_(wanted))
    return {row.id: row for row in db.session.scalars(found)}
