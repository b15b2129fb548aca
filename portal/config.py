"""Settings from the environment and `instance/`; an unsafe default refuses to start.

Every setting has its line in the README; a test compares the two.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parent.parent


class UnsafeSetting(RuntimeError):
    """A setting that would make the portal unsafe or useless; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One environment variable: its default and what it is for."""

    name: str
    default: str
    meaning: str


SETTINGS = (
    Setting(
        "PORTAL_INSTANCE",
        str(ROOT / "instance"),
        "folder for the database, secrets, archive and outgoing mail",
    ),
    Setting("DATABASE_URL", "", "PostgreSQL or SQLite; empty means SQLite in the instance folder"),
    Setting(
        "PORTAL_SECRET_KEY",
        "",
        "signs sessions; empty means generated once into the instance folder",
    ),
    Setting(
        "PORTAL_SECURITY_CONTACT",
        "",
        "mailto:… or https://…, told in /.well-known/security.txt",
    ),
    Setting("PORTAL_TIMEZONE", "Asia/Shanghai", "the firm's zone for business days"),
    Setting("PORTAL_LOCALE", "zh_CN", "language before a person has chosen one: zh_CN or en"),
    Setting(
        "PORTAL_BASE_URL", "http://127.0.0.1:8000", "public address, for links in mail and QR codes"
    ),
    Setting("PORTAL_HTTPS", "0", "1 when served behind TLS: secure cookies and HSTS"),
    Setting("PORTAL_PROXIES", "0", "how many trusted proxies stand in front"),
    Setting("PORTAL_STAFF_TOTP", "0", "1 makes the second factor compulsory for staff"),
    Setting(
        "PORTAL_MAIL", "file", "outgoing mail: file (into the instance folder), console or smtp"
    ),
    Setting("PORTAL_MAIL_FROM", "portal@localhost", "sender of outgoing mail"),
    Setting(
        "PORTAL_SMTP_URL", "", "smtp://user:password@host:port or smtps://…, for PORTAL_MAIL=smtp"
    ),
    Setting(
        "PORTAL_WEBHOOK_PRIVATE",
        "0",
        "1 lets webhooks go to http:// and to addresses inside your own network",
    ),
    Setting("PORTAL_UPLOAD_MB", "20", "largest file that may be uploaded, in megabytes"),
    Setting(
        "PORTAL_SIGN_IN_LIMIT", "10 per minute;50 per hour", "sign-in attempts for one address"
    ),
    Setting(
        "PORTAL_IDLE_HOURS",
        "8",
        "hours without a page after which one is signed out: a working day with its lunch",
    ),
    Setting("PORTAL_SIGN_IN_HOURS", "24", "hours after which one signs in anew in any case"),
    Setting(
        "PORTAL_KEPT_DAYS",
        "14",
        "days that “Keep me signed in on this device” holds; 0 takes the choice away",
    ),
    Setting(
        "PORTAL_FRESH_MINUTES",
        "15",
        "minutes after the password or passkey in which dangerous acts do not ask for it again",
    ),
    Setting("PORTAL_API_LIMIT", "600 per minute", "calls of one key of another system"),
    Setting(
        "PORTAL_LIMIT_STORAGE", "memory://", "where throttles count; redis://… for several servers"
    ),
    Setting(
        "PORTAL_ARCHIVE",
        "",
        "where papers are kept: a folder, or s3://bucket/prefix; empty means archive/ in the instance folder",
    ),
    Setting("PORTAL_S3_ENDPOINT", "", "https://… of the S3-compatible store; empty means Amazon's"),
    Setting("PORTAL_S3_REGION", "", "its region"),
    Setting("PORTAL_S3_KEY", "", "access key; empty means AWS_ACCESS_KEY_ID or the machine's role"),
    Setting("PORTAL_S3_SECRET", "", "the secret of that key"),
    Setting(
        "PORTAL_BACKUPS", "", "folder for backups; empty means backups/ in the instance folder"
    ),
    Setting(
        "PORTAL_BACKUP_RECIPIENT",
        "",
        "who alone can read backups: an age recipient (age1…) or a gpg key; empty: not encrypted",
    ),
)


def load(environ: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Flask's configuration from the environment.

    Raises UnsafeSetting for a short secret, an unknown zone, locale or mail way.
    """
    values = _values(os.environ if environ is None else environ)
    instance = Path(values["PORTAL_INSTANCE"]).resolve()
    instance.mkdir(parents=True, exist_ok=True)
    _check(values)
    secret = values["PORTAL_SECRET_KEY"] or _kept_secret(instance / "secret_key")
    if len(secret) < 32:
        raise UnsafeSetting("PORTAL_SECRET_KEY must have at least 32 characters.")
    https = values["PORTAL_HTTPS"] == "1"
    return {
        "INSTANCE": instance,
        "SECRET_KEY": secret,
        "TIMEZONE": values["PORTAL_TIMEZONE"],
        "BASE_URL": values["PORTAL_BASE_URL"].rstrip("/"),
        "HTTPS": https,
        "SECURITY_CONTACT": values["PORTAL_SECURITY_CONTACT"],
        "PROXIES": int(values["PORTAL_PROXIES"]),
        "STAFF_TOTP": values["PORTAL_STAFF_TOTP"] == "1",
        **_leaving(values),
        "MAX_CONTENT_LENGTH": int(values["PORTAL_UPLOAD_MB"]) * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 4 * 1024 * 1024,
        "MAX_FORM_PARTS": 20_000,
        # A fault in the log names no values: they are people's, or secrets. A connection that a restart of the
        # database has ended is made anew before anybody's page uses it.
        "SQLALCHEMY_ENGINE_OPTIONS": {"hide_parameters": True, "pool_pre_ping": True},
        "SQLALCHEMY_DATABASE_URI": database_url(values["DATABASE_URL"], instance),
        **_cookies(https),
        "BABEL_DEFAULT_LOCALE": values["PORTAL_LOCALE"],
        "BABEL_DEFAULT_TIMEZONE": values["PORTAL_TIMEZONE"],
        **_throttles(values),
        **_sign_ins(values),
        **_storage(values, instance),
        "SECRET_SALT": _derived(secret, "password salt"),
        "TOTP_SECRET": _derived(secret, "totp"),
    }


