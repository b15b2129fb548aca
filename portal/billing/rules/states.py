"""The lives of a run, a statement, its lines, a dispute and a credit (DESIGN section 4, DOMAIN section 16).

Partly paid, settled and overdue are never stored: they are read from what is open and when it was due.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from portal.kernel.lifecycle import Lifecycle
from portal.kernel.text import Text, t


class RunState(StrEnum):
    """How far a billing run is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class StatementState(StrEnum):
    """Where a statement is."""

    DRAFT = "draft"
    UNDER_REVIEW = "under_review"
    PUBLISHED = "published"
    PARTLY_DISPUTED = "partly_disputed"
    CONFIRMED = "confirmed"
    BILLED = "billed"
    VOID = "void"


class StatementStep(StrEnum):
    """What may be done with it."""

    REVIEW = "review"
    RETURN = "return"
    PUBLISH = "publish"
    REVISE = "revise"
    DISPUTE = "dispute"
    SETTLE = "settle"  # the last open dispute is decided and other lines are still to be confirmed
    CONFIRM = "confirm"
    BILL = "bill"
    UNBILL = "unbill"  # a red invoice took the coverage away
    VOID = "void"


class LineState(StrEnum):
    """What the customer says to a line, and what became of that."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    DISPUTED = "disputed"
    ADJUSTED = (
        "adjusted"  # a dispute was accepted, in whole or part; a credit line stands beside it
    )
    UPHELD = "upheld"  # a dispute was rejected; the line stands


class DisputeState(StrEnum):
    """Where a dispute is; level 2 is the same dispute before a manager."""

    OPEN = "open"
    PENDING_APPROVAL = "pending_approval"
    ACCEPTED = "accepted"
    PARTLY_ACCEPTED = "partly_accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class DisputeStep(StrEnum):
    """What may be done with it."""

    PROPOSE = "propose"  # a grant above the decider's limit waits for approval
    ACCEPT = "accept"
    ACCEPT_IN_PART = "accept_in_part"
    REJECT = "reject"
    RETURN = "return"
    RAISE_AGAIN = "raise_again"  # once, to a manager
    WITHDRAW = "withdraw"


class CreditState(StrEnum):
    """Where a credit is; once placed on a statement line it never changes."""

    PENDING_APPROVAL = "pending_approval"
    GRANTED = "granted"
    PLACED = "placed"
    REFUSED = "refused"
    CANCELLED = "cancelled"


class CreditStep(StrEnum):
    """What may be done with it."""

    APPROVE = "approve"
    REFUSE = "refuse"
    CANCEL = "cancel"  # what it stood for is no more, as redeemed points that are given back
    PLACE = "place"
    FREE = "free"  # the draft that carried it was voided


class PaperState(StrEnum):
    """Whether the PDF of a revision lies in the archive; long ones are printed by the worker."""

    WAITING = "waiting"
    PRINTING = "printing"
    READY = "ready"
    FAILED = "failed"


S, A = StatementState, StatementStep

STATEMENT_WORDS: Mapping[StatementState, Text] = {
    S.DRAFT: t("Draft"),
    S.UNDER_REVIEW: t("Under review"),
    S.PUBLISHED: t("Published"),
    S.PARTLY_DISPUTED: t("Partly disputed"),
    S.CONFIRMED: t("Confirmed"),
    S.BILLED: t("Billed"),
    S.VOID: t("Void"),
}

STATEMENT_STEPS = Lifecycle(
    {
        (S.DRAFT, A.REVIEW): S.UNDER_REVIEW,
        (S.DRAFT, A.VOID): S.VOID,
        (S.UNDER_REVIEW, A.RETURN): S.DRAFT,
        (S.UNDER_REVIEW, A.PUBLISH): S.PUBLISHED,
        (S.UNDER_REVIEW, A.VOID): S.VOID,
        (S.PUBLISHED, A.REVISE): S.PUBLISHED,
        (S.PUBLISHED, A.DISPUTE): S.PARTLY_DISPUTED,
        (S.PUBLISHED, A.CONFIRM): S.CONFIRMED,
        (S.PARTLY_DISPUTED, A.REVISE): S.PARTLY_DISPUTED,
        (S.PARTLY_DISPUTED, A.DISPUTE): S.PARTLY_DISPUTED,
        (S.PARTLY_DISPUTED, A.SETTLE): S.PUBLISHED,
        (S.PARTLY_DISPUTED, A.CONFIRM): S.CONFIRMED,
        (S.CONFIRMED, A.DISPUTE): S.PARTLY_DISPUTED,
        (S.CONFIRMED, A.BILL): S.BILLED,
        (S.BILLED, A.UNBILL): S.CONFIRMED,
    },
    STATEMENT_WORDS,
)
"""From CONFIRMED on a dispute is only the re-raising of one that was decided; a correction is then a credit on the next
statement (DOMAIN R5)."""

CUSTOMER_SEES = frozenset({S.PUBLISHED, S.PARTLY_DISPUTED, S.CONFIRMED, S.BILLED})
"""What is not published does not exist for the customer."""
FROZEN = CUSTOMER_SEES
"""States in which a line's content never changes any more."""

