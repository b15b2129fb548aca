"""How a file that was sent stands: what its page shows whatever its kind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from portal.catalogue.actions.reading import revived_problem
from portal.db import lately
from portal.kernel.errors import Problem
from portal.usage.actions import at_work, batches
from portal.usage.actions.at_work import HowFar
from portal.usage.models import ImportBatch
from portal.usage.rules.states import BatchState


@dataclass(frozen=True, slots=True)
class Standing:
    """`how_far`: what the worker told last. `is_ready`: read, without an error, not applied yet."""

    row: ImportBatch
    counts: dict[str, Any]
    how_far: HowFar
    is_working: bool
    has_stopped: bool

    @property
    def is_ready(self) -> bool:
        """Whether it may be applied."""
        return self.row.state == BatchState.READY

    @property
    def applied(self) -> dict[str, Any]:
        """The figures of what was done with it."""
        found: dict[str, Any] = self.counts.get("applied", {})
        return found


def standing(row: ImportBatch, instance: Path, now: datetime) -> Standing:
    """How it stands now; a worker that died is told from one that works, or has just done its work."""
    held = at_work.is_held(instance, row.id) or lately.has_moved(row)
    stopped = batches.has_stopped(row, held, now)
    working = row.state in (BatchState.WAITING, *batches.WORKING) and not stopped
    return Standing(
        row,
        row.counts or {},
        at_work.how_far(instance, row.id),
        working,
        stopped or row.state == BatchState.FAILED,
    )


def problems_of(row: ImportBatch) -> list[Problem]:
    """What is wrong with it, as it was told when it was read."""
    return [revived_problem(each) for each in row.problems or []]
