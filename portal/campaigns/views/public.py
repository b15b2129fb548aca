"""The links of a campaign's mail: opening one shows a page and writes nothing; pressing its button decides (K7).

The button of a mail program posts without a page, a session or a sign-in (RFC 8058): the secret in the address is
the proof, so this one form is taken without the token that the others carry.
"""

from __future__ import annotations

from typing import Any

from flask import Response, flash, g, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import refresh

from portal.access.guards import public
from portal.access.scope import set_viewer
from portal.access.viewer import SYSTEM, Viewer
from portal.campaigns.actions import interest, links
from portal.campaigns.forms.shown import InterestForm
from portal.campaigns.models import CampaignMail
from portal.campaigns.queries.consent import of_address
from portal.campaigns.rules.kinds import Consent, ConsentWay
from portal.kernel import clock
from portal.web.doors import porch
from portal.web.flask_app import once
from portal.web.forms import attempted, form_page
from portal.web.install import csrf
from portal.web.pages import page
from portal.web.request import LANGUAGE_COOKIE
from portal.web.throttles import against_guessing
from portal.web.words import read_in

bp = porch("public_campaign", __name__)


@bp.route("/c/<string:token>", methods=["GET", "POST"])
@once
@against_guessing
@public
def show(token: str) -> Any:
    """“I am interested”: a word is welcome and not needed."""
    mail = _opened(token)
    form = InterestForm()
    verb = lambda: interest.by_mail(mail, form.text.data or "", g.viewer, clock.now())  # noqa: E731
    if form.validate_on_submit() and attempted(form, verb) is not None:
        return redirect(url_for("public_campaign.show", token=token), 303)
    return form_page(
        "campaigns/link_interest.html", form, mail=mail, token=token, subject=_subject(mail)
    )


@bp.route("/c/<string:token>/unsubscribe", methods=["GET", "POST"])
@csrf.exempt
@against_guessing
@public
def unsubscribe(token: str) -> Any:
    """No more news to this address, at once; pressed by mistake, it can be taken back on the same page."""
    mail = _opened(token)
    if request.method == "POST" and request.form.get("again") == "yes":
        links.subscribe_again(mail, g.viewer, clock.now())
        flash(_("You get news by mail from now on."), "success")
    elif request.method == "POST":
        by_button = request.form.get("List-Unsubscribe") == "One-Click"
        way = ConsentWay.ONE_CLICK if by_button else ConsentWay.LINK
        links.unsubscribe(mail, way, g.viewer, clock.now())
        if by_button:
            return Response("", 200, mimetype="text/plain")
    if request.method == "POST":
        return redirect(url_for("public_campaign.unsubscribe", token=token), 303)
    said = of_address(mail.email)
    out = said is not None and said.state == Consent.WITHDRAWN
    return page("campaigns/link_unsubscribe.html", mail=mail, token=token, out=out)


@bp.after_request
def unlisted(response: Response) -> Response:
    """No search engine keeps it, no cache shares it."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response.headers.setdefault("Cache-Control", "private, no-store")
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def _opened(token: str) -> CampaignMail:
    """The mail of a link. What is the house's own is read for the system; on the page its reader is the viewer."""
    set_viewer(SYSTEM)
    mail = links.find(token)
    g.viewer = Viewer(
        kind="public",
        name=mail.name,
        customer_id=mail.customer_id,
        customer_ids=frozenset({mail.customer_id}),
        locale=str(g.viewer.locale) if LANGUAGE_COOKIE in request.cookies else mail.locale,
        ip=request.remote_addr,
    )
    read_in(g.viewer.locale)
    refresh()
    return mail


def _subject(mail: CampaignMail) -> str:
    campaign = mail.campaign
    english = str(g.viewer.locale) == "en"
    return (campaign.subject_en if english else campaign.subject_zh) or (
        campaign.subject_zh or campaign.subject_en
    )
