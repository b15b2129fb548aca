"""Everybody who is signed in: which mails one wants."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, url_for
from flask_babel import gettext as _

from portal.access.guards import signed_in
from portal.accounts.models import User
from portal.db.base import db
from portal.hooks.actions import choosing
from portal.hooks.forms.choices import MailsForm
from portal.hooks.queries.choices import off_of
from portal.hooks.rules.topics import of_kind
from portal.kernel import clock
from portal.web.doors import porch
from portal.web.forms import form_page

bp = porch("hooks", __name__)


@bp.route("/account/mails", methods=["GET", "POST"])
@signed_in
def mails() -> Any:
    """Topics with a box each; what stays, with the reason."""
    user = db.session.get_one(User, g.viewer.user_id)
    topics, stays = of_kind(user.kind)
    off = off_of(user.id)
    form = MailsForm(wanted=[each.key for each in topics if each.key not in off])
    form.offer(topics)
    if form.validate_on_submit():
        choosing.choose(user, form.wanted.data or [], g.viewer, clock.now())
        flash(_("Saved. It counts from the next mail on."), "success")
        return redirect(url_for(".mails"), 303)
    return form_page("hooks/mails.html", form, topics=topics, stays=stays, address=user.email)
