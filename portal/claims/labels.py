"""Words, marks and tones of claims, their evidence and their recourse."""

from __future__ import annotations

from collections.abc import Mapping

from portal.claims.rules.states import (
    CLAIM_WORDS,
    EVIDENCE_WORDS,
    RECOURSE_WORDS,
    ClaimState,
    EvidenceState,
    RecourseState,
)
from portal.kernel.text import t
from portal.web.labels import Label

C, E, R = ClaimState, EvidenceState, RecourseState

CLAIMS: Mapping[str, Label] = {
    C.NOTIFIED: Label(CLAIM_WORDS[C.NOTIFIED], "neutral", "megaphone"),
    C.FILED: Label(CLAIM_WORDS[C.FILED], "info", "inbox"),
    C.EVIDENCE_NEEDED: Label(CLAIM_WORDS[C.EVIDENCE_NEEDED], "warn", "image"),
    C.UNDER_SURVEY: Label(CLAIM_WORDS[C.UNDER_SURVEY], "info", "search"),
    C.LIABILITY_DECIDED: Label(CLAIM_WORDS[C.LIABILITY_DECIDED], "info", "clipboard-check"),
    C.PENDING_APPROVAL: Label(CLAIM_WORDS[C.PENDING_APPROVAL], "warn", "hourglass-split"),
    C.OFFER_MADE: Label(CLAIM_WORDS[C.OFFER_MADE], "warn", "envelope-open"),
    C.AGREED: Label(CLAIM_WORDS[C.AGREED], "good", "check-circle"),
    C.DECLINED: Label(CLAIM_WORDS[C.DECLINED], "bad", "x-circle"),
    C.WITHDRAWN: Label(CLAIM_WORDS[C.WITHDRAWN], "done", "arrow-return-left"),
    C.CREDITED: Label(CLAIM_WORDS[C.CREDITED], "good", "receipt"),
    C.CLOSED: Label(CLAIM_WORDS[C.CLOSED], "done", "check2-all"),
}
_JUDGED = Label(t("With us"), "info", "hourglass-split")
CLAIMS_FOR_CUSTOMERS: Mapping[str, Label] = {
    **CLAIMS,
    C.LIABILITY_DECIDED: _JUDGED,
    C.PENDING_APPROVAL: _JUDGED,
    C.OFFER_MADE: Label(t("Our offer waits for you"), "warn", "envelope-open"),
}
"""What was decided becomes a customer's business with the offer, or with the refusal."""
EVIDENCE: Mapping[str, Label] = {
    E.ASKED: Label(EVIDENCE_WORDS[E.ASKED], "warn", "image"),
    E.GIVEN: Label(EVIDENCE_WORDS[E.GIVEN], "info", "hourglass-split"),
    E.ACCEPTED: Label(EVIDENCE_WORDS[E.ACCEPTED], "good", "check-circle"),
    E.REFUSED: Label(EVIDENCE_WORDS[E.REFUSED], "bad", "x-circle"),
    E.WAIVED: Label(EVIDENCE_WORDS[E.WAIVED], "done", "dash-lg"),
}
RECOURSE: Mapping[str, Label] = {
    R.NONE: Label(RECOURSE_WORDS[R.NONE], "neutral", "circle"),
    R.CLAIMED: Label(RECOURSE_WORDS[R.CLAIMED], "warn", "hourglass-split"),
    R.PARTLY_RECOVERED: Label(RECOURSE_WORDS[R.PARTLY_RECOVERED], "info", "arrow-repeat"),
    R.RECOVERED: Label(RECOURSE_WORDS[R.RECOVERED], "good", "check-circle"),
    R.GIVEN_UP: Label(RECOURSE_WORDS[R.GIVEN_UP], "done", "slash-circle"),
}
