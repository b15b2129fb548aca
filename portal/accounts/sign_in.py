"""Flask-Security on Flask-Login: sign-in, reset, change, second factor; settings in one place."""

from __future__ import annotations

import base64
import hashlib
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

from flask import Flask, Response, make_response, redirect, render_template, url_for
from flask_security import Security, SQLAlchemyUserDatastore, hash_password
from flask_security.signals import (
    password_changed,
    password_reset,
    tf_disabled,
    tf_profile_changed,
    user_failed_authn,
)

from portal.access.guards import public
from portal.accounts import forms, queries, throttle
from portal.accounts.actions import itself
from portal.accounts.models import StaffRole, User
from portal.accounts.parts import OneTimeCodes, OutboxMail, Passwords
from portal.accounts.rules.passwords import MIN_LENGTH
from portal.db import audit
from portal.db.base import db
from portal.db.engine import write_from_here
from portal.kernel import clock
from portal.kernel.text import t
from portal.web.flask_app import reads_first, refuse
from portal.web.words import ReadersDomain

log = logging.getLogger(__name__)

# OWASP's lower recommendation for argon2id: 19 MiB, two passes; eight threads at once stay within memory.
PASSWORD_COST = {"time_cost": 2, "memory_cost": 19_456, "parallelism": 1}

# Views that hash: they let others write meanwhile.
HASHING = ("login", "verify", "forgot_password", "reset_password", "change_password")

MESSAGES = {
    "GENERIC_AUTHN_FAILED": (t("The e-mail address or the password is wrong."), "error"),
    "GENERIC_RECOVERY": (
        t("If this address has a sign-in, a link to choose a new password is on its way to it."),
        "info",
    ),
    "PASSWORD_RESET_REQUEST": (
        t("If this address has a sign-in, a link to choose a new password is on its way to it."),
        "info",
    ),
    "UNAUTHENTICATED": (t("Please sign in first."), "info"),
    "UNAUTHORIZED": (t("Your role does not allow this."), "error"),
    "REAUTHENTICATION_REQUIRED": (t("Please enter your password once more."), "info"),
    "REAUTHENTICATION_SUCCESSFUL": (t("Thank you. You may go on."), "success"),
    "LOGIN": (t("Please sign in first."), "info"),
    "REFRESH": (t("Please enter your password once more."), "info"),
    "FORGOT_PASSWORD": (t("Forgot the password?"), "info"),
    "RETYPE_PASSWORD_MISMATCH": (t("The two passwords differ."), "error"),
    "INVALID_PASSWORD": (t("The password is wrong."), "error"),
    "INVALID_PASSWORD_CODE": (t("The password or code is wrong."), "error"),
    "PASSWORD_NOT_PROVIDED": (t("Enter the password."), "error"),
    "EMAIL_NOT_PROVIDED": (t("Enter the e-mail address."), "error"),
    "INVALID_EMAIL_ADDRESS": (t("This is not an e-mail address."), "error"),
    "PASSWORD_IS_THE_SAME": (t("The new password must differ from the present one."), "error"),
    "PASSWORD_CHANGE": (
        t("Your password is changed. You are signed out everywhere else."),
        "success",
    ),
    "PASSWORD_RESET_NO_LOGIN": (t("Your password is changed. Sign in with it."), "success"),
    "PASSWORD_RESET_EXPIRED": (t("This link is too old. Ask for a new one."), "error"),
    "INVALID_RESET_PASSWORD_TOKEN": (
        t("This link was used already or is not whole. Ask for a new one."),
        "error",
    ),
    "ANONYMOUS_USER_REQUIRED": (t("You are signed in already."), "info"),
    "INVALID_REDIRECT": (t("That address is not part of this portal."), "error"),
    "INVALID_CODE": (t("The code is wrong or too old."), "error"),
    "TWO_FACTOR_INVALID_TOKEN": (t("The code is wrong or too old."), "error"),
    "TWO_FACTOR_LOGIN_SUCCESSFUL": (t("You are signed in."), "success"),
    "TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL": (
        t("The second factor is set up. Make recovery codes now, in case the phone is lost."),
        "success",
    ),
    "TWO_FACTOR_PERMISSION_DENIED": (t("Please sign in first."), "info"),
    "TWO_FACTOR_METHOD_NOT_AVAILABLE": (t("The second factor is compulsory here."), "error"),
    "TWO_FACTOR_DISABLED": (t("The second factor is off."), "success"),
    "TWO_FACTOR_SETUP_EXPIRED": (t("This took too long. Start again."), "error"),
    "INVALID_RECOVERY_CODE": (t("This recovery code is wrong or was used before."), "error"),
    "NO_RECOVERY_CODES_SETUP": (t("There are no recovery codes yet."), "info"),
    "API_ERROR": (t("This was not understood."), "error"),
}


class People(SQLAlchemyUserDatastore):
    """Where Flask-Security finds a user."""

    def find_user(self, case_insensitive: bool = False, **by: Any) -> User | None:
        """The user whom one column names; the session's on the short way."""
        if by.keys() == {"fs_uniquifier"}:
            return queries.of_session(by["fs_uniquifier"])
        return cast("User | None", super().find_user(case_insensitive, **by))


def password_hash(password: str) -> str:
    """`password` as the database keeps it; takes some 30 ms by design, so never inside a transaction."""
    return str(hash_password(security.password_util.normalize(password)))


