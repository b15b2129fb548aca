"""What time does to statements that wait for an answer: reminders, and silence where a contract gives it a meaning."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from portal.billing.actions import confirming
from portal.db.work import unit_of_work


def remind(now: datetime) -> str:
    """Remind those whose days to answer are nearly over, each statement in a transaction of its own."""
    return f"{_each(confirming.to_remind(), confirming.remind_one, now)} reminders"


def deem(now: datetime) -> str:
    """Confirm by silence what may be confirmed so, each statement in a transaction of its own."""
    return f"{_each(confirming.to_deem(now), confirming.deem_one, now)} confirmed by silence"


def _each(ids: Iterable[int], verb: Callable[[int, datetime], bool], now: datetime) -> int:
    done = 0
    for each in ids:
        with unit_of_work():
            done += verb(each, now)
    return done
