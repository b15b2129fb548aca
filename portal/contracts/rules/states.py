"""The lives of a contract and of an amendment (DESIGN section 4, DOMAIN section 16).

Expired is never stored: an active contract whose last day has passed is read as expired.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from portal.kernel.lifecycle import Lifecycle
from portal.kernel.text import Text, t


class ContractState(StrEnum):
    """Where a contract is."""

    DRAFT = "draft"
    PENDING_APPROVAL = "pending_approval"
    PENDING_SIGNATURE = "pending_signature"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    COMPLETED = "completed"
    EXPIRED = "expired"
    TERMINATED = "terminated"
    VOID = "void"


class ContractStep(StrEnum):
    """What may be done with it."""

    SUBMIT = "submit"
    APPROVE = "approve"
    RETURN = "return"
    SEND = "send"
    SIGN = "sign"
    SUSPEND = "suspend"
    RESUME = "resume"
    COMPLETE = "complete"
    TERMINATE = "terminate"
    VOID = "void"


S, A = ContractState, ContractStep

STATE_WORDS: Mapping[ContractState, Text] = {
    S.DRAFT: t("Draft"),
    S.PENDING_APPROVAL: t("Pending approval"),
    S.PENDING_SIGNATURE: t("Pending signature"),
    S.ACTIVE: t("In force"),
    S.SUSPENDED: t("Suspended"),
    S.COMPLETED: t("Completed"),
    S.EXPIRED: t("Expired"),
    S.TERMINATED: t("Terminated"),
    S.VOID: t("Void"),
}

STEPS = Lifecycle(
    {
        (S.DRAFT, A.SUBMIT): S.PENDING_APPROVAL,
        (S.DRAFT, A.SEND): S.PENDING_SIGNATURE,
        (S.DRAFT, A.VOID): S.VOID,
        (S.PENDING_APPROVAL, A.APPROVE): S.PENDING_SIGNATURE,
        (S.PENDING_APPROVAL, A.RETURN): S.DRAFT,
        (S.PENDING_APPROVAL, A.VOID): S.VOID,
        (S.PENDING_SIGNATURE, A.SIGN): S.ACTIVE,
        (S.PENDING_SIGNATURE, A.RETURN): S.DRAFT,
        (S.PENDING_SIGNATURE, A.VOID): S.VOID,
        (S.ACTIVE, A.SUSPEND): S.SUSPENDED,
        (S.ACTIVE, A.COMPLETE): S.COMPLETED,
        (S.ACTIVE, A.TERMINATE): S.TERMINATED,
        (S.SUSPENDED, A.RESUME): S.ACTIVE,
        (S.SUSPENDED, A.TERMINATE): S.TERMINATED,
    },
    STATE_WORDS,
)
"""SEND leaves out approval: only for the unchanged lines of an accepted quotation."""

CUSTOMER_SEES = frozenset(
    {S.PENDING_SIGNATURE, S.ACTIVE, S.SUSPENDED, S.COMPLETED, S.EXPIRED, S.TERMINATED}
)
"""What is not ready to be signed does not exist for the customer."""


def state_on(stored: ContractState, ends_on: date | None, today: date) -> ContractState:
    """The state as read on `today`: an active contract after its last day is expired."""
    if stored is S.ACTIVE and ends_on is not None and today > ends_on:
        return S.EXPIRED
    return stored


class AmendmentState(StrEnum):
    """Where an amendment is; once in force it never changes."""

    DRAFT = "draft"
    PENDING_APPROVAL = "pending_approval"
    PENDING_SIGNATURE = "pending_signature"
    IN_FORCE = "in_force"
    VOID = "void"


M = AmendmentState

AMENDMENT_WORDS: Mapping[AmendmentState, Text] = {
    M.DRAFT: t("Draft"),
    M.PENDING_APPROVAL: t("Pending approval"),
    M.PENDING_SIGNATURE: t("Pending signature"),
    M.IN_FORCE: t("In force"),
    M.VOID: t("Void"),
}

AMENDMENT_STEPS = Lifecycle(
    {
        (M.DRAFT, A.SUBMIT): M.PENDING_APPROVAL,
        (M.DRAFT, A.VOID): M.VOID,
        (M.PENDING_APPROVAL, A.APPROVE): M.PENDING_SIGNATURE,
        (M.PENDING_APPROVAL, A.RETURN): M.DRAFT,
        (M.PENDING_APPROVAL, A.VOID): M.VOID,
        (M.PENDING_SIGNATURE, A.SIGN): M.IN_FORCE,
        (M.PENDING_SIGNATURE, A.RETURN): M.DRAFT,
        (M.PENDING_SIGNATURE, A.VOID): M.VOID,
    },
    AMENDMENT_WORDS,
)
