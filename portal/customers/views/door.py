"""The two doors of this room; each view module hangs its views on one of them."""

from __future__ import annotations

from portal.web import doors

desk = doors.desk("customers", "portal.customers.views.desk")
my = doors.my("customers", "portal.customers.views.my")
