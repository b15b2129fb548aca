"""Articles suggested while somebody writes a request: one fragment for both doors."""

from __future__ import annotations

from typing import Any

from flask import g, request

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.knowledge.queries.finding import suggest
from portal.knowledge.views import door
from portal.web.pages import page

FRAGMENT = "knowledge/_suggestions.html"


@door.my.get("/knowledge/suggest", endpoint="suggest")
@requires(P.KNOWLEDGE_SEE)
def for_customers() -> Any:
    """At most five articles for `?q=`; nothing at all when none is good enough."""
    return page(FRAGMENT, found=suggest(_typed(), g.viewer), show="my_knowledge.show")


@door.desk.get("/knowledge/suggest", endpoint="suggest")
@requires(P.KNOWLEDGE_SEE)
def for_staff() -> Any:
    """The same at the desk, internal articles among them."""
    return page(FRAGMENT, found=suggest(_typed(), g.viewer), show="desk_knowledge.show")


def _typed() -> str:
    """What was typed; a form sends its title and text under their own names."""
    parts = (request.args.get(name, "") for name in ("q", "title", "text"))
    return " ".join(part for part in parts if part)
