"""The two doors of the knowledge base."""

from __future__ import annotations

from portal.web import doors

desk = doors.desk("knowledge", __name__)
my = doors.my("knowledge", __name__)
