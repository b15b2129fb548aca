"""The relationship at size: `python -m tests.bench relations [--customers N] [--opportunities N] [--entries N]`.

50,000 customers, 100,000 opportunities, 1,000,000 entries of timelines: the customer's page, timelines, board,
forecast, dashboards and lists under gunicorn, beside a plain Flask page in the same run; before that one classification
of all customers, and the second one that changes nothing. DATABASE_URL measures another database than SQLite.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import resource
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.bench import at_size, relations_at_size
from tests.bench.begun import cookies_of
from tests.bench.bench_pages import SECONDS, plain_page, print_beside
from tests.bench.load import ask, memory_mb, served

AN_ORDINARY = 4_321
"""A customer like most."""


def main(arguments: list[str]) -> None:
    """Build, classify, serve, ask."""
    options = _options(arguments)
    name = f"portal-bench-relations-{options.customers}-{options.opportunities}-{options.entries}"
    instance = Path(tempfile.gettempdir()) / name
    os.environ["PORTAL_INSTANCE"] = str(instance)
    app, cookies = _prepared(options)
    _classify(app)
    _search_duplicates(app)
    plain = plain_page(options.seconds)
    for each in plain.values():
        print_beside(each, plain)
    environment = {"PORTAL_INSTANCE": str(instance), "PORTAL_WORKER": "0"}  # jobs are timed apart
    with served("wsgi:app", environment) as (port, process, _start):
        for (label, path, who), clients in ((each, n) for each in _pages(options) for n in (1, 8)):
            found = ask(port, label, path, cookies[who], clients=clients, seconds=options.seconds)
            print_beside(found, plain)
        print(f"after load {memory_mb(process):.0f} MB (PSS)")


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench relations")
    parser.add_argument("--customers", type=int, default=50_000)
    parser.add_argument("--opportunities", type=int, default=100_000)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    return parser.parse_args(arguments)


def _pages(options: argparse.Namespace) -> tuple[tuple[str, str, str], ...]:
    one = f"/desk/customers/{min(AN_ORDINARY, options.customers)}"
    busy = f"/desk/customers/{relations_at_size.BUSIEST}"
    then = (at_size.NOW - timedelta(days=500)).isoformat()
    place = base64.urlsafe_b64encode(json.dumps(["t", then, 8]).encode()).decode().rstrip("=")
    return (
        ("customer", one, "desk"),
        ("customer, what follows", f"{one}/more", "desk"),
        ("customer, its salesperson", f"/desk/customers/{_of_sales(options)}", "sales"),
        ("busiest customer", busy, "desk"),
        ("timeline", f"{one}/timeline", "desk"),
        ("timeline of the busiest", f"{busy}/timeline", "desk"),
        ("the same, 500 days back", f"{busy}/timeline?after={place}", "desk"),
        ("the same, calls alone", f"{busy}/timeline?kind=calls", "desk"),
        ("the same, by a person", f"{busy}/timeline?person=7", "desk"),
        ("the same, by words", f"{busy}/timeline?q={quote('冷链仓配')}", "desk"),
        ("customers of a state", "/desk/customers?customer_state=potential&segment=vip", "desk"),
        ("opportunities", "/desk/opportunities", "desk"),
        ("own opportunities", "/desk/opportunities", "sales"),
        ("opportunity search", "/desk/opportunities?q=lenglian", "desk"),
        ("opportunity", f"/desk/opportunities/{options.opportunities // 2}", "desk"),
        ("board", "/desk/opportunities/board", "desk"),
        ("own board", "/desk/opportunities/board", "sales"),
        ("forecast", "/desk/opportunities/forecast", "desk"),
        ("dashboards", "/desk/dashboards", "desk"),
        ("tiers", "/desk/tiers", "desk"),
        ("visits", "/desk/visits", "desk"),
        ("visit plan", "/desk/visit-plans", "desk"),
        ("leads", "/desk/leads", "desk"),
        ("duplicates", "/desk/duplicates", "desk"),
        ("comparisons", "/desk/comparisons", "desk"),
    )


def _of_sales(options: argparse.Namespace) -> int:
    """A customer of staff3, who sees only their own: number % 19 + 2 is whose it is (at_size)."""
    return 19 * (options.customers // 38) + 1


def _prepared(options: argparse.Namespace) -> tuple[Any, dict[str, str]]:
    from portal import create_app  # noqa: PLC0415 - the instance folder must be named first
    from portal.access.scope import set_viewer  # noqa: PLC0415 - the same
    from portal.access.viewer import SYSTEM  # noqa: PLC0415 - the same
    from portal.db.base import db  # noqa: PLC0415 - the same

    app = create_app()
    with app.app_context():
        db.create_all()
        set_viewer(SYSTEM)
        if not relations_at_size.is_built():
            began = time.perf_counter()
            at_size.people_and_customers(options.customers)
            relations_at_size.build(options.customers, options.opportunities, options.entries)
            print(f"generated in {time.perf_counter() - began:.0f} s")
        return app, cookies_of(app, (("desk", "administrator"), ("sales", "staff3")))


def _classify(app: Any) -> None:
    """The classification of the month that ended, and the same again."""
    from portal.access.viewer import SYSTEM  # noqa: PLC0415 - the instance folder must be named first
    from portal.db.work import unit_of_work  # noqa: PLC0415 - the same
    from portal.insights.actions import classifying  # noqa: PLC0415 - the same
    from portal.jobs import classes  # noqa: PLC0415 - the same
    from portal.kernel import clock  # noqa: PLC0415 - the same
    from portal.receivables.rules.report_months import ended_last  # noqa: PLC0415 - the same

    for label in ("classification", "the same again"):
        with app.app_context():
            with unit_of_work():
                run = classifying.start(ended_last(clock.today()), SYSTEM, clock.now())
                run_id = run.id
            wall, cpu = time.perf_counter(), time.process_time()
            classes.work(run_id)
            took = time.perf_counter() - wall
            print(f"{label}: {took:.1f} s ({time.process_time() - cpu:.1f} s of processor)")
    print(f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def _search_duplicates(app: Any) -> None:
    """The nightly search for customers that are here twice."""
    from portal.access.scope import set_viewer  # noqa: PLC0415 - the instance folder must be named first
    from portal.access.viewer import SYSTEM  # noqa: PLC0415 - the same
    from portal.jobs import intake  # noqa: PLC0415 - the same
    from portal.kernel import clock  # noqa: PLC0415 - the same

    with app.app_context():
        set_viewer(SYSTEM)
        wall, cpu = time.perf_counter(), time.process_time()
        found = intake.search(clock.now())
        took = time.perf_counter() - wall
        print(f"duplicates: {took:.1f} s ({time.process_time() - cpu:.1f} s of processor), {found}")
