"""The history of a record as its page shows it."""

from __future__ import annotations

from typing import Any

from portal.db.audit import timeline
from portal.web.timeline import Happening, happenings


def past(row: Any) -> list[Happening]:
    """The steps of a record, the latest first."""
    return happenings(timeline(row, public_only=False))
