"""Both desks of this room."""

from __future__ import annotations

from portal.intake.views import desk_duplicates, desk_files, desk_mapping, door

MODULES = (desk_duplicates, desk_files, desk_mapping)  # they hang their views on the doors
blueprints = [door.files, door.duplicates]
