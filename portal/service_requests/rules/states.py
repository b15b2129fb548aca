"""The lives of a request, a task and a defect's correction (DESIGN section 4, DOMAIN T4 and section 16).

What is overdue, at risk or paused is never a state: it is read from the clocks.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from portal.kernel.lifecycle import Lifecycle
from portal.kernel.text import Text, t


class RequestState(StrEnum):
    """Where a request is."""

    NEW = "new"
    ACCEPTED = "accepted"
    IN_PROGRESS = "in_progress"
    WAITING_CUSTOMER = "waiting_customer"
    WAITING_THIRD_PARTY = "waiting_third_party"
    RESOLVED = "resolved"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"
    REJECTED = "rejected"


class RequestStep(StrEnum):
    """What may be done with it."""

    ACCEPT = "accept"
    START = "start"
    WAIT_CUSTOMER = "wait_customer"
    WAIT_THIRD_PARTY = "wait_third_party"
    RESUME = "resume"  # the customer or the third party answered
    RESOLVE = "resolve"
    CLOSE = "close"
    REOPEN = "reopen"
    WITHDRAW = "withdraw"
    MERGE = "merge"
    REJECT = "reject"


class TaskState(StrEnum):
    """Where a task or a field visit is."""

    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"


class TaskStep(StrEnum):
    """What may be done with it."""

    COMPLETE = "complete"
    CANCEL = "cancel"
    REOPEN = "reopen"


class UpsellState(StrEnum):
    """Where a chance to sell more is; one that became an opportunity follows that."""

    OPEN = "open"
    QUOTED = "quoted"
    WON = "won"
    DROPPED = "dropped"


class UpsellStep(StrEnum):
    """What may be done with it."""

    QUOTE = "quote"
    WIN = "win"
    DROP = "drop"
    REOPEN = "reopen"  # the opportunity that it became was unlocked


S, A = RequestState, RequestStep

REQUEST_WORDS: Mapping[RequestState, Text] = {
    S.NEW: t("To be accepted"),
    S.ACCEPTED: t("Taken on"),
    S.IN_PROGRESS: t("In progress"),
    S.WAITING_CUSTOMER: t("Waiting on the customer"),
    S.WAITING_THIRD_PARTY: t("Waiting on a third party"),
    S.RESOLVED: t("Resolved"),
    S.CLOSED: t("Case closed"),
    S.WITHDRAWN: t("Withdrawn"),
    S.MERGED: t("Merged"),
    S.REJECTED: t("Rejected"),
}

_AT_WORK = (S.ACCEPTED, S.IN_PROGRESS, S.WAITING_CUSTOMER, S.WAITING_THIRD_PARTY)
_WAITING = (S.WAITING_CUSTOMER, S.WAITING_THIRD_PARTY)

REQUEST_STEPS = Lifecycle(
    {
        (S.NEW, A.ACCEPT): S.ACCEPTED,
        (S.ACCEPTED, A.START): S.IN_PROGRESS,
        **{(state, A.RESUME): S.IN_PROGRESS for state in _WAITING},
        **{
            (state, A.WAIT_CUSTOMER): S.WAITING_CUSTOMER
            for state in (S.ACCEPTED, S.IN_PROGRESS, S.WAITING_THIRD_PARTY)
        },
        **{
            (state, A.WAIT_THIRD_PARTY): S.WAITING_THIRD_PARTY
            for state in (S.ACCEPTED, S.IN_PROGRESS, S.WAITING_CUSTOMER)
        },
        **{(state, A.RESOLVE): S.RESOLVED for state in _AT_WORK},
        (S.RESOLVED, A.CLOSE): S.CLOSED,
        **{(state, A.REOPEN): S.IN_PROGRESS for state in (S.RESOLVED, S.CLOSED)},
        **{(state, A.MERGE): S.MERGED for state in (S.NEW, *_AT_WORK)},
        **{(state, A.REJECT): S.REJECTED for state in (S.NEW, S.ACCEPTED)},
        **{(state, A.WITHDRAW): S.WITHDRAWN for state in (S.NEW, *_AT_WORK)},
    },
    REQUEST_WORDS,
)

OPEN = frozenset({S.NEW, *_AT_WORK})
"""Somebody still has to do something."""
LOCKED = frozenset({S.CLOSED, S.WITHDRAWN, S.MERGED, S.REJECTED})
"""Nothing of the request changes any more; a reply makes a linked one."""

TASK_WORDS: Mapping[TaskState, Text] = {
    TaskState.OPEN: t("To be done"),
    TaskState.DONE: t("Done"),
    TaskState.CANCELLED: t("Called off"),
}

TASK_STEPS = Lifecycle(
    {
        (TaskState.OPEN, TaskStep.COMPLETE): TaskState.DONE,
        (TaskState.OPEN, TaskStep.CANCEL): TaskState.CANCELLED,
        (TaskState.DONE, TaskStep.REOPEN): TaskState.OPEN,
        (TaskState.CANCELLED, TaskStep.REOPEN): TaskState.OPEN,
    },
    TASK_WORDS,
)

UPSELL_WORDS: Mapping[UpsellState, Text] = {
    UpsellState.OPEN: t("To be followed up"),
    UpsellState.QUOTED: t("Quoted"),
    UpsellState.WON: t("Won"),
    UpsellState.DROPPED: t("Dropped"),
}

UPSELL_STEPS = Lifecycle(
    {
        (UpsellState.OPEN, UpsellStep.QUOTE): UpsellState.QUOTED,
        (UpsellState.OPEN, UpsellStep.WIN): UpsellState.WON,
        (UpsellState.QUOTED, UpsellStep.WIN): UpsellState.WON,
        (UpsellState.OPEN, UpsellStep.DROP): UpsellState.DROPPED,
        (UpsellState.QUOTED, UpsellStep.DROP): UpsellState.DROPPED,
        (UpsellState.WON, UpsellStep.REOPEN): UpsellState.OPEN,
        (UpsellState.DROPPED, UpsellStep.REOPEN): UpsellState.OPEN,
    },
    UPSELL_WORDS,
)
