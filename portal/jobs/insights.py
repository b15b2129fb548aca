"""What time does to insight: months are measured for the indices, the management's letter goes out on Mondays."""

from __future__ import annotations

from datetime import datetime

from portal.db.work import unit_of_work
from portal.insights.actions import digest as letters
from portal.insights.actions import indices


def measure(now: datetime) -> str:
    """This month and the half year before; nothing is written where nothing became different."""
    with unit_of_work():
        return f"{indices.measure_due(now)} sums changed"


def digest(now: datetime) -> str:
    """The letter of the week, once."""
    with unit_of_work():
        return f"{letters.issue(now)} letters"
