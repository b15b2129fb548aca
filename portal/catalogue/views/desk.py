"""The catalogue at the desk; each module hangs its views on one of the two blueprints."""

from __future__ import annotations

from portal.catalogue.views import (
    batch,
    bundles,
    doors,
    imports,
    items,
    mapping,
    rates,
    schemes,
    surcharges,
    tariffs,
)

MODULES = (batch, bundles, imports, items, mapping, rates, schemes, surcharges, tariffs)

blueprints = [doors.tariffs, doors.catalogue]
