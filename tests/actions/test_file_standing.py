"""What the page of a file says while a worker has it: one that is done meanwhile is not told as interrupted."""

from __future__ import annotations

import fcntl
import threading
import time
from datetime import datetime
from pathlib import Path

import pytest
from flask import current_app
from sqlalchemy import update

from portal.access.viewer import SYSTEM
from portal.db.base import db
from portal.db.work import unit_of_work
from portal.usage.actions import at_work, batches
from portal.usage.actions.standing import standing
from portal.usage.models import ImportBatch
from portal.usage.rules.states import BatchState

pytestmark = pytest.mark.both_databases


@pytest.fixture
def reading(database: None, now: datetime) -> ImportBatch:
    """A file that a worker has begun to read."""
    with unit_of_work():
        row = batches.receive("usage", b"a,b\n1,2\n", "usage.csv", SYSTEM, now, instance())
        assert batches.claim(row.id, now) == "read"
    return db.session.get_one(ImportBatch, row.id)


def instance() -> Path:
    return Path(current_app.config["INSTANCE"])


def test_one_whose_worker_is_gone_has_stopped(reading: ImportBatch, now: datetime) -> None:
    found = standing(reading, instance(), now)
    assert found.has_stopped and not found.is_working


def test_one_that_was_done_between_two_looks_has_not(
    reading: ImportBatch, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def done_meanwhile(*_piece: object) -> bool:
        with db.engine.begin() as worker:
            worker.execute(update(ImportBatch).values(state=BatchState.READY))
        return False

    assert reading.state == BatchState.READING
    monkeypatch.setattr(at_work, "is_held", done_meanwhile)
    found = standing(reading, instance(), now)
    assert found.is_working and not found.has_stopped


def test_whoever_only_looks_keeps_no_worker_from_its_work(tmp_path: Path) -> None:
    path = tmp_path / at_work.FOLDER / "7"
    path.parent.mkdir()
    with path.open("a") as looking:
        fcntl.flock(looking, fcntl.LOCK_EX)
        leaves = threading.Timer(at_work.MOMENT, fcntl.flock, (looking, fcntl.LOCK_UN))
        leaves.start()
        with at_work.holding(tmp_path, 7) as tell:
            assert tell is not None
        leaves.join()


def test_two_workers_never_have_the_same_piece(tmp_path: Path) -> None:
    with at_work.holding(tmp_path, 7) as first:
        began = time.monotonic()
        with at_work.holding(tmp_path, 7) as second:
            assert first is not None and second is None
        assert time.monotonic() - began < 5
