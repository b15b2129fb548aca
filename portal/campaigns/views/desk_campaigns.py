"""Campaigns at the desk: written with a preview, approved, watched; and consent, contact by contact."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from portal.access.guards import fetch, requires
from portal.access.permissions import Permission as P
from portal.campaigns.actions import consenting, writing
from portal.campaigns.forms.campaigns import CampaignForm, ConsentForm
from portal.campaigns.labels import consent_label
from portal.campaigns.models import Campaign
from portal.campaigns.queries import consent as consents
from portal.campaigns.queries import results
from portal.campaigns.rules.kinds import WAY_WORDS, Consent, ConsentWay
from portal.campaigns.views import campaign_page
from portal.campaigns.views.campaign_list import CAMPAIGN_LIST, CONSENT_LIST, MAIL_LIST
from portal.campaigns.views.doors import desk_campaigns as bp
from portal.campaigns.views.history import past
from portal.customers.models import Contact
from portal.kernel import clock
from portal.web.clashes import begun, edited
from portal.web.flask_app import once
from portal.web.forms import attempted, form_page
from portal.web.listing import list_page
from portal.web.pages import page, refused
from portal.web.stepping import done_at

AT = "/campaigns/<int:campaign_id>"
EDIT = "campaigns/desk_edit.html"


@bp.get("/campaigns")
@requires(P.CAMPAIGN_SEE)
def index() -> Any:
    """Every campaign, the latest first."""
    counts = lambda rows: {"tallies": results.of_several([row.id for row in rows], g.viewer)}  # noqa: E731
    return list_page(CAMPAIGN_LIST, results.campaigns(), "campaigns/desk_index.html", beside=counts)


@bp.route("/campaigns/new", methods=["GET", "POST"])
@requires(P.CAMPAIGN_EDIT)
@once
def new() -> Any:
    """Write a campaign: a draft until it is approved."""
    form = campaign_page.form_for(None)
    if _asks_for_preview():
        return _previewed(form, None)
    if form.validate_on_submit():
        row = attempted(form, lambda: writing.write(_facts(form), g.viewer, clock.now()))
        if row is not None:
            flash(
                _("Kept as a draft. It goes out once somebody who may send has approved it."),
                "success",
            )
            return redirect(_to(row.id), 303)
    return form_page(EDIT, form, **campaign_page.form_context(form, None, (), False))


@bp.get(AT)
@requires(P.CAMPAIGN_SEE)
def show(campaign_id: int) -> Any:
    """One campaign: its mail, whom it reaches, what came of it."""
    row = fetch(Campaign, campaign_id)
    return page("campaigns/desk_show.html", **campaign_page.context(row))


@bp.route(f"{AT}/edit", methods=["GET", "POST"])
@requires(P.CAMPAIGN_EDIT)
def edit(campaign_id: int) -> Any:
    """Change a draft."""
    row = fetch(Campaign, campaign_id)
    form = begun(campaign_page.form_for(row), row)
    if _asks_for_preview():
        return _previewed(form, row)
    clashes: Any = ()
    if form.validate_on_submit():
        seen = form.seen_version
        verb = lambda: writing.change(row, _facts(form), seen, g.viewer, clock.now())  # noqa: E731
        saved, clashes = edited(form, row, verb)
        if saved:
            flash(_("Saved."), "success")
            return redirect(_to(campaign_id), 303)
    return form_page(EDIT, form, **campaign_page.form_context(form, row, clashes, True))


@bp.post(f"{AT}/approve")
@requires(P.CAMPAIGN_SEND)
def approve(campaign_id: int) -> Any:
    """Let it be sent as it was read."""
    row = fetch(Campaign, campaign_id)
    typed = request.form.get("version", "")
    seen = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 9 else 0
    verb = lambda: writing.approve(row, seen, g.viewer, clock.now())  # noqa: E731
    return done_at(_to(campaign_id), _("Approved. It is sent in batches from now on."), verb)


@bp.post(f"{AT}/return")
@requires(P.CAMPAIGN_SEND)
def give_back(campaign_id: int) -> Any:
    """Approved, and yet to be changed."""
    row, reason = fetch(Campaign, campaign_id), request.form.get("reason", "")
    verb = lambda: writing.give_back(row, reason, g.viewer, clock.now())  # noqa: E731
    return done_at(_to(campaign_id), _("It is a draft again."), verb)


@bp.post(f"{AT}/stop")
@requires(P.CAMPAIGN_SEND)
def stop(campaign_id: int) -> Any:
    """Nothing more goes out."""
    row, reason = fetch(Campaign, campaign_id), request.form.get("reason", "")
    verb = lambda: writing.stop(row, reason, g.viewer, clock.now())  # noqa: E731
    return done_at(_to(campaign_id), _("Stopped. What still waited is held back."), verb)


@bp.get(f"{AT}/mails")
@requires(P.CAMPAIGN_SEE)
def mails(campaign_id: int) -> Any:
    """The mails of a campaign, one for each address."""
    row = fetch(Campaign, campaign_id)
    return list_page(
        MAIL_LIST, results.mails(row.id, g.viewer), "campaigns/desk_mails.html", campaign=row
    )


@bp.get("/campaigns/consent")
@requires(P.CAMPAIGN_SEE)
def consent_index() -> Any:
    """Contacts and what they said about news by mail."""
    rows = consents.contacts(g.viewer).options(joinedload(Contact.customer))
    return list_page(CONSENT_LIST, rows, "campaigns/desk_consents.html")


@bp.route("/campaigns/consent/<int:contact_id>", methods=["GET", "POST"])
@requires(P.CUSTOMER_EDIT)
def consent(contact_id: int) -> Any:
    """What one contact said, with its history; something else is written down here."""
    contact = fetch(Contact, contact_id, options=(joinedload(Contact.customer),))
    said = consents.of_address(contact.email)
    form = ConsentForm(wanted=said.state if said else Consent.GIVEN.value)
    if form.validate_on_submit() and attempted(form, lambda: _recorded(contact, form)) is not None:
        flash(_("Written down. It counts from now on."), "success")
        return redirect(url_for("desk_campaigns.consent", contact_id=contact_id), 303)
    history = past(said) if said else []
    return form_page(
        "campaigns/desk_consent.html", form, contact=contact, said=said, history=history,
        label=consent_label(said), way=WAY_WORDS[ConsentWay(said.way)] if said else None,
    )  # fmt: skip


def _recorded(contact: Contact, form: ConsentForm) -> object:
    wanted, way = Consent(form.wanted.data), ConsentWay(form.way.data)
    return consenting.record(contact, wanted, way, form.note.data or "", g.viewer, clock.now())


def _facts(form: CampaignForm) -> writing.CampaignFacts:
    return form.facts(campaign_page.bought_item(form), campaign_page.zone())


def _asks_for_preview() -> bool:
    return request.method == "POST" and "preview" in request.form


def _previewed(form: CampaignForm, row: Campaign | None) -> Any:
    """The form with what it would send and to whom; a code that nothing is sold under is told, not passed over."""
    attempted(form, lambda: campaign_page.bought_item(form))
    shown = campaign_page.form_context(form, row, (), True)
    return (refused if form.errors else page)(EDIT, form=form, **shown)


def _to(campaign_id: int) -> str:
    return url_for("desk_campaigns.show", campaign_id=campaign_id)
