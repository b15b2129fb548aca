"""The staff's doors of this room."""

from __future__ import annotations

from portal.opportunities.views import (
    desk_board,
    desk_competitors,
    desk_ending,
    desk_forecast,
    desk_items,
    desk_lists,
    desk_methods,
    desk_parts,
    desk_show,
    desk_tasks,
    desk_words,
    desk_writing,
)
from portal.opportunities.views.door import bp

MODULES = (
    desk_board,
    desk_ending,
    desk_forecast,
    desk_items,
    desk_lists,
    desk_parts,
    desk_show,
    desk_tasks,
    desk_writing,
)
"""They hang their views on the same doors."""
blueprints = [bp, desk_methods.bp, desk_words.bp, desk_competitors.bp]
