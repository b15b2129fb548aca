"""The life of one quotation version (DESIGN section 4, DOMAIN section 16).

Expired is never stored: an issued version whose `valid_until` has passed is read as expired.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from portal.kernel.lifecycle import Lifecycle
from portal.kernel.text import Text, t


class QuotationState(StrEnum):
    """Where a version is."""

    DRAFT = "draft"
    PENDING_APPROVAL = "pending_approval"
    APPROVED = "approved"
    ISSUED = "issued"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class QuotationStep(StrEnum):
    """What may be done with it."""

    SUBMIT = "submit"
    APPROVE = "approve"
    RETURN = "return"
    REOPEN = "reopen"
    ISSUE = "issue"
    ACCEPT = "accept"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    SUPERSEDE = "supersede"


S, A = QuotationState, QuotationStep

STATE_WORDS: Mapping[QuotationState, Text] = {
    S.DRAFT: t("Draft"),
    S.PENDING_APPROVAL: t("Pending approval"),
    S.APPROVED: t("Approved"),
    S.ISSUED: t("Issued"),
    S.ACCEPTED: t("Accepted"),
    S.DECLINED: t("Declined"),
    S.EXPIRED: t("Expired"),
    S.SUPERSEDED: t("Superseded"),
    S.WITHDRAWN: t("Withdrawn"),
}

STEPS = Lifecycle(
    {
        (S.DRAFT, A.SUBMIT): S.PENDING_APPROVAL,
        (S.DRAFT, A.ISSUE): S.ISSUED,
        (S.DRAFT, A.WITHDRAW): S.WITHDRAWN,
        (S.PENDING_APPROVAL, A.APPROVE): S.APPROVED,
        (S.PENDING_APPROVAL, A.RETURN): S.DRAFT,
        (S.APPROVED, A.ISSUE): S.ISSUED,
        (S.APPROVED, A.REOPEN): S.DRAFT,
        (S.APPROVED, A.WITHDRAW): S.WITHDRAWN,
        (S.ISSUED, A.ACCEPT): S.ACCEPTED,
        (S.ISSUED, A.DECLINE): S.DECLINED,
        (S.ISSUED, A.WITHDRAW): S.WITHDRAWN,
        (S.ISSUED, A.SUPERSEDE): S.SUPERSEDED,
    },
    STATE_WORDS,
)

FROZEN = frozenset({S.ISSUED, S.ACCEPTED, S.DECLINED, S.SUPERSEDED, S.WITHDRAWN})
"""Lines, rates of exchange and the PDF of such a version never change."""

CUSTOMER_SEES = frozenset({S.ISSUED, S.ACCEPTED, S.DECLINED, S.SUPERSEDED, S.WITHDRAWN})
"""What is not issued yet does not exist for the customer."""


def state_on(stored: QuotationState, valid_until: date | None, today: date) -> QuotationState:
    """The state as read on `today`: an issued version past its last valid day is expired."""
    if stored is S.ISSUED and valid_until is not None and today > valid_until:
        return S.EXPIRED
    return stored
