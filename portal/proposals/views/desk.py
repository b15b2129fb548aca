"""The staff's doors of this room."""

from __future__ import annotations

from portal.proposals.views import desk_outlines, desk_proposals, desk_steps, desk_writing
from portal.proposals.views.door import bp, outline_door

MODULES = (desk_outlines, desk_proposals, desk_steps, desk_writing)
"""They hang their views on the same doors."""
blueprints = [bp, outline_door]
