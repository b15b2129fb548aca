"""The firm's limit of campaign mails at the desk."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import flash, g
from flask_babel import gettext as _

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.campaigns.actions import limiting
from portal.campaigns.forms.limit import LimitForm
from portal.campaigns.queries.limits import campaign_settings
from portal.campaigns.rules.settings import CampaignSettings
from portal.campaigns.views.desk_campaigns import bp
from portal.documents.queries import firm_profile
from portal.kernel import clock
from portal.web.forms import form_page, tried
from portal.web.stepping import to, version_in


@bp.route("/campaigns/limit", methods=["GET", "POST"])
@requires(P.CAMPAIGN_SEND)
def limit() -> Any:
    """How often one person may be written to."""
    kept = asdict(campaign_settings())
    form = LimitForm(data={**kept, "version": str(firm_profile().version or 1)})
    if form.validate_on_submit() and tried(form, lambda: _changed(form)):
        flash(_("Saved. It counts for every mail from now on."), "success")
        return to("desk_campaigns.limit")
    return form_page("campaigns/desk_limit.html", form)


def _changed(form: LimitForm) -> bool:
    wanted = CampaignSettings(form.most.data or 0, form.days.data or 0)
    limiting.change_limit(wanted, version_in(form.version.data), g.viewer, clock.now())
    return True
