"""Return visits 回访: asked afterwards whether all is well, some days after a case was closed (REQUIREMENTS S14)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from portal.kernel.workcalendar import WorkCalendar
from portal.service_requests.rules.kinds import RequestKind
from portal.service_requests.rules.states import RequestState

VISITED_KINDS = (RequestKind.COMPLAINT, RequestKind.CLAIM)
"""After these somebody calls, whatever the customer answered."""
VISITED_STATES = (RequestState.CLOSED,)
LOOKED_BACK = timedelta(days=30)
"""What was closed or answered longer ago is not called about any more."""
SOON = 1
"""Days within which somebody calls after a low score."""
ANSWER_PREFIX = "visit-answer-"
FIRM_ZONE = ZoneInfo("Asia/Shanghai")


def request_key(request_id: int) -> str:
    """What keeps one return visit for each request."""
    return f"visit-request-{request_id}"


def answer_key(answer_id: int) -> str:
    """What keeps one return visit for each answer of satisfaction."""
    return f"{ANSWER_PREFIX}{answer_id}"


def visit_due(from_on: date, days: int, calendar: WorkCalendar, closes: time) -> datetime:
    """The end of the working day that many days after `from_on`, or of the next one that is worked."""
    on = calendar.on_or_after(from_on + timedelta(days=days))
    return datetime.combine(on, closes, FIRM_ZONE).astimezone(UTC)
