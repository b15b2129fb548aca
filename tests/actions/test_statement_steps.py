"""Every verb in every state: what the tables do not list is refused and changes nothing (DOMAIN section 16)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from portal.access.viewer import SYSTEM
from portal.billing.actions import (
    confirming,
    crediting,
    deciding,
    disputing,
    publishing,
    reviewing,
    revising,
)
from portal.billing.actions.crediting import Ask
from portal.billing.actions.holding import move
from portal.billing.models import Credit, Dispute, Statement
from portal.billing.rules.states import (
    CREDIT_STEPS,
    DISPUTE_STEPS,
    STATEMENT_STEPS,
    CreditState,
    CreditStep,
    DisputeState,
    DisputeStep,
    StatementState,
    StatementStep,
)
from portal.db.base import db
from portal.kernel.errors import NotAllowedNow
from tests.cast import Cast, viewer
from tests.statements import a_line, a_statement, dispute, lines

D = Decimal
A, W, C = StatementStep, DisputeStep, CreditStep
WHY = "按合同"
StatementVerb = Callable[[Statement, datetime], object]

STATEMENT_VERBS: dict[StatementStep, StatementVerb] = {
    A.REVIEW: lambda row, now: reviewing.review(row, SYSTEM, now),
    A.RETURN: lambda row, now: reviewing.return_(row, WHY, SYSTEM, now),
    A.PUBLISH: lambda row, now: publishing.publish(row, SYSTEM, now),
    A.VOID: lambda row, now: reviewing.void(row, WHY, SYSTEM, now),
    A.REVISE: lambda row, now: revising.revise(row, [], [a_line("1", served=row.customer)], WHY, SYSTEM, now),
    A.CONFIRM: lambda row, now: confirming.confirm(row, None, row.revision_no, SYSTEM, now),
    A.DISPUTE: lambda row, now: dispute(lines(row)[-1]),
    A.SETTLE: lambda row, now: move(row, A.SETTLE, now),
    A.BILL: lambda row, now: move(row, A.BILL, now),
    A.UNBILL: lambda row, now: move(row, A.UNBILL, now),
}  # fmt: skip
LEADS_ELSEWHERE = {
    (
        StatementState.PARTLY_DISPUTED,
        A.CONFIRM,
    ): StatementState.PARTLY_DISPUTED,  # the disputed line is still there
}
UNTOUCHED = {(StatementState.CONFIRMED, A.DISPUTE)}
"""Steps of the table that another verb takes: what was confirmed is disputed again only by raising it again."""


def with_something(cast: Cast, state: StatementState) -> Statement:
    """A statement in `state`; a void one has no line to be disputed, so that verb is left out there."""
    return a_statement(cast.harbour, [a_line("57"), a_line("100"), a_line("3")], state)


@pytest.mark.one_database
@pytest.mark.parametrize("step", list(A))
@pytest.mark.parametrize("state", list(StatementState))
def test_a_statement_takes_the_steps_of_its_table_and_no_others(
    cast: Cast, now: datetime, state: StatementState, step: StatementStep
) -> None:
    row = with_something(cast, state)
    if (state, step) == (StatementState.VOID, A.DISPUTE):
        assert lines(row) == []
    elif STATEMENT_STEPS.allows(state, step) and (state, step) not in UNTOUCHED:
        STATEMENT_VERBS[step](row, now)
        assert row.state == LEADS_ELSEWHERE.get((state, step), STATEMENT_STEPS.steps[state, step])
    else:
        refused(STATEMENT_VERBS[step], row, now)


def refused(verb: Callable[[Any, datetime], object], row: Any, now: datetime) -> None:
    """The verb is refused, and the record is as it was."""
    before = row.state, row.version
    with pytest.raises(NotAllowedNow):
        verb(row, now)
    db.session.flush()
    assert (row.state, row.version) == before


def in_dispute_state(cast: Cast, now: datetime, state: DisputeState) -> Dispute:
    """A dispute of 1,500 (above the limit) that got to `state` by the actions, with a line left to confirm."""
    bill = a_statement(cast.harbour, [a_line("1500"), a_line("100")], StatementState.PUBLISHED)
    row = dispute(lines(bill)[0], by=viewer(cast.lin))
    if state is DisputeState.WITHDRAWN:
        disputing.withdraw(row, viewer(cast.lin), now)
    elif state is DisputeState.REJECTED:
        deciding.reject(row, WHY, viewer(cast.finance), now)
    elif state is DisputeState.PARTLY_ACCEPTED:
        deciding.accept(row, D(900), WHY, viewer(cast.finance), now)
    elif state is not DisputeState.OPEN:
        deciding.accept(row, None, WHY, viewer(cast.finance), now)
    if state is DisputeState.ACCEPTED:
        deciding.approve(row, viewer(cast.finance_manager), now)
    assert row.state == state
    return row


def dispute_verbs(cast: Cast) -> dict[DisputeStep, Callable[[Dispute, datetime], object]]:
    boss, desk, lin = viewer(cast.finance_manager), viewer(cast.finance), viewer(cast.lin)
    return {
        W.PROPOSE: lambda row, now: deciding.accept(row, None, WHY, desk, now),
        W.ACCEPT: lambda row, now: deciding.approve(row, boss, now),
        W.ACCEPT_IN_PART: lambda row, now: deciding.accept(row, D(900), WHY, desk, now),
        W.REJECT: lambda row, now: deciding.reject(row, WHY, desk, now),
        W.RETURN: lambda row, now: deciding.return_(row, WHY, boss, now),
        W.RAISE_AGAIN: lambda row, now: disputing.raise_again(row, WHY, lin, now),
        W.WITHDRAW: lambda row, now: disputing.withdraw(row, lin, now),
    }


DISPUTES_MAY = {
    DisputeState.OPEN: {W.PROPOSE, W.ACCEPT_IN_PART, W.REJECT, W.WITHDRAW},
    DisputeState.PENDING_APPROVAL: {W.ACCEPT, W.RETURN},
    DisputeState.PARTLY_ACCEPTED: {W.RAISE_AGAIN},
    DisputeState.REJECTED: {W.RAISE_AGAIN},
    DisputeState.ACCEPTED: set(),
    DisputeState.WITHDRAWN: set(),
}
"""What a person can do to a dispute above the limit: approving is for what was proposed, so OPEN has no ACCEPT here."""


@pytest.mark.one_database
@pytest.mark.parametrize("step", list(W))
@pytest.mark.parametrize("state", list(DisputeState))
def test_a_dispute_takes_the_steps_of_its_table_and_no_others(
    cast: Cast, now: datetime, state: DisputeState, step: DisputeStep
) -> None:
    row, verb = in_dispute_state(cast, now, state), dispute_verbs(cast)[step]
    if step in DISPUTES_MAY[state]:
        verb(row, now)
        assert row.state == DISPUTE_STEPS.steps[state, step]
    else:
        refused(verb, row, now)


def in_credit_state(cast: Cast, now: datetime, state: CreditState) -> Credit:
    """A credit of 2,000 (above the limit) in `state`."""
    ask = Ask(D(2000), WHY, name_zh="补偿")
    row = crediting.propose(cast.harbour, ask, "goodwill", None, viewer(cast.finance), now)
    boss = viewer(cast.finance_manager)
    if state is CreditState.REFUSED:
        crediting.refuse(row, WHY, boss, now)
    elif state is not CreditState.PENDING_APPROVAL:
        crediting.approve(row, boss, now)
    if state is CreditState.PLACED:
        crediting.place([row.id], a_statement(cast.harbour), boss, now)
    if state is CreditState.CANCELLED:
        crediting.cancel(row.id, WHY, boss, now)
    return row


@pytest.mark.one_database
@pytest.mark.parametrize("step", list(C))
@pytest.mark.parametrize("state", list(CreditState))
def test_a_credit_takes_the_steps_of_its_table_and_no_others(
    cast: Cast, now: datetime, state: CreditState, step: CreditStep
) -> None:
    boss, row = viewer(cast.finance_manager), in_credit_state(cast, now, state)
    draft = a_statement(cast.nordwind)
    verbs: dict[CreditStep, Callable[[Credit, datetime], object]] = {
        C.APPROVE: lambda row, now: crediting.approve(row, boss, now),
        C.REFUSE: lambda row, now: crediting.refuse(row, WHY, boss, now),
        C.PLACE: lambda row, now: crediting.place([row.id], draft, boss, now),
        C.FREE: lambda row, now: crediting.free([row.id], boss, now),
        C.CANCEL: lambda row, now: crediting.cancel(row.id, WHY, boss, now),
    }
    if CREDIT_STEPS.allows(state, step):
        verbs[step](row, now)
        assert row.state == CREDIT_STEPS.steps[state, step]
    else:
        refused(verbs[step], row, now)