def _leaving(values: Mapping[str, str]) -> dict[str, Any]:
    """How letters and webhooks leave the house."""
    return {
        "MAIL_WAY": values["PORTAL_MAIL"],
        "MAIL_FROM": values["PORTAL_MAIL_FROM"],
        "SMTP_URL": values["PORTAL_SMTP_URL"],
        "WEBHOOK_PRIVATE": values["PORTAL_WEBHOOK_PRIVATE"] == "1",
    }


def _cookies(https: bool) -> dict[str, Any]:
    """The session's cookie; a form's token holds as long as the session, so that no form is lost to time."""
    return {
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": https,
        "WTF_CSRF_TIME_LIMIT": None,
    }


def _throttles(values: Mapping[str, str]) -> dict[str, Any]:
    """Where the common place cannot be reached, each process counts for itself: slower to notice, never a fault."""
    return {
        "RATELIMIT_STORAGE_URI": values["PORTAL_LIMIT_STORAGE"],
        "RATELIMIT_IN_MEMORY_FALLBACK_ENABLED": True,
        "SIGN_IN_LIMIT": values["PORTAL_SIGN_IN_LIMIT"],
        "API_LIMIT": values["PORTAL_API_LIMIT"],
    }


def _sign_ins(values: Mapping[str, str]) -> dict[str, timedelta]:
    return {
        "IDLE": timedelta(hours=int(values["PORTAL_IDLE_HOURS"])),
        "SIGN_IN_LIFETIME": timedelta(hours=int(values["PORTAL_SIGN_IN_HOURS"])),
        "KEPT_LIFETIME": timedelta(days=int(values["PORTAL_KEPT_DAYS"])),
        "FRESHNESS": timedelta(minutes=int(values["PORTAL_FRESH_MINUTES"])),
    }


def _storage(values: Mapping[str, str], instance: Path) -> dict[str, Any]:
    bucket = ("endpoint", "region", "key", "secret")
    return {
        "ARCHIVE": values["PORTAL_ARCHIVE"],
        "S3": {name: values[f"PORTAL_S3_{name.upper()}"] for name in bucket},
        "BACKUPS": Path(values["PORTAL_BACKUPS"] or instance / "backups"),
        "BACKUP_RECIPIENT": values["PORTAL_BACKUP_RECIPIENT"],
    }


def _values(environ: Mapping[str, str]) -> dict[str, str]:
    return {setting.name: environ.get(setting.name, setting.default) for setting in SETTINGS}


def _check(values: Mapping[str, str]) -> None:
    contact = values["PORTAL_SECURITY_CONTACT"]
    if contact and (not contact.startswith(("mailto:", "https:")) or not contact.isprintable()):
        raise UnsafeSetting("PORTAL_SECURITY_CONTACT must begin with mailto: or https:.")
    if values["PORTAL_HTTPS"] == "1" and not values["PORTAL_BASE_URL"].startswith("https://"):
        raise UnsafeSetting("PORTAL_HTTPS=1 needs a PORTAL_BASE_URL that begins with https://.")
    if values["PORTAL_LOCALE"] not in ("zh_CN", "en"):
        raise UnsafeSetting("PORTAL_LOCALE must be zh_CN or en.")
    for name in ("PORTAL_IDLE_HOURS", "PORTAL_SIGN_IN_HOURS", "PORTAL_FRESH_MINUTES"):
        if not values[name].isdecimal() or int(values[name]) < 1:
            raise UnsafeSetting(f"{name} must be a whole number of at least 1.")
    if not values["PORTAL_KEPT_DAYS"].isdecimal():
        raise UnsafeSetting("PORTAL_KEPT_DAYS must be a whole number of days, or 0.")
    if values["PORTAL_MAIL"] not in ("file", "console", "smtp"):
        raise UnsafeSetting("PORTAL_MAIL must be file, console or smtp.")
    if values["PORTAL_MAIL"] == "smtp" and not values["PORTAL_SMTP_URL"]:
        raise UnsafeSetting("PORTAL_MAIL=smtp needs PORTAL_SMTP_URL.")
    try:
        ZoneInfo(values["PORTAL_TIMEZONE"])
    except (KeyError, ValueError) as error:
        raise UnsafeSetting(
            "PORTAL_TIMEZONE must be an IANA zone such as Asia/Shanghai."
        ) from error


def _kept_secret(path: Path) -> str:
    """The secret in `path`, generated on first start and readable by its owner alone."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return path.read_text().strip()


def _derived(secret: str, purpose: str) -> str:
    return hashlib.sha256(f"{purpose}:{secret}".encode()).hexdigest()


def database_url(url: str, instance: Path) -> str:
    """The address of a database as SQLAlchemy takes it; empty means SQLite in the instance folder."""
    if not url:
        return f"sqlite:///{instance / 'portal.db'}"
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url
