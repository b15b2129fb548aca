"""Handing a quotation over to somebody else."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import flash, g
from flask_babel import gettext as _

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.kernel import clock
from portal.kernel.errors import Forbidden
from portal.quotations.actions import owning
from portal.quotations.forms.offer import HandOverForm
from portal.quotations.views.desk_door import back, bp, quotation_and_version, went_well
from portal.web.forms import form_page


@bp.route("/quotations/<int:quotation_id>/owner", methods=["GET", "POST"])
@requires(P.QUOTATION_EDIT)
def owner(quotation_id: int) -> Any:
    """Who looks after it from now on."""
    quotation, _latest = quotation_and_version(quotation_id)
    if not owning.may_hand_over(quotation, g.viewer):
        raise Forbidden()
    form = HandOverForm(owner_id=quotation.owner_id)
    form.owner_id.choices = owning.possible_owners(quotation)
    if form.validate_on_submit():
        verb = partial(owning.hand_over, quotation, form.owner_id.data, g.viewer, clock.now())
        if went_well(form, verb):
            flash(_("%(name)s looks after it now.", name=quotation.owner.name), "success")
            return back(quotation_id)
    return form_page("quotations/desk_owner.html", form, quotation=quotation)
