"""Asking how satisfied people are: after each request, and once a year; each ask in a transaction of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from portal.db.work import unit_of_work
from portal.satisfaction.actions import asking
from portal.satisfaction.queries import due


def ask_closed(now: datetime) -> str:
    """Ask about what was resolved lately."""
    return f"{_each(due.requests_to_ask(now), asking.ask_about, now)} asked"


def ask_yearly(now: datetime) -> str:
    """Ask who was not asked for a year."""
    return f"{_each(due.people_to_ask(now), asking.ask_member, now)} asked"


def _each(ids: Iterable[int], verb: Callable[[int, datetime], bool], now: datetime) -> int:
    done = 0
    for each in ids:
        with unit_of_work():
            done += verb(each, now)
    return done
