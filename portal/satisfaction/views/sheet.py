"""A sheet of questions as its page needs it: drawn for the link, and for the desk's preview."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field

from portal.satisfaction.forms.sheet import sheet_form
from portal.satisfaction.rules.forms import Question, SurveyFacts
from portal.satisfaction.rules.kinds import QuestionKind
from portal.web.words import locale_code


@dataclass(frozen=True, slots=True)
class Asked:
    """One question with its field; `low` and `high` are the words at the ends of its steps."""

    question: Question
    field: Field
    low: str
    high: str

    @property
    def is_words(self) -> bool:
        """Whether it is answered in words."""
        return self.question.kind is QuestionKind.TEXT


@dataclass(frozen=True, slots=True)
class Sheet:
    """The whole form in the reader's language."""

    title: str
    form: FlaskForm
    asked: tuple[Asked, ...]


def sheet_of(facts: SurveyFacts, unlikely: tuple[str, str], chosen: int | None = None) -> Sheet:
    """`unlikely`: the words at the ends of 0 to 10, which no firm sets."""
    locale = locale_code()
    form = sheet_form(facts.questions, facts.steps, locale, chosen)
    ends = {QuestionKind.NPS: unlikely, QuestionKind.SCALE: _ends(facts, locale)}
    asked = (
        Asked(each, form[f"q{each.id}"], *ends.get(each.kind, ("", ""))) for each in facts.questions
    )
    return Sheet(_either(facts.title_zh, facts.title_en, locale), form, tuple(asked))


def _ends(facts: SurveyFacts, locale: str) -> tuple[str, str]:
    return (
        _either(facts.low_zh, facts.low_en, locale),
        _either(facts.high_zh, facts.high_en, locale),
    )


def _either(zh: str, en: str, locale: str) -> str:
    return (en or zh) if locale == "en" else (zh or en)


def step_of(asked: Any, steps: int) -> int | None:
    """The step that a letter's link names; None where it names none of the scale."""
    text = str(asked or "")
    return (
        int(text) if text.isascii() and text.isdecimal() and 1 <= int(text[:3]) <= steps else None
    )
