"""The lives of an opportunity and of its tasks (DESIGN section 4, DOMAIN section 16).

The stage is where the firm's own sales method has it; whether it is overdue or stuck is computed, never set.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from portal.kernel.lifecycle import Lifecycle
from portal.kernel.text import Text, t


class OpportunityState(StrEnum):
    """Where an opportunity is."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


class OpportunityStep(StrEnum):
    """What may be done with it."""

    MOVE = "move"  # to another stage of its method
    WIN = "win"
    LOSE = "lose"
    UNLOCK = "unlock"  # a won or lost one is opened again, with a reason


class TaskState(StrEnum):
    """Where a task is."""

    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"


class TaskStep(StrEnum):
    """What may be done with it."""

    COMPLETE = "complete"
    CANCEL = "cancel"
    REOPEN = "reopen"


S, A = OpportunityState, OpportunityStep

OPPORTUNITY_WORDS: Mapping[OpportunityState, Text] = {
    S.OPEN: t("Open opportunity"),
    S.WON: t("Won"),
    S.LOST: t("Lost opportunity"),
}

OPPORTUNITY_STEPS: Lifecycle[OpportunityState, OpportunityStep] = Lifecycle(
    {
        (S.OPEN, A.MOVE): S.OPEN,
        (S.OPEN, A.WIN): S.WON,
        (S.OPEN, A.LOSE): S.LOST,
        (S.WON, A.UNLOCK): S.OPEN,
        (S.LOST, A.UNLOCK): S.OPEN,
    },
    OPPORTUNITY_WORDS,
)

TASK_WORDS: Mapping[TaskState, Text] = {
    TaskState.OPEN: t("To do"),
    TaskState.DONE: t("Done"),
    TaskState.CANCELLED: t("Called off"),
}

TASK_STEPS: Lifecycle[TaskState, TaskStep] = Lifecycle(
    {
        (TaskState.OPEN, TaskStep.COMPLETE): TaskState.DONE,
        (TaskState.OPEN, TaskStep.CANCEL): TaskState.CANCELLED,
        (TaskState.DONE, TaskStep.REOPEN): TaskState.OPEN,
        (TaskState.CANCELLED, TaskStep.REOPEN): TaskState.OPEN,
    },
    TASK_WORDS,
)
