"""What happens to requests while nobody looks: those resolved long enough ago close."""

from __future__ import annotations

from datetime import datetime

from portal.db.work import unit_of_work
from portal.service_requests.actions.course import BATCH, close_waiting


def close(now: datetime) -> str:
    """Close what was resolved and left so, a batch a transaction."""
    total, closed = 0, BATCH
    while closed == BATCH:
        with unit_of_work():
            closed = close_waiting(now)
        total += closed
    return f"{total} closed"
