"""Service requests that wait for a member of staff: late, to be answered, nobody's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from portal.access.permissions import Permission as P
from portal.access.viewer import Viewer
from portal.home.links import address
from portal.home.rules import Waiting
from portal.kernel.text import t
from portal.service_requests.clock_labels import due_label
from portal.service_requests.queries.at_desk import late_ones, left_at_desk
from portal.web.words import say

BY_DUE = t("By due time, the latest first.")


def at_the_desk(viewer: Viewer, now: datetime) -> Iterator[Waiting]:
    """For those who answer requests."""
    if not viewer.may(P.REQUEST_WORK):
        return
    for each in late_ones(viewer, now):
        label = due_label(each.next_due_at, now)
        named = t("%(number)s is late: %(title)s", number=each.number, title=each.title)
        told = f"{each.customer.label} · {say(label.text)}" if label else each.customer.label
        url = address("desk_requests.show", request_id=each.id)
        yield Waiting("exclamation-octagon", "bad", named, told, url, t("Go on"))
    left = left_at_desk(viewer)
    if left.to_answer:
        title = t("Your requests on which the customer waits: %(count)s", count=left.to_answer)
        url = address("desk_requests.queue", queue="mine")
        yield Waiting("headset", "info", title, BY_DUE, url, t("Answer"))
    if left.unassigned:
        title = t("Requests that nobody has: %(count)s", count=left.unassigned)
        url = address("desk_requests.queue", queue="unassigned")
        yield Waiting("inbox", "warn", title, BY_DUE, url, t("Take one"))
