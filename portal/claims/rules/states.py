"""The life of a claim 索赔, of its evidence and of the recourse against others (DESIGN section 4, DOMAIN T7-T9)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from portal.kernel.lifecycle import Lifecycle
from portal.kernel.text import Text, t


class ClaimState(StrEnum):
    """Where a claim is."""

    NOTIFIED = "notified"
    FILED = "filed"
    EVIDENCE_NEEDED = "evidence_needed"
    UNDER_SURVEY = "under_survey"
    LIABILITY_DECIDED = "liability_decided"
    PENDING_APPROVAL = "pending_approval"
    OFFER_MADE = "offer_made"
    AGREED = "agreed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    CREDITED = "credited"
    CLOSED = "closed"


class ClaimStep(StrEnum):
    """What may be done with it."""

    FILE = "file"
    ASK_EVIDENCE = "ask_evidence"
    SURVEY = "survey"
    DECIDE = "decide"
    PROPOSE = "propose"  # an offer above the person's limit waits for approval
    RETURN = "return"
    OFFER = "offer"
    AGREE = "agree"
    DECLINE = "decline"
    ESCALATE = "escalate"  # declined, and looked at again one level higher
    WITHDRAW = "withdraw"
    CREDIT = "credit"
    PAY = "pay"
    CLOSE = "close"


class EvidenceState(StrEnum):
    """Where one piece of evidence is."""

    ASKED = "asked"
    GIVEN = "given"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WAIVED = "waived"


class RecourseState(StrEnum):
    """Where the recourse against carrier, supplier or insurer is."""

    NONE = "none"
    CLAIMED = "claimed"
    PARTLY_RECOVERED = "partly_recovered"
    RECOVERED = "recovered"
    GIVEN_UP = "given_up"


C, A = ClaimState, ClaimStep

CLAIM_WORDS: Mapping[ClaimState, Text] = {
    C.NOTIFIED: t("Notified"),
    C.FILED: t("Filed"),
    C.EVIDENCE_NEEDED: t("Evidence needed"),
    C.UNDER_SURVEY: t("Under survey"),
    C.LIABILITY_DECIDED: t("Liability decided"),
    C.PENDING_APPROVAL: t("Pending approval"),
    C.OFFER_MADE: t("Offer made"),
    C.AGREED: t("Agreed"),
    C.DECLINED: t("Offer declined"),
    C.WITHDRAWN: t("Withdrawn"),
    C.CREDITED: t("Compensation credited"),
    C.CLOSED: t("Case closed"),
}

_LOOKED_INTO = (C.FILED, C.EVIDENCE_NEEDED, C.UNDER_SURVEY)
_BEFORE_AGREEMENT = (
    C.NOTIFIED, *_LOOKED_INTO, C.LIABILITY_DECIDED, C.PENDING_APPROVAL, C.OFFER_MADE, C.DECLINED,
)  # fmt: skip

CLAIM_STEPS = Lifecycle(
    {
        (C.NOTIFIED, A.FILE): C.FILED,
        **{(state, A.ASK_EVIDENCE): C.EVIDENCE_NEEDED for state in _LOOKED_INTO},
        **{(state, A.SURVEY): C.UNDER_SURVEY for state in _LOOKED_INTO},
        **{(state, A.DECIDE): C.LIABILITY_DECIDED for state in _LOOKED_INTO},
        (C.LIABILITY_DECIDED, A.DECIDE): C.LIABILITY_DECIDED,
        (C.LIABILITY_DECIDED, A.SURVEY): C.UNDER_SURVEY,
        (C.LIABILITY_DECIDED, A.PROPOSE): C.PENDING_APPROVAL,
        (C.LIABILITY_DECIDED, A.OFFER): C.OFFER_MADE,
        (C.PENDING_APPROVAL, A.OFFER): C.OFFER_MADE,
        (C.PENDING_APPROVAL, A.RETURN): C.LIABILITY_DECIDED,
        (C.OFFER_MADE, A.AGREE): C.AGREED,
        (C.OFFER_MADE, A.DECLINE): C.DECLINED,
        (C.DECLINED, A.ESCALATE): C.LIABILITY_DECIDED,
        (C.AGREED, A.CREDIT): C.CREDITED,
        (C.AGREED, A.PAY): C.CLOSED,
        **{(state, A.WITHDRAW): C.WITHDRAWN for state in _BEFORE_AGREEMENT},
        **{(state, A.CLOSE): C.CLOSED for state in (C.LIABILITY_DECIDED, C.DECLINED, C.CREDITED)},
    },
    CLAIM_WORDS,
)
"""Closing with liability decided is a refusal: we do not answer for it, and say why. A payment ends the case."""

OPEN = frozenset({*_BEFORE_AGREEMENT, C.AGREED})

EVIDENCE_WORDS: Mapping[EvidenceState, Text] = {
    EvidenceState.ASKED: t("Still to be sent"),
    EvidenceState.GIVEN: t("Sent, not looked at yet"),
    EvidenceState.ACCEPTED: t("Sufficient"),
    EvidenceState.REFUSED: t("Not sufficient"),
    EvidenceState.WAIVED: t("Not needed"),
}

RECOURSE_WORDS: Mapping[RecourseState, Text] = {
    RecourseState.NONE: t("No recourse"),
    RecourseState.CLAIMED: t("Recourse claimed"),
    RecourseState.PARTLY_RECOVERED: t("Recovered in part"),
    RecourseState.RECOVERED: t("Recovered"),
    RecourseState.GIVEN_UP: t("Recourse given up"),
}
