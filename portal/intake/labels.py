"""Words for the pages of intake."""

from __future__ import annotations

from collections.abc import Mapping

from portal.intake.rules.kinds import PAIR_STATES, PairState
from portal.kernel.text import Text, t
from portal.usage.rules.states import BATCH_WORDS, BatchState
from portal.web.labels import Label

S = BatchState
BATCHES: Mapping[str, Label] = {
    S.WAITING: Label(BATCH_WORDS[S.WAITING], "info", "hourglass-split"),
    S.READING: Label(BATCH_WORDS[S.READING], "info", "hourglass-split"),
    S.WRONG: Label(BATCH_WORDS[S.WRONG], "bad", "exclamation-circle"),
    S.READY: Label(BATCH_WORDS[S.READY], "warn", "clipboard-check"),
    S.APPLYING: Label(BATCH_WORDS[S.APPLYING], "info", "hourglass-split"),
    S.APPLIED: Label(BATCH_WORDS[S.APPLIED], "good", "check-circle"),
    S.DISCARDED: Label(BATCH_WORDS[S.DISCARDED], "done", "archive"),
    S.FAILED: Label(BATCH_WORDS[S.FAILED], "bad", "x-circle"),
}
PAIRS: Mapping[str, Label] = {
    PairState.OPEN: Label(PAIR_STATES[PairState.OPEN], "warn", "intersect"),
    PairState.DISMISSED: Label(PAIR_STATES[PairState.DISMISSED], "done", "archive"),
}
OUTCOMES: Mapping[str, Label] = {
    "new": Label(t("New"), "good", "plus-lg"),
    "changed": Label(t("Altered"), "warn", "pencil"),
}
FIGURES: Mapping[str, Text] = {
    "rows": t("Rows read"),
    "new": t("New"),
    "changed": t("Altered"),
    "unchanged": t("As they were"),
    "left_out": t("Left out"),
    "errors": t("Errors"),
    "warnings": t("Warnings"),
}
NOTHING = t("Nobody reads it")
TO_NOTE = t("Keep it in the note")
