"""The staff's door of claims."""

from __future__ import annotations

from portal.claims.views import (
    desk_claims,
    desk_deciding,
    desk_evidence,
    desk_limits,
    desk_settling,
    door,
)

blueprints = [door.desk_door]
__all__ = [
    "blueprints",
    "desk_claims",
    "desk_deciding",
    "desk_evidence",
    "desk_limits",
    "desk_settling",
]
