"""A real book of receivables goes through the actions; late days and ageing equal plain arithmetic on the file."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select

from portal.access.viewer import SYSTEM
from portal.billing.actions import owing
from portal.billing.models import Receivable
from portal.customers.models import Customer
from portal.db.base import db
from portal.receivables.actions import allocating, collecting, receipts
from portal.receivables.actions.receipts import ReceiptFacts
from portal.receivables.queries.open_items import ageing
from portal.receivables.rules.ageing import overdue_days
from portal.receivables.rules.allocation import Wish
from portal.receivables.rules.rating import late_days
from tests.cast import customer
from tests.real.real_data import rows

pytestmark = pytest.mark.real

D = Decimal
DAYS = (
    date(2012, 6, 30), date(2012, 12, 31), date(2013, 2, 14), date(2013, 6, 30), date(2013, 9, 30), date(2013, 12, 31)
)  # fmt: skip
File = list[dict[str, str]]


def day(text: str) -> date:
    return date.fromisoformat(text)


def brought_forward(book: File, now: datetime) -> dict[str, int]:
    """Every invoice as an open item; the disputed ones noted. Invoice number → receivable id."""
    whose = {code: customer(code, code, code) for code in sorted({row["customer"] for row in book})}
    found = {}
    for row in book:
        item = owing.opening(
            whose[row["customer"]], row["invoice_no"], "USD", day(row["invoice_date"]),
            day(row["due_date"]), D(row["amount"]), SYSTEM, now,
        )  # fmt: skip
        if row["disputed"] == "Yes":
            collecting.note_disputed(item, D(row["amount"]), "disputed in the file", SYSTEM, now)
        found[row["invoice_no"]] = item.id
    return found


def settle(book: File, ids: dict[str, int], now: datetime) -> None:
    """One receipt for each customer and day of payment; it pays what the file says was settled then."""
    paid: dict[tuple[date, str], File] = defaultdict(list)
    for row in book:
        paid[day(row["settled_date"]), row["customer"]].append(row)
    whose = {row.code: row for row in db.session.scalars(select(Customer))}
    for (on, code), settled in sorted(paid.items()):
        total = sum((D(row["amount"]) for row in settled), D(0))
        receipt = receipts.record(whose[code], ReceiptFacts(on, "USD", total), SYSTEM, now)
        wishes = [Wish(ids[row["invoice_no"]], D(row["amount"])) for row in settled]
        allocating.allocate(receipt, wishes, on, SYSTEM, now)


def by_hand(book: File, as_of: date) -> dict[str, list[Decimal]]:
    """Customer → not due, 1-30, 31-60, 61-90, over 90, disputed: from the file alone."""
    found: dict[str, list[Decimal]] = {}
    for row in book:
        if not day(row["invoice_date"]) <= as_of < day(row["settled_date"]):
            continue
        late = (as_of - day(row["due_date"])).days
        column = next((n for n, most in enumerate((0, 30, 60, 90)) if late <= most), 4)
        column = 5 if row["disputed"] == "Yes" else column
        found.setdefault(row["customer"], [D(0)] * 6)[column] += D(row["amount"])
    return found


@pytest.mark.one_database  # thirty thousand statements that the tests of actions send to both
def test_late_days_and_ages_are_those_of_the_file(database: None, now: datetime) -> None:
    book = rows("receivables/ar_invoices_part.csv")
    ids = brought_forward(book, now)
    settle(book, ids, now)
    db.session.commit()
    items = {row.reference: row for row in db.session.scalars(select(Receivable))}
    assert {item.open_amount for item in items.values()} == {D(0)}
    late = {key: overdue_days(item.due_on, item.settled_on) for key, item in items.items()}
    assert late == {row["invoice_no"]: int(row["days_late"]) for row in book}
    assert sum(value > 0 for value in late.values()) == 542
    for as_of in DAYS:
        found = {
            row.customer.code: [*row.aged.columns, row.aged.disputed]
            for row in ageing(SYSTEM, as_of, currency="USD")
        }
        assert found == by_hand(book, as_of), as_of
    weighted = sum(D(row["amount"]) * int(row["days_late"]) for row in book)
    total = sum(D(row["amount"]) for row in book)
    paid = [(item.amount, item.due_on, item.settled_on) for item in items.values()]
    assert late_days(paid) == (weighted / total).quantize(D("0.1"))
