"""The catalogue at the desk; each module hangs its views on one of the two blueprints."""

from __future__ import annotations

from portal.catalogue.views import batch, doors, imports, mapping, tariffs

MODULES = (batch, imports, mapping, tariffs)

blueprints = [doors.tariffs, doors.catalogue]
