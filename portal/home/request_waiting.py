"""Service requests that wait for their customer, on the customer's first page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.home.links import address
from portal.home.rules import Waiting
from portal.kernel.text import t
from portal.service_requests.queries.mine import OpenOne
from portal.service_requests.rules.states import RequestState


def at_the_customers(viewer: Viewer, asked: Sequence[OpenOne]) -> Iterator[Waiting]:
    """Those of the open requests that we cannot go on with before the customer answers."""
    for each in asked:
        if each.state != RequestState.WAITING_CUSTOMER or not viewer.may(Permission.REQUEST_RAISE):
            continue
        title = t("We wait for your answer: %(title)s", title=each.title)
        url = address("my_requests.show", request_id=each.id)
        yield Waiting("chat-dots", "warn", title, each.number, url, t("Answer"))
