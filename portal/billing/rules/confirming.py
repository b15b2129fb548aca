"""What a customer may say to a line, and where that leaves the statement (DOMAIN R1, R3).

An answer is kept: a confirmed line is not disputed afterwards. A dispute that was decided may be raised again once.
"""

from __future__ import annotations

from collections.abc import Iterable

from portal.billing.rules.states import (
    LINE_WORDS,
    STATEMENT_WORDS,
    DisputeState,
    LineState,
    StatementState,
    StatementStep,
)
from portal.kernel.errors import NotAllowedNow
from portal.kernel.text import Text, t

ASKED = frozenset({StatementState.PUBLISHED, StatementState.PARTLY_DISPUTED})
"""States of a statement in which its lines are to be answered."""
RAISED_AGAIN_IN = ASKED | {StatementState.CONFIRMED}
ANSWERED = frozenset({LineState.CONFIRMED, LineState.ADJUSTED, LineState.UPHELD})
"""Lines to which nothing is left to say."""
LAST_LEVEL = 2
_DECIDED_AGAINST = frozenset({DisputeState.REJECTED, DisputeState.PARTLY_ACCEPTED})
_LINE_AFTER = {
    DisputeState.OPEN: LineState.DISPUTED,
    DisputeState.PENDING_APPROVAL: LineState.DISPUTED,
    DisputeState.ACCEPTED: LineState.ADJUSTED,
    DisputeState.PARTLY_ACCEPTED: LineState.ADJUSTED,
    DisputeState.REJECTED: LineState.UPHELD,
    DisputeState.WITHDRAWN: LineState.CONFIRMED,
}
_STEPS = {
    (StatementState.PUBLISHED, StatementState.PARTLY_DISPUTED): StatementStep.DISPUTE,
    (StatementState.PUBLISHED, StatementState.CONFIRMED): StatementStep.CONFIRM,
    (StatementState.PARTLY_DISPUTED, StatementState.PUBLISHED): StatementStep.SETTLE,
    (StatementState.PARTLY_DISPUTED, StatementState.CONFIRMED): StatementStep.CONFIRM,
    (StatementState.CONFIRMED, StatementState.PARTLY_DISPUTED): StatementStep.DISPUTE,
}


def may_confirm(statement: StatementState, line: LineState) -> bool:
    """Whether this line may be confirmed now."""
    return statement in ASKED and line is LineState.OPEN


def may_dispute(statement: StatementState, line: LineState) -> bool:
    """Whether this line may be disputed now, for the first time."""
    return statement in ASKED and line is LineState.OPEN


def may_raise_again(statement: StatementState, dispute: DisputeState, level: int) -> bool:
    """Whether a decided dispute may go to a manager: once, where it was not granted in full."""
    return statement in RAISED_AGAIN_IN and dispute in _DECIDED_AGAINST and level < LAST_LEVEL


def check_confirm(statement: StatementState, line: LineState) -> None:
    """NotAllowedNow, with the reason, when this line cannot be confirmed now."""
    if not may_confirm(statement, line):
        raise NotAllowedNow(_refusal(statement, line))


def check_dispute(statement: StatementState, line: LineState) -> None:
    """NotAllowedNow, with the reason, when this line cannot be disputed now."""
    if not may_dispute(statement, line):
        raise NotAllowedNow(_refusal(statement, line))


def line_state_of(dispute: DisputeState) -> LineState:
    """What a line is while its dispute is in this state; withdrawn: the customer agrees after all."""
    return _LINE_AFTER[dispute]


def state_after(lines: Iterable[LineState]) -> StatementState:
    """The state of a published statement whose current lines are in these states; without any it is confirmed."""
    found = set(lines)
    if LineState.DISPUTED in found:
        return StatementState.PARTLY_DISPUTED
    if LineState.OPEN in found:
        return StatementState.PUBLISHED
    return StatementState.CONFIRMED


def step_to(statement: StatementState, lines: Iterable[LineState]) -> StatementStep | None:
    """The step that brings a statement to the state of its lines; None: it is there, or is billed and stays so.

    NotAllowedNow when no step leads there.
    """
    wanted = state_after(lines)
    if statement in {wanted, StatementState.BILLED}:
        return None
    step = _STEPS.get((statement, wanted))
    if step is None:
        state = STATEMENT_WORDS[statement]
        raise NotAllowedNow(
            t("This step is not possible now: the record is “%(state)s”.", state=state)
        )
    return step


def _refusal(statement: StatementState, line: LineState) -> Text:
    if statement not in ASKED:
        state = STATEMENT_WORDS[statement]
        return t("This step is not possible now: the record is “%(state)s”.", state=state)
    return t("This line has been answered already: “%(state)s”.", state=LINE_WORDS[line])
