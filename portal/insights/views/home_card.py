"""A few figures on the first page of the staff, with the way to the dashboard."""

from __future__ import annotations

from collections.abc import Mapping

from portal.access.viewer import Viewer
from portal.insights.views.board import drawn
from portal.insights.views.board_work import quality

TEMPLATE = "insights/home_card.html"
ORDER = 20


def card(viewer: Viewer) -> Mapping[str, object] | None:
    """The indices of the month that ended last; None for who may not see them, or while nothing was measured."""
    panel = next(iter(drawn([quality()])), None)
    if panel is None or not any(stat.url for stat in panel.stats):
        return None
    return {"title": panel.title, "stats": panel.stats}
