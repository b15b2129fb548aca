"""Signs of health of what the worker does: jobs that fail again and again, webhooks that were given up."""

from __future__ import annotations

from sqlalchemy import func, select

from portal.admin.models import Heartbeat
from portal.admin.queries import Sign
from portal.db.base import db
from portal.hooks.queries.endpoints import dead_count, failing_count
from portal.kernel.text import t
from portal.upkeep.rules.timetable import words_of

OFTEN = 3
"""Failures in a row that are no accident any more."""


def signs() -> list[Sign]:
    """Scheduled work and webhooks."""
    return [_jobs(), _hooks()]


def _jobs() -> Sign:
    name = t("Scheduled work")
    often = Heartbeat.failures >= OFTEN
    failing = select(Heartbeat.job).where(often).order_by(Heartbeat.job)
    found = list(db.session.scalars(failing.limit(1)))
    if not found:
        return Sign(name, "good", t("No job fails again and again."))
    count = db.session.scalar(select(func.count()).select_from(Heartbeat).where(often)) or 0
    told = t(
        "%(count)s jobs fail again and again, among them: %(job)s.",
        count=count, job=words_of(found[0]),
    )  # fmt: skip
    return Sign(name, "bad", told, t("See Scheduled work for what goes wrong."))


def _hooks() -> Sign:
    dead, failing = dead_count(), failing_count()
    found = t(
        "%(dead)s deliveries given up, %(failing)s webhooks where nothing is taken.",
        dead=dead, failing=failing,
    )  # fmt: skip
    if not dead and not failing:
        return Sign(t("Webhooks"), "good", found)
    advice = t("See Webhooks; what was given up can be sent again.")
    return Sign(t("Webhooks"), "warn", found, advice)
