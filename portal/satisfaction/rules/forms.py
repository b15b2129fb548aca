"""A form of questions as plain values: what it may hold, what it starts with, and whether an answer fits it (S6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from portal.kernel.errors import Invalid, InvalidMany
from portal.kernel.text import Text, t
from portal.satisfaction.rules.kinds import QuestionKind
from portal.satisfaction.rules.scores import NPS_STEPS

MOST_QUESTIONS = 12
FEWEST_STEPS, MOST_STEPS = 2, 10
LONGEST_LINK = 365
LONGEST_ANSWER = 2000
LENGTHS: Mapping[str, int] = {
    "title_zh": 120,
    "title_en": 160,
    "low_zh": 30,
    "low_en": 40,
    "high_zh": 30,
    "high_en": 40,
}


@dataclass(frozen=True, slots=True)
class Question:
    """One question; `id` of a stored one."""

    kind: QuestionKind
    text_zh: str
    text_en: str = ""
    required: bool = True
    id: int = 0


@dataclass(frozen=True, slots=True)
class SurveyFacts:
    """What the firm sets: the scale of `steps`, from `good_from` on satisfied; how many days a link answers."""

    title_zh: str
    title_en: str = ""
    steps: int = 5
    good_from: int = 4
    low_zh: str = ""
    low_en: str = ""
    high_zh: str = ""
    high_en: str = ""
    valid_days: int = 30
    questions: tuple[Question, ...] = field(default=())


def cleaned(facts: SurveyFacts) -> SurveyFacts:
    """The facts as they are stored. Raises InvalidMany by field (`questions` for the list)."""
    tidy = replace(
        facts,
        title_zh=_tidy(facts.title_zh),
        title_en=_tidy(facts.title_en),
        low_zh=_tidy(facts.low_zh),
        low_en=_tidy(facts.low_en),
        high_zh=_tidy(facts.high_zh),
        high_en=_tidy(facts.high_en),
        questions=tuple(
            replace(each, text_zh=_tidy(each.text_zh), text_en=_tidy(each.text_en))
            for each in facts.questions
        ),
    )
    wrong = {**_texts(tidy), **_scale(tidy), **_questions(tidy)}
    if wrong:
        raise InvalidMany(wrong)
    return tidy


def _tidy(words: str) -> str:
    """Without idle blanks; the punctuation stays the writer's own."""
    return " ".join(words.split())


def _texts(facts: SurveyFacts) -> dict[str, Text]:
    wrong = {
        name: t("At most %(most)s characters.", most=most)
        for name, most in LENGTHS.items()
        if len(getattr(facts, name)) > most
    }
    if not facts.title_zh:
        wrong["title_zh"] = t("The form needs a Chinese title.")
    return wrong


def _scale(facts: SurveyFacts) -> dict[str, Text]:
    wrong: dict[str, Text] = {}
    if not FEWEST_STEPS <= facts.steps <= MOST_STEPS:
        wrong["steps"] = t("From %(least)s to %(most)s.", least=FEWEST_STEPS, most=MOST_STEPS)
    elif not FEWEST_STEPS <= facts.good_from <= facts.steps:
        wrong["good_from"] = t("From %(least)s to %(most)s.", least=FEWEST_STEPS, most=facts.steps)
    if not 1 <= facts.valid_days <= LONGEST_LINK:
        wrong["valid_days"] = t("From 1 to %(most)s days.", most=LONGEST_LINK)
    return wrong


def _questions(facts: SurveyFacts) -> dict[str, Text]:
    kinds = [each.kind for each in facts.questions]
    if not facts.questions:
        return {"questions": t("Ask at least one question.")}
    if len(kinds) > MOST_QUESTIONS:
        return {"questions": t("At most %(most)s questions.", most=MOST_QUESTIONS)}
    if QuestionKind.SCALE not in kinds:
        return {"questions": t("One question must be answered on the scale: it is the score.")}
    if kinds.count(QuestionKind.NPS) > 1:
        return {"questions": t("Ask only once whether they would recommend us.")}
    if any(not each.text_zh for each in facts.questions):
        return {"questions": t("Each question needs a Chinese text.")}
    if any(len(each.text_zh) > 200 or len(each.text_en) > 240 for each in facts.questions):
        return {"questions": t("A question is at most 200 characters long.")}
    return {}


@dataclass(frozen=True, slots=True)
class Given:
    """The answer to one question: a number (yes is 1, no is 0) or words."""

    question_id: int
    number: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """Everything one person answered. `score`: of the first question on the scale; `comment`: the words."""

    score: int | None
    nps: int | None
    comment: str
    given: tuple[Given, ...]


def read_answers(questions: Sequence[Question], steps: int, sent: Mapping[int, str]) -> Answered:
    """What was sent for each question's id, read. Raises InvalidMany, by the field name `q<id>`."""
    given: list[Given] = []
    wrong: dict[str, Text] = {}
    for question in questions:
        try:
            answer = _read(question, steps, sent.get(question.id, ""))
        except Invalid as error:
            wrong[f"q{question.id}"] = error.text
        else:
            given += [answer] if answer else []
    if wrong:
        raise InvalidMany(wrong)
    comment = "\n\n".join(each.text for each in given if each.text)
    score, nps = (_first(kind, questions, given) for kind in (QuestionKind.SCALE, QuestionKind.NPS))
    return Answered(score, nps, comment, tuple(given))


def _first(kind: QuestionKind, questions: Sequence[Question], given: Sequence[Given]) -> int | None:
    """What the first answered question of a kind was answered with."""
    of_kind = {each.id for each in questions if each.kind is kind}
    return next((each.number for each in given if each.question_id in of_kind), None)


_UNANSWERED = t("Please answer this question.")
_NO_STEP = t("Choose one of the answers.")
_TOO_LONG = t("Please say it in fewer words.")


def _read(question: Question, steps: int, sent: str) -> Given | None:
    """One answer; None where nothing was said. Raises Invalid."""
    words = sent.strip()
    if not words:
        if question.required:
            raise Invalid(_UNANSWERED)
        return None
    if question.kind is QuestionKind.TEXT:
        if len(words) > LONGEST_ANSWER:
            raise Invalid(_TOO_LONG)
        return Given(question.id, text=words)
    if not words.isascii() or not words.isdecimal() or len(words) > 2:
        raise Invalid(_NO_STEP)
    if int(words) not in steps_of(question.kind, steps):
        raise Invalid(_NO_STEP)
    return Given(question.id, number=int(words))


def steps_of(kind: QuestionKind, steps: int) -> range:
    """The numbers that may be answered."""
    if kind is QuestionKind.SCALE:
        return range(1, steps + 1)
    return NPS_STEPS if kind is QuestionKind.NPS else range(2)
