"""Calls in and out, and what they were for (REQUIREMENTS S14)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from portal.kernel.text import Text, t


class Direction(StrEnum):
    """Who rang whom."""

    IN = "in"
    OUT = "out"


class Purpose(StrEnum):
    """What the call was for."""

    SERVICE = "service"
    CALLBACK = "callback"
    RETURN_VISIT = "return_visit"  # 回访: asking afterwards whether all is well
    COLLECTION = "collection"
    SALES = "sales"
    OTHER = "other"


class Outcome(StrEnum):
    """What became of it."""

    SPOKEN = "spoken"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    WRONG_NUMBER = "wrong_number"


DIRECTION_WORDS: Mapping[Direction, Text] = {
    Direction.IN: t("Incoming call"),
    Direction.OUT: t("Outgoing call"),
}

PURPOSE_WORDS: Mapping[Purpose, Text] = {
    Purpose.SERVICE: t("Service"),
    Purpose.CALLBACK: t("Call back"),
    Purpose.RETURN_VISIT: t("Return visit"),
    Purpose.COLLECTION: t("Collection of payment"),
    Purpose.SALES: t("Sales talk"),
    Purpose.OTHER: t("Other"),
}

OUTCOME_WORDS: Mapping[Outcome, Text] = {
    Outcome.SPOKEN: t("Spoken to"),
    Outcome.NO_ANSWER: t("No answer"),
    Outcome.BUSY: t("Busy"),
    Outcome.WRONG_NUMBER: t("Wrong number"),
}