def install(app: Flask) -> None:
    """Set up sign-in; every view of it is public or asks Flask-Security itself who is there."""
    app.config.update(_settings(app))
    app.config.update(_second_factor(app))
    for key, (text, tone) in MESSAGES.items():
        app.config[f"SECURITY_MSG_{key}"] = (text.msgid, tone)
    security.init_app(app, People(db, User, cast(Any, StaffRole)))
    security.i18n_domain = ReadersDomain()
    app.view_functions["security.two_factor_rescue"] = _only_recovery_codes
    throttle.install(app)
    for endpoint, view in app.view_functions.items():
        if endpoint.startswith("security."):
            public(view)
            if endpoint.removeprefix("security.") in HASHING:
                reads_first(view)
    _write_history(app)


def _settings(app: Flask) -> dict[str, Any]:
    cost = app.config.get("PASSWORD_COST", PASSWORD_COST)
    return {
        "SECURITY_PASSWORD_SALT": app.config["SECRET_SALT"],
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_SCHEMES": ["argon2"],
        # argon2 salts by itself; so a new secret key ends the sessions, not everybody's password.
        "SECURITY_PASSWORD_SINGLE_HASH": {"argon2"},
        "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": {f"argon2__{k}": v for k, v in cost.items()},
        "SECURITY_HASHING_SCHEMES": ["hex_sha256"],
        "SECURITY_PASSWORD_LENGTH_MIN": MIN_LENGTH,
        "SECURITY_RECOVERABLE": True,
        "SECURITY_RESET_PASSWORD_WITHIN": timedelta(hours=2),
        "SECURITY_CHANGEABLE": True,
        "SECURITY_FRESHNESS": timedelta(hours=1),
        "SECURITY_FRESHNESS_GRACE_PERIOD": timedelta(minutes=15),
        "SECURITY_USER_IDENTITY_ATTRIBUTES": [{"email": {"mapper": _lower}}],
        "SECURITY_POST_LOGIN_VIEW": "/",
        "SECURITY_POST_LOGOUT_VIEW": "/login",
        "SECURITY_POST_CHANGE_VIEW": "/account",
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_EMAIL_PLAINTEXT": False,
        "SECURITY_EMAIL_HTML": False,
        "SECURITY_STATIC_FOLDER": None,
        "REMEMBER_COOKIE_DURATION": timedelta(days=14),
        "REMEMBER_COOKIE_HTTPONLY": True,
        "REMEMBER_COOKIE_SAMESITE": "Lax",
        "REMEMBER_COOKIE_SECURE": app.config["HTTPS"],
    }


def _second_factor(app: Flask) -> dict[str, Any]:
    secret = app.config["TOTP_SECRET"]
    return {
        "SECURITY_TWO_FACTOR": True,
        "SECURITY_TWO_FACTOR_REQUIRED": app.config["STAFF_TOTP"],
        "SECURITY_TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "SECURITY_TWO_FACTOR_AUTHENTICATOR_VALIDITY": 30,
        "SECURITY_TWO_FACTOR_RESCUE_EMAIL": False,
        "SECURITY_TWO_FACTOR_POST_SETUP_VIEW": "/account",
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_N": 8,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_KEYS": [_fernet_key(secret)],
        "SECURITY_TOTP_SECRETS": {"1": secret},
        "SECURITY_TOTP_ISSUER": "Portal",
    }


def _draw(template: str, **context: Any) -> Response:
    """Our page for one of Flask-Security's views, with its form as `form`; 422 when it says what is wrong."""
    shown = [value for name, value in context.items() if name.endswith("_form")]
    form = next((each for each in shown if each.errors), shown[0] if shown else None)
    if form is None or not form.errors:
        return make_response(render_template(template, form=form, **context))
    form.form_errors = list(dict.fromkeys(form.form_errors))
    return refuse(make_response(render_template(template, form=form, **context), 422))


def _only_recovery_codes() -> Response:
    """Whoever lost the phone has a recovery code, or asks an administrator: mail would be a weaker way in."""
    return cast(Response, redirect(url_for("security.mf_recovery")))


def _write_history(app: Flask) -> None:
    for signal, event in (
        (password_changed, "user.password_changed"),
        (password_reset, "user.password_changed"),
        (tf_profile_changed, "user.second_factor_set"),
        (tf_disabled, "user.second_factor_removed"),
    ):
        signal.connect(_recorder(event), app, weak=False)
    user_failed_authn.connect(_log_failure, app)


def _recorder(event: str) -> Any:
    def record(_app: Flask, user: User, **_more: Any) -> None:
        write_from_here(db.session())
        row = db.session.get_one(User, user.id)
        audit.record(itself(row), event, row, clock.now())

    return record


def _log_failure(_app: Flask, user: User, auth_type: str, **_more: Any) -> None:
    log.warning("failed sign-in: user %s, by %s", user.id, auth_type)


def _fernet_key(secret: str) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(f"recovery:{secret}".encode()).digest())


def _lower(identity: str) -> str:
    return identity.strip().lower()


security = Security(
    mail_util_cls=OutboxMail,
    password_util_cls=Passwords,
    totp_cls=OneTimeCodes,
    render_template=cast(Callable[..., str], _draw),  # views answer with whatever it gives
    login_form=forms.SignInForm,
    forgot_password_form=forms.ForgottenForm,
    reset_password_form=forms.NewPasswordForm,
    change_password_form=forms.OtherPasswordForm,
    verify_form=forms.AgainForm,
    two_factor_setup_form=forms.SetUpForm,
    two_factor_rescue_form=forms.RescueForm,
    two_factor_verify_code_form=forms.CodeForm,
    mf_recovery_form=forms.RecoveryForm,
)
