"""The firm's own questions as a form: the scale, and one row for each question."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
)
from wtforms.validators import InputRequired, Length, Optional

from portal.satisfaction.rules.forms import Question, SurveyFacts
from portal.satisfaction.rules.kinds import QUESTION_WORDS, QuestionKind
from portal.web.forms import InnerForm, choices

SPARE_ROWS = 2
STEP = 10


class QuestionForm(InnerForm):
    """One question; a row without text is none."""

    place = IntegerField(_l("Order of questions"), [Optional()])
    kind = SelectField(_l("How it is answered"), choices=choices(QUESTION_WORDS))
    text_zh = StringField(_l("Question in Chinese"), [Length(max=200)])
    text_en = StringField(_l("Question in English"), [Length(max=240)])
    required = BooleanField(_l("Must be answered"))


class SurveyForm(FlaskForm):
    """The whole form. `version` is the edition that was read; a later one is not written over."""

    version = HiddenField()
    title_zh = StringField(_l("Title in Chinese"), [InputRequired(), Length(max=120)])
    title_en = StringField(_l("Title in English"), [Length(max=160)])
    steps = IntegerField(_l("Steps of the scale"), [InputRequired()])
    good_from = IntegerField(_l("Satisfied from step"), [InputRequired()])
    low_zh = StringField(_l("Lowest step in Chinese"), [Length(max=30)])
    low_en = StringField(_l("Lowest step in English"), [Length(max=40)])
    high_zh = StringField(_l("Highest step in Chinese"), [Length(max=30)])
    high_en = StringField(_l("Highest step in English"), [Length(max=40)])
    valid_days = IntegerField(_l("Days that a link answers"), [InputRequired()])
    questions = FieldList(
        FormField(QuestionForm), label=_l("Questions of the form"), max_entries=20
    )

    def facts(self) -> SurveyFacts:
        """What was typed, the questions in the order of their places."""
        rows = [
            each
            for each in self.questions
            if (each.text_zh.data or each.text_en.data or "").strip()
        ]
        rows.sort(key=lambda row: row.place.data if row.place.data is not None else 10**6)
        values = {each.name: each.data or "" for each in self if each.name in TEXTS}
        return SurveyFacts(
            steps=self.steps.data or 0,
            good_from=self.good_from.data or 0,
            valid_days=self.valid_days.data or 0,
            questions=tuple(_question(at, row) for at, row in enumerate(rows, start=1)),
            **values,
        )


TEXTS = ("title_zh", "title_en", "low_zh", "low_en", "high_zh", "high_en")


def survey_form(facts: SurveyFacts, edition: int) -> SurveyForm:
    """The form over the questions in force, with rows to spare."""
    rows = [
        {"place": at * STEP, "kind": each.kind.value, "text_zh": each.text_zh, "text_en": each.text_en,
         "required": each.required}
        for at, each in enumerate(facts.questions, start=1)
    ]  # fmt: skip
    spare = [{"kind": QuestionKind.SCALE.value} for _row in range(SPARE_ROWS)]
    values = {name: getattr(facts, name) for name in (*TEXTS, "steps", "good_from", "valid_days")}
    return SurveyForm(data={**values, "version": str(edition), "questions": [*rows, *spare]})


def _question(at: int, row: QuestionForm) -> Question:
    return Question(
        QuestionKind(row.kind.data),
        row.text_zh.data or "",
        row.text_en.data or "",
        required=bool(row.required.data),
        id=at,
    )
