"""The sheet behind a secret link: GET shows and writes nothing, POST records once (REQUIREMENTS S6)."""

from __future__ import annotations

from typing import Any

from flask import Response, g, make_response, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import refresh

from portal.access.guards import public
from portal.access.scope import set_viewer
from portal.access.viewer import SYSTEM, Viewer
from portal.kernel import clock
from portal.satisfaction.actions import answering
from portal.satisfaction.actions.answering import AlreadyAnswered, LinkExpired
from portal.satisfaction.forms.sheet import sent_answers
from portal.satisfaction.models import SurveyInvitation
from portal.satisfaction.queries.surveys import facts_of, questions_of
from portal.satisfaction.views.sheet import Sheet, sheet_of, step_of
from portal.web.doors import porch
from portal.web.flask_app import once
from portal.web.forms import attempted, form_page
from portal.web.pages import page
from portal.web.request import LANGUAGE_COOKIE
from portal.web.throttles import against_guessing
from portal.web.words import read_in, say

bp = porch("public_survey", __name__)


@bp.route("/s/<string:token>", methods=["GET", "POST"])
@once
@against_guessing
@public
def show(token: str) -> Any:
    """The questions; answered once."""
    invitation = _opened(token)
    if invitation.answered_at is not None and request.method == "GET":
        return page("satisfaction/thanks.html", invitation=invitation)
    answering.check_open(invitation, clock.now())
    sheet = _sheet(invitation)
    if sheet.form.validate_on_submit() and _recorded(invitation, sheet):
        return redirect(url_for("public_survey.show", token=token), 303)
    form, shown = sheet.form, {"sheet": sheet, "invitation": invitation, "token": token}
    return form_page("satisfaction/sheet.html", form, **shown)


@bp.errorhandler(AlreadyAnswered)
@bp.errorhandler(LinkExpired)
def closed(error: AlreadyAnswered | LinkExpired) -> Response:
    """It can be answered no more; nothing is recorded."""
    return make_response(page("satisfaction/closed.html", said=say(error.text)), error.status)


@bp.after_request
def unlisted(response: Response) -> Response:
    """No search engine keeps it, no cache shares it."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response.headers.setdefault("Cache-Control", "private, no-store")
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def _opened(token: str) -> SurveyInvitation:
    """The invitation of a link. Its secret is looked up for nobody in particular; then its person is the viewer."""
    set_viewer(SYSTEM)
    invitation = answering.find(token, lock=request.method == "POST")
    g.viewer = Viewer(
        kind="public",
        name=invitation.name,
        customer_id=invitation.customer_id,
        customer_ids=frozenset({invitation.customer_id}),
        locale=_locale(invitation),
        ip=request.remote_addr,
    )
    set_viewer(g.viewer)
    read_in(g.viewer.locale)
    refresh()
    return invitation


def _locale(invitation: SurveyInvitation) -> str:
    """What the reader chose in this browser, else the language of their papers."""
    if LANGUAGE_COOKIE in request.cookies:
        return str(g.viewer.locale)
    return "en" if invitation.customer.document_language == "en" else "zh_CN"


def _sheet(invitation: SurveyInvitation) -> Sheet:
    survey = invitation.survey
    ends = (_("Not at all likely"), _("Very likely"))
    return sheet_of(facts_of(survey), ends, step_of(request.args.get("score"), survey.steps))


def _recorded(invitation: SurveyInvitation, sheet: Sheet) -> bool:
    sent = sent_answers(sheet.form, questions_of(invitation.survey))
    verb = lambda: answering.answer(invitation, sent, g.viewer, clock.now())  # noqa: E731
    return attempted(sheet.form, verb) is not None
