"""Reports at size: `python -m tests.bench reports [lines]`.

200,000 lines of two spans of six months unless said otherwise, on SQLite and on a PostgreSQL server of its own: each
report's sums as its page asks for them, the best of three. Budget: about one second.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from portal import create_app
from portal.access.viewer import SYSTEM
from portal.billing.models import Receivable, ReceivablePosting, Statement, StatementLine
from portal.catalogue.models import ServiceItem
from portal.db.base import db
from portal.receivables.models import Allocation, Receipt
from portal.receivables.queries import (
    report_answers,
    report_owed,
    report_paid,
    report_revenue,
    report_unbilled,
)
from portal.receivables.queries.report_lines import Basis, By
from portal.receivables.rules.report_months import Months, moved
from tests.bench import at_size
from tests.bench.at_size import NOW, write
from tests.postgres import postgres_server

CUSTOMERS, MONTHS, ITEMS = 1_000, 12, 400
SPAN = Months(date(2026, 7, 1), date(2026, 12, 1))
FIRST = SPAN.before.first
PORTS = ("CNSHA", "CNNGB", "USNYC", "DEHAM", "NLRTM", "JPTYO", "SGSIN", "USLAX")
MEASURES = (
    ("TEU", "40HQ", Decimal(2)),
    ("MTQ.DAY", "MTQ.DAY", Decimal(1)),
    ("PLT.DAY", "PLT.DAY", Decimal(1)),
)
WORKING = [["product", {"quantity": "2", "unit": "40HQ", "rate": "3850", "amount": "7700"}],
           ["converted", {"amount": "7700", "rate": "7.126", "on": "2026-03-02", "converted": "54870.20"}],
           ["tax", {"percent": "6", "net": "51764.34", "tax": "3105.86", "gross": "54870.20"}]]  # fmt: skip


def main(arguments: list[str]) -> None:
    """Build, then measure on both databases."""
    lines = next((int(each) for each in arguments if each.isdecimal()), 200_000)
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        _run("SQLite", lines, {"PORTAL_INSTANCE": name})
    with (
        postgres_server() as server,
        server.database() as url,
        tempfile.TemporaryDirectory(dir="/tmp") as name,
    ):
        _run("PostgreSQL", lines, {"PORTAL_INSTANCE": name, "DATABASE_URL": url})


def _run(name: str, lines: int, settings: dict[str, str]) -> None:
    os.environ.pop("DATABASE_URL", None)
    os.environ.update(settings)
    app = create_app()
    with app.app_context():
        db.create_all()
        _build(lines)
        db.session.execute(text("ANALYZE"))
        db.session.commit()
        for what, asked in _asked():
            print(f"{name:11} {what:28} {_best(asked):7.0f} ms")
        db.session.remove()
        db.engine.dispose()


def _asked() -> Iterator[tuple[str, Callable[[], Any]]]:
    for by in By:
        yield (
            f"revenue by {by}",
            lambda by=by: report_revenue.revenue(by, SPAN, Basis.STATEMENT, SYSTEM),
        )
    yield (
        "revenue by service month",
        lambda: report_revenue.revenue(By.SERVICE, SPAN, Basis.SERVICE, SYSTEM),
    )
    yield (
        "months of revenue",
        lambda: report_revenue.by_month(SPAN.back(12), Basis.STATEMENT, SYSTEM),
    )
    yield "lines behind a figure", lambda: report_revenue.summed(SPAN, Basis.STATEMENT, SYSTEM)
    yield "billing accuracy", lambda: report_answers.accuracy(SPAN, SYSTEM)
    yield "commission", lambda: report_paid.commission(SPAN, SYSTEM)
    yield "days sales outstanding", lambda: report_owed.owed_and_sold(SYSTEM)
    yield "not billed yet", lambda: report_unbilled.by_customer(SPAN.ends_on, SYSTEM)


def _best(asked: Callable[[], Any]) -> float:
    times = []
    for _turn in range(3):
        began = time.perf_counter()
        asked()
        times.append((time.perf_counter() - began) * 1000)
        db.session.expunge_all()
    return min(times)


def _build(lines: int) -> None:
    at_size.people_and_customers(CUSTOMERS)
    each = max(lines // (CUSTOMERS * MONTHS), 1)
    write(ServiceItem, map(_item, range(1, ITEMS + 1)))
    numbers = range(1, CUSTOMERS * MONTHS + 1)
    write(Statement, (_statement(number, each) for number in numbers))
    write(
        StatementLine,
        (_line(number, serial) for number in numbers for serial in range(1, each + 1)),
    )
    write(Receivable, (_receivable(number, each) for number in numbers))
    write(ReceivablePosting, (_posting(number, each) for number in numbers))
    write(Receipt, (_receipt(number, each) for number in numbers))
    write(Allocation, (_allocation(number, each) for number in numbers))


def _item(number: int) -> dict[str, Any]:
    unit = MEASURES[number % 3][0]
    origin, destination = PORTS[number % 8], PORTS[(number * 3 + 1) % 8]
    return {
        "id": number, "code": f"S{number}", "name_zh": f"服务{number}",
        "category": ("sea", "storage", "delivery")[number % 3], "charge_code": f"C{number}", "origin": origin,
        "destination": destination, "main_unit": unit,
        "created_at": NOW, "updated_at": NOW, "version": 1,
    }  # fmt: skip


def _days(number: int) -> tuple[int, date, date]:
    """Customer, first and last day of the number-th statement."""
    month = moved(FIRST, (number - 1) // CUSTOMERS)
    return (number - 1) % CUSTOMERS + 1, month, moved(month, 1) - timedelta(days=1)


def _sum(each: int) -> Decimal:
    return Decimal(106) * each


def _statement(number: int, each: int) -> dict[str, Any]:
    customer, first, last = _days(number)
    return {
        "id": number, "number": f"ST-{number:08d}", "customer_id": customer, "state": "confirmed", "starts_on": first,
        "ends_on": last, "currency": ("CNY", "CNY", "USD")[number % 3], "revision_no": 1, "line_count": each,
        "net_amount": Decimal(100) * each, "tax_amount": Decimal(6) * each, "gross_amount": _sum(each),
        "created_at": NOW, "updated_at": NOW, "version": 1,
    }  # fmt: skip


def _line(number: int, serial: int) -> dict[str, Any]:
    customer, first, _last = _days(number)
    item = (number * 31 + serial * 7) % ITEMS + 1
    main_unit, unit, factor = MEASURES[item % 3]
    on, quantity = first + timedelta(days=serial % 28), Decimal(serial % 9 + 1)
    return {
        "statement_id": number, "customer_id": customer, "served_id": customer, "serial": serial, "kind": "usage",
        "state": "confirmed", "item_id": item, "name_zh": f"服务{item}", "name_en": f"Service {item}",
        "reference": f"WMS-{number}-{serial}", "starts_on": on, "ends_on": on, "quantity": quantity, "unit": unit,
        "main_unit": main_unit, "stat_quantity": quantity * factor, "rate": Decimal(10), "line_currency": "CNY",
        "amount": Decimal(106), "converted": Decimal(106), "tax_class": "service_6", "tax_kind": "taxed",
        "tax_percent": Decimal(6), "net_amount": Decimal(100), "tax_amount": Decimal(6),
        "gross_amount": Decimal(106), "working": WORKING,
    }  # fmt: skip


def _receivable(number: int, each: int) -> dict[str, Any]:
    customer, _first, last = _days(number)
    return {
        "id": number, "customer_id": customer, "statement_id": number, "reference": f"ST-{number:08d}", "version": 1,
        "currency": ("CNY", "CNY", "USD")[number % 3], "issued_on": last, "due_on": last + timedelta(days=30),
        "amount": _sum(each), "open_amount": Decimal(0), "created_at": NOW,
    }  # fmt: skip


def _posting(number: int, each: int) -> dict[str, Any]:
    customer, _first, last = _days(number)
    return {
        "customer_id": customer, "receivable_id": number, "kind": "issue", "key": f"issue:{number}", "on": last,
        "change": _sum(each), "source_type": "statement", "source_id": number, "at": NOW,
    }  # fmt: skip


def _receipt(number: int, each: int) -> dict[str, Any]:
    customer, _first, last = _days(number)
    return {
        "id": number, "number": f"RC-{number:08d}", "customer_id": customer, "received_on": last,
        "currency": ("CNY", "CNY", "USD")[number % 3], "amount": _sum(each), "open_amount": Decimal(0),
        "created_at": NOW, "updated_at": NOW, "version": 1,
    }  # fmt: skip


def _allocation(number: int, each: int) -> dict[str, Any]:
    customer, _first, last = _days(number)
    return {
        "customer_id": customer, "receipt_id": number, "receivable_id": number, "on": last,
        "receipt_amount": _sum(each), "amount": _sum(each), "at": NOW,
    }  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1:])
