"""The staff's door of personal data."""

from __future__ import annotations

from portal.privacy.views import desk_requests, desk_retention
from portal.privacy.views.desk_requests import bp

__all__ = ["blueprints", "desk_requests", "desk_retention"]
blueprints = [bp]
