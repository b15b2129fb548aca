"""A person's own filters of the desk's list of requests: saved under a name, removed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import Response, g, redirect, request, url_for
from flask_babel import gettext as _

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.kernel import clock
from portal.service_requests.actions import filters
from portal.service_requests.queries.choices import saved_filters
from portal.service_requests.views.request_door import done
from portal.service_requests.views.request_door import request_door as bp
from portal.service_requests.views.request_list import CUSTOMER, REQUESTS_LIST
from portal.service_requests.views.request_queues import QUEUES

PLACE = "desk_requests"
KEPT = frozenset({"q", "sort", CUSTOMER.key, *(each.key for each in REQUESTS_LIST.filters)})
"""What of an address is kept: not where in the list one stands."""


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A saved filter with the address that it leads to; `here`: it is what the page shows."""

    id: int
    name: str
    url: str
    here: bool


@bp.post("/requests/filters")
@requires(P.REQUEST_SEE)
def save_filter() -> Response:
    """Keep the filters of the list under a name."""
    query = request.form.get("query", "")
    name, there = request.form.get("name", ""), redirect(address_of(query), 303)
    verb = partial(filters.save, PLACE, name, _tidy(query), g.viewer, clock.now())
    return done(there, _("Saved. It stands above the list."), verb)  # type: ignore[arg-type]


@bp.post("/requests/filters/<int:filter_id>/remove")
@requires(P.REQUEST_SEE)
def remove_filter(filter_id: int) -> Response:
    """Take one off."""
    filters.remove(filter_id, g.viewer)
    return redirect(url_for(".index"), 303)  # type: ignore[return-value]


def shortcuts(queue: str) -> list[Shortcut]:
    """The viewer's saved filters."""
    here = kept_query(queue)
    return [
        Shortcut(each.id, each.name, address_of(each.query), each.query == here)
        for each in saved_filters(PLACE, g.viewer)
    ]


def kept_query(queue: str) -> str:
    """What this page's filters are, as they are saved."""
    return urlencode([("queue", queue), *_filters(request.args.items(multi=True))])


def address_of(query: str) -> str:
    """The list with saved filters."""
    named = dict(parse_qsl(query))
    queue = named.pop("queue", "")
    values: dict[str, Any] = dict(_filters(named.items()))
    return url_for(".queue", queue=queue if queue in QUEUES else "open", **values)


def _tidy(query: str) -> str:
    named = dict(parse_qsl(query))
    queue = named.pop("queue", "")
    first = [("queue", queue)] if queue in QUEUES else []
    return urlencode([*first, *_filters(named.items())])


def _filters(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(key, value) for key, value in pairs if value and key in KEPT]
