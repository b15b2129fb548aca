"""What was recorded for customers, as far as the viewer may see it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.accounts.models import User
from portal.billing.models import Dispute, Statement, StatementAnswer
from portal.db.base import db


def answers_of(statement: Statement, viewer: Viewer) -> list[StatementAnswer]:
    """Every confirmation that was recorded for the customer of a statement; disputes name their own source."""
    wanted = visible(select(StatementAnswer), StatementAnswer, viewer).where(
        StatementAnswer.statement_id == statement.id, StatementAnswer.dispute_id.is_(None)
    )
    wanted = wanted.options(joinedload(StatementAnswer.recorder).load_only(User.name))
    return list(db.session.scalars(wanted.order_by(StatementAnswer.id)))


def source_of(dispute: Dispute, viewer: Viewer) -> StatementAnswer | None:
    """Who told us of a dispute that the customer did not raise itself; None where it did."""
    wanted = visible(select(StatementAnswer), StatementAnswer, viewer)
    wanted = wanted.options(joinedload(StatementAnswer.recorder).load_only(User.name))
    return db.session.scalar(wanted.where(StatementAnswer.dispute_id == dispute.id))
