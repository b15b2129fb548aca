"""Files of customers for tests: written, sent, read, mapped, applied, by the same way as on the page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import current_app

from portal.access.viewer import SYSTEM, Viewer
from portal.db.base import db
from portal.db.work import unit_of_work
from portal.intake.actions import files, planning
from portal.jobs import batches as job
from portal.kernel.tables import write_csv
from portal.usage.actions import batches
from portal.usage.models import ImportBatch

Rows = Sequence[Sequence[Any]]


def instance() -> Path:
    return Path(current_app.config["INSTANCE"])


def csv_file(folder: Path, *rows: Sequence[Any], name: str = "file.csv") -> Path:
    """A CSV file whose first row is its heads."""
    path = folder / name
    write_csv(path, rows)
    return path


def fresh(batch: ImportBatch) -> ImportBatch:
    return db.session.get_one(ImportBatch, batch.id, populate_existing=True)


def sent(
    kind: str, path: Path, now: datetime, actor: Viewer = SYSTEM, **options: Any
) -> ImportBatch:
    """A file received and read."""
    with unit_of_work():
        row, _ = files.receive(kind, path.read_bytes(), path.name, options, actor, now, instance())
    return worked(row)


def worked(row: ImportBatch) -> ImportBatch:
    job.work(row.id)
    return fresh(row)


def accepted(
    row: ImportBatch, now: datetime, words: dict[tuple[str, str], str], actor: Viewer = SYSTEM
) -> ImportBatch:
    """The words taken for the whole file, which is read again."""
    with unit_of_work():
        batch = fresh(row)
        heads = planning.heads_of(batch, batches.kept_file(batch, instance()))
        files.accept_words(batch, heads, words, actor, now)
    return worked(row)


def without_blank(row: ImportBatch, now: datetime) -> ImportBatch:
    """Rows without a customer left out, the file read again."""
    with unit_of_work():
        files.leave_out_blank(fresh(row), now)
    return worked(row)


def applied(row: ImportBatch, now: datetime) -> ImportBatch:
    """The file applied."""
    with unit_of_work():
        batches.ask_to_apply(fresh(row), now)
    return worked(row)


def figures(row: ImportBatch) -> tuple[int, int, int]:
    """(new, changed, unchanged) of a dry run."""
    return row.counts["new"], row.counts["changed"], row.counts["unchanged"]


def told(row: ImportBatch, severity: str = "error") -> list[tuple[Any, Any, str]]:
    """(row, column, what was found) of each problem."""
    return [
        (each["row"], each["column"], each["found"])
        for each in row.problems
        if each["severity"] == severity
    ]
