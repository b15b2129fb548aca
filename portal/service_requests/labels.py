"""Words, marks and tones of requests: their states, how bad they are, whose customers go first."""

from __future__ import annotations

from collections.abc import Mapping

from portal.customers.rules.kinds import SEGMENTS
from portal.kernel.text import t
from portal.service_requests.rules.kinds import AUTHORITY_WORDS, SEVERITY_WORDS, Authority, Severity
from portal.service_requests.rules.ranking import GREEN
from portal.service_requests.rules.states import REQUEST_WORDS, RequestState
from portal.web.labels import Label

S = RequestState

REQUESTS: Mapping[str, Label] = {
    S.NEW: Label(REQUEST_WORDS[S.NEW], "warn", "inbox"),
    S.ACCEPTED: Label(REQUEST_WORDS[S.ACCEPTED], "info", "person-check"),
    S.IN_PROGRESS: Label(REQUEST_WORDS[S.IN_PROGRESS], "info", "gear"),
    S.WAITING_CUSTOMER: Label(REQUEST_WORDS[S.WAITING_CUSTOMER], "neutral", "hourglass-split"),
    S.WAITING_THIRD_PARTY: Label(REQUEST_WORDS[S.WAITING_THIRD_PARTY], "neutral", "hourglass-split"),
    S.RESOLVED: Label(REQUEST_WORDS[S.RESOLVED], "good", "check-circle"),
    S.CLOSED: Label(REQUEST_WORDS[S.CLOSED], "done", "lock"),
    S.WITHDRAWN: Label(REQUEST_WORDS[S.WITHDRAWN], "done", "arrow-return-left"),
    S.MERGED: Label(REQUEST_WORDS[S.MERGED], "done", "union"),
    S.REJECTED: Label(REQUEST_WORDS[S.REJECTED], "done", "x-circle"),
}  # fmt: skip
SEVERITIES: Mapping[int, Label] = {
    Severity.URGENT: Label(SEVERITY_WORDS[Severity.URGENT], "bad", "exclamation-octagon"),
    Severity.HIGH: Label(SEVERITY_WORDS[Severity.HIGH], "warn", "exclamation-triangle"),
    Severity.MEDIUM: Label(SEVERITY_WORDS[Severity.MEDIUM], "neutral", "dash-circle"),
    Severity.LOW: Label(SEVERITY_WORDS[Severity.LOW], "neutral", "arrow-down"),
}
TIERS: Mapping[str, Label] = {
    tier: Label(words, "good" if tier in GREEN else "neutral", "lightning" if tier in GREEN else "person")
    for tier, words in SEGMENTS.items()
}  # fmt: skip
GREEN_CHANNEL: Mapping[str, Label] = {
    tier: Label(t("Green channel · %(tier)s", tier=SEGMENTS[tier]), "good", "lightning")
    for tier in GREEN
}
AUTHORITIES: Mapping[str, Label] = {
    Authority.MISSING: Label(AUTHORITY_WORDS[Authority.MISSING], "bad", "exclamation-triangle"),
    Authority.GIVEN: Label(AUTHORITY_WORDS[Authority.GIVEN], "warn", "hourglass-split"),
    Authority.PROVEN: Label(AUTHORITY_WORDS[Authority.PROVEN], "good", "shield-check"),
    Authority.REFUSED: Label(AUTHORITY_WORDS[Authority.REFUSED], "bad", "x-circle"),
}
GREEN_ONE = Label(t("Green channel"), "good", "lightning")
INTERNAL = Label(t("Internal"), "warn", "lock")
