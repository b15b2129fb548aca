"""Files of usage, goods and movements on their way in, as a person brings them: read, looked at, applied."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import current_app

from portal.access.viewer import Viewer
from portal.demo.papers import table
from portal.jobs.batches import KINDS
from portal.usage.actions import batches
from portal.usage.actions.batches import Found
from portal.usage.models import ImportBatch


def bring_in(
    kind: str,
    name: str,
    rows: Iterable[Sequence[object]],
    actor: Viewer,
    now: datetime,
    options: Mapping[str, Any] | None = None,
) -> ImportBatch:
    """A table received, read and applied, all inside the open transaction; ValueError where it has mistakes."""
    folder = Path(current_app.config["INSTANCE"])
    row = batches.receive(kind, table(rows), name, actor, now, folder, options)
    found = _read(row, folder, actor, now)
    batches.store_found(row, found, actor, now)
    if found.is_wrong:
        raise ValueError(f"{name}: {found.problems[:3]}")
    batches.ask_to_apply(row, now)
    counts = KINDS[kind].apply(row, _read(row, folder, actor, now).rows, actor, now, _silent)
    batches.store_applied(row, counts, actor, now)
    return row


def leave_to_be_seen(
    kind: str, name: str, rows: Iterable[Sequence[object]], actor: Viewer, now: datetime
) -> ImportBatch:
    """A table received and read, with its mistakes, which nobody has decided on yet."""
    folder = Path(current_app.config["INSTANCE"])
    row = batches.receive(kind, table(rows), name, actor, now, folder)
    batches.store_found(row, _read(row, folder, actor, now), actor, now)
    return row


def _read(row: ImportBatch, folder: Path, actor: Viewer, now: datetime) -> Found:
    step = batches.claim(row.id, now)
    if step is None:
        raise ValueError(f"{row.file_name} is not waiting")
    return KINDS[row.kind].read(row, batches.kept_file(row, folder), actor, now, _silent)


def _silent(_done: int, _total: int | None) -> None:
    """Nobody watches the progress of the demo's files."""
