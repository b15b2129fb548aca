"""The worker of an import is killed at any moment: what is saved agrees with itself, and a re-run completes it."""

from __future__ import annotations

import os
import random
import signal
import time
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from flask import current_app
from sqlalchemy import func, select

from portal.access.viewer import SYSTEM
from portal.contracts.models import Entitlement, LedgerEntry
from portal.contracts.rules.kinds import Overage
from portal.db import audit
from portal.db.base import db
from portal.db.work import unit_of_work
from portal.jobs import batches as job
from portal.kernel.tables import write_csv
from portal.usage.actions import batches
from portal.usage.models import ImportBatch, UsageRecord
from portal.usage.rules.states import BatchState
from tests.cast import Cast
from tests.chain import entitled, handling

KILLS = 50
ROWS = 1_000
WORKING = (BatchState.WAITING, BatchState.READING, BatchState.APPLYING)


def usage_file(folder: Path) -> Path:
    """ROWS rows for two customers, more than the entitlements hold."""
    path = folder / "usage.csv"
    heads = ("Customer code", "Item code", "Quantity", "Unit", "Date", "Reference")
    start = date(2026, 1, 1)
    write_csv(path, [heads, *(
        (("HARBOUR", "NORDWIND")[n % 2], handling().code, "1.5", "XPX", start + timedelta(days=n % 60), f"U{n}")
        for n in range(ROWS)
    )])  # fmt: skip
    return path


def in_line(path: Path, now: datetime, source: str) -> int:
    """The id of a batch of the file that was read and waits to be applied."""
    with unit_of_work():
        batch = batches.receive(
            "usage", path.read_bytes(), path.name, SYSTEM, now, instance(), {"source": source}
        )
    job.work(batch.id)
    with unit_of_work():
        batches.ask_to_apply(fresh(batch.id), now)
    return batch.id


def fresh(batch_id: int) -> ImportBatch:
    return db.session.get_one(ImportBatch, batch_id, populate_existing=True)


def instance() -> Path:
    return Path(current_app.config["INSTANCE"])


def worker(batch_id: int) -> int:
    """A process of its own that works on the batch; its id."""
    db.session.remove()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            db.engine.dispose(close=False)  # the parent's connections are not ours
            job.work(batch_id)
            status = 0
        finally:
            os._exit(status)
    return child


def killed(child: int, after: float) -> bool:
    """Kill a worker after so many seconds; whether it was still at work."""
    time.sleep(after)
    os.kill(child, signal.SIGKILL)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def check_agreement(batch_id: int) -> bool:
    """Assert that records, ledger, balances and batch tell one story; whether the batch is applied."""
    db.session.rollback()
    records = select(func.count(UsageRecord.id)).where(UsageRecord.batch_id == batch_id)
    is_applied = fresh(batch_id).state == BatchState.APPLIED
    assert db.session.scalar(records) == (ROWS if is_applied else 0)
    assert is_applied or fresh(batch_id).state in WORKING
    check_ledger()
    return is_applied


def check_ledger() -> None:
    sums = select(
        LedgerEntry.entitlement_id, func.sum(LedgerEntry.quantity_change),
        func.sum(LedgerEntry.used_change), func.sum(LedgerEntry.over_change),
    ).group_by(LedgerEntry.entitlement_id).order_by(LedgerEntry.entitlement_id)  # fmt: skip
    columns = select(
        Entitlement.id, Entitlement.remaining, Entitlement.used, Entitlement.over_used
    ).order_by(Entitlement.id)
    entries = [tuple(row) for row in db.session.execute(sums)]
    assert entries == [tuple(row) for row in db.session.execute(columns)]
    matched = select(func.sum(UsageRecord.quantity)).where(UsageRecord.state == "matched")
    drawn = select(func.sum(Entitlement.used), func.sum(Entitlement.over_used))
    assert db.session.scalar(matched) == sum(db.session.execute(drawn).one())


def everything() -> tuple[object, ...]:
    """What must not change any more."""
    counted = select(func.count(UsageRecord.id)), select(func.count(LedgerEntry.id))
    balances = select(Entitlement.id, Entitlement.remaining, Entitlement.over_used)
    rows = tuple(map(tuple, db.session.execute(balances.order_by(Entitlement.id))))
    return (*(db.session.scalar(each) for each in counted), rows)


def test_a_worker_killed_fifty_times_leaves_all_or_nothing_and_a_rerun_completes(
    cast: Cast, now: datetime, tmp_path: Path
) -> None:
    entitled(cast, now, quantity=Decimal(900), overage=Overage.SAME_PRICE)
    entitled(cast, now, quantity=Decimal(1_000), customer=cast.nordwind)
    db.session.commit()
    path, pick = usage_file(tmp_path), random.Random(20260302)
    first = in_line(path, now, "run-0")
    started = time.monotonic()
    os.waitpid(worker(first), 0)
    longest = time.monotonic() - started
    assert check_agreement(first)
    batch_id, kills, runs = in_line(path, now, "run-1"), 0, 1
    while kills < KILLS:
        kills += killed(worker(batch_id), pick.uniform(0, longest))
        if check_agreement(batch_id):
            runs += 1
            batch_id = in_line(path, now, f"run-{runs}")
    os.waitpid(worker(batch_id), 0)
    assert check_agreement(batch_id)
    before = everything()
    again = in_line(path, now, fresh(batch_id).options["source"])
    os.waitpid(worker(again), 0)
    assert fresh(again).counts["applied"]["recorded"] == 0 and everything() == before
    assert audit.first_broken_link() is None
