"""The customers' doors of this room."""

from __future__ import annotations

from portal.shipments.views import my_bookings, my_shipments

blueprints = [my_bookings.bp, my_shipments.bp]
