"""Marks and tones of what a comparison with a carrier's bill finds."""

from __future__ import annotations

from collections.abc import Mapping

from portal.billing.rules.carrier_bills import FINDING_WORDS, Finding
from portal.kernel.text import t
from portal.web.labels import Label

F = Finding
FINDINGS: Mapping[str, Label] = {
    F.MATCHED: Label(FINDING_WORDS[F.MATCHED], "good", "check-circle"),
    F.ONLY_THEIRS: Label(FINDING_WORDS[F.ONLY_THEIRS], "bad", "question-circle"),
    F.ONLY_OURS: Label(FINDING_WORDS[F.ONLY_OURS], "info", "box-seam"),
    F.WEIGHT: Label(FINDING_WORDS[F.WEIGHT], "warn", "exclamation-triangle"),
    F.PRICE: Label(FINDING_WORDS[F.PRICE], "warn", "cash-coin"),
    F.NOT_WEIGHED: Label(FINDING_WORDS[F.NOT_WEIGHED], "neutral", "slash-circle"),
    F.DUPLICATE: Label(FINDING_WORDS[F.DUPLICATE], "bad", "files"),
    F.RETURNED: Label(FINDING_WORDS[F.RETURNED], "info", "arrow-return-left"),
}
EXPLAINED: Mapping[str, object] = {
    F.MATCHED: t("On both sides, and neither weight nor amount differs more than is accepted."),
    F.ONLY_THEIRS: t("Billed, but not among our records: ask the carrier what it was."),
    F.ONLY_OURS: t("Sent out by us, not on this bill: it may come with the next one."),
    F.WEIGHT: t("The two weights differ by more than is accepted."),
    F.PRICE: t("The freight is not what the tariff gives for the billed weight."),
    F.NOT_WEIGHED: t("We did not weigh it, so that the carrier's weight stands."),
    F.DUPLICATE: t("Freight stands on the bill more than once."),
    F.RETURNED: t("It came back, and the way back is billed."),
}
SETTLED = Label(t("Settled"), "done", "check2-all")
OPEN = Label(t("Not settled"), "warn", "hourglass-split")
