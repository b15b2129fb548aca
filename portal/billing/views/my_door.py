"""The customers' doors of billing, and what every view behind them needs: the row, and the answer to a late answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, g, make_response, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.access.guards import fetch
from portal.billing.actions.holding import OtherRevision
from portal.billing.models import Dispute, Statement, StatementLine
from portal.billing.queries import statements as queries
from portal.billing.rules.states import CUSTOMER_SEES
from portal.db.audit import AuditEntry
from portal.db.base import db
from portal.kernel.errors import NotAllowedNow, NotFound
from portal.web import doors
from portal.web.pages import page
from portal.web.words import say

statement_door = doors.my("statements", "portal.billing.views.my_statements")
dispute_door = doors.my("disputes", "portal.billing.views.my_disputes")
LONGEST_ID = 10


def statement_of(statement_id: int) -> Statement:
    """The published statement of an address; NotFound otherwise. A writer holds it, so that one of two answers wins."""
    is_writer = request.method == "POST"
    options = () if is_writer else (joinedload(Statement.customer),)
    row = fetch(Statement, statement_id, options=options, lock=is_writer)
    if row.state not in CUSTOMER_SEES:
        raise NotFound()
    return row


def line_of(line_id: int) -> StatementLine:
    """A line of a published statement; NotFound otherwise."""
    return queries.line(line_id, g.viewer)


def dispute_of(dispute_id: int) -> Dispute:
    """The dispute of an address; NotFound otherwise."""
    together = joinedload(Dispute.customer), joinedload(Dispute.statement), joinedload(Dispute.line)
    return fetch(Dispute, dispute_id, options=together)


def current(statement_id: int, number: int) -> Statement:
    """The same statement where `number` is its current revision; OtherRevision where it is not."""
    statement = statement_of(statement_id)
    if number != statement.revision_no:
        raise OtherRevision(statement)
    return statement


def ids_in(values: Sequence[str]) -> list[int]:
    """The ids that a request names, each once; NotFound for what is none."""
    if any(not each.isdecimal() or len(each) > LONGEST_ID for each in values):
        raise NotFound()
    return sorted({int(each) for each in values})


def lines_named(statement: Statement, ids: Sequence[int]) -> list[StatementLine]:
    """Lines of the statement as it is now, in its order; NotFound when one is not on it."""
    wanted = select(StatementLine).where(
        StatementLine.id.in_(ids),
        StatementLine.statement_id == statement.id,
        StatementLine.until_revision.is_(None),
    )
    found = list(db.session.scalars(wanted.order_by(StatementLine.served_id, StatementLine.serial)))
    if len(found) < len(ids):
        raise NotFound()
    return found


def late(error: NotAllowedNow) -> Response:
    """409: what was to be answered is not as it was read any more; the way to how it stands now."""
    db.session.rollback()
    said, where = say(error.text), _where()
    body = page("billing/my_outdated.html", said=said, where=where)
    return make_response(body, 409)


def course(entries: Sequence[AuditEntry]) -> list[dict[str, Any]]:
    """What the customer may know of a history, for the timeline."""
    return [
        {"at": each.at, "who": each.actor_name, "what": each.label, "why": each.reason or None, "public": True}
        for each in entries
    ]  # fmt: skip


def _where() -> str:
    """The page of the record that the address names."""
    named = request.view_args or {}
    if "dispute_id" in named:
        return url_for("my_disputes.show", dispute_id=named["dispute_id"])
    if "line_id" in named:
        return url_for("my_statements.line", line_id=named["line_id"])
    return url_for("my_statements.show", statement_id=named["statement_id"])


for door in (statement_door, dispute_door):
    door.register_error_handler(NotAllowedNow, late)
