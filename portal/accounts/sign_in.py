"""Flask-Security on Flask-Login: sign-in, reset, change, second factor; settings in one place."""

from __future__ import annotations

from flask import Flask
from flask_security import Security, SQLAlchemyUserDatastore

from portal.accounts.models import User
from portal.db.base import db

security = Security()


def install(app: Flask) -> None:
    """Set up sign-in."""
    app.config.update(
        SECURITY_PASSWORD_SALT=app.config["SECRET_SALT"],
        SECURITY_PASSWORD_HASH="argon2",
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        SECURITY_TRACKABLE=False,
        SECURITY_REGISTERABLE=False,
        SECURITY_RECOVERABLE=True,
        SECURITY_CHANGEABLE=True,
        SECURITY_TWO_FACTOR=True,
        SECURITY_TWO_FACTOR_ENABLED_METHODS=["authenticator"],
        SECURITY_MULTI_FACTOR_RECOVERY_CODES=True,
        SECURITY_TOTP_SECRETS={"1": app.config["TOTP_SECRET"]},
        SECURITY_TOTP_ISSUER="Portal",
        SECURITY_USER_IDENTITY_ATTRIBUTES=[{"email": {"mapper": _lower, "case_insensitive": True}}],
        SECURITY_POST_LOGIN_VIEW="/",
        SECURITY_POST_LOGOUT_VIEW="/login",
        SECURITY_CSRF_IGNORE_UNAUTH_ENDPOINTS=False,
        SECURITY_RETURN_GENERIC_RESPONSES=True,
    )
    security.init_app(app, SQLAlchemyUserDatastore(db, User, None))


def _lower(identity: str) -> str:
    return identity.strip().lower()
