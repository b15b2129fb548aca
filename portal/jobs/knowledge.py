"""What time does to articles: the day comes on which somebody should look one over."""

from __future__ import annotations

from datetime import datetime

from portal.db.work import unit_of_work
from portal.knowledge.actions import reminding


def remind(now: datetime) -> int:
    """Remind of articles that are to be looked over; safe to run again and again."""
    with unit_of_work():
        return reminding.remind(now)
