"""Calls with mark and tone."""

from __future__ import annotations

from collections.abc import Mapping

from portal.calls.rules.kinds import DIRECTION_WORDS, OUTCOME_WORDS, Direction, Outcome
from portal.kernel.text import t
from portal.web.labels import Label

DIRECTIONS: Mapping[str, Label] = {
    Direction.IN: Label(DIRECTION_WORDS[Direction.IN], "info", "arrow-down"),
    Direction.OUT: Label(DIRECTION_WORDS[Direction.OUT], "neutral", "arrow-up-right"),
}
OUTCOMES: Mapping[str, Label] = {
    Outcome.SPOKEN: Label(OUTCOME_WORDS[Outcome.SPOKEN], "good", "check-circle"),
    Outcome.NO_ANSWER: Label(OUTCOME_WORDS[Outcome.NO_ANSWER], "warn", "bell-slash"),
    Outcome.BUSY: Label(OUTCOME_WORDS[Outcome.BUSY], "warn", "pause-circle"),
    Outcome.WRONG_NUMBER: Label(OUTCOME_WORDS[Outcome.WRONG_NUMBER], "bad", "x-circle"),
}
PLANS: Mapping[str, Label] = {
    "open": Label(t("To be called"), "info", "telephone"),
    "done": Label(t("Called"), "good", "check-circle"),
    "dropped": Label(t("Not needed any more"), "done", "slash-circle"),
}
OVERDUE = Label(t("Overdue"), "bad", "exclamation-triangle")
