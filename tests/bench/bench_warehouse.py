"""Stock at size: files of movements a second, unit-days of a month for one customer and for all.

Run: `python -m tests.bench warehouse [movements] [customers] [database url]`. Aims: 10,000 rows a second read and
posted, unit-days of one customer within a page's time (DESIGN 7).
"""

from __future__ import annotations

import csv
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from portal import create_app
from portal.access.scope import set_viewer
from portal.access.viewer import SYSTEM
from portal.catalogue.rules.storage import DayCount
from portal.customers.models import Customer
from portal.db.base import db
from portal.jobs.batches import bring_in, read_file
from portal.kernel import clock
from portal.kernel.period import Period
from portal.warehouse.models import StockItem, StockItemSize, StockMovement, Warehouse
from portal.warehouse.queries import stock, unitdays, verifying
from portal.warehouse.queries.unitdays import Asked

FIRST, DAYS, LOTS, IN_A_FILE, ASKED = date(2025, 3, 1), 365, 4, 100_000, 200
MONTH = Period(date(2026, 1, 1), date(2026, 1, 31))
HEADS = ("单号", "日期", "时间", "出入库", "客户", "批次", "货号", "数量")


def peak_mb() -> int:
    """The most memory that this process has held so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def tell(label: str, seconds: float, rows: int = 0, cpu: float = 0) -> None:
    """One line of the table; rows a second on the wall and on the processor."""
    speed = f"{rows / seconds:10,.0f} rows/s, {rows / cpu:10,.0f} cpu" if rows else ""
    print(f"{seconds * 1000:12,.1f} ms  {label:40}{speed}  peak {peak_mb()} MB", flush=True)


def timed(label: str, work: Callable[[], Any], rows: int = 0) -> Any:
    """Do it, and say how long it took."""
    start, cpu = time.perf_counter(), time.process_time()
    found = work()
    tell(label, time.perf_counter() - start, rows, time.process_time() - cpu)
    return found


def build(customers: int) -> int:
    """Customers with goods of a known size, and a warehouse; its id."""
    now = clock.now()
    db.session.execute(insert(Customer), [
        {"id": n, "code": f"C{n:05d}", "kind": "organisation", "name_zh": f"客户{n}", "search_text": f"c{n:05d}"}
        for n in range(1, customers + 1)
    ])  # fmt: skip
    goods = [{"id": n, "customer_id": n, "sku": "A", "created_at": now, "updated_at": now}
             for n in range(1, customers + 1)]  # fmt: skip
    db.session.execute(insert(StockItem), goods)
    sizes = [{"customer_id": n, "stock_item_id": n, "from_on": FIRST, "unit_m3": "0.0123", "unit_kg": "7"}
             for n in range(1, customers + 1)]  # fmt: skip
    db.session.execute(insert(StockItemSize), sizes)
    place = Warehouse(code="SH", name_zh="上海仓")
    db.session.add(place)
    db.session.commit()
    return place.id


def movements(count: int, customers: int) -> Iterator[tuple[Any, ...]]:
    """Movements in the order of their days, never more out than there is."""
    rng = random.Random(7)
    held: dict[tuple[int, int], int] = {}
    for number in range(count):
        owner, lot = rng.randint(1, customers), rng.randint(1, LOTS)
        there = held.get((owner, lot), 0)
        leaves = there > 0 and rng.random() < 0.45
        pieces = rng.randint(1, there) if leaves else rng.randint(1, 500)
        held[owner, lot] = there + (-pieces if leaves else pieces)
        day = FIRST + timedelta(days=number * DAYS // count)
        yield (f"M{number:07d}", day, f"{8 + number % 9:02d}:{number % 60:02d}", "出库" if leaves else "入库",
               f"C{owner:05d}", f"L{lot}", "A", pieces)  # fmt: skip


def import_all(count: int, customers: int, place_id: int, folder: Path) -> None:
    """File after file, as `portal warehouse import` does it; then the last one again."""
    rows, options = movements(count, customers), {"warehouse_id": place_id}
    path, left = folder / "moves.csv", count
    while left > 0:
        part = min(left, IN_A_FILE)
        with path.open("w", encoding="utf-8", newline="") as stream:
            out = csv.writer(stream)
            out.writerow(HEADS)
            out.writerows(islice(rows, part))
        found = timed(
            "read and check a file", lambda: read_file("movements", path, options, _silent), part
        )
        assert not found.is_wrong, found.problems[:3]
        timed("post it", lambda f=found: bring_in("movements", path, options, f, _silent), part)
        left -= part
    again = timed(
        "the last file again, nothing new",
        lambda: read_file("movements", path, options, _silent),
        part,
    )
    assert again.counts["new"] == 0


def _silent(_done: int, _total: int | None) -> None:
    """Nobody watches."""


def ask(customers: int) -> None:
    """Unit-days of a month: of one customer after another in no order, and of all in one pass."""
    picked = random.Random(3).choices(range(1, customers + 1), k=ASKED)
    for count in DayCount:
        taken = []
        for customer_id in picked:
            start = time.perf_counter()
            unitdays.table(Asked(customer_id, "MTQ", MONTH, count), SYSTEM)
            taken.append(time.perf_counter() - start)
            db.session.rollback()
        taken.sort()
        tell(f"one customer, {count.value}: p50", taken[ASKED // 2])
        tell(f"one customer, {count.value}: p95", taken[ASKED * 95 // 100])
        timed(
            f"all {customers:,} customers, {count.value}",
            lambda c=count: list(unitdays.of_all("MTQ", MONTH, c, SYSTEM)),
        )
    timed("first page of the overview", lambda: db.session.execute(
        stock.overview(SYSTEM).order_by(Customer.name_zh).limit(31)).all())  # fmt: skip
    found = timed("verify every day of every lot", lambda: list(verifying.differences()))
    assert found == []


def main(arguments: list[str]) -> None:
    """Everything in an instance folder of its own."""
    count = int(arguments[0]) if arguments else 500_000
    customers = int(arguments[1]) if len(arguments) > 1 else 5_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = arguments[2] if len(arguments) > 2 else f"sqlite:///{folder / 'bench.db'}"
        app = create_app({"INSTANCE": folder, "TESTING": True, "SQLALCHEMY_DATABASE_URI": url})
        with app.app_context():
            db.create_all()
            set_viewer(SYSTEM)
            place_id = build(customers)
            import_all(count, customers, place_id, folder)
            ids = db.session.scalars(select(StockMovement.id)).all()
            print(f"{len(ids):,} movements of {customers:,} customers")
            ask(customers)


if __name__ == "__main__":
    main(sys.argv[1:])
