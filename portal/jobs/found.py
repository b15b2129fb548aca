"""What came out of requests and is overdue: said once to whoever should have done it."""

from __future__ import annotations

from datetime import datetime

from portal.db.work import unit_of_work
from portal.service_requests.actions.found_reminding import remind


def overdue(now: datetime) -> str:
    """Corrective actions and feedback sheets past their day."""
    with unit_of_work():
        return f"{remind(now)} overdue"
