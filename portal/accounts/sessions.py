"""Each sign-in has a row: made when it begins, asked for on every page together with its person, ended at will.

The browser holds an opaque mark in its signed session cookie; Flask-Login's second cookie is not used. "Last seen" is
written beside the request when its answer is out, at most every few minutes: no page waits for it.
"""

from __future__ import annotations

import logging
import secrets
from functools import partial
from typing import Any

from flask import Flask, Response, current_app, flash, g, request, session
from flask_login import user_logged_out
from flask_security import Security
from flask_security.signals import (
    password_changed,
    password_reset,
    tf_disabled,
    tf_profile_changed,
    user_authenticated,
    wan_deleted,
    wan_registered,
)
from flask_security.utils import set_request_attr
from sqlalchemy import update

from portal.accounts import queries
from portal.accounts.actions import sign_ins
from portal.accounts.actions.sign_ins import Device
from portal.accounts.models import SignIn, User
from portal.accounts.queries import Admitted
from portal.accounts.rules.browsers import browser_of, system_of
from portal.accounts.rules.sign_ins import SEEN_EVERY, Lifetimes, Why, told, why_over
from portal.db.aside import write_aside
from portal.db.base import db
from portal.kernel import clock
from portal.web.words import say

log = logging.getLogger(__name__)

MARK = "sign_in"
OF_A_SIGN_IN = ("_user_id", "_fresh", "_id", "fs_paa", "fs_gexp", MARK)
SECOND = {
    "security.two_factor_token_validation": "authenticator",
    "security.mf_recovery": "recovery",
    "security.wan_signin_response": "passkey",
}
ENDS_THE_OTHERS = (
    (password_changed, Why.PASSWORD),
    (password_reset, Why.PASSWORD),
    (tf_profile_changed, Why.FACTOR),
    (tf_disabled, Why.FACTOR),
    (wan_registered, Why.FACTOR),
    (wan_deleted, Why.FACTOR),
)


def install(app: Flask, security: Security) -> None:
    """Let nobody in without a row; keep the rows."""
    security.login_manager.user_loader(_admitted)
    security.login_manager.request_loader(lambda _request: None)  # no tokens: the API has its own
    user_authenticated.connect(_begin, app)
    user_logged_out.connect(_left, app)
    for signal, why in ENDS_THE_OTHERS:
        signal.connect(_ender(why), app, weak=False)
    app.after_request(_note_seen)


def lifetimes() -> Lifetimes:
    """As the settings say."""
    settings = current_app.config
    return Lifetimes(settings["IDLE"], settings["SIGN_IN_LIFETIME"], settings["KEPT_LIFETIME"])


def present() -> int | None:
    """The id of the sign-in that asks."""
    admitted: Admitted | None = g.get("admitted")
    return admitted.id if admitted else None


def _admitted(user_id: str) -> User | None:
    """The person whose browser this is; None, and told why, when the sign-in is over."""
    found = queries.of_sign_in(session.get(MARK, ""))
    if found is None:
        _forget()
        return None
    why = why_over(found.standing, lifetimes(), clock.now())
    if why is None and (found.user.fs_uniquifier != user_id or not found.user.active):
        why = Why.RENEWED
    if why is not None:
        _refuse(found, why)
        return None
    g.admitted = found
    set_request_attr("fs_authn_via", "session")
    set_request_attr("fs_paa", session.get("fs_paa", 0))
    return found.user


def _refuse(found: Admitted, why: Why) -> None:
    _forget()
    if why is not Why.LEFT and found.user.active:
        g.signed_out_user_id = found.user.id
    text = told(why, lifetimes()) if found.user.active else None
    if text is not None:
        flash(say(text), "info")


def _forget() -> None:
    for key in OF_A_SIGN_IN:
        session.pop(key, None)


def _begin(_app: Flask, user: User, authn_via: list[str] | None = None, **_more: Any) -> None:
    """A row for the sign-in that has just succeeded; the one that it takes the place of is over."""
    now, before = clock.now(), g.pop("admitted", None)
    again = before is not None and before.user.id == user.id
    kept = bool(current_app.config["KEPT_LIFETIME"]) and (
        session.pop("_remember", None) == "set" or (again and before.standing.kept)
    )
    if before is not None:
        sign_ins.end(before.user.id, before.id, Why.RENEWED, now)
    mark = secrets.token_urlsafe(32)
    way, second = _how(authn_via or [])
    row = sign_ins.begin(user, mark, _device(kept), way, second, lifetimes(), now)
    session.permanent = kept
    session[MARK] = mark
    g.own_sign_in_id = row.id
    log.info("signed in: user %s, by %s %s", user.id, way, second or "alone")


def _how(authn_via: list[str]) -> tuple[str, str | None]:
    """The way in and the second factor; Flask-Security names no way when a second factor came after it."""
    if authn_via:
        return {"webauthn": "passkey"}.get(authn_via[0], authn_via[0]), None
    return "password", SECOND.get(request.endpoint or "")


def _device(kept: bool) -> Device:
    agent = request.user_agent.string
    return Device(browser_of(agent), system_of(agent), request.remote_addr or "", kept)


def _left(_app: Flask, **_more: Any) -> None:
    before: Admitted | None = g.pop("admitted", None)
    session.pop(MARK, None)
    if before is not None:
        sign_ins.end(before.user.id, before.id, Why.LEFT, clock.now())


def _ender(why: Why) -> Any:
    """Whoever changes what opens the door stays in here and nowhere else."""

    def end_the_others(_app: Flask, user: User, **_more: Any) -> None:
        own = g.get("own_sign_in_id") or present()
        sign_ins.end_all(user.id, why, clock.now(), but=own)

    return end_the_others


def _note_seen(response: Response) -> Response:
    admitted: Admitted | None = g.get("admitted")
    if admitted is not None and clock.now() - admitted.standing.seen_at >= SEEN_EVERY:
        heard = update(SignIn).where(SignIn.id == admitted.id).values(seen_at=clock.now())
        response.call_on_close(partial(write_aside, db.engine, heard))
    return response
