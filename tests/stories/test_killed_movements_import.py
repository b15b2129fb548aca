"""The worker of a movements file is killed at any moment: movements, days and lots agree, and a re-run completes."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from portal.db import audit
from portal.db.base import db
from portal.jobs import batches as job
from portal.kernel.tables import write_csv
from portal.warehouse.models import StockDay, StockLot, StockMovement
from portal.warehouse.queries.verifying import differences
from tests.cast import Cast
from tests.stock import goods, warehouse
from tests.stories import killing

pytestmark = pytest.mark.both_databases

ROWS = 400
LOTS = (
    ("HARBOUR", "L1", "A"),
    ("HARBOUR", "L2", "A"),
    ("HARBOUR", "", "B"),
    ("NORDWIND", "L1", "C"),
)


def movements_file(folder: Path) -> Path:
    """ROWS movements of two customers' lots: every third takes out some of what came in just before."""
    path = folder / "movements.csv"
    heads = ("Customer", "Warehouse", "Movement no", "Day", "Kind", "Lot", "SKU", "Quantity")
    rows = []
    for n in range(ROWS):
        of, lot, sku = LOTS[n // 3 % len(LOTS)]
        kind, pieces = ("out", 3) if n % 3 == 2 else ("in", 2 + n % 7)
        day = date(2026, 1, 1) + timedelta(days=n // 7)
        rows.append((of, "SH", f"M{n}", day, kind, lot, sku, pieces))
    write_csv(path, [heads, *rows])
    return path


def check_agreement(batch_id: int) -> bool:
    """Assert that movements, days, lots and batch tell one story; whether the batch is applied."""
    whole = killing.is_applied(batch_id)
    posted = select(func.count(StockMovement.id)).where(StockMovement.batch_id == batch_id)
    assert db.session.scalar(posted) == (ROWS if whole else 0)
    assert list(differences()) == []
    db.session.rollback()
    return whole


def everything() -> list[tuple[object, ...]]:
    """What must not change any more: every movement, day and lot."""
    tables = (StockMovement.__table__, StockDay.__table__, StockLot.__table__)
    asked = [select(table).order_by(*table.primary_key) for table in tables]
    return [tuple(row) for each in asked for row in db.session.execute(each)]


def test_a_worker_killed_again_and_again_leaves_the_stock_in_agreement_and_a_rerun_completes(
    cast: Cast, now: datetime, tmp_path: Path
) -> None:
    for customer, sku in ((cast.harbour, "A"), (cast.harbour, "B"), (cast.nordwind, "C")):
        goods(customer, sku, m3="0.0123", kg="7")
    warehouse("SH")
    db.session.commit()
    path = movements_file(tmp_path)

    def bring(run: int) -> int:
        return killing.in_line("movements", path, now, {"source": f"run-{run}"})

    last = killing.applied_after_kills(killing.KILLS, bring, check_agreement)
    before, options = everything(), killing.fresh(last).options
    again = killing.in_line("movements", path, now, {"source": options["source"]})
    assert killing.finished(killing.process(lambda: job.work(again)))
    applied = killing.fresh(again).counts["applied"]
    assert (applied["new"], applied["known"]) == (0, ROWS)
    assert everything() == before and len(before) > ROWS
    assert audit.first_broken_link() is None
