"""Calls in the timeline of a customer."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select

from portal.access.permissions import Permission as P
from portal.access.viewer import Viewer
from portal.accounts.models import User
from portal.calls.models import Call
from portal.customers.models import Contact
from portal.customers.queries.timeline import CALL, source
from portal.db.whole import looked_up


def happened(customer_id: int, viewer: Viewer) -> Select[Any] | None:
    """The calls with a customer whom the viewer may see; None for a viewer who sees no calls."""
    if not viewer.may(P.CALL_SEE):
        return None
    return source(
        CALL, select(Call.id).where(Call.customer_id == customer_id), Call.id, Call.began_at,
        person_id=Call.handled_by, person=looked_up(User, "name", Call.handled_by),
        sort=Call.direction, contact=looked_up(Contact, "name", Call.contact_id),
        subject=Call.subject, text=Call.text,
    )  # fmt: skip
