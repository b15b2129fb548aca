"""The porch of this room; each view module hangs its views on it."""

from __future__ import annotations

from portal.web import doors

porch = doors.porch("accounts", "portal.accounts.views.public")
