"""The staff's door of calls."""

from __future__ import annotations

from portal.calls.views import desk_calls, desk_plans, desk_pop
from portal.calls.views.desk_door import bp

__all__ = ["blueprints", "desk_calls", "desk_plans", "desk_pop"]
blueprints = [bp]
