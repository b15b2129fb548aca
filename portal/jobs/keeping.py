"""What was kept long enough goes, each kind in transactions of its own."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from flask import current_app

from portal.access.viewer import SYSTEM
from portal.db.work import unit_of_work
from portal.privacy.actions import retaining
from portal.privacy.rules.retention import Kept


def clear(now: datetime) -> str:
    """Every kind, until nothing is left that is too old; run again it finds nothing."""
    instance = current_app.config["INSTANCE"]
    return f"{sum(_all_of(kind, instance, now) for kind in Kept)} cleared away"


def _all_of(kind: Kept, instance: Path, now: datetime) -> int:
    total = 0
    while True:
        with unit_of_work():
            done = retaining.clear(kind, instance, SYSTEM, now)
        total += done
        if done < retaining.MOST:
            return total
