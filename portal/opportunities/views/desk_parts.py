"""Who has a part in an opportunity: colleagues, third parties, competitors; and what was noted about it."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Response, flash, g, request
from flask_babel import gettext as _

from portal.access.guards import fetch, requires
from portal.access.permissions import Permission as P
from portal.kernel import clock
from portal.opportunities.actions import competing, notes, parties, sharing
from portal.opportunities.actions.competing import Rival
from portal.opportunities.actions.parties import Party
from portal.opportunities.actions.sharing import Share
from portal.opportunities.forms.parts import NoteForm, PartyForm, RivalForm, ShareForm
from portal.opportunities.models import OpportunityParty
from portal.opportunities.queries import one
from portal.opportunities.views import choosing
from portal.opportunities.views.asking import Question, asked
from portal.opportunities.views.choosing import chosen
from portal.opportunities.views.desk_show import whole
from portal.opportunities.views.door import bp, opportunity_of, to_page
from portal.opportunities.views.show_page import PAGE
from portal.web.forms import tried
from portal.web.pages import refused
from portal.web.stepping import as_id, done_or_stale

AT = "/opportunities/<int:opportunity_id>"


@bp.route(f"{AT}/share", methods=["GET", "POST"])
@requires(P.OPPORTUNITY_SEE)
def share(opportunity_id: int) -> Any:
    """A colleague works on it, with a forecast of their own; one's own part everybody writes."""
    row = opportunity_of(opportunity_id)
    known = {each.user_id: each for each in one.collaborators(row, g.viewer)}
    part = known.get(as_id(request.args.get("user")) or 0)
    form = ShareForm(obj=part) if part else ShareForm(data={"currency": row.currency})
    form.user_id.choices = choosing.colleagues(*(each.user for each in known.values()))
    question = Question(
        row, _("Colleague and forecast"), "share", {"user": part.user_id if part else None}
    )
    verb = lambda: sharing.share(row, _share(form), g.viewer, clock.now())  # noqa: E731
    return asked(form, question, verb, anchor="people")


@bp.post(f"{AT}/unshare")
@requires(P.OPPORTUNITY_SEE)
def unshare(opportunity_id: int) -> Response:
    """They work on it no more."""
    row, user_id = opportunity_of(opportunity_id), as_id(request.form.get("user"))
    verb = partial(sharing.unshare, row, user_id or 0, g.viewer, clock.now())
    return done_or_stale(to_page(opportunity_id, "people"), _("Saved."), verb)


@bp.route(f"{AT}/parties", methods=["GET", "POST"])
@requires(P.OPPORTUNITY_EDIT)
def party(opportunity_id: int) -> Any:
    """Name a third party."""
    row, form = opportunity_of(opportunity_id), PartyForm()
    question = Question(row, _("Third party"), "party", {})
    verb = lambda: parties.add(row, _party(form), g.viewer, clock.now())  # noqa: E731
    return asked(form, question, verb, anchor="people")


@bp.route("/opportunities/parties/<int:opportunity_party_id>", methods=["GET", "POST"])
@requires(P.OPPORTUNITY_EDIT)
def edit_party(opportunity_party_id: int) -> Any:
    """Say it otherwise."""
    found = fetch(OpportunityParty, opportunity_party_id)
    row, form = opportunity_of(found.opportunity_id), PartyForm(obj=found)
    where = {"opportunity_party_id": opportunity_party_id}
    question = Question(row, found.name, "edit_party", where, of_row=False)
    verb = lambda: parties.change(found, _party(form), g.viewer, clock.now())  # noqa: E731
    return asked(form, question, verb, anchor="people")


@bp.post("/opportunities/parties/<int:opportunity_party_id>/remove")
@requires(P.OPPORTUNITY_EDIT)
def remove_party(opportunity_party_id: int) -> Response:
    """They have no part in it any more."""
    found = fetch(OpportunityParty, opportunity_party_id)
    verb = partial(parties.remove, found, g.viewer, clock.now())
    return done_or_stale(to_page(found.opportunity_id, "people"), _("Saved."), verb)


@bp.route(f"{AT}/competitors", methods=["GET", "POST"])
@requires(P.OPPORTUNITY_EDIT)
def rival(opportunity_id: int) -> Any:
    """A competitor, its price, its effect on us."""
    row = opportunity_of(opportunity_id)
    known = {each.competitor_id: each for each in one.competitors(row, g.viewer)}
    found = known.get(as_id(request.args.get("competitor")) or 0)
    form = RivalForm(obj=found) if found else RivalForm(data={"threat": "middle"})
    form.competitor_id.choices = choosing.competitors(each.competitor for each in known.values())
    where = {"competitor": found.competitor_id if found else None}
    question = Question(row, _("Competitor"), "rival", where, hint="competitors")
    verb = lambda: competing.put(row, _rival(form), g.viewer, clock.now())  # noqa: E731
    return asked(form, question, verb, anchor="people")


@bp.post(f"{AT}/competitors/remove")
@requires(P.OPPORTUNITY_EDIT)
def remove_rival(opportunity_id: int) -> Response:
    """It is out of the race."""
    row, wanted = opportunity_of(opportunity_id), as_id(request.form.get("competitor"))
    verb = partial(competing.remove, row, wanted or 0, g.viewer, clock.now())
    return done_or_stale(to_page(opportunity_id, "people"), _("Saved."), verb)


@bp.post(f"{AT}/competitors/none")
@requires(P.OPPORTUNITY_EDIT)
def no_rival(opportunity_id: int) -> Response:
    """We asked: nobody competes."""
    verb = partial(competing.say_none, opportunity_of(opportunity_id), g.viewer, clock.now())
    return done_or_stale(to_page(opportunity_id, "people"), _("Noted: nobody competes."), verb)


@bp.post(f"{AT}/notes")
@requires(P.OPPORTUNITY_SEE)
def note(opportunity_id: int) -> Any:
    """Note something for all who work on it, or for oneself alone."""
    row, form = opportunity_of(opportunity_id), NoteForm()
    private = request.form.get("for") == "me"
    if form.validate_on_submit():
        files = form.files.uploads
        verb = lambda: notes.write(row, form.text.data or "", private, g.viewer, clock.now(), files)  # noqa: E731
        if tried(form, verb) is not None:
            flash(_("Noted, for you alone.") if private else _("Noted."), "success")
            return to_page(opportunity_id, "notes")
    return refused(PAGE, **whole(row, form, private))


@bp.post(f"{AT}/files")
@requires(P.OPPORTUNITY_SEE)
def attach(opportunity_id: int) -> Any:
    """Keep files beside it."""
    row, form = opportunity_of(opportunity_id), NoteForm()
    if form.validate_on_submit():
        verb = partial(notes.add_files, row, form.files.uploads, g.viewer, clock.now())
        return done_or_stale(to_page(opportunity_id, "files"), _("Attached."), verb)
    return refused(PAGE, **whole(row, form))


def _share(form: ShareForm) -> Share:
    return Share(
        chosen(form.user_id.data) or 0, form.part.data or "", form.amount.data, form.currency.data,
        form.likelihood.data, form.note.data or "",
    )  # fmt: skip


def _party(form: PartyForm) -> Party:
    return Party(
        form.role.data, form.name.data or "", form.contact_name.data or "", form.phone.data or "",
        form.email.data or "", form.share_percent.data, form.note.data or "",
    )  # fmt: skip


def _rival(form: RivalForm) -> Rival:
    named = chosen(form.competitor_id.data) or 0
    return Rival(named, form.threat.data, form.price.data, form.effect.data or "")
