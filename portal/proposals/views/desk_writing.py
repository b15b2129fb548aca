"""Writing a proposal at the desk: begun from an opportunity, its sections, languages and prices."""

from __future__ import annotations

from typing import Any

from flask import flash, g, request
from flask_babel import gettext as _

from portal.access.gate import load
from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.access.scope import past_the_walls
from portal.customers.queries import contacts
from portal.kernel import clock
from portal.kernel.errors import NotFound
from portal.opportunities.models import Opportunity
from portal.proposals import queries
from portal.proposals.actions import drafting
from portal.proposals.actions.drafting import Written
from portal.proposals.forms.writing import DraftForm, NewForm
from portal.proposals.models import Proposal, ProposalOutline, ProposalVersion
from portal.proposals.rules.sections import from_json, to_json
from portal.proposals.views.door import arranged, bp, of_address
from portal.quotations.labels import STATES
from portal.quotations.models import QuotationVersion
from portal.quotations.rules.states import QuotationState
from portal.web.flask_app import once
from portal.web.forms import attempted, form_page
from portal.web.stepping import to
from portal.web.words import name_of, say


@bp.route("/proposals/new", methods=["GET", "POST"])
@once
@requires(P.PROPOSAL_EDIT)
def new() -> Any:
    """For which opportunity, called what, divided how."""
    opportunity = _opportunity()
    known = {str(each.id): each for each in queries.outlines()}
    form = NewForm(data={"title": opportunity.title})
    form.outline_id.choices = [(key, name_of(row)) for key, row in known.items()] or [
        ("", _("Usual proposal"))
    ]
    if form.validate_on_submit():
        proposal = attempted(form, lambda: _created(opportunity, form, known))
        if proposal is not None:
            flash(_("%(number)s is drafted.", number=proposal.number), "success")
            return to("desk_proposals.edit", proposal_id=proposal.id)
    return form_page("proposals/desk_new.html", form, opportunity=opportunity)


@bp.route("/proposals/<int:proposal_id>/edit", methods=["GET", "POST"])
@requires(P.PROPOSAL_EDIT)
def edit(proposal_id: int) -> Any:
    """The draft's text, section by section."""
    proposal, version = of_address(proposal_id)
    drafting.check_draft(version)
    form = _form(proposal, version)
    if form.validate_on_submit() and _fresh(form, version):
        parts, anchor = arranged(form.parts)
        if attempted(form, lambda: _saved(version, form, parts)):
            if anchor:
                return to("desk_proposals.edit", proposal_id=proposal_id, anchor=anchor)
            flash(_("Saved."), "success")
            return to("desk_proposals.show", proposal_id=proposal_id)
    return form_page("proposals/desk_edit.html", form, proposal=proposal, shown=version)


def _saved(version: ProposalVersion, form: DraftForm, parts: Any) -> bool:
    drafting.change(version, _written(form, parts), g.viewer, clock.now())
    return True


def _fresh(form: DraftForm, version: ProposalVersion) -> bool:
    """Whether the draft is still what the form was begun on; else the page says so, and keeps what was typed."""
    if form.version.data == str(version.version):
        return True
    flash(_("It has changed since you opened this page. Look at it again, then repeat."), "error")
    form.version.data = str(version.version)
    return False


def _opportunity() -> Opportunity:
    wanted = request.args.get("opportunity", "")
    if not wanted.isdecimal() or len(wanted) > 9:
        raise NotFound()
    load(Opportunity, int(wanted), g.viewer, P.OPPORTUNITY_SEE)
    with past_the_walls():
        return load(Opportunity, int(wanted), g.viewer, P.OPPORTUNITY_SEE)


def _created(
    opportunity: Opportunity, form: NewForm, known: dict[str, ProposalOutline]
) -> Proposal:
    return drafting.create(
        opportunity,
        form.title.data or "",
        g.viewer,
        clock.now(),
        language=form.language.data,
        outline=known.get(form.outline_id.data or ""),
    )


def _form(proposal: Proposal, version: ProposalVersion) -> DraftForm:
    first = {
        "version": str(version.version),
        "title": version.title,
        "language": version.language,
        "contact_id": str(proposal.contact_id or ""),
        "quotation_version_id": str(version.quotation_version_id or ""),
        "change_note": version.change_note,
        "sections": to_json(from_json(version.sections)),
    }
    form = DraftForm(data=first)
    nobody, nothing = ("", _("The company, nobody by name")), ("", _("Without prices"))
    people = contacts(proposal.customer_id, g.viewer)
    form.contact_id.choices = [nobody, *((str(each.id), each.name) for each in people)]
    form.quotation_version_id.choices = [nothing, *_prices(proposal, version)]
    return form


def _prices(proposal: Proposal, version: ProposalVersion) -> list[tuple[str, str]]:
    found = {each.id: each for each in queries.quoted(proposal, g.viewer)}
    if version.quotation_version is not None:
        found.setdefault(version.quotation_version.id, version.quotation_version)
    return [(str(each.id), _price_words(each)) for each in found.values()]


def _price_words(version: QuotationVersion) -> str:
    quotation, state = version.quotation, STATES[QuotationState(version.state)].text
    return f"{quotation.number} v{version.version_no} · {say(state)} · {quotation.title}"


def _written(form: DraftForm, parts: Any) -> Written:
    contact, prices = form.contact_id.data, form.quotation_version_id.data
    return Written(
        title=form.title.data or "",
        language=form.language.data,
        parts=parts,
        quotation_version_id=int(prices) if prices else None,
        contact_id=int(contact) if contact else None,
        change_note=form.change_note.data or "",
    )
