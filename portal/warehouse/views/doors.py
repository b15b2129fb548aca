"""The two doors of the warehouse."""

from __future__ import annotations

from portal.web import doors

desk = doors.desk("warehouse", "portal.warehouse.views.desk")
my = doors.my("warehouse", "portal.warehouse.views.my")
