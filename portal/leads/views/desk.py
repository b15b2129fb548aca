"""The staff's door of leads."""

from __future__ import annotations

from portal.leads.views import desk_leads, desk_rules, desk_steps
from portal.leads.views.desk_door import bp

__all__ = ["blueprints", "desk_leads", "desk_rules", "desk_steps"]
blueprints = [bp]
