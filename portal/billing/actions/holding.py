"""A statement while it is being changed: held by one transaction, of the revision that was read, moved by its table."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from portal.access.viewer import Viewer
from portal.billing.actions import owing
from portal.billing.actions.rows import repeat_sums
from portal.billing.models import Statement
from portal.billing.rules.confirming import step_to
from portal.billing.rules.states import STATEMENT_STEPS, StatementState, StatementStep
from portal.db.base import db
from portal.db.engine import write_from_here
from portal.kernel.errors import Invalid, NotAllowedNow, NotFound
from portal.kernel.text import Text, t

LONGEST_REASON = 500


class OtherRevision(NotAllowedNow):
    """A revision was answered that is not the current one; `current_no` of `statement_id` is the one to look at."""

    def __init__(self, statement: Statement) -> None:
        super().__init__(
            t("A newer revision has replaced the one that you read. Look at it first.")
        )
        self.statement_id, self.current_no = statement.id, statement.revision_no


def held(statement: Statement) -> Statement:
    """The statement as it stands now, held until the transaction ends; NotFound when it is not to be seen."""
    return held_id(statement.id)


def held_id(statement_id: int) -> Statement:
    """The statement of this id, held as by `held`."""
    write_from_here(db.session())
    wanted = select(Statement).where(Statement.id == statement_id).with_for_update(of=Statement)
    found = db.session.scalar(wanted.execution_options(populate_existing=True))
    if found is None:
        raise NotFound()
    return found


def check_revision(statement: Statement, revision_no: int) -> None:
    """Raise OtherRevision unless the current revision was read."""
    if statement.revision_no != revision_no:
        raise OtherRevision(statement)


def check_step(statement: Statement, step: StatementStep) -> StatementState:
    """The state after `step`; NotAllowedNow where the table has no such step."""
    return STATEMENT_STEPS.next(StatementState(statement.state), step)


def move(statement: Statement, step: StatementStep, now: datetime) -> None:
    """Take a step of the table."""
    statement.state = check_step(statement, step).value
    statement.updated_at = now


def settle(statement: Statement, actor: Viewer, now: datetime) -> bool:
    """Add up what was said to the lines and move the statement accordingly; whether it became confirmed by that."""
    db.session.flush()
    sums = repeat_sums(statement)
    owing.note_disputed(statement)
    statement.updated_at = now
    step = step_to(StatementState(statement.state), sums.states)
    if step is not None:
        move(statement, step, now)
    return step is StatementStep.CONFIRM


def reason_given(reason: str, text: Text, longest: int = LONGEST_REASON) -> str:
    """The reason, trimmed; Invalid at "reason" with `text` when there is none, or when it is too long."""
    if len(reason.strip()) < 2:
        raise Invalid(text, "reason")
    if len(reason.strip()) > longest:
        raise Invalid(t("A reason has at most %(most)s characters.", most=longest), "reason")
    return reason.strip()
