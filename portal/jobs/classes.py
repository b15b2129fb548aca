"""The monthly classification works in a process of its own; whatever dies in between is taken up where it stopped."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime
from pathlib import Path

from flask import current_app
from sqlalchemy import select

from portal.access.scope import set_viewer
from portal.access.viewer import SYSTEM, Viewer
from portal.billing.rules.states import RunState
from portal.customers.queries import viewer_for
from portal.db.base import db
from portal.db.engine import room_to_write
from portal.db.work import unit_of_work
from portal.insights.actions import classifying, overriding, states
from portal.insights.actions.months import gather
from portal.insights.actions.telling import tell_owners
from portal.insights.models import ClassificationRun
from portal.insights.queries.classes import run_of
from portal.insights.queries.tiers import insight_settings
from portal.kernel import clock
from portal.receivables.rules.report_months import ended_last
from portal.usage.actions import at_work
from portal.usage.actions.at_work import Tell

UNFINISHED = (RunState.WAITING.value, RunState.RUNNING.value)


def monthly(now: datetime) -> str:
    """End what was set by hand and is over; from the firm's day on, put the month that ended in line once."""
    with unit_of_work():
        ended = overriding.end_due(now)
    today = clock.business_day(now)
    month = ended_last(today)
    if today.day >= insight_settings().run_day and run_of(month) is None:
        with unit_of_work():
            classifying.start(month, SYSTEM, now)
        return f"{ended} ended, {month:%Y-%m} started"
    return f"{ended} ended"


def daily(now: datetime) -> str:
    """Every customer's state as it is today; only what became different is written."""
    changed, batch = 0, states.next_batch(0)
    while batch is not None:
        with unit_of_work():
            changed += states.bring_up_to_date(batch, now)
        batch = states.next_batch(batch.until)
    return f"{changed} states changed"


def start(run_id: int) -> None:
    """Have a process of its own take the run; in tests the caller works by `work`."""
    if current_app.testing:
        return
    command = [sys.executable, "-m", "portal", "classes", "work", str(run_id)]
    with (_instance() / "classes.log").open("ab") as log:
        subprocess.Popen(  # noqa: S603 - our own interpreter with our own words
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )


def work(run_id: int, also_tell: Tell | None = None) -> bool:
    """Work through a run that waits, or whose worker died; False when there is nothing left of it to do."""
    set_viewer(SYSTEM)
    with at_work.holding(_instance(), piece_of(run_id)) as tell:
        if tell is None:
            return False
        with unit_of_work():
            run = classifying.claim(run_id, clock.now())
            actor = SYSTEM if run is None else _actor(run)
        if run is not None:
            with room_to_write(db.session()):
                _work(run_id, actor, tell, also_tell)
        return run is not None


def work_all() -> int:
    """Every run that waits for a worker or has lost its own; how many were worked on."""
    waiting = select(ClassificationRun.id).where(ClassificationRun.state.in_(UNFINISHED))
    ids = list(db.session.scalars(waiting.order_by(ClassificationRun.month)))
    return sum(work(run_id) for run_id in ids)


def is_at_work(run_id: int) -> bool:
    """Whether a living process works on the run."""
    return at_work.is_held(_instance(), piece_of(run_id))


def piece_of(run_id: int) -> str:
    """The name under which a process holds a run."""
    return f"classification_run_{run_id}"


def _work(run_id: int, actor: Viewer, tell: Tell, also_tell: Tell | None) -> None:
    try:
        for month in classifying.months_to_gather(classifying.row_of(run_id)):
            with unit_of_work():
                gather(month, clock.now())
        with unit_of_work():
            found = classifying.begin(run_id, clock.now())
        more = True
        while more:
            with unit_of_work():
                more = classifying.classify_batch(run_id, found, actor, clock.now())
                done, total = classifying.how_far(run_id)
            for each in (tell, *((also_tell,) if also_tell else ())):
                each(done, total)
        with unit_of_work():
            run = classifying.finish(run_id, actor, clock.now())
            tell_owners(run, clock.now())
    except Exception:
        with unit_of_work():
            classifying.stop(run_id, clock.now())
        raise


def _actor(run: ClassificationRun) -> Viewer:
    return SYSTEM if run.created_by is None else viewer_for(run.created_by, None)


def _instance() -> Path:
    return Path(current_app.config["INSTANCE"])
