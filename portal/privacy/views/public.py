"""One's own data, for everybody who signs in: a copy at once, and asking for erasure or correction."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, g, redirect, url_for
from flask_babel import gettext as _

from portal.access.guards import fresh, signed_in
from portal.kernel import clock
from portal.kernel.text import t
from portal.privacy.actions import exporting, registering
from portal.privacy.forms import OwnForm
from portal.privacy.labels import label_of
from portal.privacy.queries.register import asked_by
from portal.privacy.rules.kinds import ASKED_WORDS, Asked
from portal.privacy.views.packing import ZIP, packed
from portal.web.doors import porch
from portal.web.exports import download
from portal.web.flask_app import once
from portal.web.forms import attempted, form_page
from portal.web.words import locale_code

bp = porch("privacy", __name__)


@bp.route("/account/data", methods=["GET", "POST"])
@once
@signed_in
def own() -> Any:
    """What we keep about the person, their requests, and the form to ask."""
    form, now = OwnForm(kind=Asked.ERASURE.value), clock.now()
    if form.validate_on_submit():
        kind, text = Asked(form.kind.data), form.text.data or ""
        row = attempted(form, lambda: registering.ask_oneself(kind, text, g.viewer, now))
        if row is not None:
            flash(_("We have it: you get an answer by %(day)s.", day=row.due_on), "success")
            return redirect(url_for("privacy.own"), 303)
    rows = [
        (row, label_of(row, clock.today()), ASKED_WORDS[Asked(row.kind)])
        for row in asked_by(g.viewer.user_id)
    ]
    return form_page("privacy/own.html", form, rows=rows)


@bp.post("/account/data/copy")
@signed_in
@fresh(t("Fetch a copy of your data"))
def own_copy() -> Response:
    """Everything about the person as a ZIP."""
    now = clock.now()
    found = exporting.own_copy(g.viewer, now)
    body = packed(found, g.viewer.name, now, locale_code())
    return download(body, f"my-data-{clock.today().isoformat()}.zip", ZIP)
