"""The customers' doors of this room."""

from __future__ import annotations

from portal.service_requests.views import my_requests

blueprints = [my_requests.bp]
