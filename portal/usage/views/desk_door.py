"""The staff's door of this room, and what the views behind it share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from flask import Response, current_app, g, url_for
from flask_babel import gettext as _

from portal.access.permissions import Permission as P
from portal.contracts.rules.ledger import Exhausted
from portal.kernel import clock
from portal.usage.queries import records as queries
from portal.usage.queries.records import open_batches
from portal.web import doors
from portal.web.stepping import REFUSED, done_at

MOST_COUNTED = 1_000
Tab = tuple[str, str, bool, str | None]
bp = doors.desk("usage", "portal.usage.views.desk")


def tabs(here: str) -> list[Tab]:
    """The parts of this room, each with how much waits there."""
    waiting = queries.queue_count(g.viewer, MOST_COUNTED)
    found: list[Tab] = [
        (_("All usage"), url_for("desk_usage.index"), here == "index", None),
        (_("Queue"), url_for("desk_usage.queue"), here == "queue", _count(waiting)),
    ]
    if g.viewer.may(P.USAGE_RECORD):
        files = _count(open_batches("usage"))
        found.append((_("Files"), url_for("desk_usage.imports"), here == "imports", files))
    return found


def done(back: str, said: str, verb: Callable[[], Any]) -> Response:
    """Back to the page either way; nothing of a refused request is kept."""
    return done_at(back, said, verb, (*REFUSED, Exhausted))


def today() -> date:
    """The business day."""
    return clock.today(current_app.config["TIMEZONE"])


def instance() -> Path:
    """Where the portal keeps its files."""
    return Path(current_app.config["INSTANCE"])


def _count(count: int) -> str | None:
    if not count:
        return None
    return f"{count:,}" if count < MOST_COUNTED else f"{MOST_COUNTED:,}+"
