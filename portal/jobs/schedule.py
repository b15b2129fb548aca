"""Which job runs when: a timetable in the database, so that a restart neither repeats a day's work nor skips it.

Any number of workers may run against PostgreSQL; each job is run by one of them at a time (upkeep/actions/turns).
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from apscheduler.schedulers.blocking import BlockingScheduler
from flask import Flask
from sqlalchemy import select

from portal.access.scope import set_viewer
from portal.access.viewer import SYSTEM
from portal.admin.models import Heartbeat
from portal.db.base import db
from portal.db.work import unit_of_work
from portal.jobs import (
    answers,
    api,
    batches,
    calls,
    campaigns,
    care,
    classes,
    contracts,
    entitlements,
    found,
    hooks,
    insights,
    intake,
    keeping,
    knowledge,
    leads,
    loyalty,
    papers,
    receivables,
    satisfaction,
    service_clocks,
    service_requests,
    statements,
)
from portal.jobs.imports import work_all
from portal.jobs.mail import deliver
from portal.kernel import clock
from portal.upkeep.actions import turns
from portal.upkeep.rules.timetable import is_due

log = logging.getLogger(__name__)

LOOK_SECONDS = 1
RENEW_SECONDS = 15
GRACE_SECONDS = 20
ELSEWHERE = "at work elsewhere"


@dataclass(frozen=True, slots=True)
class Job:
    """Work that is done every so many seconds; `run` takes the instant and says what came of it."""

    name: str
    seconds: int
    run: Callable[[datetime], object]


JOBS = (
    Job("mail", 5, deliver),
    Job("webhook events", 5, hooks.tell),
    Job("webhooks", 5, hooks.deliver),
    Job("webhook log", 86_400, hooks.forget),
    Job("rate sheets", 20, lambda _now: work_all()),
    Job("files", 20, lambda _now: batches.work_all()),
    Job("billing runs", 20, lambda _now: statements.work_all()),
    Job("papers", 10, papers.print_waiting),
    Job("renewals", 3600, contracts.remind),
    Job("periods", 3600, entitlements.close),
    Job("notices", 3600, entitlements.tell),
    Job("credit", 900, receivables.work_out_standings),
    Job("reminders", 3600, receivables.remind),
    Job("invoiced", 3600, receivables.bill_confirmed),
    Job("answers", 3600, answers.remind),
    Job("silence", 3600, answers.deem),
    Job("resolved requests", 900, service_requests.close),
    Job("clocks of requests", 60, service_clocks.sweep),
    Job("missed deadlines", 900, service_clocks.digest),
    Job("corrections", 3600, found.overdue),
    Job("articles", 3600, knowledge.remind),
    Job("duplicates", 86_400, intake.search),
    Job("merged customers", 600, intake.sweep),
    Job("told answers", 3600, api.clear),
    Job("satisfaction", 3600, satisfaction.ask_closed),
    Job("yearly questions", 86400, satisfaction.ask_yearly),
    Job("return visits", 3600, calls.plan_visits),
    Job("campaigns", 60, campaigns.send),
    Job("points", 3600, loyalty.settle),
    Job("classification", 3600, classes.monthly),
    Job("states of customers", 86_400, classes.daily),
    Job("classification runs", 20, lambda _now: classes.work_all()),
    Job("service indices", 21600, insights.measure),
    Job("weekly letter", 1800, insights.digest),
    Job("pool of leads", 3600, leads.recycle),
    Job("planned visits", 3600, care.plan_visits),
    Job("keeping", 86_400, keeping.clear),
    Job("alive", 30, lambda _now: "alive"),
)


def run_once(jobs: tuple[Job, ...] = JOBS) -> list[str]:
    """Every job, due or not, one after the other; what came of each. For tests, cron, and impatient people."""
    return [f"{job.name}: {run_job(job)}" for job in jobs]


def run_job(job: Job, *, anyway: bool = True) -> str | None:
    """One job inside an application context; a failure is logged and told, never fatal.

    None when it is not due; `anyway` runs it all the same, unless somebody else is at it.
    """
    began, me, now = time.monotonic(), turns.me(), clock.now()
    set_viewer(SYSTEM)
    with unit_of_work():
        mine = turns.take(job.name, job.seconds, me, now, anyway=anyway)
    if not mine:
        return ELSEWHERE if anyway else None
    try:
        result, is_good = str(job.run(now)), True
    except Exception as error:  # the next run may succeed, and the other jobs must go on
        log.exception("job %s failed", job.name)
        db.session.rollback()
        result, is_good = f"failed: {type(error).__name__}", False
    took = round((time.monotonic() - began) * 1000)
    with unit_of_work():
        turns.done(job.name, job.seconds, me, result, took, is_good, clock.now())
    db.session.remove()
    return result


def due(now: datetime) -> list[Job]:
    """The jobs whose time has come, or that somebody asked for; asked without holding anything."""
    known = {row.job: row for row in db.session.scalars(select(Heartbeat))}
    return [job for job in JOBS if job.name not in known or _is_due(known[job.name], job, now)]


def _is_due(row: Heartbeat, job: Job, now: datetime) -> bool:
    return is_due(row.next_at, row.asked_at, job.seconds, now) and not turns.is_at_work(row, now)


class Worker:
    """Keeps time in one process: looks every second what is due, and has several jobs at work side by side."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.busy: set[str] = set()
        self.scheduler = BlockingScheduler(timezone=app.config["TIMEZONE"])

    def start(self) -> None:
        """Until the process is told to stop; what is at work then has GRACE_SECONDS to be finished."""
        logging.getLogger("apscheduler").setLevel(logging.ERROR)  # it tells of every look
        for verb, seconds in ((self.look, LOOK_SECONDS), (self.renew, RENEW_SECONDS)):
            self.scheduler.add_job(
                verb, "interval", seconds=seconds, coalesce=True, max_instances=1,
                misfire_grace_time=None,
            )  # fmt: skip
        try:
            self.scheduler.start()
        except (KeyboardInterrupt, SystemExit):
            self.scheduler.shutdown(wait=False)
            self.leave()

    def leave(self) -> None:
        """Wait a while for what is at work; what takes longer is taken up again by the next worker."""
        until = time.monotonic() + GRACE_SECONDS
        while self.busy and time.monotonic() < until:
            time.sleep(0.1)
        if self.busy:
            log.warning("stopped in the middle of: %s", ", ".join(sorted(self.busy)))
            os._exit(0)

    def look(self) -> None:
        """Set to work on whatever is due and not at work here already."""
        with self.app.app_context():
            found = due(clock.now())
            db.session.remove()
        for job in found:
            if job.name not in self.busy:
                self.busy.add(job.name)
                self.scheduler.add_job(self.work, args=(job,), misfire_grace_time=None)

    def work(self, job: Job) -> None:
        """One job, if no other worker was quicker."""
        try:
            with self.app.app_context():
                run_job(job, anyway=False)
        finally:
            self.busy.discard(job.name)

    def renew(self) -> None:
        """Tell the other workers what is still at work here."""
        if self.busy:
            with self.app.app_context(), unit_of_work():
                turns.renew(tuple(self.busy), turns.me(), clock.now())


def run_for_ever(app: Flask) -> None:
    """Keep time until the process is told to stop."""
    Worker(app).start()
