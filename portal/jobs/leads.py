"""Leads that nobody works on: their holders are warned, then they fall back; each in a transaction of its own."""

from __future__ import annotations

from datetime import datetime

from portal.access.viewer import SYSTEM
from portal.db.base import db
from portal.db.work import unit_of_work
from portal.leads.actions import pool
from portal.leads.models import Lead
from portal.leads.queries.leads import falling_back, lead_settings

MOST = 2000
"""How many are looked at in one run; the next run goes on."""


def recycle(now: datetime) -> str:
    """Warn and let fall back what is due by now; a second run changes nothing."""
    warned = fell = 0
    for lead_id in falling_back(now, lead_settings(), MOST):
        with unit_of_work():
            lead = db.session.get_one(Lead, lead_id)
            if pool.recycle(lead, SYSTEM, now):
                fell += 1
            else:
                warned += pool.warn(lead, SYSTEM, now)
    return f"{fell} leads fell back, {warned} near it"
