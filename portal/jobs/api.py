"""What was answered to other systems is told again for three days, then cleared away."""

from __future__ import annotations

from datetime import datetime

from portal.api.actions import once
from portal.db.work import unit_of_work


def clear(now: datetime) -> int:
    """Clear away answers that were kept long enough; how many."""
    with unit_of_work():
        return once.clear(now)
