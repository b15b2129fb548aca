"""The sheet of questions as a form: one field `q<id>` for each, made from what the firm set."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import RadioField, TextAreaField

from portal.satisfaction.rules.forms import LONGEST_ANSWER, Question, steps_of
from portal.satisfaction.rules.kinds import QuestionKind


def sheet_form(
    questions: Sequence[Question], steps: int, locale: str, chosen: int | None = None
) -> FlaskForm:
    """The form of a survey; `chosen` is the step that the letter's link named, for the first question."""
    fields = {f"q{each.id}": _field(each, steps, locale) for each in questions}
    first = next((each for each in questions if each.kind is QuestionKind.SCALE), None)
    form: FlaskForm = type("SheetForm", (FlaskForm,), fields)(
        data={f"q{first.id}": str(chosen)} if first and chosen else None
    )
    return form


def sent_answers(form: FlaskForm, questions: Sequence[Question]) -> dict[int, str]:
    """What was sent for each question's id."""
    return {each.id: form[f"q{each.id}"].data or "" for each in questions}


def _field(question: Question, steps: int, locale: str) -> Any:
    label = (question.text_en if locale == "en" else "") or question.text_zh
    if question.kind is QuestionKind.TEXT:
        look = {"rows": 4, "maxlength": LONGEST_ANSWER}
        return TextAreaField(label, render_kw=look)
    # What was not offered is told by the rule, at the same field: the choices only draw.
    return RadioField(label, choices=partial(_steps, question.kind, steps), validate_choice=False)


def _steps(kind: QuestionKind, steps: int) -> list[tuple[str, str]]:
    """Yes stands before no; steps go up."""
    if kind is QuestionKind.YES_NO:
        return [("1", _("Yes")), ("0", _("No"))]
    return [(str(step), str(step)) for step in steps_of(kind, steps)]
