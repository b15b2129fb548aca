"""The billing run at size: `python -m tests.bench statements [customers] [usage rows]`.

2,000 customers with 1,000,000 usage rows unless said otherwise, on SQLite and on a PostgreSQL server of its own:
drafted, run again without a change, proved line by line; rows a second and peak memory, each in a process of its own.
Budget (DESIGN 7): 10,000 usage rows a second, memory bounded by the largest party. The filled SQLite database is kept
in /tmp. `--sqlite` or `--postgresql` measures one of the two.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from portal import create_app
from portal.db.base import db
from tests.bench import at_size, chain_at_size
from tests.postgres import postgres_server

LINES_EACH = 5
PERIOD = (
    "--from", chain_at_size.FIRST.isoformat(),
    "--to", (at_size.TODAY - timedelta(days=1)).isoformat(), "--language", "en",
)  # fmt: skip
STEPS = (("run", ("run", *PERIOD)), ("again", ("run", *PERIOD)), ("verify", ("verify",)))


def main(arguments: list[str]) -> None:
    """Build, then measure on both databases."""
    figures = [int(each) for each in arguments if each.isdecimal()]
    customers, usage = (*figures, *(2_000, 1_000_000)[len(figures) :])
    print(f"{customers:,} customers, {usage:,} usage rows")
    if "--postgresql" not in arguments:
        with tempfile.TemporaryDirectory(dir="/tmp") as name:
            shutil.copytree(_kept(customers, usage), name, dirs_exist_ok=True)
            _measured_all("SQLite", usage, {"PORTAL_INSTANCE": name})
    if "--sqlite" not in arguments:
        with (
            postgres_server() as server,
            server.database() as url,
            tempfile.TemporaryDirectory(dir="/tmp") as name,
        ):
            settings = {"PORTAL_INSTANCE": name, "DATABASE_URL": url}
            _build(customers, usage, settings)
            _measured_all("PostgreSQL", usage, settings)


def _kept(customers: int, usage: int) -> Path:
    """The folder of the filled SQLite database, built when it is not there."""
    day = at_size.TODAY.isoformat()
    folder = Path(tempfile.gettempdir()) / f"portal-bench-statements-{customers}-{usage}-{day}"
    done = folder / "filled"
    if not done.exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        _build(customers, usage, {"PORTAL_INSTANCE": str(folder)})
        done.touch()
    return folder


def _build(customers: int, usage: int, settings: dict[str, str]) -> None:
    os.environ.pop("DATABASE_URL", None)
    os.environ.update(settings)
    app = create_app()
    with app.app_context():
        db.create_all()
        at_size.people_and_customers(customers)
        chain_at_size.build(customers, customers * LINES_EACH, usage)
        db.session.remove()
        db.engine.dispose()


def _measured_all(name: str, rows: int, settings: dict[str, str]) -> None:
    environment = {**os.environ, **settings}
    for what, words in STEPS:
        _measured(f"{name} {what}", rows, ["statements", *words], environment)


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
        f"{what:18} {wall:6.1f} s ({cpu:5.1f} s of processor): {rows / wall:8,.0f} rows/s, peak {told[-1]} MB"
    )
    print(f"                   {told[-2] if len(told) > 1 else ''}")


MEASURED = """
import atexit, resource
atexit.register(lambda: print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024))
from portal.cli import main
main()
"""


if __name__ == "__main__":
    main(sys.argv[1:])
