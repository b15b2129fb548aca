"""Service requests that wait for a member of staff: late, to be answered, nobody's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from portal.access.permissions import Permission as P
from portal.access.viewer import Viewer
from portal.db.together import Rows
from portal.home.links import address
from portal.home.queries import CALLED, Part, part
from portal.home.rules import Waiting
from portal.kernel.text import t
from portal.service_requests.clock_labels import due_label
from portal.service_requests.models import ServiceRequest
from portal.service_requests.queries.at_desk import late_ones, left_at_desk
from portal.web.words import say

BY_DUE = t("By due time, the latest first.")
R = ServiceRequest


def at_the_desk(viewer: Viewer, now: datetime) -> list[Part]:
    """For those who answer requests."""
    if not viewer.may(P.REQUEST_WORK):
        return []
    shown = (R.id, R.number, R.title, R.next_due_at, CALLED)
    late = late_ones(viewer, now).with_only_columns(*shown)
    return [part(late, partial(_late, now)), part(left_at_desk(viewer), _left)]


def _late(now: datetime, rows: Rows) -> Iterator[Waiting]:
    for request_id, number, title, due_at, customer in rows:
        label = due_label(due_at, now)
        named = t("%(number)s is late: %(title)s", number=number, title=title)
        told = f"{customer} · {say(label.text)}" if label else customer
        url = address("desk_requests.show", request_id=request_id)
        yield Waiting("exclamation-octagon", "bad", named, told, url, t("Go on"))


def _left(rows: Rows) -> Iterator[Waiting]:
    unassigned, to_answer = rows[0]
    if to_answer:
        title = t("Your requests on which the customer waits: %(count)s", count=to_answer)
        url = address("desk_requests.queue", queue="mine")
        yield Waiting("headset", "info", title, BY_DUE, url, t("Answer"))
    if unassigned:
        title = t("Requests that nobody has: %(count)s", count=unassigned)
        url = address("desk_requests.queue", queue="unassigned")
        yield Waiting("inbox", "warn", title, BY_DUE, url, t("Take one"))
