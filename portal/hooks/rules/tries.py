"""When a delivery is tried again, given up, and when its endpoint is switched off."""

from __future__ import annotations

from datetime import datetime, timedelta

WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720, 1440))
"""After the first failure, the second and so on; no jitter, so that a clock that is moved shows each step."""
OFF_AFTER = timedelta(days=3)
"""An endpoint that took nothing for so long is switched off."""
BOTH_VALID = timedelta(days=1)
"""For so long after a renewal the old secret signs along."""
KEPT = timedelta(days=90)
"""Deliveries that were taken are forgotten after so long."""


def next_try(tries: int, now: datetime) -> datetime | None:
    """When to try again after `tries` failures; None: it is given up."""
    return now + WAITS[tries - 1] if 0 < tries <= len(WAITS) else None


def is_given_up(failing_since: datetime | None, now: datetime) -> bool:
    """Whether an endpoint has failed for so long that it is switched off."""
    return failing_since is not None and now - failing_since >= OFF_AFTER
