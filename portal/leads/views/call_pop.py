"""On the screen that opens when the telephone rings: the leads with that number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from portal.access.permissions import Permission as P
from portal.access.viewer import Viewer
from portal.leads.labels import LEADS
from portal.leads.queries.leads import having_number, sees_all
from portal.leads.rules.states import LeadState

TEMPLATE = "leads/call_pop.html"


def card(keys: Sequence[str], viewer: Viewer) -> Mapping[str, object] | None:
    """The open leads with a number; those in colleagues' hands are only counted. None where there is none."""
    if not keys or not viewer.may(P.LEAD_SEE):
        return None
    found = having_number(keys)
    everything = sees_all(viewer)
    seen = [
        row
        for row in found
        if everything or row.state == LeadState.POOL or row.owner_id == viewer.user_id
    ]
    hidden = len(found) - len(seen)
    if not seen and not hidden:
        return None
    return {"leads": [(row, LEADS[row.state]) for row in seen], "hidden": hidden}
