"""The staff's doors of this room."""

from __future__ import annotations

from portal.shipments.views import desk_bookings

blueprints = [desk_bookings.bp]
