"""The staff's doors of requests, canned replies and categories."""

from __future__ import annotations

from portal.web import doors

request_door = doors.desk("requests", "portal.service_requests.views.desk_requests")
canned_door = doors.desk("canned", "portal.service_requests.views.desk_canned")
category_door = doors.desk(
    "request_categories", "portal.service_requests.views.desk_request_categories"
)
