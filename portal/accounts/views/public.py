"""Everybody: taking an invitation, choosing the language."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Response, current_app, flash, g, make_response, redirect, request
from flask_babel import gettext as _
from flask_babel import refresh
from flask_security import login_user, logout_user

from portal.access.guards import public
from portal.accounts import actions, queries
from portal.accounts.forms import FirstJoinForm, JoinForm
from portal.accounts.models import Invitation, User
from portal.accounts.rules.passwords import weakness
from portal.accounts.sign_in import password_hash, security
from portal.accounts.views import door, own
from portal.db.base import db
from portal.kernel import clock
from portal.kernel.errors import Invalid, NotFound
from portal.web import words
from portal.web.flask_app import reads_first
from portal.web.forms import attempted
from portal.web.links import ours_or
from portal.web.pages import page, refused
from portal.web.request import LANGUAGE_COOKIE, LOCALES
from portal.web.throttles import against_guessing

__all__ = ["bp", "own"]

bp = door.porch
ONE_YEAR = 365 * 24 * 3600


@bp.route("/join/<token>", methods=["GET", "POST"])
@reads_first
@against_guessing
@public
def join(token: str) -> Any:
    """Take an invitation: name and password, then signed in."""
    invitation = _open(token)
    form = _join_form(invitation.user)
    context = {"form": form, "user": invitation.user}
    if not form.validate_on_submit():
        return (
            refused("accounts/join.html", **context)
            if form.errors
            else page("accounts/join.html", **context)
        )
    user = attempted(form, lambda: _joined(invitation, token, form))
    if user is None:
        return refused("accounts/join.html", **context)
    return _welcomed(user)


@bp.post("/language")
@public
def language() -> Response:
    """Chinese or English, kept in a cookie and with the user."""
    chosen = request.form.get("locale", "")
    answer = make_response(redirect(ours_or(request.form.get("next"), "/")))
    if chosen in LOCALES:
        https = current_app.config["HTTPS"]
        answer.set_cookie(
            LANGUAGE_COOKIE, chosen, max_age=ONE_YEAR, samesite="Lax", secure=https, httponly=True
        )
        if g.viewer.user_id is not None:
            db.session.get_one(User, g.viewer.user_id).locale = chosen
    return answer


def _open(token: str) -> Invitation:
    invitation = queries.open_invitation(token, clock.now())
    if invitation is None:
        raise NotFound(actions.LINK_IS_GONE)
    if LANGUAGE_COOKIE not in request.cookies:
        _speak(invitation.user.locale)
    return invitation


def _speak(locale: str) -> None:
    """The language of the letter that led here, for whoever chose none in this browser."""
    g.viewer = replace(g.viewer, locale=locale)
    words.read_in(locale)
    refresh()


def _join_form(user: User) -> JoinForm:
    if actions.needs_address(user):
        return FirstJoinForm()
    return JoinForm(name=user.name)


def _joined(invitation: Invitation, token: str, form: JoinForm) -> User:
    """Judge and hash the password first: nobody waits for the database meanwhile."""
    email = form.email.data if isinstance(form, FirstJoinForm) else invitation.user.email
    wrong = weakness(form.password.data, email=email, name=form.name.data)
    if wrong is not None:
        raise Invalid(wrong, "password")
    hashed = password_hash(form.password.data)
    return actions.join(token, form.name.data, hashed, clock.now(), email=email)


def _welcomed(user: User) -> Any:
    """Signed in, by way of the second factor where that is compulsory."""
    logout_user()
    way = security.two_factor_plugins.tf_enter(user, False, "invitation", next_loc=None)
    if way is not None:
        return way
    login_user(user, authn_via=["invitation"])
    flash(_("Welcome, %(name)s.", name=user.name), "success")
    return redirect("/")
