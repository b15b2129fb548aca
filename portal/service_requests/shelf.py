"""A person's own filters of a list, whichever room's list it is: what is kept, and where a saved one leads."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import g, request

from portal.service_requests.actions import filters
from portal.service_requests.queries.choices import saved_filters


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A saved filter with the address that it leads to; `here`: it is what the page shows."""

    id: int
    name: str
    url: str
    here: bool


@dataclass(frozen=True, slots=True)
class Shelf:
    """The saved filters of one list. `keys`: what of an address is kept, and not where in the list one stands."""

    place: str
    keys: frozenset[str]
    url_of: Callable[[dict[str, Any]], str]

    def shortcuts(self, here: str) -> list[Shortcut]:
        """The viewer's saved filters; `here`: what the page's own filters are."""
        return [
            Shortcut(each.id, each.name, self.address(each.query), each.query == here)
            for each in saved_filters(self.place, g.viewer)
        ]

    def shown(self, *first: tuple[str, str]) -> str:
        """What this page's filters are, as they are saved."""
        return urlencode(self._kept([*first, *request.args.items(multi=True)]))

    def address(self, query: str) -> str:
        """The list with saved filters."""
        return self.url_of(dict(self._kept(parse_qsl(query))))

    def save(self, name: str, query: str, now: datetime) -> None:
        """Keep them for the viewer under a name; raises as `filters.save` does."""
        filters.save(self.place, name, urlencode(self._kept(parse_qsl(query))), g.viewer, now)

    def _kept(self, pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        return [(key, value) for key, value in pairs if value and key in self.keys]
