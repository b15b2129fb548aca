"""Files of any kind are read and applied by a process of their own: no page waits, no crash takes one along."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import select

from portal.access.scope import set_viewer
from portal.access.viewer import SYSTEM, Viewer
from portal.customers.queries import viewer_for
from portal.db.base import db
from portal.db.work import unit_of_work
from portal.intake.actions import files as intake
from portal.kernel import clock
from portal.kernel.errors import FileProblems
from portal.receivables.actions import bank_files
from portal.shipments.actions import milestone_files
from portal.usage.actions import at_work, batches
from portal.usage.actions import importing as usage
from portal.usage.actions.at_work import Tell
from portal.usage.actions.batches import Found, Handler
from portal.usage.models import ImportBatch
from portal.usage.rules.states import BatchState
from portal.warehouse.actions import importing as stock

KINDS: dict[str, Handler] = {
    usage.KIND: usage.HANDLER,
    milestone_files.KIND: milestone_files.HANDLER,
    bank_files.KIND: bank_files.HANDLER,
    "movements": stock.MOVEMENTS,
    "stock_items": stock.STOCK_ITEMS,
    **intake.HANDLERS,
}
"""What is done with the rows of each kind of file."""


def start(batch_id: int) -> None:
    """Have a process of its own take the batch; in tests the caller runs it by `work`."""
    if current_app.testing:
        return
    command = [sys.executable, "-m", "portal", "batches", "work", str(batch_id)]
    log = (instance() / "imports.log").open("ab")
    with log:
        subprocess.Popen(  # noqa: S603 - our own interpreter with our own words
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )


def work(batch_id: int, also_tell: Tell | None = None) -> str | None:
    """Read or apply one batch that waits, or whose worker died; the step done, None when there is none.

    Whatever goes wrong leaves the batch "failed" and nothing of its rows.
    """
    set_viewer(SYSTEM)
    with at_work.holding(instance(), batch_id) as tell:
        if tell is None:
            return None
        with unit_of_work():
            step = batches.claim(batch_id, clock.now())
        if step is not None:
            _do(step, batch_id, _both(tell, also_tell))
        return step


def work_all() -> int:
    """Every batch that waits for a worker or has lost its own; how many were worked on."""
    unfinished = (BatchState.WAITING, BatchState.READING, BatchState.APPLYING)
    waiting = select(ImportBatch.id).where(ImportBatch.state.in_(unfinished))
    return sum(work(batch_id) is not None for batch_id in list(db.session.scalars(waiting)))


def read_file(kind: str, file: Path, options: Mapping[str, Any], tell: Tell) -> Found:
    """What a file outside the portal holds, on the command line; nothing is saved, not even the file."""
    asked = ImportBatch(kind=kind, file_name=file.name, options=dict(options))
    found = KINDS[kind].read(asked, file, SYSTEM, clock.now(), tell)
    db.session.rollback()
    return found


def bring_in(
    kind: str, file: Path, options: Mapping[str, Any], found: Found, tell: Tell
) -> dict[str, Any]:
    """Apply a file that `read_file` found without errors: batch and rows in one transaction; its figures."""
    with unit_of_work():
        now = clock.now()
        row = batches.receive(
            kind, file.read_bytes(), file.name, SYSTEM, now, instance(), options=options
        )
        batches.store_found(row, found, SYSTEM, now)
        counts = KINDS[kind].apply(row, found.rows, SYSTEM, now, tell)
        batches.store_applied(_row(row.id), counts, SYSTEM, now)
    return dict(counts)


def instance() -> Path:
    """Where the portal keeps its files."""
    return Path(current_app.config["INSTANCE"])


def _do(step: str, batch_id: int, tell: Tell) -> None:
    row = _row(batch_id)
    actor = _actor(row)
    try:
        found = _read(row, actor, tell)
        if step == "read":
            with unit_of_work():
                batches.store_found(_row(batch_id), found, actor, clock.now())
        else:
            _apply(batch_id, found, actor, tell)
    except FileProblems as refusal:
        with unit_of_work():
            batches.store_refusal(_row(batch_id), refusal, clock.now())
    except Exception:
        with unit_of_work():
            row = _row(batch_id)
            row.state, row.finished_at = BatchState.FAILED, clock.now()
        raise


def _read(row: ImportBatch, actor: Viewer, tell: Tell) -> Found:
    path = batches.kept_file(row, instance())
    found = KINDS[row.kind].read(row, path, actor, clock.now(), tell)
    db.session.rollback()  # a long reading leaves no transaction open behind it
    return found


def _apply(batch_id: int, found: Found, actor: Viewer, tell: Tell) -> None:
    if found.is_wrong:
        raise FileProblems(found.problems)
    with unit_of_work():
        now = clock.now()
        row = _row(batch_id)
        counts = KINDS[row.kind].apply(row, found.rows, actor, now, tell)
        batches.store_applied(_row(batch_id), counts, actor, now)


def _both(tell: Tell, also_tell: Tell | None) -> Tell:
    if also_tell is None:
        return tell

    def told(done: int, total: int | None) -> None:
        tell(done, total)
        also_tell(done, total)

    return told


def _row(batch_id: int) -> ImportBatch:
    return db.session.get_one(ImportBatch, batch_id, populate_existing=True)


def _actor(row: ImportBatch) -> Viewer:
    return SYSTEM if row.created_by is None else viewer_for(row.created_by, None)
