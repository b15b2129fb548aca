"""For how long things are kept: the days, what would go now, the last clearing."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, url_for
from flask_babel import gettext as _

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.kernel import clock
from portal.privacy.actions import retaining
from portal.privacy.forms import RetentionForm
from portal.privacy.rules.retention import BOOKS, KEEPINGS
from portal.privacy.views.desk_requests import bp
from portal.web.forms import attempted, form_page

PAGE = "privacy/retention.html"


@bp.route("/privacy/retention", methods=["GET", "POST"])
@requires(P.PRIVACY_SEE)
def retention() -> Any:
    """The table of days; whoever may set them saves it here."""
    now = clock.now()
    lines = retaining.due(now)
    form = RetentionForm(data={"days": {each.kind.value: each.days for each in lines}})
    if form.validate_on_submit():
        saved = attempted(form, lambda: retaining.choose(form.chosen(), g.viewer, now))
        if saved:
            flash(_("Saved. The next clearing goes by these days."), "success")
            return redirect(url_for("desk_privacy.retention"), 303)
    shown = [(each, KEEPINGS[each.kind], form.days.form[each.kind.value]) for each in lines]
    return form_page(PAGE, form, lines=shown, books=BOOKS)
