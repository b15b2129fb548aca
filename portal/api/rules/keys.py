"""Keys of other systems: how they are written, what is kept of them, whether they still open.

`portal_3f9a1c2b7d4e_…`: a beginning that a search for leaked secrets recognises, the public id, the secret (192 bits).
"""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from portal.api.rules.scopes import Scope
from portal.kernel.clock import business_day
from portal.kernel.errors import InvalidMany
from portal.kernel.text import Text, t

PREFIX = "portal"
ID_DIGITS, SECRET_DIGITS = 12, 48
KEY = re.compile(f"{PREFIX}_([0-9a-f]{{{ID_DIGITS}}})_([0-9a-f]{{{SECRET_DIGITS}}})")
SYSTEM = re.compile("[a-z][a-z0-9-]{1,23}")
LONGEST_NAME = 80
LONGEST_LIFE = timedelta(days=3 * 366)
USUAL_LIFE = timedelta(days=365)
OUR_OWN = frozenset(
    {"booking", "claim", "contract", "demo", "file", "fixed", "opening", "page", "points", "reversal", "shipment",
     "staff", "statement", "storage", "system", "usage"}
)  # fmt: skip
"""Sources under which the house itself keeps references: no other system may speak under them."""


class KeyState(StrEnum):
    """Whether a key opens."""

    ACTIVE = "active"
    EXPIRED = "expired"
    REVOKED = "revoked"


class Split(NamedTuple):
    """A key taken apart."""

    public_id: str
    secret: str


def split(key: str) -> Split | None:
    """The two parts of a key; None for what is no key of ours."""
    met = KEY.fullmatch(key)
    return Split(met[1], met[2]) if met else None


def joined(public_id: str, secret: str) -> str:
    """The key as it is shown, once."""
    return f"{PREFIX}_{public_id}_{secret}"


def hint(public_id: str) -> str:
    """What pages show of a key that cannot be shown again."""
    return f"{PREFIX}_{public_id}_…"


def hashed(secret: str) -> str:
    """What is kept of a secret: it has 192 random bits, so that nobody guesses it from its SHA-256."""
    return hashlib.sha256(secret.encode()).hexdigest()


def is_secret(secret: str, secret_hash: str) -> bool:
    """Whether the secret is the one that was kept; takes the same time whatever differs."""
    return hmac.compare_digest(hashed(secret), secret_hash)


def state_on(expires_at: datetime, revoked_at: datetime | None, now: datetime) -> KeyState:
    """Whether the key opens at an instant."""
    if revoked_at is not None:
        return KeyState.REVOKED
    return KeyState.ACTIVE if now < expires_at else KeyState.EXPIRED


def last_day(expires_at: datetime) -> date:
    """The last business day on which a key opens that ends at midnight after it."""
    return business_day(expires_at - timedelta(seconds=1))


class NewKey(NamedTuple):
    """What a key is to be: `expires_on` is its last day, `customer_id` the only customer that it sees."""

    name: str
    system: str
    scopes: tuple[Scope, ...]
    expires_on: date
    customer_id: int | None = None


def check(new: NewKey, today: date) -> None:
    """InvalidMany, with a message at each field, for a key that cannot be."""
    found = {
        "name": _name_problem(new.name),
        "system": _system_problem(new.system),
        "scopes": None if new.scopes else t("Choose at least one."),
        "expires_on": _day_problem(new.expires_on, today),
    }
    wrong = {name: text for name, text in found.items() if text is not None}
    if wrong:
        raise InvalidMany(wrong)


def _name_problem(name: str) -> Text | None:
    if not name.strip():
        return t("This must be filled in.")
    if len(name.strip()) > LONGEST_NAME:
        return t("At most %(most)s characters.", most=LONGEST_NAME)
    return None


def _system_problem(system: str) -> Text | None:
    if not SYSTEM.fullmatch(system):
        return t("2 to 24 small letters, digits and hyphens, a letter first, such as “wms”.")
    if system in OUR_OWN:
        return t("The portal itself uses this name. Choose another, such as “wms” or “erp”.")
    return None


def _day_problem(day: date, today: date) -> Text | None:
    if day < today:
        return t("This day is past.")
    if day > today + LONGEST_LIFE:
        return t("At most three years: a key is changed from time to time.")
    return None
