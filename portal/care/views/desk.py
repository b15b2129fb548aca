"""The staff's doors of customer care."""

from __future__ import annotations

from portal.care.views import (
    desk_assets,
    desk_loans,
    desk_market,
    desk_plans,
    desk_sheet,
    desk_visits,
    desk_watch_notes,
)
from portal.care.views.door import assets_door, market_door, notes_door, visits_door

__all__ = [
    "blueprints",
    "desk_assets",
    "desk_loans",
    "desk_market",
    "desk_plans",
    "desk_sheet",
    "desk_visits",
    "desk_watch_notes",
]
blueprints = [visits_door, notes_door, assets_door, market_door]