LINE_WORDS: Mapping[LineState, Text] = {
    LineState.OPEN: t("To be confirmed"),
    LineState.CONFIRMED: t("Confirmed"),
    LineState.DISPUTED: t("Disputed"),
    LineState.ADJUSTED: t("Adjusted"),
    LineState.UPHELD: t("Upheld"),
}

D, W = DisputeState, DisputeStep

DISPUTE_WORDS: Mapping[DisputeState, Text] = {
    D.OPEN: t("To be decided"),
    D.PENDING_APPROVAL: t("Pending approval"),
    D.ACCEPTED: t("Accepted"),
    D.PARTLY_ACCEPTED: t("Accepted in part"),
    D.REJECTED: t("Rejected"),
    D.WITHDRAWN: t("Withdrawn"),
}

DISPUTE_STEPS = Lifecycle(
    {
        (D.OPEN, W.PROPOSE): D.PENDING_APPROVAL,
        (D.OPEN, W.ACCEPT): D.ACCEPTED,
        (D.OPEN, W.ACCEPT_IN_PART): D.PARTLY_ACCEPTED,
        (D.OPEN, W.REJECT): D.REJECTED,
        (D.OPEN, W.WITHDRAW): D.WITHDRAWN,
        (D.PENDING_APPROVAL, W.ACCEPT): D.ACCEPTED,
        (D.PENDING_APPROVAL, W.ACCEPT_IN_PART): D.PARTLY_ACCEPTED,
        (D.PENDING_APPROVAL, W.RETURN): D.OPEN,
        (D.PARTLY_ACCEPTED, W.RAISE_AGAIN): D.OPEN,
        (D.REJECTED, W.RAISE_AGAIN): D.OPEN,
    },
    DISPUTE_WORDS,
)

CREDIT_WORDS: Mapping[CreditState, Text] = {
    CreditState.PENDING_APPROVAL: t("Pending approval"),
    CreditState.GRANTED: t("Approved"),
    CreditState.PLACED: t("On a statement"),
    CreditState.REFUSED: t("Refused"),
    CreditState.CANCELLED: t("Cancelled"),
}

CREDIT_STEPS = Lifecycle(
    {
        (CreditState.PENDING_APPROVAL, CreditStep.APPROVE): CreditState.GRANTED,
        (CreditState.PENDING_APPROVAL, CreditStep.REFUSE): CreditState.REFUSED,
        (CreditState.GRANTED, CreditStep.PLACE): CreditState.PLACED,
        (CreditState.GRANTED, CreditStep.CANCEL): CreditState.CANCELLED,
        (CreditState.PLACED, CreditStep.FREE): CreditState.GRANTED,
    },
    CREDIT_WORDS,
)

RUN_WORDS: Mapping[RunState, Text] = {
    RunState.WAITING: t("Waiting"),
    RunState.RUNNING: t("Running"),
    RunState.DONE: t("Done"),
    RunState.FAILED: t("Failed"),
}

PAPER_WORDS: Mapping[PaperState, Text] = {
    PaperState.WAITING: t("Waiting for the printer"),
    PaperState.PRINTING: t("Being printed"),
    PaperState.READY: t("Ready"),
    PaperState.FAILED: t("Could not be printed"),
}
