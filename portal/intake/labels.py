"""Words for the pages of intake."""

from __future__ import annotations

from collections.abc import Mapping

from portal.intake.rules.kinds import PAIR_STATES, PairState
from portal.kernel.text import Text, t
from portal.web.labels import Label

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
