"""A file of milestones: read with everything that is wrong with it, previewed, applied whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.db.base import db
from portal.kernel.errors import FileProblems, NotAllowedNow, Problem
from portal.kernel.tables.opening import open_table
from portal.kernel.tables.refusals import Limits
from portal.shipments.actions import milestones
from portal.shipments.actions.milestones import Report
from portal.shipments.models import Shipment
from portal.shipments.queries.named import finder
from portal.shipments.rules import milestone_rows as rules
from portal.shipments.rules.milestone_rows import MilestoneRow
from portal.usage.actions.at_work import Tell
from portal.usage.actions.batches import Found, Handler
from portal.usage.models import ImportBatch

KIND = "milestones"
SOURCE = "file"
LIMITS = Limits(rows=50_000)
SHOWN = 200
AT_ONCE = 100


def read(batch: ImportBatch, path: Path, viewer: Viewer, now: datetime, tell: Tell) -> Found:
    """Read a file of milestones without saving anything."""
    table = open_table(path, batch.file_name, limits=LIMITS)
    columns = rules.find_columns(table)
    rows = list(rules.body(table, columns))
    tell(0, len(rows))
    named = {each for _number, row in rows for each in rules.words(columns, row)}
    reading = rules.read(rows, columns, finder(named, viewer), now)
    tell(len(rows), len(rows))
    changed = [row for row in reading.rows if row.changes]
    counts = {
        "rows": reading.count,
        "changes": len(changed),
        "same": len(reading.rows) - len(changed),
        "shipments": len({row.shipment_id for row in changed}),
        "lines": [_line(row) for row in changed[:SHOWN]],
    }
    return Found(reading.problems, counts, changed)


def apply(
    batch: ImportBatch, rows: Sequence[MilestoneRow], actor: Viewer, now: datetime, tell: Tell
) -> Mapping[str, Any]:
    """Report every row; FileProblems when a shipment was finished meanwhile."""
    by_shipment: dict[int, list[MilestoneRow]] = {}
    for row in rows:
        by_shipment.setdefault(row.shipment_id, []).append(row)
    ids = sorted(by_shipment)
    done = 0
    for start in range(0, len(ids), AT_ONCE):
        for shipment in _shipments(ids[start : start + AT_ONCE], actor):
            _reported(shipment, by_shipment[shipment.id], actor, now)
            done += len(by_shipment[shipment.id])
            tell(done, len(rows))
    return {"reported": done, "shipments": len(ids)}


HANDLER = Handler(read, apply)


def _reported(
    shipment: Shipment, rows: Sequence[MilestoneRow], actor: Viewer, now: datetime
) -> None:
    for row in rows:
        said = row.said
        report = Report(said.code, said.planned_at, said.actual_at, said.place, said.note)
        try:
            milestones.report(shipment, report, actor, now, source=SOURCE)
        except NotAllowedNow as refused:
            problem = Problem(row.row, None, shipment.number, refused.text)
            raise FileProblems([problem]) from None


def _shipments(ids: Sequence[int], actor: Viewer) -> Sequence[Shipment]:
    statement = visible(select(Shipment), Shipment, actor).where(Shipment.id.in_(ids))
    statement = statement.options(joinedload(Shipment.customer)).order_by(Shipment.id)
    return list(db.session.scalars(statement))


def _line(row: MilestoneRow) -> list[Any]:
    """One line of the preview, ready to be stored."""
    times = (at.isoformat() if at else None for at in (row.said.planned_at, row.said.actual_at))
    return [row.shipment, row.said.code, row.said.place, *times]
