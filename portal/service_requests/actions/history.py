"""The history of a request: what the customer reads of it, unless the request is the house's own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from portal.access.viewer import Viewer
from portal.db import audit
from portal.service_requests.models import ServiceRequest

LONGEST = 2000


def note(
    request: ServiceRequest, event: str, actor: Viewer, now: datetime, *, before: Any = None, after: Any = None,
    reason: str | None = None,
) -> int:  # fmt: skip
    """Write one entry; its id, which marks the letters about this step. Nothing of an internal request is public."""
    why = None if reason is None else reason[:LONGEST]
    entry = audit.record(actor, event, request, now, before=before, after=after, reason=why)
    if request.is_internal:
        entry.is_public = False  # the hash covers what happened, not who reads it
    return entry.id
