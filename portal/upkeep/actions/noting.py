"""When the last backup was made and proven, for the page that says whether all is well."""

from __future__ import annotations

from datetime import datetime

from portal.admin.models import Heartbeat
from portal.db.base import db


def note(job: str, now: datetime, words: str) -> None:
    """Write it down in place of the one before."""
    db.session.merge(Heartbeat(job=job, at=now, note=words[:200]))
