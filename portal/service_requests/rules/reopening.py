"""Until when what was resolved may be opened again, and when it closes by itself (DOMAIN T4, section 16)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from portal.kernel.clock import business_day
from portal.service_requests.rules.settings import ServiceSettings
from portal.service_requests.rules.work_hours import WorkTime


def customers_last_day(ended_at: datetime, settings: ServiceSettings, work: WorkTime) -> date:
    """The last day on which the customer may reopen: so many working days after the day it ended."""
    return work.days_after(business_day(ended_at), settings.reopen_days)


def leads_last_day(ended_at: datetime, settings: ServiceSettings) -> date:
    """The last day on which a lead may: so many days after the day it ended, worked or not."""
    return business_day(ended_at) + timedelta(days=settings.lead_reopen_days)


def closes_before(now: datetime, settings: ServiceSettings) -> datetime:
    """What was resolved at this instant or earlier closes by itself."""
    return now - timedelta(days=settings.close_after_days)
