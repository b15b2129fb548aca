"""Pages at size under gunicorn, beside a plain Flask page in the same run: `python -m tests.bench pages`.

At size: 1,000,000 prices, 5,000 customers, 20,000 quotations, 20,000 entitlements, 1,000,000 usage records, 24,000
statements with 500,000 lines (--prices, --customers, --quotations, --entitlements, --usage, --statements, --lines
change it; --bills asks for the pages of what is billed and owed alone). The generated database stays in the temporary
folder and is used again.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from tests.bench import at_size, bills_at_size, chain_at_size
from tests.bench.begun import cookies_of
from tests.bench.load import Measured, ask, memory_mb, served, signed_in

SECONDS = 5.0
LANES = "/desk/lanes?q=SHA+NYC+40HQ"
DESK = (
    ("customer list", "/desk/customers"),
    ("customer search (pinyin)", "/desk/customers?q=haigang"),
    ("quotation list", "/desk/quotations"),
    ("quotation search", "/desk/quotations?q=QT-2026-019999"),
    ("quotation page", "/desk/quotations/777"),
    ("lane search", LANES),
    ("tariff list", "/desk/tariffs"),
    ("price list of a tariff", "/desk/tariffs/1"),
    ("service items", "/desk/items"),
    ("global search", "/desk/search?q=haigang"),
    ("entitlement list", "/desk/entitlements"),
    ("entitlement page", "/desk/entitlements/777"),
    ("usage list", "/desk/usage"),
    ("usage list of a month", f"/desk/usage?month={at_size.TODAY:%Y-%m}"),
    ("usage search", "/desk/usage?q=B0001-0007"),
    ("usage page", "/desk/usage/777"),
    ("usage queue", "/desk/usage/queue"),
)
MY = (
    ("customer home", "/my/"),
    ("customer's quotations", "/my/quotations"),
    ("customer's entitlements", "/my/entitlements"),
    ("customer's usage", "/my/usage"),
)


def _bills(options: argparse.Namespace) -> tuple[tuple[str, str, str], ...]:
    """(name, address, who asks) of what is billed and owed; statement 1 is the longest, the one after the customers'
    number has fifty lines."""
    place = json.dumps(["i", 1, bills_at_size.LONG // 2]).encode()
    later = base64.urlsafe_b64encode(place).decode().rstrip("=")
    middling = options.customers + 1
    desk = (
        ("statements", "/desk/statements"),
        ("statements waiting for me", "/desk/statements?mine=1"),
        ("statement search", "/desk/statements?q=C00777"),
        ("statement of 50 lines", f"/desk/statements/{middling}"),
        ("statement of 2,000", "/desk/statements/1"),
        ("statement of 2,000, later", f"/desk/statements/1?after={later}"),
        ("statement line", "/desk/statements/lines/10"),
        ("dispute queue", "/desk/disputes"),
        ("disputes not decided", "/desk/disputes?state=open"),
        ("dispute", "/desk/disputes/1"),
        ("ageing", "/desk/receivables"),
        ("ageing of a past day", f"/desk/receivables?as_of={at_size.TODAY - timedelta(days=40)}"),
        ("what a customer owes", "/desk/receivables/customers/1"),
        ("account of a customer", "/desk/receivables/customers/1/account"),
        ("receipts", "/desk/receipts"),
        ("receipt search", "/desk/receipts?q=C00777"),
        ("invoices", "/desk/invoices"),
    )
    mine = (
        ("my home with bills", "/my/"),
        ("my statements", "/my/statements"),
        ("my statement of 50 lines", f"/my/statements/{middling}"),
        ("my statement of 2,000", "/my/statements/1"),
        ("my statement line", "/my/statements/lines/10"),
        ("my running charges", "/my/statements/running"),
        ("my payments", "/my/payments"),
    )
    return (*((*each, "finance") for each in desk), *((*each, "my") for each in mine))


def main(arguments: list[str]) -> None:
    """Build, serve, ask, print the table."""
    options = _options(arguments)
    instance = (
        Path(tempfile.gettempdir())
        / f"portal-bench-{options.prices}-{options.customers}-{options.quotations}-{options.usage}"
    )
    os.environ["PORTAL_INSTANCE"] = str(instance)
    cookies = _prepared(options)
    plain = plain_page(options.seconds)
    print(
        f"{'page':28}{'clients':>8}{'pages/s':>9}{'p50 ms':>8}{'p95':>8}{'p99':>8}{'KB':>7}  of plain"
    )
    for each in plain.values():
        print_beside(each, plain)
    with served("wsgi:app", {"PORTAL_INSTANCE": str(instance)}) as (port, process, start):
        rest = memory_mb(process)
        for (name, path), cookie in _pages(cookies, options):
            for clients in (1, 8):
                print_beside(
                    ask(port, name, path, cookie, clients=clients, seconds=options.seconds), plain
                )
        print(
            f"first answer after {start:.2f} s; at rest {rest:.0f} MB, after load {memory_mb(process):.0f} MB (PSS)"
        )


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench pages")
    parser.add_argument("--prices", type=int, default=1_000_000)
    parser.add_argument("--customers", type=int, default=5_000)
    parser.add_argument("--quotations", type=int, default=20_000)
    parser.add_argument("--entitlements", type=int, default=20_000)
    parser.add_argument("--usage", type=int, default=1_000_000)
    parser.add_argument("--statements", type=int, default=24_000)
    parser.add_argument("--lines", type=int, default=500_000)
    parser.add_argument("--bills", action="store_true")
    parser.add_argument("--seconds", type=float, default=SECONDS)
    return parser.parse_args(arguments)


def _prepared(options: argparse.Namespace) -> dict[str, str]:
    """The database at size, and a session cookie for each door."""
    from portal import create_app  # noqa: PLC0415 - the instance folder must be named first
    from portal.db.base import db  # noqa: PLC0415

    app = create_app()
    with app.app_context():
        db.create_all()
        if not at_size.is_built():
            began = time.perf_counter()
            at_size.build(options.prices, options.customers, options.quotations)
            print(f"generated in {time.perf_counter() - began:.0f} s")
        if not chain_at_size.is_built():
            began = time.perf_counter()
            chain_at_size.build(options.customers, options.entitlements, options.usage)
            print(f"what was bought and used in {time.perf_counter() - began:.0f} s")
        if not bills_at_size.is_built():
            began = time.perf_counter()
            bills_at_size.build(options.customers, options.statements, options.lines)
            print(f"what was billed and paid in {time.perf_counter() - began:.0f} s")
        return cookies_of(app, (("desk", "staff1"), ("finance", "finance"), ("my", "customer")))


def _pages(
    cookies: dict[str, str], options: argparse.Namespace
) -> list[tuple[tuple[str, str], str]]:
    bills = [((name, path), cookies[who]) for name, path, who in _bills(options)]
    if options.bills:
        return bills
    desk, mine = (
        [(page, cookies[who]) for page in pages] for who, pages in (("desk", DESK), ("my", MY))
    )
    return [*desk, *mine, *bills]


def plain_page(seconds: float) -> dict[int, Measured]:
    """A plain Flask page by one client and by eight: what other pages stand beside."""
    with served("tests.bench.plain_app:app", {}) as (port, _process, _start):
        cookie = signed_in(port)
        return {
            n: ask(port, "plain Flask page", "/", cookie, clients=n, seconds=seconds)
            for n in (1, 8)
        }


def print_beside(found: Measured, plain: dict[int, Measured]) -> None:
    """One line of the table."""
    beside = plain[found.clients]
    share = f"{found.rate / beside.rate:5.2f} × pages/s, {found.point(50) / beside.point(50):5.1f} × p50"
    wrong = f"  {found.wrong} NOT 200" if found.wrong else ""
    print(
        f"{found.name:28}{found.clients:>8}{found.rate:>9.0f}{found.point(50):>8.1f}{found.point(95):>8.1f}"
        f"{found.point(99):>8.1f}{found.size / 1024:>7.1f}  {share}{wrong}"
    )
