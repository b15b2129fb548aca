"""What a paper is worth, in words."""

from __future__ import annotations

from collections.abc import Mapping

from portal.documents.verification import Standing
from portal.kernel.text import Text, t
from portal.web.labels import Label

STANDINGS: Mapping[Standing, Label] = {
    Standing.VALID: Label(t("This paper is valid"), "good", "check-circle-fill"),
    Standing.ACCEPTED: Label(t("This paper is ours, and it was accepted"), "good", "check-circle"),
    Standing.DECLINED: Label(t("This paper is ours, the offer was declined"), "warn", "x-circle"),
    Standing.EXPIRED: Label(t("This paper is ours, its validity has ended"), "warn", "calendar-x"),
    Standing.SUPERSEDED: Label(
        t("This paper is ours, a newer version has replaced it"), "warn", "layers"
    ),
    Standing.WITHDRAWN: Label(
        t("This paper is ours, it was withdrawn"), "bad", "arrow-return-left"
    ),
}

EXPLANATIONS: Mapping[Standing, Text] = {
    Standing.VALID: t("We issued it, and it stands. Compare number, code and date with the paper."),
    Standing.ACCEPTED: t("We issued it, and what it offers was agreed in time."),
    Standing.DECLINED: t("We issued it, but what it offers was turned down: it no longer counts."),
    Standing.EXPIRED: t("We issued it, but its last valid day has passed. Ask us for a new one."),
    Standing.SUPERSEDED: t("We issued it, but it no longer counts: ask us for the newer version."),
    Standing.WITHDRAWN: t("We issued it and took it back. Do not rely on it."),
}

KINDS: Mapping[str, Text] = {
    "quotation": t("Quotation"),
    "proposal": t("Proposal"),
    "contract": t("Contract"),
    "amendment": t("Contract amendment"),
    "statement": t("Statement"),
    "credit_note": t("Credit note"),
    "dunning": t("Reminder of payment"),
    "account": t("Statement of account"),
    "claim_agreement": t("Settlement agreement"),
}
