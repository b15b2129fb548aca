"""The worker of an import is killed at any moment: what is saved agrees with itself, and a re-run completes it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import func, select

from portal.contracts.models import Entitlement, LedgerEntry
from portal.contracts.rules.kinds import Overage
from portal.db import audit
from portal.db.base import db
from portal.jobs import batches as job
from portal.kernel.tables import write_csv
from portal.usage.models import UsageRecord
from tests.cast import Cast
from tests.chain import entitled, handling
from tests.stories import killing

pytestmark = pytest.mark.both_databases

ROWS = 1_000


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


def check_agreement(batch_id: int) -> bool:
    """Assert that records, ledger, balances and batch tell one story; whether the batch is applied."""
    whole = killing.is_applied(batch_id)
    records = select(func.count(UsageRecord.id)).where(UsageRecord.batch_id == batch_id)
    assert db.session.scalar(records) == (ROWS if whole else 0)
    check_ledger()
    db.session.rollback()
    return whole


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


def test_a_worker_killed_again_and_again_leaves_all_or_nothing_and_a_rerun_completes(
    cast: Cast, now: datetime, tmp_path: Path
) -> None:
    entitled(cast, now, quantity=Decimal(900), overage=Overage.SAME_PRICE)
    entitled(cast, now, quantity=Decimal(1_000), customer=cast.nordwind)
    db.session.commit()
    path = usage_file(tmp_path)

    def bring(run: int) -> int:
        return killing.in_line("usage", path, now, {"source": f"run-{run}"})

    last = killing.applied_after_kills(killing.KILLS, bring, check_agreement)
    before, options = everything(), killing.fresh(last).options
    again = killing.in_line("usage", path, now, {"source": options["source"]})
    assert killing.finished(killing.process(lambda: job.work(again)))
    assert killing.fresh(again).counts["applied"]["recorded"] == 0 and everything() == before
    assert audit.first_broken_link() is None
