"""The rules of the pool at the desk."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import flash, g
from flask_babel import gettext as _

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.documents.queries import firm_profile
from portal.kernel import clock
from portal.leads.actions import rules_of_pool
from portal.leads.forms.leads import RulesForm
from portal.leads.queries.leads import lead_settings
from portal.leads.rules.settings import LeadSettings
from portal.leads.views.desk_door import bp
from portal.web.forms import attempted, form_page
from portal.web.stepping import to, version_in


@bp.route("/leads/rules", methods=["GET", "POST"])
@requires(P.SALES_SET)
def rules() -> Any:
    """How many leads a person holds, and when one falls back."""
    kept = asdict(lead_settings())
    form = RulesForm(data={**kept, "version": str(firm_profile().version or 1)})
    if form.validate_on_submit() and attempted(form, lambda: _changed(form)):
        flash(_("The rules are saved. They count for every lead from now on."), "success")
        return to("desk_leads.rules")
    return form_page("leads/rules.html", form)


def _changed(form: RulesForm) -> bool:
    wanted = LeadSettings(**{name: form[name].data or 0 for name in asdict(LeadSettings())})
    rules_of_pool.change_rules(wanted, version_in(form.version.data), g.viewer, clock.now())
    return True
