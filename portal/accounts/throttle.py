"""Guessing made slow: what was refused is counted for each address and for each account.

An account is counted apart for a browser that has signed in to it before, and each way in apart from the others: so
somebody who guesses at it from elsewhere cannot keep its owner out, who also has the passkey, and the link by mail
(which makes the browser that uses it a known one). Within the limit nothing changes; past it the answer is 429 until
the window ends. The counters live where PORTAL_LIMIT_STORAGE says, so that several servers count together.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from flask import Flask, Response, after_this_request, current_app, request, session
from flask_limiter.util import get_remote_address
from flask_login import current_user
from flask_security.signals import password_reset, user_authenticated
from itsdangerous import BadSignature, URLSafeSerializer
from limits import parse_many

from portal.accounts.models import User
from portal.accounts.queries import email_behind
from portal.web.install import limiter

COOKIE = "known"
COOKIE_SECONDS = 180 * 24 * 3600
WAYS_IN = {
    "login": "password",
    "verify": "password",
    "change_password": "password",
    "forgot_password": "mail",
    "reset_password": "mail",
    "two_factor_token_validation": "code",
    "two_factor_setup_validate": "code",
    "mf_recovery": "code",
    "wan_signin": "passkey",
    "wan_signin_response": "passkey",
    "wan_verify_response": "passkey",
    "wan_register_response": "passkey",
}
"""Every view that a secret opens, and what its attempts count as."""
CROWD = 12
"""How many times the limit one address may send in all, right or wrong: an office comes in together at nine."""


def install(app: Flask) -> None:
    """Count the attempts at everything that a secret opens."""
    for name, way in WAYS_IN.items():
        endpoint = f"security.{name}"
        app.view_functions[endpoint] = throttled(app.view_functions[endpoint], way)
    user_authenticated.connect(_remember_browser, app)
    password_reset.connect(_remember_browser, app)


def throttled(view: Any, way: str) -> Any:
    """`view` behind the limits; only what was refused counts against an account and its address."""
    in_all = limiter.shared_limit(_crowd, scope="crowd", methods=["POST"])
    by_address = limiter.shared_limit(
        _limit, scope="address", methods=["POST"], key_func=address_key, deduct_when=_was_refused
    )
    by_account = limiter.shared_limit(
        _limit,
        scope=f"account by {way}",
        methods=["POST"],
        key_func=account_key,
        deduct_when=_was_refused,
    )
    return in_all(by_address(by_account(view)))


def address_key() -> str:
    """From where it is tried; a browser that knows the account is not held up by its neighbours."""
    named = _named()
    mark = _known_browser(named) if named else ""
    return f"{get_remote_address()}|{named}|{mark}" if mark else get_remote_address()


def account_key() -> str:
    """Whose account is tried, and whether from a browser that knows it."""
    named = _named()
    return f"{named}|{_known_browser(named)}" if named else get_remote_address()


def _named() -> str:
    """The address that is typed, or of whoever has shown the password already; empty when nobody is named."""
    typed = request.form.get("email", "").strip().lower()
    if typed:
        return typed[:254]
    if "tf_user_id" in session:
        return email_behind(session["tf_user_id"]) or ""
    return current_user.email if current_user.is_authenticated else ""


def _limit() -> str:
    return str(current_app.config["SIGN_IN_LIMIT"])


def _crowd() -> str:
    limits = parse_many(_limit())
    return ";".join(
        f"{each.amount * CROWD} per {each.multiples} {each.GRANULARITY.name}" for each in limits
    )


def _was_refused(response: Response) -> bool:
    asks_for_mail = request.endpoint == "security.forgot_password"
    return response.status_code >= 400 or asks_for_mail or _came_back(response)


def _came_back(response: Response) -> bool:
    """Flask-Security answers a passkey that it refuses with the page where one starts."""
    starts = ("/wan-signin", "/wan-verify", "/wan-register")
    where = (response.location or "").partition("?")[0]
    return request.path.startswith(tuple(f"{start}/" for start in starts)) and where in starts


def _known_browser(email: str) -> str:
    try:
        known = _signer().loads(request.cookies.get(COOKIE, ""))
    except BadSignature:
        return ""
    return "known" if hmac.compare_digest(str(known), _mark_of(email)) else ""


def _remember_browser(app: Flask, user: User, **_more: Any) -> None:
    mark = _signer().dumps(_mark_of(user.email))

    @after_this_request
    def keep(response: Response) -> Response:
        response.set_cookie(
            COOKIE,
            mark,
            max_age=COOKIE_SECONDS,
            secure=app.config["HTTPS"],
            httponly=True,
            samesite="Lax",
        )
        return response


def _mark_of(email: str) -> str:
    """An address that the cookie does not show to the next person at the same browser."""
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, f"known:{email}".encode(), hashlib.sha256).hexdigest()[:32]


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="known browser")
