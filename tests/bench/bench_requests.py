"""Service requests at size: `python -m tests.bench requests [--requests N] [--notes N] [--open N]`.

200,000 requests of 5,000 customers with 1,000,000 messages and notes, 10,000 of them open: queues, search, request
page and the customer's pages under gunicorn, beside a plain Flask page in the same run; before that one sweep of the
clocks, of which ten thousand run and a good part is late. DATABASE_URL measures another database than SQLite.
"""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.bench import at_size, requests_at_size
from tests.bench.begun import cookies_of
from tests.bench.bench_pages import SECONDS, plain_page, print_beside
from tests.bench.load import ask, memory_mb, served


def main(arguments: list[str]) -> None:
    """Build, sweep, serve, ask."""
    options = _options(arguments)
    name = f"portal-bench-requests-{options.customers}-{options.requests}-{options.notes}"
    instance = Path(tempfile.gettempdir()) / name
    os.environ["PORTAL_INSTANCE"] = str(instance)
    app, cookies = _prepared(options)
    _sweep(app)
    plain = plain_page(options.seconds)
    for each in plain.values():
        print_beside(each, plain)
    with served("wsgi:app", {"PORTAL_INSTANCE": str(instance)}) as (port, process, _start):
        for (label, path, who), clients in ((each, n) for each in _pages(options) for n in (1, 8)):
            found = ask(port, label, path, cookies[who], clients=clients, seconds=options.seconds)
            print_beside(found, plain)
        print(f"after load {memory_mb(process):.0f} MB (PSS)")


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench requests")
    parser.add_argument("--customers", type=int, default=5_000)
    parser.add_argument("--requests", type=int, default=200_000)
    parser.add_argument("--notes", type=int, default=1_000_000)
    parser.add_argument("--open", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    return parser.parse_args(arguments)


def _pages(options: argparse.Namespace) -> tuple[tuple[str, str, str], ...]:
    last, an_old = options.requests - 3, options.requests // 2
    return (
        ("queue, all open", "/desk/requests/queue/open", "service"),
        ("queue, mine", "/desk/requests/queue/mine", "service"),
        ("queue, late", "/desk/requests/queue/late", "service"),
        ("all requests", "/desk/requests/queue/all", "service"),
        ("search by number", f"/desk/requests/queue/all?q={an_old:06d}", "service"),
        ("search by words", "/desk/requests/queue/all?q=tidan", "service"),
        ("open request", f"/desk/requests/{last}", "service"),
        ("closed request", f"/desk/requests/{an_old}", "service"),
        ("my requests", "/my/requests", "my"),
        ("new request", "/my/requests/new", "my"),
    )


def _prepared(options: argparse.Namespace) -> tuple[Any, dict[str, str]]:
    from portal import create_app  # noqa: PLC0415 - the instance folder must be named first
    from portal.db.base import db  # noqa: PLC0415

    app = create_app()
    with app.app_context():
        db.create_all()
        if not requests_at_size.is_built():
            began = time.perf_counter()
            at_size.people_and_customers(options.customers)
            requests_at_size.build(options.customers, options.requests, options.notes, options.open)
            print(f"generated in {time.perf_counter() - began:.0f} s")
        return app, cookies_of(app, (("service", "service"), ("my", "customer")))


def _sweep(app: Any) -> None:
    """The first sweep tells of everything at once, the second finds nothing new."""
    from portal.access.scope import set_viewer  # noqa: PLC0415 - the instance folder must be named first
    from portal.access.viewer import SYSTEM  # noqa: PLC0415 - the same
    from portal.jobs.service_clocks import sweep  # noqa: PLC0415 - the instance folder must be named first
    from portal.kernel import clock  # noqa: PLC0415

    with app.app_context():
        set_viewer(SYSTEM)
        requests_at_size.forget_what_was_told()
    for label in ("first sweep", "next sweep"):
        with app.app_context():
            set_viewer(SYSTEM)
            wall, cpu = time.perf_counter(), time.process_time()
            told = sweep(clock.now())
            print(
                f"{label}: {time.perf_counter() - wall:.2f} s ({time.process_time() - cpu:.2f} s of processor), {told}"
            )
    print(f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
