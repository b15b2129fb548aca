"""Whom we ask and when: nobody twice in thirty days, each case once, each person once a year (DOMAIN K10)."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from portal.service_requests.rules.kinds import RequestKind
from portal.service_requests.rules.states import RequestState

BETWEEN_ASKS = timedelta(days=30)
"""One ask for each person in this time, whatever the occasion."""
LOOKED_BACK = timedelta(days=14)
"""What was resolved longer ago is not asked about any more."""
YEAR = timedelta(days=365)
KNOWN_FOR = timedelta(days=60)
"""Who signed up more recently has no year to look back on yet."""
ASKED_AFTER = (RequestState.RESOLVED, RequestState.CLOSED)
NOT_ASKED_ABOUT = (RequestKind.INTERNAL,)


def may_ask(last_asked_at: datetime | None, now: datetime) -> bool:
    """Whether thirty days have passed since this person was asked last."""
    return last_asked_at is None or now - last_asked_at >= BETWEEN_ASKS


def is_due_again(last_yearly_at: datetime | None, now: datetime) -> bool:
    """Whether a year has passed since the yearly questions."""
    return last_yearly_at is None or now - last_yearly_at >= YEAR


def close_key(request_id: int) -> str:
    """What keeps one ask for each request, also when it is opened again and closed again."""
    return f"close-{request_id}"


def yearly_key(email: str, year: int) -> str:
    """What keeps one yearly ask for each person and year."""
    return f"yearly-{year}-{hashlib.sha256(email.lower().encode()).hexdigest()[:40]}"


def reachable(email: str) -> bool:
    """Whether a letter can go there."""
    name, at, domain = email.strip().partition("@")
    return bool(name and at and "." in domain)
