"""One's own account: who one is, where one is signed in, what waits for one's password."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, g, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from portal.access.guards import fresh, signed_in
from portal.accounts import actions, queries, sessions
from portal.accounts.actions import sign_ins as ending
from portal.accounts.forms import OwnDetailsForm
from portal.accounts.models import User
from portal.accounts.rules.sign_ins import Why
from portal.accounts.views.door import porch as bp
from portal.accounts.views.places import chosen, drawn
from portal.db.base import db
from portal.db.held import held
from portal.kernel import clock
from portal.kernel.errors import NotFound
from portal.kernel.text import Text, t
from portal.web.pages import page, refused

GONE = t("This is not kept any more. Go back to the page and send it again.")


@bp.route("/account", methods=["GET", "POST"])
@signed_in
def account() -> Any:
    """One's own name, language, password and second factor."""
    user = db.session.get_one(User, g.viewer.user_id)
    form = OwnDetailsForm(obj=user)
    if form.validate_on_submit():
        own = {name: form[name].data or "" for name in ("name", "phone", "locale")}
        actions.change_own_details(user, clock.now(), **own)
        flash(_("Saved."), "success")
        return redirect(url_for(".account"))
    context = {
        "form": form,
        "user": user,
        "codes_left": len(user.mf_recovery_codes or ()),
        "passkeys": len(user.webauthn),
    }
    return (refused if form.errors else page)("accounts/account.html", **context)


@bp.get("/account/sign-ins")
@signed_in
def sign_ins() -> Any:
    """Where one is signed in."""
    rows = queries.open_sign_ins(g.viewer.user_id, sessions.lifetimes().idle, clock.now())
    return page("accounts/sign_ins.html", rows=drawn(rows), lifetimes=sessions.lifetimes())


@bp.post("/account/sign-ins/end")
@signed_in
@fresh(t("End a sign-in"))
def end_sign_in() -> Response:
    """End one's sign-in on another device, or on all others."""
    which, me = chosen(request.form), g.viewer.user_id
    if which is None:
        ending.end_all(me, Why.ELSEWHERE, clock.now(), but=sessions.present())
        flash(_("You are signed out everywhere else."), "success")
    elif which == sessions.present() or not ending.end(me, which, Why.ELSEWHERE, clock.now()):
        raise NotFound()
    else:
        flash(_("That sign-in is ended."), "success")
    return redirect(url_for(".sign_ins"))  # type: ignore[return-value]


@bp.get("/waiting/<token>")
@signed_in
def waiting(token: str) -> Any:
    """What was sent before the password was asked for: carried out by one more press, or left."""
    form = held(token, current_user.id, clock.now())
    if form is None:
        raise NotFound(GONE)
    return page("accounts/waiting.html", waiting=form, act=Text(form.act))
