"""Which job runs when; each leaves its heartbeat."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from apscheduler.schedulers.blocking import BlockingScheduler
from flask import Flask

from portal.access.scope import set_viewer
from portal.access.viewer import SYSTEM
from portal.admin.models import Heartbeat
from portal.db.base import db
from portal.db.work import unit_of_work
from portal.jobs import (
    answers,
    batches,
    calls,
    campaigns,
    care,
    classes,
    contracts,
    entitlements,
    found,
    insights,
    intake,
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

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """Work that is done every so many seconds; `run` takes the instant and says what came of it."""

    name: str
    seconds: int
    run: Callable[[datetime], object]


JOBS = (
    Job("mail", 5, deliver),
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
    Job("satisfaction", 3600, satisfaction.ask_closed),
    Job("yearly questions", 86400, satisfaction.ask_yearly),
    Job("return visits", 3600, calls.plan_visits),
    Job("campaigns", 60, campaigns.send),
    Job("points", 3600, loyalty.settle),
    Job("classification", 3600, classes.monthly),
    Job("classification runs", 20, lambda _now: classes.work_all()),
    Job("service indices", 21600, insights.measure),
    Job("weekly letter", 1800, insights.digest),
    Job("pool of leads", 3600, leads.recycle),
    Job("planned visits", 3600, care.plan_visits),
    Job("alive", 30, lambda _now: "alive"),
)


def run_once(jobs: tuple[Job, ...] = JOBS) -> list[str]:
    """Every job, one after the other; what came of each. For tests, cron, and impatient people."""
    return [f"{job.name}: {run_job(job)}" for job in jobs]


def run_job(job: Job) -> str:
    """One job inside an application context; a failure is logged and told, never fatal."""
    now = clock.now()
    set_viewer(SYSTEM)
    try:
        result = str(job.run(now))
    except Exception as error:  # the next run may succeed, and the other jobs must go on
        log.exception("job %s failed", job.name)
        db.session.rollback()
        result = f"failed: {type(error).__name__}"
    with unit_of_work():
        beat = db.session.get(Heartbeat, job.name) or Heartbeat(job=job.name)
        beat.at, beat.note = now, result[:200]
        db.session.add(beat)
    db.session.remove()
    return result


def run_for_ever(app: Flask) -> None:
    """Keep time until the process is told to stop."""
    scheduler = BlockingScheduler(timezone=app.config["TIMEZONE"])
    for job in JOBS:
        scheduler.add_job(
            _inside, "interval", seconds=job.seconds, args=(app, job), id=job.name,
            coalesce=True, max_instances=1, next_run_time=clock.now(),
        )  # fmt: skip
    try:
        scheduler.start()
    except (KeyboardInterrupt, SystemExit):
        scheduler.shutdown(wait=False)


def _inside(app: Flask, job: Job) -> None:
    with app.app_context():
        run_job(job)
