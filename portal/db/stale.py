"""What is told to somebody whose form was opened before the last save of its record."""

from __future__ import annotations

from typing import Any

from portal.db import audit
from portal.kernel.errors import StaleEdit
from portal.kernel.text import t


def stale(row: Any) -> StaleEdit:
    """Who changed `row` last and what it was; the form goes on from the version that stands now."""
    entries = audit.timeline(row, public_only=False)
    if not entries:
        said = t("Somebody else changed this after you opened it. Compare, then send yours again.")
        return StaleEdit(said, version=row.version)
    who, what = entries[0].actor_name, entries[0].label
    said = t(
        "%(who)s changed this after you opened it (%(what)s). Nothing of yours was saved; "
        "compare, then send yours again.",
        who=who, what=what,
    )  # fmt: skip
    return StaleEdit(said, version=row.version)
