"""The staff's doors of this room."""

from __future__ import annotations

from portal.service_requests.views import request_door

blueprints = [request_door.request_door, request_door.canned_door, request_door.category_door]
