"""The three answers to a version, the same behind both doors; what differs is who signs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, flash, make_response, redirect, request
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from portal.db.base import db
from portal.kernel.errors import NotFound
from portal.quotations.actions.answering import Outdated, Signature
from portal.quotations.forms.answers import AcceptForm, AskForm, DeclineForm
from portal.quotations.models import Quotation, QuotationVersion
from portal.quotations.views.offer import Way, layout, option_choices, short_context
from portal.web.forms import attempted, form_page
from portal.web.pages import page
from portal.web.words import say

Asked = tuple[Quotation, QuotationVersion, Way]


def accepted(asked: Asked, form: AcceptForm, verb: Callable[[Signature], object]) -> Any:
    """The page that says exactly what is accepted; a POST decides."""
    quotation, version, way = asked
    context = short_context(*asked)
    form.option.choices = option_choices(context["paper"], version, context["w"])
    if form.validate_on_submit():
        signature = Signature(form.name.data or "", request.remote_addr, form.option.data or "")
        if _went_well(form, lambda: verb(signature)):
            flash(_("Thank you. %(number)s is accepted.", number=quotation.number), "success")
            return redirect(way.to("version", version.version_no), 303)
    return form_page("quotations/my_accept.html", form, **context)


def declined(asked: Asked, form: DeclineForm, verb: Callable[[str, Signature], object]) -> Any:
    """The page that asks why; a POST decides."""
    _quotation, version, way = asked
    if form.validate_on_submit():
        signature = Signature(form.name.data or "", request.remote_addr)
        if _went_well(form, lambda: verb(form.reason.data or "", signature)):
            flash(_("You have declined this quotation. We have read your reason."), "success")
            return redirect(way.to("version", version.version_no), 303)
    return form_page("quotations/my_decline.html", form, **short_context(*asked))


def questioned(asked: Asked, form: AskForm, verb: Callable[[str], object]) -> Any:
    """A question about a version; its owner is told at once."""
    _quotation, version, way = asked
    if form.validate_on_submit() and _went_well(form, lambda: verb(form.question.data or "")):
        flash(_("Your question is on its way."), "success")
        return redirect(f"{way.to('version', version.version_no)}#questions", 303)
    return form_page("quotations/my_ask.html", form, **short_context(*asked))


def outdated(error: Outdated, way: Way) -> Response:
    """409: what was to be answered is not current any more; the way to what is."""
    db.session.rollback()
    current = way.to("version", error.current_no) if error.current_no else None
    said = say(error.text)
    body = page("quotations/my_outdated.html", layout=layout(), said=said, current=current)
    return make_response(body, 409)


def found(version: QuotationVersion | None) -> QuotationVersion:
    """The version, or NotFound: what was not issued does not exist for a customer."""
    if version is None:
        raise NotFound()
    return version


def _went_well(form: FlaskForm, verb: Callable[[], object]) -> bool:
    """Whether the verb did what it says; what it refused is told at its field."""

    def told() -> bool:
        verb()
        return True

    return bool(attempted(form, told))
