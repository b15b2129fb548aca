"""What of billing waits for a member of staff, by what the person may do about it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, false, func, or_, select
from sqlalchemy.orm import joinedload

from portal.access.permissions import Permission as P
from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.billing.models import Credit, Dispute, Statement, StatementRun
from portal.billing.rules.states import CreditState, DisputeState, RunState, StatementState
from portal.db.base import db

C, D, S = Credit, Dispute, Statement
RUNS_LOOKED_AT = 5


def statements_for(viewer: Viewer) -> ColumnElement[bool]:
    """Drafts to review, and reviewed statements to publish."""
    parts = []
    if viewer.may(P.STATEMENT_REVIEW):
        parts.append(S.state == StatementState.DRAFT.value)
    if viewer.may(P.STATEMENT_PUBLISH):
        parts.append(S.state == StatementState.UNDER_REVIEW.value)
    return or_(*parts) if parts else false()


def disputes_for(viewer: Viewer) -> ColumnElement[bool]:
    """Disputes to decide, those before a manager only for managers, and grants of others to approve."""
    parts = []
    manager = viewer.may(P.CREDIT_APPROVE)
    if viewer.may(P.DISPUTE_DECIDE):
        mine = or_(D.owner_id.is_(None), D.owner_id == viewer.user_id)
        reach = _not_by(D.first_decided_by, viewer) if manager else D.level == 1
        parts.append((D.state == DisputeState.OPEN.value) & mine & reach)
    if manager:
        pending = D.state == DisputeState.PENDING_APPROVAL.value
        parts.append(pending & _not_by(D.decided_by, viewer) & _not_by(D.first_decided_by, viewer))
    return or_(*parts) if parts else false()


def credits_for(viewer: Viewer) -> ColumnElement[bool]:
    """Credits of others, above the limit."""
    if not viewer.may(P.CREDIT_APPROVE):
        return false()
    return (C.state == CreditState.PENDING_APPROVAL.value) & _not_by(C.author_id, viewer)


def statement_counts(viewer: Viewer) -> dict[str, int]:
    """State → how many statements wait in it for this viewer."""
    rows: Any = visible(select(S.state, func.count()), Statement, viewer)
    found = db.session.execute(rows.where(statements_for(viewer)).group_by(S.state))
    return {row[0]: row[1] for row in found}


def disputes_to_decide(viewer: Viewer, most: int) -> list[Dispute]:
    """The disputes that wait for this viewer: those before a manager first, then the oldest."""
    wanted = visible(select(D), Dispute, viewer).where(disputes_for(viewer))
    wanted = wanted.options(joinedload(D.customer), joinedload(D.line))
    order = (D.level.desc(), D.raised_at, D.id)
    return list(db.session.scalars(wanted.order_by(*order).limit(most)))


def credits_to_approve(viewer: Viewer, most: int) -> list[Credit]:
    """The credits that wait for this viewer, the oldest first."""
    wanted = visible(select(C), Credit, viewer).where(credits_for(viewer))
    wanted = wanted.options(joinedload(C.customer)).order_by(C.id)
    return list(db.session.scalars(wanted.limit(most)))


def runs_with_problems() -> list[StatementRun]:
    """Of the latest billing runs those that stopped, or could not bill somebody."""
    latest = select(StatementRun).order_by(StatementRun.id.desc()).limit(RUNS_LOOKED_AT)
    return [
        run for run in db.session.scalars(latest) if run.state == RunState.FAILED or run.problems
    ]


def _not_by(column: Any, viewer: Viewer) -> ColumnElement[bool]:
    return or_(column.is_(None), column != viewer.user_id)
