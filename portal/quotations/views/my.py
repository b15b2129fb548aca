"""The customers' door: quotations addressed to them, and their answers."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request

from portal.access.guards import fetch, requires
from portal.access.permissions import Permission as P
from portal.accounts.models import User
from portal.db.base import db
from portal.documents.serving import pdf_response
from portal.kernel import clock
from portal.kernel.errors import NotFound
from portal.quotations import addressed, queries
from portal.quotations.actions import answering
from portal.quotations.actions.answering import Outdated
from portal.quotations.forms.answers import AcceptForm, AskForm, DeclineForm
from portal.quotations.models import Quotation
from portal.quotations.views import answers
from portal.quotations.views.answers import Asked, found
from portal.quotations.views.my_list import QUOTATIONS
from portal.quotations.views.offer import Way, context
from portal.web.doors import my
from portal.web.flask_app import once
from portal.web.listing import list_page
from portal.web.pages import page

bp = my("quotations", __name__)
AT = "/quotations/<int:quotation_id>/versions/<int:number>"


@bp.get("/quotations")
@requires(P.QUOTATION_SEE)
def index() -> Any:
    """Every quotation that was sent to us."""
    return list_page(QUOTATIONS, addressed.addressed(g.viewer), "quotations/my_index.html")


@bp.get("/quotations/<int:quotation_id>")
@requires(P.QUOTATION_SEE)
def show(quotation_id: int) -> Any:
    """The version to answer."""
    return page("quotations/my_show.html", **context(*_asked(quotation_id)))


@bp.get(AT)
@requires(P.QUOTATION_SEE)
def version(quotation_id: int, number: int) -> Any:
    """One version, an older one perhaps, marked as what it is."""
    return page("quotations/my_show.html", **context(*_asked(quotation_id, number)))


@bp.get(f"{AT}/paper")
@requires(P.QUOTATION_SEE)
def paper(quotation_id: int, number: int) -> Response:
    """The PDF as it was issued."""
    _quotation, asked, _way = _asked(quotation_id, number)
    document = addressed.paper(asked, g.viewer)
    if document is None:
        raise NotFound()
    return pdf_response(document)


@bp.route(f"{AT}/accept", methods=["GET", "POST"])
@once
@requires(P.QUOTATION_ACCEPT)
def accept(quotation_id: int, number: int) -> Any:
    """Accept this very version."""
    asked = _current(quotation_id, number)
    form = AcceptForm(name=g.viewer.name)
    return answers.accepted(
        asked, form, lambda sign: answering.accept(asked[1], sign, g.viewer, clock.now())
    )


@bp.route(f"{AT}/decline", methods=["GET", "POST"])
@once
@requires(P.QUOTATION_ACCEPT)
def decline(quotation_id: int, number: int) -> Any:
    """Decline it, with a reason."""
    asked = _current(quotation_id, number)
    form = DeclineForm(name=g.viewer.name)
    return answers.declined(
        asked,
        form,
        lambda why, sign: answering.decline(asked[1], why, sign, g.viewer, clock.now()),
    )


@bp.route(f"{AT}/ask", methods=["GET", "POST"])
@once
@requires(P.QUOTATION_ASK)
def ask(quotation_id: int, number: int) -> Any:
    """Ask about it."""
    asked = _asked(quotation_id, number)
    viewer, mail = g.viewer, db.session.get_one(User, g.viewer.user_id).email
    return answers.questioned(
        asked,
        AskForm(),
        lambda question: answering.ask(
            asked[0], number, question, viewer.name, viewer, clock.now(), email=mail
        ),
    )


@bp.errorhandler(Outdated)
def outdated(error: Outdated) -> Response:
    """What was to be answered is not current any more."""
    return answers.outdated(error, _way((request.view_args or {})["quotation_id"]))


def _asked(quotation_id: int, number: int | None = None) -> Asked:
    """The quotation and version of an address; a writer holds the row, so that one of two answers wins."""
    is_writer = request.method == "POST"
    options = () if is_writer else queries.WITH_PARTIES
    quotation = fetch(Quotation, quotation_id, options=options, lock=is_writer)
    wanted = quotation.issued_no if number is None else number
    asked = found(queries.version(quotation, wanted, g.viewer))
    return quotation, asked, _way(quotation_id)


def _current(quotation_id: int, number: int) -> Asked:
    """The same for a version that may still be answered."""
    asked = _asked(quotation_id, number)
    answering.check_current(asked[1], clock.now())
    return asked


def _way(quotation_id: int) -> Way:
    return Way("my_quotations", (("quotation_id", quotation_id),))
