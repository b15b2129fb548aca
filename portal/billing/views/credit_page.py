"""Everything that the desk's page of one credit shows."""

from __future__ import annotations

from typing import Any

from flask import g
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.access.permissions import Permission as P
from portal.access.scope import visible
from portal.billing.labels import CREDIT_SOURCES, CREDITS
from portal.billing.models import Credit, Dispute, StatementLine
from portal.billing.rules.states import CREDIT_STEPS, CreditState, CreditStep
from portal.billing.views.line_words import tax_of
from portal.db import audit
from portal.db.base import db
from portal.web import chain
from portal.web.chain import ChainLink, linked
from portal.web.timeline import happenings

DISPUTED = ("dispute", "dispute_again")
L = StatementLine


def context(credit: Credit) -> dict[str, Any]:
    """The page of a credit that was fetched for the viewer."""
    line, placed, dispute = _line(credit), _placed(credit), _dispute(credit)
    return {
        "credit": credit,
        "label": CREDITS[credit.state],
        "source": CREDIT_SOURCES[credit.source_type],
        "tax": tax_of(credit),
        "corrected": line,
        "placed": placed,
        "own": credit.author_id == g.viewer.user_id,
        "may": rights(credit),
        "entries": happenings(audit.timeline(credit, public_only=False)),
        "chain": _chain(credit, line, placed, dispute),
    }


def rights(credit: Credit) -> dict[str, bool]:
    """What this viewer may do about it now: somebody else than its author approves it."""
    may, state = g.viewer.may(P.CREDIT_APPROVE), CreditState(credit.state)
    approves = may and credit.author_id != g.viewer.user_id
    return {
        "approve": approves and CREDIT_STEPS.allows(state, CreditStep.APPROVE),
        "refuse": may and CREDIT_STEPS.allows(state, CreditStep.REFUSE),
    }


def _line(credit: Credit) -> StatementLine | None:
    """The line that it gives something back of."""
    wanted = visible(select(L), L, g.viewer).where(L.id == credit.line_id)
    return db.session.scalar(wanted.options(joinedload(L.statement))) if credit.line_id else None


def _placed(credit: Credit) -> StatementLine | None:
    """The line that it became."""
    wanted = visible(select(L), L, g.viewer).where(
        L.credit_id == credit.id, L.until_revision.is_(None)
    )
    return db.session.scalar(wanted.options(joinedload(L.statement)))


def _dispute(credit: Credit) -> Dispute | None:
    if credit.source_type not in DISPUTED or not g.viewer.may(P.DISPUTE_SEE):
        return None
    wanted = visible(select(Dispute), Dispute, g.viewer).where(Dispute.id == credit.source_id)
    return db.session.scalar(wanted)


def _chain(
    credit: Credit,
    line: StatementLine | None,
    placed: StatementLine | None,
    dispute: Dispute | None,
) -> list[ChainLink]:
    """The line that was wrong, the dispute about it, the credit, the statement that carries it."""
    links = []
    if line is not None:
        links.append(_of_line(line))
    if dispute is not None:
        links.append(
            linked(chain.DISPUTE, dispute.number, "desk_disputes.show", P.DISPUTE_SEE, dispute_id=dispute.id)
        )  # fmt: skip
    links.append(ChainLink(chain.CREDIT, credit.number, here=True))
    if placed is not None:
        links.append(_of_line(placed))
    return links


def _of_line(line: StatementLine) -> ChainLink:
    label = f"{line.statement.number} / {line.serial}"
    return linked(chain.STATEMENT, label, "desk_statements.line", P.STATEMENT_SEE, line_id=line.id)
