"""A call that may be sent again: its key, and what makes two calls the same."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta
from typing import NamedTuple

from portal.kernel.errors import PortalError
from portal.kernel.text import t

HEADER = "Idempotency-Key"
PATTERN = "[A-Za-z0-9._:-]{8,128}"
KEPT = timedelta(hours=72)
"""How long an answer is told again."""


class KeyNeeded(PortalError):
    """A call that writes came without an `Idempotency-Key`, or with one that is none."""

    status = 400
    code = "idempotency_key_needed"

    def __init__(self) -> None:
        text = t(
            "Send an Idempotency-Key of 8 to 128 letters, digits and . _ : - with every POST; a UUID will do."
        )
        super().__init__(text)


class KeyReused(PortalError):
    """The key came with another call before."""

    status = 409
    code = "idempotency_key_reused"

    def __init__(self) -> None:
        super().__init__(
            t("This Idempotency-Key came with another call. A new call needs a new one.")
        )


class Call(NamedTuple):
    """A call that writes: its key, and what makes it the same as another."""

    key: str
    fingerprint: str


def checked(key: str | None) -> str:
    """The key of a call; KeyNeeded when it has none."""
    if key is None or not re.fullmatch(PATTERN, key):
        raise KeyNeeded()
    return key


def fingerprint(method: str, path: str, body: bytes) -> str:
    """What two calls have in common exactly when they are the same."""
    return hashlib.sha256(f"{method} {path}\n".encode() + body).hexdigest()
