"""The worker reminds of statements and lets silence count, again and again without doing it twice."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from portal.billing.models import Statement
from portal.billing.rules.states import StatementState as S
from portal.db.base import db
from portal.db.outbox import OutboxMessage, OutboxState
from portal.jobs import answers
from portal.jobs.schedule import JOBS
from tests.cast import Cast
from tests.chain import contract_line, handling, signed_contract
from tests.statements import a_line, a_statement

DAY = timedelta(days=1)


def silent(cast: Cast, now: datetime) -> int:
    """A published statement of a contract that lets silence count after 7 days; its letter has left the house."""
    contract = signed_contract(cast)
    contract_line(contract, handling(), None)
    contract.terms[0].deemed_confirmation_days = 7
    row = a_statement(cast.harbour, [a_line("10", contract_id=contract.id)], S.PUBLISHED)
    for each in db.session.scalars(select(OutboxMessage)):
        each.state, each.sent_at = OutboxState.SENT.value, now
    db.session.commit()
    return row.id


def test_a_reminder_goes_once_and_then_silence_counts_once(cast: Cast, now: datetime) -> None:
    row_id = silent(cast, now)
    assert answers.remind(now + 6 * DAY) == "1 reminders"
    assert answers.remind(now + 6 * DAY) == "0 reminders"
    assert answers.deem(now + 7 * DAY) == "0 confirmed by silence"
    assert answers.deem(now + 8 * DAY) == "1 confirmed by silence"
    assert answers.deem(now + 8 * DAY) == "0 confirmed by silence"
    row = db.session.get_one(Statement, row_id)
    assert (row.state, row.is_deemed) == ("confirmed", True)


def test_the_worker_does_both() -> None:
    assert {"answers", "silence"} <= {job.name for job in JOBS}
