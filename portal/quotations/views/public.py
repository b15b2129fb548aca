"""Signed links: a contact without a login reads one quotation and answers it. GET shows, POST decides."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request
from flask_babel import refresh

from portal.access.gate import load
from portal.access.guards import public
from portal.access.permissions import Permission as P
from portal.access.scope import set_viewer
from portal.access.viewer import SYSTEM
from portal.documents.serving import pdf_response
from portal.kernel import clock
from portal.kernel.errors import NotFound
from portal.quotations import addressed, queries
from portal.quotations.actions import answering, linking
from portal.quotations.actions.answering import Outdated
from portal.quotations.forms.answers import AcceptForm, AskForm, DeclineForm
from portal.quotations.models import AcceptanceLink, Quotation, QuotationVersion
from portal.quotations.views import answers
from portal.quotations.views.answers import Asked, found
from portal.quotations.views.offer import Way, context
from portal.web.doors import porch
from portal.web.flask_app import once
from portal.web.pages import page
from portal.web.request import LANGUAGE_COOKIE
from portal.web.throttles import against_guessing

bp = porch("quotations", __name__)
AT = "/q/<string:token>/<int:number>"


@bp.get("/q/<string:token>")
@against_guessing
@public
def show(token: str) -> Any:
    """The version that the link was sent for."""
    _link, asked = _opened(token)
    return page("quotations/my_show.html", **context(*asked))


@bp.get(AT)
@against_guessing
@public
def version(token: str, number: int) -> Any:
    """Another version of the same quotation: the current one, when the link's is not any more."""
    _link, asked = _opened(token, number)
    return page("quotations/my_show.html", **context(*asked))


@bp.get(f"{AT}/paper")
@against_guessing
@public
def paper(token: str, number: int) -> Response:
    """The PDF as it was issued."""
    _link, asked = _opened(token, number)
    document = addressed.paper(asked[1], g.viewer)
    if document is None:
        raise NotFound()
    return pdf_response(document)


@bp.route(f"{AT}/accept", methods=["GET", "POST"])
@once
@against_guessing
@public
def accept(token: str, number: int) -> Any:
    """Accept this very version."""
    link, asked = _answerable(token, number)
    return answers.accepted(
        asked,
        AcceptForm(name=link.contact_name),
        lambda sign: linking.accept_by_link(link, asked[1], sign, g.viewer, clock.now()),
    )


@bp.route(f"{AT}/decline", methods=["GET", "POST"])
@once
@against_guessing
@public
def decline(token: str, number: int) -> Any:
    """Decline it, with a reason."""
    link, asked = _answerable(token, number)
    return answers.declined(
        asked,
        DeclineForm(name=link.contact_name),
        lambda why, sign: linking.decline_by_link(link, asked[1], why, sign, g.viewer, clock.now()),
    )


@bp.route(f"{AT}/ask", methods=["GET", "POST"])
@once
@against_guessing
@public
def ask(token: str, number: int) -> Any:
    """Ask about it; the answer comes by mail and stands on the page."""
    link, asked = _opened(token, number)
    return answers.questioned(
        asked,
        AskForm(),
        lambda question: answering.ask(
            asked[0], number, question, link.contact_name, g.viewer, clock.now(), email=link.email
        ),
    )


@bp.errorhandler(Outdated)
def outdated(error: Outdated) -> Response:
    """What was to be answered is not current any more."""
    return answers.outdated(error, _way((request.view_args or {})["token"]))


@bp.after_request
def unlisted(response: Response) -> Response:
    """No search engine keeps it, no cache shares it."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response.headers.setdefault("Cache-Control", "private, no-store")
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def _opened(token: str, number: int | None = None) -> tuple[AcceptanceLink, Asked]:
    """The link of a token and a version of its quotation; from here on its holder is the viewer."""
    link, linked = _admitted(token)
    is_writer = request.method == "POST"
    quotation = load(
        Quotation,
        linked.quotation_id,
        g.viewer,
        P.QUOTATION_SEE,
        options=() if is_writer else queries.WITH_PARTIES,
        lock=is_writer,
    )
    wanted = linked.version_no if number is None else number
    asked = found(queries.version(quotation, wanted, g.viewer))
    return link, (quotation, asked, _way(token))


def _admitted(token: str) -> tuple[AcceptanceLink, QuotationVersion]:
    """The link and its version. Whoever knows the token is asked nothing else, so it is looked up for
    nobody in particular; then its guest is the viewer, and the walls stand again."""
    set_viewer(SYSTEM)
    link = answering.find_link(token, clock.now())
    linked = load(QuotationVersion, link.version_id, SYSTEM, P.QUOTATION_SEE)
    g.viewer = answering.guest(link, request.remote_addr, _locale(linked))
    set_viewer(g.viewer)
    refresh()
    return link, linked


def _answerable(token: str, number: int) -> tuple[AcceptanceLink, Asked]:
    """The same for a version that may still be answered."""
    link, asked = _opened(token, number)
    answering.check_current(asked[1], clock.now())
    return link, asked


def _locale(linked: QuotationVersion) -> str:
    """What the reader chose in this browser, else the language of the paper."""
    if LANGUAGE_COOKIE in request.cookies:
        return str(g.viewer.locale)
    return "en" if linked.language == "en" else "zh_CN"


def _way(token: str) -> Way:
    return Way("quotations", (("token", token),))
