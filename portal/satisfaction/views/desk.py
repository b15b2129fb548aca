"""Satisfaction at the desk: the results with the rows behind them, and the firm's own questions."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload, selectinload

from portal.access.guards import fetch, requires
from portal.access.permissions import Permission as P
from portal.kernel import clock
from portal.kernel.errors import NotFound
from portal.satisfaction.actions import editing
from portal.satisfaction.forms.survey import SurveyForm, survey_form
from portal.satisfaction.models import SurveyAnswer, SurveyAnswerItem
from portal.satisfaction.queries.surveys import current, facts_of
from portal.satisfaction.rules.first import FIRST
from portal.satisfaction.rules.forms import cleaned
from portal.satisfaction.rules.kinds import OCCASION_WORDS, Occasion
from portal.satisfaction.views import overview
from portal.satisfaction.views.answer_list import ANSWERS_LIST, of_customer
from portal.satisfaction.views.answer_list import answers as every_answer
from portal.satisfaction.views.answer_page import context
from portal.satisfaction.views.sheet import Sheet, sheet_of
from portal.web import doors
from portal.web.forms import attempted, form_page, tried
from portal.web.listing import list_page
from portal.web.pages import page
from portal.web.stepping import version_in

bp = doors.desk("surveys", __name__)
TOGETHER = (
    joinedload(SurveyAnswer.customer),
    joinedload(SurveyAnswer.survey),
    joinedload(SurveyAnswer.invitation),
    joinedload(SurveyAnswer.owner),
    selectinload(SurveyAnswer.items).joinedload(SurveyAnswerItem.question),
)


@bp.get("/surveys")
@requires(P.SURVEY_SEE)
def index() -> Any:
    """How satisfied our customers are: by month, kind, person and customer."""
    return page("satisfaction/index.html", **overview.page_context())


@bp.get("/surveys/answers")
@requires(P.SURVEY_SEE)
def answers() -> Any:
    """The answers behind the figures."""
    return list_page(of_customer(ANSWERS_LIST), every_answer(g.viewer), "satisfaction/answers.html")


@bp.get("/surveys/answers/<int:answer_id>")
@requires(P.SURVEY_SEE)
def show(answer_id: int) -> Any:
    """One answer, question by question, and what was done about it."""
    return page(
        "satisfaction/answer.html", **context(fetch(SurveyAnswer, answer_id, options=TOGETHER))
    )


@bp.route("/surveys/questions/<string:occasion>", methods=["GET", "POST"])
@requires(P.SURVEY_EDIT)
def edit(occasion: str) -> Any:
    """What is asked from now on; a look at it first, where wanted."""
    when = _occasion(occasion)
    survey = current(when)
    form = survey_form(facts_of(survey) if survey else FIRST[when], survey.edition if survey else 0)
    preview = None
    if form.validate_on_submit():
        if "preview" in request.form:
            preview = attempted(form, lambda: _drawn(form))
        elif tried(form, lambda: _saved(when, form)) is not None:
            flash(_("From now on this is asked. What was asked before stays as it was."), "success")
            return redirect(url_for("desk_surveys.edit", occasion=occasion), 303)
    shown = {"when": when, "survey": survey, "preview": preview, "occasions": OCCASION_WORDS}
    return form_page("satisfaction/edit.html", form, **shown)


def _occasion(text: str) -> Occasion:
    if text not in tuple(Occasion):
        raise NotFound()
    return Occasion(text)


def _saved(when: Occasion, form: SurveyForm) -> Any:
    edition = version_in(form.version.data)
    return editing.save(when, form.facts(), edition, g.viewer, clock.now())


def _drawn(form: SurveyForm) -> Sheet:
    ends = (_("Not at all likely"), _("Very likely"))
    return sheet_of(cleaned(form.facts()), ends)
