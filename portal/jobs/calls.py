"""Calls that plan themselves: return visits after closed cases and low scores; each in a transaction of its own."""

from __future__ import annotations

from datetime import datetime

from portal.calls.actions import visits
from portal.calls.queries import visits as queries
from portal.db.work import unit_of_work


def plan_visits(now: datetime) -> str:
    """Plan the return visits that are wanted by now."""
    planned = 0
    for answer_id in queries.answers_to_visit(now):
        with unit_of_work():
            planned += visits.after_answer(answer_id, now)
    for request_id in queries.requests_to_visit(now):
        with unit_of_work():
            planned += visits.after_request(request_id, now)
    return f"{planned} return visits planned"
