"""A file of usage into a database at size: `python -m tests.bench usage [rows] [entitlements] [usage there already]`.

200,000 rows over 5,000 customers with 20,000 entitlements: dry run and apply, rows a second and peak memory, each in
a process of its own; then the same file again, which changes nothing. Budget (DESIGN 7): 10,000 rows a second.
`--xlsx` sends a workbook instead of CSV. DATABASE_URL measures another database than SQLite.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from portal import create_app
from portal.db.base import db
from portal.kernel.tables import write_csv, write_xlsx
from tests.bench import at_size, chain_at_size
from tests.bench.at_size import TODAY

CUSTOMERS = 5_000
HEADS = ("客户代码", "服务项目代码", "数量", "单位", "日期", "参考号", "备注")


def main(arguments: list[str]) -> None:
    """Build, write the file, run the command three times."""
    figures = [int(each) for each in arguments if each.isdecimal()]
    rows, entitlements, there = (*figures, *(200_000, 20_000, 100_000)[len(figures) :])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = {**os.environ, "PORTAL_INSTANCE": name}
        file = _file(folder, rows, "--xlsx" in arguments)
        _build(folder, entitlements, there)
        print(
            f"{rows:,} rows, {file.stat().st_size >> 20} MB {file.suffix}, {entitlements:,} entitlements"
        )
        for what, more in (("dry run", ["--dry-run"]), ("import", []), ("again", [])):
            _measured(what, rows, ["usage", "import", str(file), *more], environment)


def _build(folder: Path, entitlements: int, there: int) -> None:
    os.environ["PORTAL_INSTANCE"] = str(folder)
    app = create_app()
    with app.app_context():
        db.create_all()
        at_size.build(40_000, CUSTOMERS, 100)
        chain_at_size.build(CUSTOMERS, entitlements, there)
        db.session.remove()
        db.engine.dispose()


def _file(folder: Path, rows: int, as_workbook: bool) -> Path:
    if as_workbook:
        path = folder / "usage.xlsx"
        write_xlsx(path, HEADS, _rows(rows))
    else:
        path = folder / "usage.csv"
        write_csv(path, [HEADS, *_rows(rows)])
    return path


def _rows(count: int) -> Iterator[tuple[Any, ...]]:
    lines = 4
    for number in range(count):
        code = "UNKNOWN-SERVICE" if number % 1_000 == 0 else chain_at_size.item_code(number % lines)
        unit = chain_at_size.SERVICES[number % lines][2]
        day = TODAY - timedelta(days=number % 60)
        customer = f"C{(number * 7) % CUSTOMERS + 1:05d}"
        yield customer, code, f"{number % 97 + 1}.{number % 10}", unit, day, f"WMS-{number:07d}", ""


def _measured(what: str, rows: int, words: list[str], environment: dict[str, str]) -> None:
    """Run one command and print its wall and processor seconds, and its own peak of memory."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, "-c", MEASURED, *words]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    wall = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    told = done.stdout.strip().splitlines()
    if done.returncode:
        print(done.stdout[-600:], done.stderr[-2_000:])
    print(
        f"{what:8} {wall:6.1f} s ({cpu:5.1f} s of processor): {rows / wall:8,.0f} rows/s, peak {told[-1]} MB"
    )
    print(f"         {told[-2] if len(told) > 1 else ''}")


MEASURED = """
import atexit, resource
atexit.register(lambda: print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024))
from portal.cli import main
main()
"""


if __name__ == "__main__":
    main(sys.argv[1:])
