"""Rate sheets are read and applied by a process of their own, so that no page waits and no crash takes one along."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from flask import current_app
from sqlalchemy import select

from portal.access.scope import set_viewer
from portal.access.viewer import SYSTEM, Viewer
from portal.catalogue.actions import imports
from portal.catalogue.models import RateImport
from portal.customers.queries import viewer_for
from portal.db.base import db
from portal.db.work import unit_of_work
from portal.kernel import clock
from portal.kernel.errors import FileProblems

BEAT_EVERY = timedelta(milliseconds=700)
Progress = Callable[[int, int | None], None]


def start(import_id: int) -> None:
    """Have a process of its own take the import; in tests the caller runs it by `work`."""
    if current_app.testing:
        return
    command = [sys.executable, "-m", "portal", "rates", "work", str(import_id)]
    log = (Path(current_app.config["INSTANCE"]) / "rate_imports.log").open("ab")
    with log:
        subprocess.Popen(  # noqa: S603 - our own interpreter with our own words
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )


def work(import_id: int) -> str | None:
    """Read or apply one import that waits; the step that was done, None when another worker has it.

    Whatever goes wrong leaves the import "failed" and nothing of its prices.
    """
    set_viewer(SYSTEM)
    with unit_of_work():
        step = imports.claim(import_id, clock.now())
    if step is None:
        return None
    try:
        if step == "read":
            _read(import_id)
        else:
            _apply(import_id)
    except FileProblems as refusal:
        with unit_of_work():
            imports.store_refusal(_row(import_id), refusal, clock.now())
    except Exception:
        with unit_of_work():
            row = _row(import_id)
            row.state, row.finished_at = "failed", clock.now()
        raise
    return step


def work_all() -> int:
    """Every import that waits for a worker, for the case that its own could not start; how many were worked on."""
    waiting = db.session.execute(
        select(RateImport.id, RateImport.options).where(RateImport.state == "waiting")
    )
    in_line = [row.id for row in waiting if row.options.get("step") != "map"]
    return sum(work(import_id) is not None for import_id in in_line)


def _read(import_id: int) -> None:
    row = _row(import_id)
    actor = _actor(row)
    instance = _instance()
    found = imports.dry_run(row, instance, actor, _told(import_id))
    with unit_of_work():
        imports.store_found(_row(import_id), found, actor, clock.now())


def _apply(import_id: int) -> None:
    row = _row(import_id)
    actor = _actor(row)
    reading = imports.read_to_apply(row, _instance(), _told(import_id))
    with unit_of_work():
        imports.apply_import(_row(import_id), reading, actor, clock.now())


def _told(import_id: int) -> Progress:
    """Tells how far the reading is, in short transactions of their own and not too often."""
    last = clock.now() - BEAT_EVERY

    def tell(done: int, total: int | None) -> None:
        nonlocal last
        now = clock.now()
        if now - last >= BEAT_EVERY:
            last = now
            with unit_of_work():
                imports.beat(import_id, done, total or 0, now)

    return tell


def _row(import_id: int) -> RateImport:
    return db.session.get_one(RateImport, import_id, populate_existing=True)


def _actor(row: RateImport) -> Viewer:
    return SYSTEM if row.created_by is None else viewer_for(row.created_by, None)


def _instance() -> Path:
    return Path(current_app.config["INSTANCE"])
