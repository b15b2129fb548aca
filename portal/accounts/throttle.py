"""Guessing made slow: attempts are counted for each address and for each account.

An account is counted apart for a browser that has signed in to it before, so that somebody who guesses at it from
elsewhere cannot keep its owner out. Within the limit nothing changes; past it the answer is 429 until the window ends.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, after_this_request, current_app, request, session
from flask_limiter.util import get_remote_address
from flask_login import current_user
from flask_security.signals import user_authenticated
from itsdangerous import BadSignature, URLSafeSerializer

from portal.accounts.models import User
from portal.web.install import limiter

COOKIE = "known"
COOKIE_SECONDS = 180 * 24 * 3600
THROTTLED = (
    "security.login",
    "security.verify",
    "security.forgot_password",
    "security.reset_password",
    "security.change_password",
    "security.two_factor_token_validation",
    "security.two_factor_setup_validate",
    "security.mf_recovery",
)


def install(app: Flask) -> None:
    """Count the attempts at everything that a secret opens."""
    for endpoint in THROTTLED:
        view = app.view_functions.get(endpoint)
        if view is not None:
            app.view_functions[endpoint] = throttled(view)
    user_authenticated.connect(_remember_browser, app)


def throttled(view: Any) -> Any:
    """`view` behind both limits; only what was refused counts against an account."""
    by_address = limiter.shared_limit(_limit, scope="address", methods=["POST"])
    by_account = limiter.shared_limit(
        _limit, scope="account", methods=["POST"], key_func=account_key, deduct_when=_was_refused
    )
    return by_address(by_account(view))


def account_key() -> str:
    """Whose account is tried, and whether from a browser that knows it."""
    named = request.form.get("email", "").strip().lower() or session.get("tf_user_id")
    if not named:
        named = current_user.email if current_user.is_authenticated else get_remote_address()
    return f"{named}|{_known_browser(named)}"


def _limit() -> str:
    return str(current_app.config["SIGN_IN_LIMIT"])


def _was_refused(response: Response) -> bool:
    return response.status_code == 422 or request.endpoint == "security.forgot_password"


def _known_browser(email: str) -> str:
    try:
        known = _signer().loads(request.cookies.get(COOKIE, ""))
    except BadSignature:
        return ""
    return "known" if known == email else ""


def _remember_browser(app: Flask, user: User, **_more: Any) -> None:
    mark = _signer().dumps(user.email)

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


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="known browser")
