"""Everything that the desk's page of one credit shows."""

from __future__ import annotations

from typing import Any

from flask import g
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.access.permissions import Permission as P
from portal.access.scope import visible
from portal.billing.labels import CREDIT_SOURCES, CREDITS
from portal.billing.models import Credit, StatementLine
from portal.billing.rules.states import CREDIT_STEPS, CreditState, CreditStep
from portal.billing.views.credit_chain import behind_credit, billed_line
from portal.billing.views.line_words import tax_of
from portal.db import audit
from portal.db.base import db
from portal.web import chain
from portal.web.chain import ChainLink
from portal.web.timeline import happenings

L = StatementLine


def context(credit: Credit) -> dict[str, Any]:
    """The page of a credit that was fetched for the viewer."""
    line, placed = _line(credit), _placed(credit)
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
        "chain": _chain(credit, placed),
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


def _chain(credit: Credit, placed: StatementLine | None) -> list[ChainLink]:
    """What it was given for, the credit, the line that carries it."""
    links = [*behind_credit(credit, "desk"), ChainLink(chain.CREDIT, credit.number, here=True)]
    return [*links, billed_line(placed, "desk")] if placed is not None else links
