"""Processes of their own that are killed at any moment, and files of any kind brought in by them."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import select

from portal.access.viewer import SYSTEM
from portal.db.base import db
from portal.db.work import unit_of_work
from portal.jobs import batches as job
from portal.usage.actions import batches
from portal.usage.models import ImportBatch
from portal.usage.rules.states import BatchState

KILLS = int(os.environ.get("PORTAL_TEST_KILLS", "12"))
"""How often each story of killed workers kills, on each database; a longer night takes 100."""
WORKING = (BatchState.WAITING, BatchState.READING, BatchState.APPLYING)


def process(work: Callable[[], object]) -> int:
    """A process of its own that does the work and ends; its id."""
    db.session.remove()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            db.engine.dispose(close=False)  # the parent's connections are not ours
            work()
            status = 0
        finally:
            os._exit(status)
    return child


def finished(child: int) -> bool:
    """Let a process come to its end; whether that was a good one."""
    return os.waitpid(child, 0)[1] == 0


def killed(child: int, after: float) -> bool:
    """Kill a process after so many seconds; whether it was still at work."""
    time.sleep(after)
    os.kill(child, signal.SIGKILL)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def in_line(kind: str, path: Path, now: datetime, options: dict[str, Any]) -> int:
    """The id of a batch of the file that was read and waits to be applied."""
    folder = Path(current_app.config["INSTANCE"])
    with unit_of_work():
        batch = batches.receive(kind, path.read_bytes(), path.name, SYSTEM, now, folder, options)
    job.work(batch.id)
    with unit_of_work():
        batches.ask_to_apply(fresh(batch.id), now)
    return batch.id


def fresh(batch_id: int) -> ImportBatch:
    """The batch as it is saved; a dead worker's transaction has ended before this answers."""
    statement = select(ImportBatch).where(ImportBatch.id == batch_id).with_for_update()
    return db.session.scalars(statement.execution_options(populate_existing=True)).one()


def is_applied(batch_id: int) -> bool:
    """Whether all of the file is saved; else it still waits for a worker or has lost its own."""
    db.session.rollback()
    state = fresh(batch_id).state
    assert state == BatchState.APPLIED or state in WORKING
    return state == BatchState.APPLIED


def applied_after_kills(
    kills: int, bring: Callable[[int], int], check: Callable[[int], bool]
) -> int:
    """Bring in file after file, killing `kills` workers at random moments; the last batch's id, applied at last.

    `bring(n)` puts the n-th file in line, `check(batch_id)` asserts that everything agrees and tells whether the file
    is applied; one that is not is worked on again.
    """
    pick, first, runs, dead = random.Random(20260302), bring(0), 1, 0
    started = time.monotonic()
    assert finished(process(lambda: job.work(first)))
    longest = time.monotonic() - started
    assert check(first)
    batch_id = bring(runs)
    while dead < kills:
        dead += killed(process(lambda at=batch_id: job.work(at)), pick.uniform(0, longest))  # type: ignore[misc]
        if check(batch_id):
            runs += 1
            batch_id = bring(runs)
    assert finished(process(lambda: job.work(batch_id))) and check(batch_id)
    return batch_id
