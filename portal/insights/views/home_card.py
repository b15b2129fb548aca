"""A few figures on the first page of the staff, with the way to the dashboard."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portal.access.viewer import Viewer
from portal.db.together import Inquiry
from portal.insights.views.board_work import quality

TEMPLATE = "insights/home_card.html"
ORDER = 20


def card(_viewer: Viewer) -> Inquiry[Mapping[str, object] | None] | None:
    """The indices of the month that ended last; None for who may not see them, or while nothing was measured."""
    drawing = quality()
    return None if drawing is None else Inquiry(drawing.asks, lambda *found: _facts(drawing, found))


def _facts(drawing: Any, found: tuple[Any, ...]) -> Mapping[str, object] | None:
    panel = drawing.read(*found)
    if panel is None or not any(stat.url for stat in panel.stats):
        return None
    return {"title": panel.title, "stats": panel.stats}
