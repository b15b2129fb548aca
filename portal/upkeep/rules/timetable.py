"""When a job is due, who may take it, and when it runs next; what each job does, in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from portal.kernel.text import Text, t

LEASE = timedelta(seconds=60)
"""Whoever works on a job has it for so long, and says so anew while it works."""
FIRST_RETRY = timedelta(minutes=5)
"""After a failure a job waits so long, then twice as long, and never longer than its own interval."""
SLACK = timedelta(minutes=1)


class Outcome(StrEnum):
    """What came of the last run."""

    DONE = "done"
    FAILED = "failed"


def next_run(started: datetime, seconds: int, failures: int) -> datetime:
    """When a job that began at `started` runs next; `failures`: in a row, this run included."""
    interval = timedelta(seconds=seconds)
    if failures:
        doubled = FIRST_RETRY * (1 << min(failures - 1, 16))
        return started + min(interval, doubled)
    return started + interval


def is_due(
    next_at: datetime | None, asked_at: datetime | None, seconds: int, now: datetime
) -> bool:
    """Whether a job is to be run: asked for, never run, its time has come, or the clock was set back meanwhile."""
    if asked_at is not None or next_at is None or next_at <= now:
        return True
    return next_at > now + timedelta(seconds=seconds) + SLACK


def is_held(lease_until: datetime | None, now: datetime) -> bool:
    """Whether somebody is at it. A lease that ends later than any could comes from a clock that was ahead."""
    return lease_until is not None and now < lease_until <= now + LEASE + SLACK


WORDS: Mapping[str, Text] = {
    "mail": t("Send outgoing mail"),
    "webhook events": t("Tell events to webhooks"),
    "webhooks": t("Deliver webhooks"),
    "webhook log": t("Forget old deliveries of webhooks"),
    "rate sheets": t("Read and apply rate sheets"),
    "files": t("Read and apply files"),
    "billing runs": t("Work on billing runs"),
    "papers": t("Print papers that wait"),
    "renewals": t("Remind of contracts to be renewed"),
    "periods": t("Close ended periods of entitlements"),
    "notices": t("Tell of entitlements that run low or end"),
    "credit": t("Work out credit standings"),
    "reminders": t("Send reminders of payment"),
    "invoiced": t("Note statements that are invoiced in full"),
    "answers": t("Remind of statements to be confirmed"),
    "silence": t("Deem statements confirmed where the contract says so"),
    "resolved requests": t("Close resolved requests"),
    "clocks of requests": t("Watch the clocks of service requests"),
    "missed deadlines": t("Report missed deadlines"),
    "corrections": t("Remind of corrective actions"),
    "articles": t("Remind of articles to be looked over"),
    "duplicates": t("Look for duplicate customers"),
    "merged customers": t("Finish merging customers"),
    "told answers": t("Clear away what was answered to other systems"),
    "satisfaction": t("Ask how a request was handled"),
    "yearly questions": t("Ask the yearly questions of satisfaction"),
    "return visits": t("Plan calls after complaints"),
    "campaigns": t("Send campaigns"),
    "keeping": t("Clear away what was kept long enough"),
    "points": t("Work out loyalty points"),
    "classification": t("Classify customers, monthly"),
    "states of customers": t("Work out the states of customers, daily"),
    "classification runs": t("Work on classification runs"),
    "service indices": t("Measure service indices"),
    "weekly letter": t("Send the weekly letter to management"),
    "pool of leads": t("Give leads back to the pool"),
    "planned visits": t("Plan visits"),
    "alive": t("Say that the worker is alive"),
    "backup": t("Make a backup"),
    "backup proven": t("Prove a backup by restoring it"),
}
"""What each job does. A job of a later release that has no words yet stands under its own name."""


def words_of(job: str) -> Text:
    """A job in words."""
    return WORDS.get(job, Text(job))
