"""What is asked, when, and how an answer is given (REQUIREMENTS S6, DOMAIN K10)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from portal.kernel.text import Text, t


class Occasion(StrEnum):
    """When a customer is asked."""

    CLOSE = "close"  # of a request
    YEARLY = "yearly"


class QuestionKind(StrEnum):
    """How an answer is given."""

    SCALE = "scale"  # 1 to the form's `steps`
    NPS = "nps"  # 0 to 10: would you recommend us?
    YES_NO = "yes_no"
    TEXT = "text"


OCCASION_WORDS: Mapping[Occasion, Text] = {
    Occasion.CLOSE: t("When a request is closed"),
    Occasion.YEARLY: t("Once a year"),
}

QUESTION_WORDS: Mapping[QuestionKind, Text] = {
    QuestionKind.SCALE: t("A step of the scale"),
    QuestionKind.NPS: t("0 to 10, would recommend us"),
    QuestionKind.YES_NO: t("Yes or no"),
    QuestionKind.TEXT: t("In words"),
}
