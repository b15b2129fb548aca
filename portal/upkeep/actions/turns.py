"""Who runs a job now: one worker at a time, kept in the database, so that it holds across servers and restarts."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from portal.access.viewer import Viewer
from portal.admin.models import Heartbeat
from portal.db import audit
from portal.db.base import db
from portal.kernel.errors import NotAllowedNow
from portal.kernel.text import t
from portal.upkeep.rules.timetable import LEASE, Outcome, is_due, is_held, next_run

_BOOT = Path("/proc/sys/kernel/random/boot_id")


def me() -> str:
    """This process, as a holder is written: machine, its start, process."""
    return f"{_machine()}:{os.getpid()}"


def take(job: str, seconds: int, holder: str, now: datetime, *, anyway: bool = False) -> bool:
    """Begin a job: False when it is not due (unless `anyway`) or somebody else is at it.

    One short transaction; two workers that want the same job at the same moment take turns at its row.
    """
    row = _held(job)
    if row is None:
        return False
    if not anyway and not is_due(row.next_at, row.asked_at, seconds, now):
        return False
    if is_at_work(row, now):
        return False
    row.holder, row.started_at, row.lease_until = holder, now, now + LEASE
    row.asked_at, row.asked_by = None, ""
    return True


def done(
    job: str, seconds: int, holder: str, note: str, took_ms: int, is_good: bool, now: datetime
) -> None:
    """Note what came of it and when it runs next; nothing where another worker has taken over meanwhile."""
    row = _held(job)
    if row is None or row.holder != holder:
        return
    row.failures = 0 if is_good else row.failures + 1
    row.outcome = (Outcome.DONE if is_good else Outcome.FAILED).value
    row.at, row.note, row.took_ms = now, note[:200], took_ms
    row.next_at = next_run(row.started_at or now, seconds, row.failures)
    row.lease_until, row.holder = None, ""


def renew(jobs: Iterable[str], holder: str, now: datetime) -> None:
    """Still at these."""
    mine = (Heartbeat.job.in_(sorted(jobs)), Heartbeat.holder == holder)
    db.session.execute(update(Heartbeat).where(*mine).values(lease_until=now + LEASE))


def ask(job: str, actor: Viewer, now: datetime) -> None:
    """Have the worker run it as soon as it looks. NotAllowedNow while it is at work or asked for already."""
    row = _held(job)
    if row is None or row.asked_at is not None:
        raise NotAllowedNow(t("It is asked for already: the worker begins within seconds."))
    if is_at_work(row, now):
        raise NotAllowedNow(t("It is running now."))
    row.asked_at, row.asked_by = now, actor.name[:120]
    audit.record(actor, "job.asked", row, now, after={"job": job})


def is_at_work(row: Heartbeat, now: datetime) -> bool:
    """Whether somebody runs it at this moment."""
    return is_held(row.lease_until, now) and not _is_dead(row.holder)


def _held(job: str) -> Heartbeat | None:
    """The row of a job, held, made where it is missing; None while another worker holds it."""
    wanted: Any = select(Heartbeat).where(Heartbeat.job == job)
    if db.session.scalar(wanted) is None:
        try:
            with db.session.begin_nested():
                db.session.add(Heartbeat(job=job))
        except IntegrityError:  # another worker made it a moment ago
            db.session.expire_all()
    held = wanted.with_for_update(skip_locked=True).execution_options(populate_existing=True)
    return db.session.scalar(held)


def _is_dead(holder: str) -> bool:
    """Whether the holder was a process of this machine that is no more; of other machines nothing is known."""
    machine, _, process = holder.rpartition(":")
    if machine != _machine() or not process.isdecimal():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


@cache
def _machine() -> str:
    try:
        boot = _BOOT.read_text("ascii").strip()[:8]
    except OSError:
        boot = "-"
    return f"{socket.gethostname()[:40]}:{boot}"
