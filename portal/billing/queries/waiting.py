"""What of billing waits for a member of staff, by what the person may do about it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, false, func, or_, select

from portal.access.permissions import Permission as P
from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.billing.models import Credit, Dispute, Statement, StatementRun
from portal.billing.rules.states import CreditState, DisputeState, StatementState

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


def statement_counts(viewer: Viewer) -> Select[Any]:
    """State → how many statements wait in it for this viewer."""
    counts: Any = select(S.state, func.count())
    found: Select[Any] = visible(counts, Statement, viewer).where(statements_for(viewer))
    return found.group_by(S.state)


def latest_runs() -> Select[Any]:
    """(id, first day, last day, state, problems) of the latest billing runs."""
    run = StatementRun
    columns: Any = (run.id, run.starts_on, run.ends_on, run.state, run.problems)
    latest: Select[Any] = select(*columns)
    return latest.order_by(run.id.desc()).limit(RUNS_LOOKED_AT)


def _not_by(column: Any, viewer: Viewer) -> ColumnElement[bool]:
    return or_(column.is_(None), column != viewer.user_id)
