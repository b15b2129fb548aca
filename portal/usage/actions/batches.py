"""A file on its way in: received, read without saving anything, applied whole or not at all.

Usage, stock movements and milestones come by the same way; what a kind does with its rows is its `Handler`. The file
is kept, and what the page shows is stored with the batch; its rows appear in one transaction at the end, so that a
process killed half-way leaves nothing half-saved (DESIGN rule 8).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from portal.access.viewer import Viewer
from portal.catalogue.actions.archive import keep, path_of
from portal.catalogue.actions.reading import told_problems
from portal.db import audit
from portal.db.base import db
from portal.kernel.errors import FileProblems, NotAllowedNow, Problem
from portal.kernel.tables.opening import open_table
from portal.kernel.tables.refusals import Limits
from portal.kernel.text import t
from portal.usage.actions.at_work import Tell
from portal.usage.models import ImportBatch
from portal.usage.rules.states import BatchState

FOLDER = "imports"
LIMITS = Limits(rows=500_000)
S = BatchState
PATIENCE = timedelta(minutes=2)
WORKING = (S.READING, S.APPLYING)
OPEN = (S.WAITING, S.WRONG, S.READY, S.FAILED)


@dataclass(frozen=True, slots=True)
class Found:
    """What reading a file gave: its problems, the figures of its preview, and its rows for `apply`.

    A problem of severity "error" keeps the file out; warnings do not. `rows` is whatever the kind's `apply` takes;
    a long file is best not held in memory. `counts` holds what JSON can; "rows" is shown everywhere.
    """

    problems: list[Problem]
    counts: dict[str, Any]
    rows: Any = field(default=(), repr=False)

    @property
    def is_wrong(self) -> bool:
        """Whether the file cannot be applied as it is."""
        return any(each.severity == "error" for each in self.problems)


@dataclass(frozen=True, slots=True)
class Handler:
    """How files of one kind are read and applied.

    `read(batch, path, viewer, now, tell)` saves nothing; FileProblems where the file is no readable table.
    `apply(batch, rows, actor, now, tell)` gets the `rows` of a reading done just before, works inside one open
    transaction and gives the figures of what was done; whatever it raises undoes everything. It may run again on a
    file whose rows are there already, and then changes nothing. Both tell progress by `tell(done, total)`.
    """

    read: Callable[[ImportBatch, Path, Viewer, datetime, Tell], Found]
    apply: Callable[[ImportBatch, Any, Viewer, datetime, Tell], Mapping[str, Any]]


def receive(
    kind: str,
    body: bytes,
    name: str,
    actor: Viewer,
    now: datetime,
    instance: Path,
    options: Mapping[str, Any] | None = None,
) -> ImportBatch:
    """Keep a file and put it in line to be read. FileProblems when it is no safe, readable table."""
    open_table(body, name, limits=LIMITS)
    row = ImportBatch(
        kind=kind,
        file_name=name[-160:],
        sha256=keep(instance, body, FOLDER),
        state=S.WAITING,
        options={**(options or {}), "step": "read"},
        created_by=actor.user_id,
        created_at=now,
    )
    db.session.add(row)
    db.session.flush()
    return row


def kept_file(row: ImportBatch, instance: Path) -> Path:
    """Where the batch's file lies."""
    return path_of(instance, row.sha256, FOLDER)


def ask_to_apply(row: ImportBatch, now: datetime) -> None:
    """Put a file that was read in line to be applied. NotAllowedNow from any other state."""
    if row.state != S.READY:
        raise NotAllowedNow(t("This file has not been read without errors, or is already in use."))
    wait_for(row, "apply", now)


def wait_for(row: ImportBatch, step: str, now: datetime) -> None:
    """Put the batch in line for "read" or "apply"; a worker takes it from there."""
    row.options = {**row.options, "step": step}
    row.state, row.done, row.total, row.heartbeat_at = S.WAITING, 0, 0, now
    db.session.flush()


def discard(row: ImportBatch, actor: Viewer, now: datetime) -> None:
    """Give a file up; it is kept, nothing of it was saved."""
    if row.state not in OPEN:
        raise NotAllowedNow(t("This file is being worked on or is already decided."))
    row.state, row.finished_at = S.DISCARDED, now
    audit.record(actor, "import_batch.discarded", row, now)


def start_again(row: ImportBatch, held: bool, now: datetime) -> None:
    """Put a batch whose work stopped in line again; `held`: a living worker has it. NotAllowedNow else."""
    if row.state != S.FAILED and not has_stopped(row, held, now):
        raise NotAllowedNow(t("This file is being worked on, or is decided."))
    wait_for(row, row.options["step"], now)


def has_stopped(row: ImportBatch, held: bool, now: datetime) -> bool:
    """Whether the work on a batch ended before it was done, or nobody came for it in two minutes."""
    if held:
        return False
    if row.state == S.WAITING:
        return now - (row.heartbeat_at or row.created_at) > PATIENCE
    return row.state in WORKING


def claim(batch_id: int, now: datetime) -> str | None:
    """Take a batch whose lock the caller holds: "read" or "apply"; None when there is nothing to do.

    One that is marked as worked on belonged to a process that is gone, else its lock could not be held.
    """
    row = db.session.get(ImportBatch, batch_id, populate_existing=True)
    if row is None or row.state not in (S.WAITING, *WORKING):
        return None
    step = str(row.options["step"])
    row.state = S.READING if step == "read" else S.APPLYING
    row.heartbeat_at = now
    db.session.flush()
    return step


def store_found(row: ImportBatch, found: Found, actor: Viewer, now: datetime) -> None:
    """Keep what a dry run found with the batch."""
    row.state = S.WRONG if found.is_wrong else S.READY
    _store_problems(row, found.problems, found.counts)
    row.finished_at = now
    shown = {name: row.counts[name] for name in ("rows", "errors", "warnings")}
    audit.record(actor, "import_batch.read", row, now, after=shown)


def store_refusal(row: ImportBatch, refusal: FileProblems, now: datetime) -> None:
    """Keep why the file could not be read, or not be applied after all."""
    row.state, row.finished_at = S.WRONG, now
    _store_problems(row, refusal.problems, {})


def store_applied(
    row: ImportBatch, counts: Mapping[str, Any], actor: Viewer, now: datetime
) -> None:
    """Mark a batch as applied, in the same transaction as its rows."""
    row.state, row.finished_at = S.APPLIED, now
    row.counts = {**row.counts, "applied": dict(counts)}
    audit.record(actor, "import_batch.applied", row, now, after=dict(counts))


def _store_problems(
    row: ImportBatch, problems: Iterable[Problem], counts: Mapping[str, Any]
) -> None:
    listed = list(problems)
    errors = sum(each.severity == "error" for each in listed)
    row.problems = told_problems(listed)
    row.counts = {"rows": 0, "errors": errors, "warnings": len(listed) - errors, **counts}
    row.done = row.total = row.counts["rows"]
