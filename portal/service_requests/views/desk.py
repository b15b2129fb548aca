"""The staff's doors of this room."""

from __future__ import annotations

from portal.service_requests.views import (
    desk_canned,
    desk_request_categories,
    desk_request_filters,
    desk_requests,
    desk_requests_new,
    desk_requests_steps,
    desk_requests_talk,
    desk_service_settings,
    desk_work_days,
    found,
)

MODULES = (
    desk_request_filters,
    desk_requests_new,
    desk_requests_steps,
    desk_requests_talk,
    desk_work_days,
)
"""They hang their views on the same doors."""
blueprints = [
    desk_requests.bp,
    desk_canned.bp,
    desk_request_categories.bp,
    desk_service_settings.bp,
    *found.blueprints,
]
