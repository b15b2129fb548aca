"""`python -m tests.faults load`: 200 people at work at once for ten minutes, on the demo world; no error is allowed.

Four of five are customers' people, one of five staff. Everybody opens a list, something on it, goes home, writes now
and then, and thinks in between: `--think` seconds on average.
"""

from __future__ import annotations

import argparse
import http.client
import os
import random
import re
import secrets
import subprocess
import sys
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles

from sqlalchemy import select

from portal import create_app
from portal.access.permissions import Role
from portal.access.scope import past_the_walls, set_viewer
from portal.access.viewer import SYSTEM
from portal.customers.models import Customer
from portal.db.base import db
from portal.kernel import clock
from tests.bench.begun import signed_in
from tests.bench.load import ROOT
from tests.cast import EVERY_POWER, member, staff
from tests.faults.people import Person, changed
from tests.faults.stack import Stack
from tests.faults.storm import place

MY = ("/my/", "/my/quotations", "/my/contracts", "/my/entitlements", "/my/bookings", "/my/shipments", "/my/statements",
      "/my/usage", "/my/requests")  # fmt: skip
DESK = (
    "/desk/",
    "/desk/customers",
    "/desk/quotations",
    "/desk/entitlements",
    "/desk/bookings",
    "/desk/requests",
)
ROLES = (Role.SALES_MANAGER, Role.CUSTOMER_SERVICE, Role.SERVICE_MANAGER)
WRITES = 0.08
"""Of what people do."""
LINK = re.compile(r'href="(/(?:desk|my)/[a-z-]+/\d+)"')


@dataclass
class Measured:
    """Seconds by kind of page, and what went wrong."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    wrong: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, kind: str, took: float, fault: str = "") -> None:
        """One answer."""
        with self.lock:
            self.seconds[kind].append(took)
            if fault:
                self.wrong.append(fault)

    def table(self, took: float) -> str:
        """Rate and percentiles of each kind."""
        lines = [
            f"{'kind of page':24}{'requests':>9}{'a second':>10}{'p50 ms':>9}{'p95':>9}{'p99':>9}"
        ]
        everything = [each for kind in self.seconds.values() for each in kind]
        for kind, times in [*sorted(self.seconds.items()), ("all", everything)]:
            points = quantiles(times, n=100) if len(times) > 1 else [0.0] * 99
            shown = "".join(f"{points[each - 1] * 1000:>9.1f}" for each in (50, 95, 99))
            lines.append(f"{kind:24}{len(times):>9}{len(times) / took:>10.2f}{shown}")
        return "\n".join(lines)


@dataclass
class Visit:
    """One person's stay."""

    me: Person
    is_staff: bool
    found: Measured
    pick: random.Random
    links: list[str] = field(default_factory=list)

    def last(self, until: float, think: float) -> None:
        """Page after page, until it is time."""
        time.sleep(min(self.pick.uniform(0, think), max(0.0, until - time.monotonic())))
        while time.monotonic() < until:
            try:
                self._write() if self.pick.random() < WRITES else self._read()
            except (OSError, http.client.HTTPException, LookupError) as error:
                self.found.note("broken", 0.0, f"{self.me.name}: {error!r}")
            pause = min(self.pick.expovariate(1 / think), 5 * think)
            time.sleep(max(0.0, min(pause, until - time.monotonic())))

    def _read(self) -> None:
        door = "desk" if self.is_staff else "my"
        if self.links and self.pick.random() < 0.5:
            self._get(f"{door}: one of a list", self.pick.choice(self.links))
            return
        path = self.pick.choice(DESK if self.is_staff else MY)
        text = self._get(f"{door}: {'home' if path.count('/') == 2 and path[-1] == '/' else 'list'}", path)  # fmt: skip
        self.links = sorted(set(LINK.findall(text)))[:30] or self.links

    def _get(self, kind: str, path: str) -> str:
        began = time.perf_counter()
        found = self.me.once("GET", path)
        fault = "" if found.status == 200 else f"{self.me.name}: {path} {found.status}"
        self.found.note(kind, time.perf_counter() - began, fault)
        return found.text

    def _write(self) -> None:
        if self.is_staff:
            self._get(
                "desk: search", f"/desk/search?q={self.pick.choice(('QT', 'haigang', 'SR-2'))}"
            )
            return
        at, fields = self.me.form("/my/requests/new", "/my/requests/new")
        values = {
            "kind": "enquiry",
            "entitlement_id": "none",
            "no_match": "general",
            "title": "货物到哪里了",
        }
        began = time.perf_counter()
        found = self.me.send(
            at, changed(fields, text=f"请查询货物 {self.pick.random()}。", **values)
        )
        fault = "" if found.status == 303 else f"{self.me.name}: {at} {found.status}"
        self.found.note("my: request raised", time.perf_counter() - began, fault)


def main(arguments: list[str]) -> bool:
    """Build, serve, let everybody in, print the table; whether nothing went wrong."""
    options = _options(arguments)
    with place(options.database) as (folder, url):
        instance = Path(options.instance) if options.instance else folder
        os.environ |= {"PORTAL_INSTANCE": str(instance), "DATABASE_URL": url}
        if not (instance / "portal.db").exists():
            words = [sys.executable, "-m", "portal", "setup", "--demo"]
            subprocess.run(words, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        return _measured(instance, options)


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults load")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--think", type=float, default=8, help="seconds between pages, on average")
    parser.add_argument("--instance", default="", help="a demo world that is there (SQLite)")
    return parser.parse_args(arguments)


def _measured(instance: Path, options: argparse.Namespace) -> bool:
    everybody = _let_in(options.people)
    stack = Stack(instance, {"PORTAL_MAIL": "file"})
    stack.start()
    try:
        time.sleep(3)
        rest, found = stack.memory(), Measured()
        began = time.monotonic()
        visits = [
            Visit(
                Person(stack.port, name, {"session": cookie}), is_staff, found, random.Random(name)
            )
            for name, is_staff, cookie in everybody
        ]
        ends = began + options.seconds
        threads = [
            threading.Thread(target=each.last, args=(ends, options.think)) for each in visits
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took = time.monotonic() - began
        said = f"{len(visits)} people for {took:.0f} s, {options.think:g} s between pages"
        print(f"{said}; load average {os.getloadavg()[1]:.1f}")
        print(found.table(took))
        print(f"the whole stack (PSS): {rest:.0f} MB at rest, {stack.memory():.0f} MB at the end")
    finally:
        stack.stop()
    for fault in found.wrong[:20]:
        print(f"WRONG: {fault}")
    print(f"{len(found.wrong)} errors")
    return not found.wrong


def _let_in(people: int) -> list[tuple[str, bool, str]]:
    """(name, whether staff, session) of new people of the demo world, signed in."""
    app = create_app({"PASSWORD_COST": {"time_cost": 1, "memory_cost": 8, "parallelism": 1}})
    stay, found = secrets.token_hex(3), []
    with app.app_context(), past_the_walls():
        set_viewer(SYSTEM)
        firms = db.session.scalars(select(Customer).where(Customer.merged_into_id.is_(None))).all()
        for number in range(people):
            name, is_staff = f"Load {number} {stay}", number % 5 == 0
            if is_staff:
                user = staff(name, ROLES[number // 5 % len(ROLES)])
            else:
                user = member(name, firms[number % len(firms)], EVERY_POWER, clock.now())
            found.append((name, is_staff, signed_in(app, user)["session"]))
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    return found
