"""What intake does by itself: duplicates looked for every day, rows that came too late for a merge moved after it."""

from __future__ import annotations

from datetime import datetime

from portal.db.base import db
from portal.db.work import unit_of_work
from portal.intake.actions import duplicates, merging


def search(now: datetime) -> int:
    """Look for duplicates among all customers; how many pairs are new.

    Others write meanwhile: what takes long only reads, and writing what was found takes a moment.
    """
    likely = duplicates.find(between=db.session.rollback)
    with unit_of_work():
        return duplicates.keep(likely, now)


def sweep(now: datetime) -> int:
    """Move what was written for a duplicate while it was being merged; how many rows."""
    with unit_of_work():
        return merging.sweep(now)
