"""Steps and scores with mark and tone."""

from __future__ import annotations

from collections.abc import Mapping

from portal.kernel.text import Text, t
from portal.satisfaction.rules.kinds import OCCASION_WORDS, Occasion
from portal.satisfaction.rules.scores import is_low
from portal.web.labels import Label

OCCASIONS: Mapping[str, Label] = {
    Occasion.CLOSE: Label(OCCASION_WORDS[Occasion.CLOSE], "neutral", "check-square"),
    Occasion.YEARLY: Label(OCCASION_WORDS[Occasion.YEARLY], "neutral", "calendar3"),
}


def score_label(score: int | None, steps: int, good: bool | None, nps: int | None = None) -> Label:
    """4 of 5 as a chip: low, satisfied, or between; without a step, what was said of recommending us."""
    words: Text = t("%(score)s of %(steps)s", score=score, steps=steps)
    if score is None:
        words = t("Not rated") if nps is None else t("%(score)s of %(steps)s", score=nps, steps=10)
    if is_low(score, steps, nps):
        return Label(words, "bad", "hand-thumbs-down")
    return (
        Label(words, "good", "hand-thumbs-up") if good else Label(words, "neutral", "emoji-neutral")
    )
