"""Mail addresses as consent and campaigns keep them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

SUPPRESSION = b"portal: addresses that nobody writes to again"


def plain(address: str) -> str:
    """The address as it is compared: without blanks, in lower case."""
    return address.strip().lower()


def fingerprint(address: str) -> str:
    """What is kept of an address whose person was erased: 64 hex digits, slow on purpose (scrypt, some 40 ms).

    There is no salt of its own to find it by, so trying addresses must be dear.
    """
    slow = hashlib.scrypt(plain(address).encode(), salt=SUPPRESSION, n=2**14, r=8, p=1, dklen=32)
    return slow.hex()


def reachable(address: str) -> bool:
    """Whether a letter can go there, as far as one can tell by looking."""
    name, at, domain = plain(address).partition("@")
    whole = bool(name and at and "." in domain.strip("."))
    return whole and address.isprintable() and not any(c.isspace() or c in ",;<>" for c in address)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may be written to: a contact, or a user of the customer."""

    customer_id: int
    name: str
    email: str
    locale: str
    tier: str
    owner_id: int | None = None
    contact_id: int | None = None
    user_id: int | None = None


def each_once(people: Iterable[Person]) -> list[Person]:
    """The first of those who share an address; in their order."""
    seen: dict[str, Person] = {}
    for person in people:
        seen.setdefault(plain(person.email), person)
    return list(seen.values())
