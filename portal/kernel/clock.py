"""The only place that reads the clock. Instants are UTC and aware; business days are dates in the firm's zone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_frozen: ContextVar[datetime | None] = ContextVar("frozen_clock", default=None)


def now() -> datetime:
    """This instant, aware, in UTC."""
    return _frozen.get() or datetime.now(UTC)


def today(zone: str = "Asia/Shanghai") -> date:
    """The business day at this instant in `zone` (an IANA name)."""
    return business_day(now(), zone)


def business_day(at: datetime, zone: str = "Asia/Shanghai") -> date:
    """The date that `at` falls on in `zone`."""
    return at.astimezone(ZoneInfo(zone)).date()


@contextmanager
def frozen(at: datetime) -> Iterator[datetime]:
    """Hold the clock at `at` (aware): for tests, and for building the demo world's past."""
    if at.tzinfo is None:
        raise ValueError("a frozen clock needs an aware datetime")
    token = _frozen.set(at.astimezone(UTC))
    try:
        yield at
    finally:
        _frozen.reset(token)
