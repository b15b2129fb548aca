"""The customers' doors of this room."""

from __future__ import annotations

from portal.shipments.views import my_bookings

blueprints = [my_bookings.bp]
