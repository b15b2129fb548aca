"""What time does to the clocks of requests: warnings, breaches, managers told, the digest. Safe to run again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from portal.db.work import unit_of_work
from portal.service_requests.actions import clock_digest, clock_sweep


def sweep(now: datetime) -> str:
    """Tell of every clock that is due to be told of, BATCH of them to a transaction."""
    warned = _all(clock_sweep.warn, now)
    breached = _all(clock_sweep.breach, now)
    escalated = _all(clock_sweep.escalate, now)
    return f"{warned} warned, {breached} run out, {escalated} escalated"


def digest(now: datetime) -> str:
    """The letter of a working day to the service managers."""
    with unit_of_work():
        return f"{clock_digest.digest(now)} letters"


def _all(verb: Callable[[datetime], int], now: datetime) -> int:
    told = 0
    while True:
        with unit_of_work():
            some = verb(now)
        told += some
        if some < clock_sweep.BATCH:
            return told
