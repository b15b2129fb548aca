"""A claim in words and figures for both doors: its course as steps, what is late, what the limit's working says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.claims.models import Claim
from portal.claims.rules.deadlines import is_late
from portal.claims.rules.kinds import LOSS_WORDS, SETTLEMENT_WORDS, Loss, Settlement
from portal.claims.rules.states import ClaimState
from portal.kernel import clock
from portal.kernel.text import Text, t
from portal.service_requests.rules.clock_kinds import MODE_WORDS, Mode
from portal.service_requests.rules.kinds import RESPONSIBLE_WORDS, Responsible
from portal.web.filters import day
from portal.web.words import say

C = ClaimState
COURSE = (
    t("Loss notified"),
    t("Claim filed"),
    t("Looked into"),
    t("Liability decided"),
    t("Offer made"),
    t("Agreed"),
    t("Settled"),
)
"""The course as everybody follows it."""
REACHED: Mapping[str, int] = {
    C.NOTIFIED: 0, C.FILED: 1, C.EVIDENCE_NEEDED: 2, C.UNDER_SURVEY: 2, C.LIABILITY_DECIDED: 3, C.PENDING_APPROVAL: 3,
    C.OFFER_MADE: 4, C.DECLINED: 4, C.AGREED: 5, C.CREDITED: 6, C.CLOSED: 6,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spoken:
    """What a claim's own words are; None where nothing is said yet."""

    loss: Text
    mode: Text
    settlement: Text
    liable: Text | None


def spoken(claim: Claim) -> Spoken:
    """The claim's kinds in words."""
    return Spoken(
        LOSS_WORDS[Loss(claim.loss)],
        MODE_WORDS[Mode(claim.mode)],
        SETTLEMENT_WORDS[Settlement(claim.settlement)],
        RESPONSIBLE_WORDS[Responsible(claim.liability)] if claim.liability else None,
    )


def steps_of(claim: Claim) -> list[tuple[str, str, str | None]]:
    """(label, state, note) for the drawn course; a claim that ended without settlement stops where it was."""
    if claim.state == C.WITHDRAWN:
        return [(say(COURSE[0]), "done", day(claim.noticed_on)), (say(t("Claim withdrawn")), "now", None)]  # fmt: skip
    if is_refused(claim):
        done = [(say(label), "done", None) for label in COURSE[:4]]
        return [*done, (say(t("Claim refused")), "now", None)]
    here = REACHED[claim.state]
    ended = claim.state in (C.CREDITED, C.CLOSED)
    states = ["done" if at < here or (ended and at == here) else "now" if at == here else "next"
              for at in range(len(COURSE))]  # fmt: skip
    notes = _notes(claim)
    return [
        (say(label), state, notes.get(at))
        for at, (label, state) in enumerate(zip(COURSE, states, strict=True))
    ]


def is_refused(claim: Claim) -> bool:
    """Whether the case was closed without anything being given."""
    return claim.state == C.CLOSED and claim.agreed_amount is None


def is_expired(claim: Claim) -> bool:
    """Whether the last day of an offer that is out has passed."""
    until = claim.offer_until
    return claim.state == C.OFFER_MADE and until is not None and until < clock.today()


def notice_words(claim: Claim) -> Text | None:
    """Whether notice came in time; None where no deadline is known."""
    if claim.notice_due_on is None:
        return None
    if is_late(claim.noticed_on, claim.notice_due_on):
        late = (claim.noticed_on - claim.notice_due_on).days
        return t("%(days)s days late: to be judged", days=late)
    return t("In time: until %(day)s", day=day(claim.notice_due_on))


def working_of(claim: Claim) -> list[Text]:
    """How the limit of liability was worked out, as it was kept."""
    return [Text.from_json(each) for each in claim.limit_working or []]


def _notes(claim: Claim) -> dict[int, Any]:
    found: dict[int, Any] = {0: day(claim.noticed_on)}
    if claim.offered_at is not None and REACHED[claim.state] >= REACHED[C.OFFER_MADE]:
        found[4] = day(clock.business_day(claim.offered_at))
    if claim.agreed_at is not None:
        found[5] = day(clock.business_day(claim.agreed_at))
    if claim.paid_on is not None:
        found[6] = day(claim.paid_on)
    return found
