"""Secrets in the database, sealed with a key that lies outside it: a copy of the database alone signs nothing."""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken
from flask import current_app


class Unreadable(RuntimeError):
    """Sealed with another key: the portal's secret key was changed since."""


def seal(plain: str) -> str:
    """`plain` as the database keeps it."""
    return _box().encrypt(plain.encode()).decode()


def unseal(sealed: str) -> str:
    """What was sealed. Raises Unreadable."""
    try:
        return _box().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise Unreadable("sealed with another secret key: give address and secret anew") from error


def _box() -> Fernet:
    key = hashlib.sha256(f"webhooks:{current_app.config['SECRET_KEY']}".encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
