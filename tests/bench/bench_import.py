"""Importing 100,000 prices: dry run and apply, seconds and peak memory; then lane search over many prices.

Run: `python -m tests.bench import [prices] [lane prices]`. Budgets (DESIGN 7): dry run 20 s, apply 30 s, 300 MB;
lane search p95 at most five times the plain page's p50 (about 4 ms).
"""

from __future__ import annotations

import random
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from portal import create_app
from portal.access.viewer import SYSTEM
from portal.catalogue.actions import imports
from portal.catalogue.actions.tariffs import activate, apply_rows, draft_tariff
from portal.catalogue.models import PriceScheme, RateImport
from portal.catalogue.queries.prices import lane_prices
from portal.db.base import db
from portal.db.work import unit_of_work
from portal.jobs.imports import work
from portal.kernel import clock
from tests.bench.bench_sheets import generated

FIRST_DAY = date(2026, 3, 1)
ASKED = 400


def peak_mb() -> int:
    """The most memory that this process has held so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


class Timer:
    """Seconds on the wall and on the processor since it was made."""

    def __init__(self) -> None:
        self.wall, self.cpu = time.perf_counter(), time.process_time()

    def tell(self, label: str) -> None:
        """One line of the table."""
        wall, cpu = time.perf_counter() - self.wall, time.process_time() - self.cpu
        print(f"{wall:8.2f} s  {cpu:8.2f} s cpu  {label:34} peak {peak_mb()} MB", flush=True)


def import_sheet(count: int, folder: Path, scheme_id: int) -> None:
    """Receive, read twice (nothing in force, then the same list in force), apply, put in force."""
    path = folder / "prices.xlsx"
    writer = [sys.executable, "-m", "tests.bench.bench_sheets", str(count), str(path)]
    subprocess.run(writer, check=True)
    for label in ("nothing in force", "against as many in force"):
        import_id = _received(path, folder, scheme_id)
        timer = Timer()
        work(import_id)
        timer.tell(f"dry run, {label}")
        with unit_of_work():
            row = db.session.get_one(RateImport, import_id)
            imports.ask_to_apply(row, FIRST_DAY, None, leave_out_wrong=False)
        timer = Timer()
        work(import_id)
        timer.tell("apply")
        with unit_of_work():
            tariff = db.session.get_one(RateImport, import_id).tariff
            assert tariff is not None
            activate(tariff, SYSTEM, clock.now())


def _received(path: Path, folder: Path, scheme_id: int) -> int:
    with unit_of_work():
        scheme = db.session.get_one(PriceScheme, scheme_id)
        row = imports.receive(
            scheme, path.read_bytes(), path.name, FIRST_DAY, SYSTEM, clock.now(), folder
        )
        return row.id


def search_lanes(count: int) -> None:
    """Fill schemes with `count` prices, then ask for lanes in no order."""
    timer = Timer()
    for number in range(max(count // 100_000, 1)):
        with unit_of_work():
            scheme = PriceScheme(code=f"S{number}", name_zh=f"方案{number}", kind="standard")
            db.session.add(scheme)
            db.session.flush()
            tariff = draft_tariff(scheme, FIRST_DAY, SYSTEM, clock.now())
            apply_rows(tariff, list(generated(min(count, 100_000))), SYSTEM, clock.now())
            activate(tariff, SYSTEM, clock.now())
    timer.tell(f"{count:,} prices written")
    lanes = sorted({(r.key.origin, r.key.destination) for r in generated(min(count, 100_000))})
    taken = []
    for origin, destination in random.Random(3).choices(lanes, k=ASKED):
        start = time.perf_counter()
        found = lane_prices(
            SYSTEM, None, origin, destination, on=date(2026, 3, 2), packaging="40HQ", category="sea"
        )
        taken.append(time.perf_counter() - start)
        db.session.rollback()
    taken.sort()
    print(
        f"lane search, {len(found)} offers: p50 {taken[ASKED // 2] * 1000:.1f} ms, "
        f"p95 {taken[ASKED * 95 // 100] * 1000:.1f} ms"
    )


def main() -> None:
    """Everything in an instance folder of its own."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    lanes = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        app = create_app(
            {
                "INSTANCE": folder,
                "TESTING": True,
                "SQLALCHEMY_DATABASE_URI": f"sqlite:///{folder / 'bench.db'}",
            }
        )
        with app.app_context():
            db.create_all()
            scheme = PriceScheme(code="STD", name_zh="公开价", kind="standard")
            db.session.add(scheme)
            db.session.commit()
            Timer().tell("started")
            if count:
                import_sheet(count, folder, scheme.id)
            if lanes:
                search_lanes(lanes)


if __name__ == "__main__":
    main()
