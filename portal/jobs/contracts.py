"""What time does to contracts: reminders before the end."""

from __future__ import annotations

from datetime import datetime

from portal.access.viewer import SYSTEM
from portal.contracts.actions import renewing
from portal.db.work import unit_of_work


def remind(now: datetime) -> int:
    """Tell owners and customers of contracts that end soon; safe to run again and again."""
    with unit_of_work():
        return renewing.remind(SYSTEM, now)
