"""Challenges that carry the time at which they were put, so that one answer opens the door once."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime


def challenge(now: datetime) -> str:
    """32 random bytes and the moment, in microseconds since 1970."""
    return f"{secrets.token_urlsafe(32)}.{round(now.timestamp() * 1_000_000)}"


def put_at(text: str) -> datetime:
    """When a challenge was put; the beginning of time for a text that is none."""
    micros = text.rpartition(".")[2]
    return datetime.fromtimestamp(int(micros) / 1_000_000 if micros.isdecimal() else 0, UTC)
