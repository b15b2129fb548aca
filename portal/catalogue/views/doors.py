"""The two blueprints of this room at the desk: tariffs, and the rest of the catalogue."""

from __future__ import annotations

from portal.web import doors

tariffs = doors.desk("tariffs", "portal.catalogue.views.desk")
catalogue = doors.desk("catalogue", "portal.catalogue.views.desk")
