"""The staff's doors of this room."""

from __future__ import annotations

from portal.shipments.views import desk_bookings, desk_carriage, desk_files, desk_shipments

MODULES = (desk_carriage, desk_files)
"""They hang their views on the door of the shipments."""

blueprints = [desk_bookings.bp, desk_shipments.bp]
