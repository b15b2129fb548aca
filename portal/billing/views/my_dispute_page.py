"""One dispute as its customer follows it: what was said, how far it is, what was decided, what came back."""

from __future__ import annotations

from typing import Any

from flask import g
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.access.permissions import Permission as P
from portal.access.scope import visible
from portal.billing.labels import CREDITS, DISPUTES_FOR_CUSTOMERS
from portal.billing.models import Credit, Dispute, StatementLine
from portal.billing.rules.confirming import may_raise_again
from portal.billing.rules.kinds import REASON_WORDS, DisputeReason
from portal.billing.rules.states import (
    DISPUTE_STEPS,
    DisputeState,
    DisputeStep,
    StatementState,
)
from portal.billing.views.evidence import evidence
from portal.billing.views.line_page import SEEN_CREDITS, line_chain
from portal.billing.views.line_words import drawn_line
from portal.billing.views.my_door import course
from portal.billing.views.my_statement_page import line_url
from portal.billing.views.recorded import told_of
from portal.db import audit
from portal.db.base import db
from portal.documents.attached import attached_to
from portal.web import chain
from portal.web.chain import ChainLink

SOURCES = ("dispute", "dispute_again")


def context(dispute: Dispute) -> dict[str, Any]:
    """Everything that the page shows."""
    state, given = DisputeState(dispute.state), _credits(dispute)
    return {
        "dispute": dispute,
        "label": DISPUTES_FOR_CUSTOMERS[state],
        "reason": REASON_WORDS[DisputeReason(dispute.reason)],
        "is_decided": dispute.decided_at is not None and state not in _NOT_DECIDED,
        "line": drawn_line(dispute.line, line_url(dispute.line)),
        "statement": dispute.statement,
        "source": told_of(dispute),
        "files": attached_to(dispute, g.viewer),
        "credits": [(credit, CREDITS[credit.state], where) for credit, where in given],
        "may": _steps(dispute, state),
        "chain": _chain(dispute, given),
        "entries": course(audit.timeline(dispute, public_only=True)),
    }


def _steps(dispute: Dispute, state: DisputeState) -> dict[str, bool]:
    """What this person may do about it now."""
    raises, statement = g.viewer.may(P.DISPUTE_RAISE), StatementState(dispute.statement.state)
    return {
        "withdraw": raises and DISPUTE_STEPS.allows(state, DisputeStep.WITHDRAW),
        "again": raises and may_raise_again(statement, state, dispute.level),
    }


_NOT_DECIDED = (DisputeState.OPEN, DisputeState.PENDING_APPROVAL)


def _credits(dispute: Dispute) -> list[tuple[Credit, StatementLine | None]]:
    """What was given back for it, and the line on which it stands."""
    wanted = visible(select(Credit), Credit, g.viewer).where(
        Credit.source_type.in_(SOURCES), Credit.source_id == dispute.id, Credit.state.in_(SEEN_CREDITS)
    )  # fmt: skip
    found = list(db.session.scalars(wanted.order_by(Credit.id)))
    lines = visible(select(StatementLine), StatementLine, g.viewer).where(
        StatementLine.credit_id.in_([each.id for each in found]), StatementLine.until_revision.is_(None)
    )  # fmt: skip
    lines = lines.options(joinedload(StatementLine.statement))
    placed = {row.credit_id: row for row in db.session.scalars(lines)} if found else {}
    return [(each, placed.get(each.id)) for each in found]


def _chain(dispute: Dispute, given: list[tuple[Credit, StatementLine | None]]) -> list[ChainLink]:
    about = dispute.line
    links = line_chain(about, evidence(about), "my", dispute, None, here="dispute")
    for credit, line in given:
        state = CREDITS[credit.state].text
        url = line_url(line) if line is not None and _is_published(line) else None
        links.append(ChainLink(chain.CREDIT, credit.number, url, state=state))
    return links


def _is_published(line: StatementLine) -> bool:
    return bool(line.statement.revision_no)
