"""What goes between us and the customer: links for contacts without a login, questions and our answers."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Response, flash, g, url_for
from flask_babel import gettext as _

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.kernel import clock
from portal.kernel.errors import NotFound
from portal.quotations import queries
from portal.quotations.actions import answering
from portal.quotations.actions.linking import send_link
from portal.quotations.forms.offer import AnswerForm, LinkForm
from portal.quotations.views.desk_door import back, bp, done, quotation_and_version, went_well
from portal.web.flask_app import once
from portal.web.forms import attempted, form_page
from portal.web.pages import page


@bp.route("/quotations/<int:quotation_id>/links", methods=["GET", "POST"])
@requires(P.QUOTATION_ISSUE)
def links(quotation_id: int) -> Any:
    """Send a link to a contact; the page that follows shows it once."""
    quotation, _latest = quotation_and_version(quotation_id)
    _same, issued = quotation_and_version(quotation_id, quotation.issued_no)
    contact = quotation.contact
    form = LinkForm(data={"name": contact.name, "email": contact.email} if contact else None)
    if form.validate_on_submit():
        verb = partial(send_link, issued, form.name.data, form.email.data, g.viewer, clock.now())
        sent = attempted(form, verb)
        if sent is not None:
            link, token = sent
            address = url_for("quotations.show", token=token, _external=True)
            shown = {"quotation": quotation, "link": link, "address": address}
            return page("quotations/desk_link_sent.html", **shown)
    known = {"sent_links": queries.links(quotation), "now": clock.now()}
    return form_page("quotations/desk_links.html", form, quotation=quotation, **known)


@bp.post("/quotations/<int:quotation_id>/links/<int:link_id>/revoke")
@requires(P.QUOTATION_ISSUE)
def revoke_link(quotation_id: int, link_id: int) -> Response:
    """The link opens nothing from now on."""
    quotation, _latest = quotation_and_version(quotation_id)
    link = next((each for each in queries.links(quotation) if each.id == link_id), None)
    if link is None:
        raise NotFound()
    verb = partial(answering.revoke_link, link, quotation, g.viewer, clock.now())
    return done(quotation_id, _("The link is revoked."), verb)


@bp.route("/quotations/<int:quotation_id>/questions/<int:question_id>", methods=["GET", "POST"])
@once
@requires(P.QUOTATION_EDIT)
def answer(quotation_id: int, question_id: int) -> Any:
    """Answer a question, once."""
    quotation, _latest = quotation_and_version(quotation_id)
    asked = next((q for q in queries.questions(quotation) if q.id == question_id), None)
    if asked is None:
        raise NotFound()
    form = AnswerForm()
    if form.validate_on_submit():
        verb = partial(answering.answer, asked, quotation, form.answer.data, g.viewer, clock.now())
        if went_well(form, verb):
            flash(_("Answered."), "success")
            return back(quotation_id, "questions")
    return form_page("quotations/desk_answer.html", form, quotation=quotation, question=asked)
