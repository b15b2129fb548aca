"""Shares and scores from counted answers; a handful of answers has no percentage (DOMAIN K10)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

FEWEST = 10
"""Fewer answers than these are told as a number, never as a percentage."""
PROMOTER, PASSIVE = 9, 7
"""On the scale of 0 to 10: 9 and 10 promote, 7 and 8 are passive, the rest detract."""
NPS_STEPS = range(11)
TENTH = Decimal("0.1")
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Score:
    """A figure in percent to one decimal, and how many answers it stands on; None: too few answers to say."""

    count: int
    percent: Decimal | None

    @property
    def too_few(self) -> bool:
        """Whether there are answers, and not enough of them."""
        return 0 < self.count < FEWEST


def satisfied(good: int, count: int) -> Score:
    """CSAT: the share of answers on the good steps of the scale."""
    return Score(count, _percent(good, count))


def promoters_less_detractors(promoters: int, passives: int, detractors: int) -> Score:
    """NPS: % of 9-10 less % of 0-6, from -100 to 100. 7, 2 and 3 give 33.3."""
    count = promoters + passives + detractors
    return Score(count, _percent(promoters - detractors, count))


def nps_of(answers: Iterable[int]) -> Score:
    """NPS of single answers from 0 to 10."""
    given = list(answers)
    promoters = sum(each >= PROMOTER for each in given)
    passives = sum(PASSIVE <= each < PROMOTER for each in given)
    return promoters_less_detractors(promoters, passives, len(given) - promoters - passives)


def answered_share(answered: int, asked: int) -> Score:
    """Of those asked, how many answered, in percent."""
    return Score(asked, _percent(answered, asked))


def is_good(step: int, good_from: int) -> bool:
    """Whether a step of the scale counts as satisfied."""
    return step >= good_from


def low_until(steps: int) -> int:
    """The highest step that is a low score: two fifths of the scale, at least the first step (2 of 5, 4 of 10)."""
    return max(1, steps * 2 // 5)


def is_low(score: int | None, steps: int, nps: int | None = None) -> bool:
    """Whether somebody should call: a low step, or where no step was given, a detractor."""
    if score is not None:
        return score <= low_until(steps)
    return nps is not None and nps < PASSIVE


def _percent(part: int, whole: int) -> Decimal | None:
    if whole < FEWEST:
        return None
    return (Decimal(part) * HUNDRED / whole).quantize(TENTH, ROUND_HALF_UP)
