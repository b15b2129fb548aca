"""Verification codes: what a reader types to prove a printed paper, such as 7K2M-94QX."""

from __future__ import annotations

import secrets

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""31 signs that nobody mistakes for one another (no 0, 1, I, L, O); 31 is prime."""

DRAWN = 7
LENGTH = DRAWN + 1


def new_code() -> str:
    """A fresh code: seven signs nobody can guess (2.7e10 of them) and a check sign."""
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(DRAWN))
    return _hyphenated(drawn + check_sign(drawn))


def check_sign(drawn: str) -> str:
    """The sign that makes the weighted sum of all eight divisible by 31.

    With distinct weights below a prime modulus it finds every single wrong sign and every swap of
    two signs.
    """
    total = sum(weight * ALPHABET.index(sign) for weight, sign in enumerate(drawn, start=2))
    return ALPHABET[-total % len(ALPHABET)]


def read_code(typed: str) -> str | None:
    """The code as stored from what somebody typed (any case, spaces, no hyphen); None if it is none."""
    signs = "".join(typed.upper().replace("-", " ").split())
    if len(signs) != LENGTH or any(sign not in ALPHABET for sign in signs):
        return None
    return _hyphenated(signs) if check_sign(signs[:DRAWN]) == signs[DRAWN] else None


def _hyphenated(signs: str) -> str:
    return f"{signs[:4]}-{signs[4:]}"
