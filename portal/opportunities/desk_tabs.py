"""What the pages of opportunities and proposals have above them: the ways between list, board, calendar, forecast."""

from __future__ import annotations

from flask import current_app, g, request, url_for

from portal.access.permissions import Permission as P
from portal.kernel.text import t
from portal.web.words import say

WAYS = (
    (t("List"), "desk_opportunities.index", P.OPPORTUNITY_SEE),
    (t("Board"), "desk_opportunities.board", P.OPPORTUNITY_SEE),
    (t("Calendar of tasks"), "desk_opportunities.calendar", P.OPPORTUNITY_SEE),
    (t("Forecast"), "desk_opportunities.forecast", P.FORECAST_SEE),
    (t("Proposals"), "desk_proposals.index", P.PROPOSAL_SEE),
)


def tabs() -> list[tuple[str, str, bool, None]]:
    """(label, address, whether it is this page, no count) of those that this viewer may open."""
    return [
        (say(label), url_for(endpoint), request.endpoint == endpoint, None)
        for label, endpoint, permission in WAYS
        if endpoint in current_app.view_functions and g.viewer.may(permission)
    ]
