"""Flask-Security on Flask-Login: sign-in, reset, change, second factor; settings in one place."""

from __future__ import annotations

import base64
import hashlib
import logging
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, cast

from flask import (
    Flask,
    Response,
    abort,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_login import current_user
from flask_security import Security, SQLAlchemyUserDatastore, hash_password
from flask_security.signals import (
    password_changed,
    password_reset,
    tf_disabled,
    tf_profile_changed,
    user_failed_authn,
    wan_deleted,
    wan_registered,
)
from flask_security.utils import check_and_get_token_status
from werkzeug.local import LocalProxy

from portal.access.guards import public, to_prove_it
from portal.accounts import forms, passkey_forms, passkeys, sessions, throttle
from portal.accounts.actions import itself
from portal.accounts.messages import MESSAGES
from portal.accounts.models import Passkey, StaffRole, User
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

CHANGE_OF_WAY = t("Change how you sign in")

# Views that hash: they let others write meanwhile.
HASHING = ("login", "verify", "forgot_password", "reset_password", "change_password")


class Doorkeeper(Security):
    """Flask-Security, which asks for nh3 beside passkeys; their names are cleaned by `passkeys.Keys` without it."""

    def _check_modules(self, module: str, config_name: str) -> Any:
        return True if module == "nh3" else super()._check_modules(module, config_name)


# Each application has its own: two in one process (a server beside a tool) must not share their settings.
security = cast(Doorkeeper, LocalProxy(lambda: current_app.extensions["security"]))


def password_hash(password: str) -> str:
    """`password` as the database keeps it; takes some 30 ms by design, so never inside a transaction."""
    return str(hash_password(security.password_util.normalize(password)))


def install(app: Flask) -> None:
    """Set up sign-in; every view of it is public or asks Flask-Security itself who is there."""
    app.config.update(_settings(app))
    app.config.update(_second_factor(app))
    app.config.update(passkeys.settings())
    for key, (text, tone) in MESSAGES.items():
        app.config[f"SECURITY_MSG_{key}"] = (text.msgid, tone)
    keeper = _doorkeeper()
    keeper.init_app(app, SQLAlchemyUserDatastore(db, User, cast(Any, StaffRole), Passkey))
    keeper.i18n_domain = ReadersDomain()
    keeper.datetime_factory = clock.now
    keeper.want_json(lambda _request: False)
    keeper.reauthn_handler(lambda _within, _grace: to_prove_it(CHANGE_OF_WAY))
    views = app.view_functions
    views["security.two_factor_rescue"] = _only_recovery_codes
    setting_up = "security.two_factor_setup_validate"
    views[setting_up] = _with_the_same_key(views[setting_up])
    passkeys.install(app)
    throttle.install(app)
    for endpoint in [name for name in app.view_functions if name.startswith("security.")]:
        view = public(_forms_only(app.view_functions[endpoint]))
        reading = endpoint.removeprefix("security.") in HASHING
        app.view_functions[endpoint] = reads_first(view) if reading else view
    _write_history(app)
    sessions.install(app, keeper)


def _forms_only(view: Any) -> Any:
    """`view` for forms alone: what came as JSON would slip past the limits, which read the form."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        return abort(415) if request.is_json else view(*args, **kwargs)

    return guarded


def _with_the_same_key(view: Any) -> Any:
    """`view`, but a wrong first code asks for another one of the same key: the app on the phone has it by then."""

    @wraps(view)
    def validated(token: str) -> Any:
        answer = view(token)
        within = current_app.config["SECURITY_TWO_FACTOR_SETUP_WITHIN"]
        expired, invalid, state = check_and_get_token_status(token, "tf_setup", within)
        if expired or invalid or answer.location != url_for("security.two_factor_setup"):
            return answer
        shown = security.totp_factory.fetch_setup_values(state["totp_secret"], current_user)
        return _draw(
            "security/two_factor_setup.html",
            two_factor_verify_code_form=forms.CodeForm(formdata=None),
            chosen_method=state["method"],
            changing=True,
            state_token=token,
            authr_qrcode=shown["image"],
            authr_key=shown["key"],
        )

    return validated


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
        "SECURITY_API_ENABLED_METHODS": ["session"],
        "SECURITY_FRESHNESS": app.config["FRESHNESS"],
        "SECURITY_FRESHNESS_GRACE_PERIOD": app.config["FRESHNESS"],
        "SECURITY_USER_IDENTITY_ATTRIBUTES": [{"email": {"mapper": _lower}}],
        "SECURITY_POST_LOGIN_VIEW": "/",
        "SECURITY_POST_LOGOUT_VIEW": "/login",
        "SECURITY_POST_CHANGE_VIEW": "/account",
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_EMAIL_PLAINTEXT": False,
        "SECURITY_EMAIL_HTML": False,
        "SECURITY_STATIC_FOLDER": None,
        # Its own header would read no-store=True, which no browser knows; ours says no-store on every page.
        "SECURITY_CACHE_CONTROL": None,
        # The cookie is written at sign-in alone; the row of the sign-in says when it is over.
        "PERMANENT_SESSION_LIFETIME": max(
            app.config["KEPT_LIFETIME"], app.config["SIGN_IN_LIFETIME"]
        ),
        "SESSION_REFRESH_EACH_REQUEST": False,
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
        (wan_registered, "user.passkey_added"),
        (wan_deleted, "user.passkey_removed"),
    ):
        signal.connect(_recorder(event), app, weak=False)
    user_failed_authn.connect(_log_failure, app)


def _recorder(event: str) -> Any:
    def record(_app: Flask, user: User, **more: Any) -> None:
        write_from_here(db.session())
        row = db.session.get_one(User, user.id)
        named = {"name": more["name"]} if "name" in more else None
        audit.record(itself(row), event, row, clock.now(), after=named)

    return record


def _log_failure(_app: Flask, user: User, auth_type: str, **_more: Any) -> None:
    log.warning("failed sign-in: user %s, by %s", user.id, auth_type)


def _fernet_key(secret: str) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(f"recovery:{secret}".encode()).digest())


def _lower(identity: str) -> str:
    return identity.strip().lower()


def _doorkeeper() -> Doorkeeper:
    return Doorkeeper(
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
        two_factor_select_form=forms.WhichForm,
        webauthn_util_cls=passkeys.Keys,
        wan_register_form=passkey_forms.NewPasskeyForm,
        wan_register_response_form=passkey_forms.MadePasskeyForm,
        wan_signin_form=passkey_forms.StartPasskeyForm,
        wan_signin_response_form=passkey_forms.ShownPasskeyForm,
        wan_delete_form=passkey_forms.NoPasskeyForm,
    )
