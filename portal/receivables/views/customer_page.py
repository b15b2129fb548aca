"""What one customer owes and paid, on one page; and its account over a span."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from flask import Response, g
from flask_babel import gettext as _

from portal.access.permissions import Permission as P
from portal.customers.models import Customer
from portal.db.base import db
from portal.kernel import clock
from portal.receivables import labels
from portal.receivables.models import Receipt
from portal.receivables.queries import accounts, dunning, open_items, receipts
from portal.receivables.queries.accounts import Account
from portal.receivables.queries.ageing_columns import ageing_bounds
from portal.receivables.queries.open_items import OpenItem
from portal.receivables.rules.ageing import Item, aged, headings
from portal.receivables.standing_labels import credit_of
from portal.receivables.views.ageing_page import Bar, bars
from portal.receivables.views.desk_door import people
from portal.receivables.views.open_item_page import label_of
from portal.receivables.views.receipt_list import label_of as receipt_label
from portal.web.exports import Total, table_response
from portal.web.labels import Label
from portal.web.stepping import day_in
from portal.web.words import say

RECEIPTS_SHOWN = 8
NOTICES_SHOWN = 8
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class InCurrency:
    """What is open in one currency: its ages as bars, its items with their chips, and what was paid in advance."""

    currency: str
    open_amount: Decimal
    overdue: Decimal
    disputed: Decimal
    deposit: Decimal
    unallocated: Decimal
    bars: list[Bar]
    items: list[tuple[OpenItem, Label]]


def context(customer: Customer) -> dict[str, Any]:
    """The page of a customer that was fetched for the viewer."""
    today = clock.today()
    found = open_items.items(g.viewer, today, [customer.id])
    may_see_receipts = g.viewer.may(P.RECEIPT_SEE)
    held = receipts.money_held(customer.id, g.viewer) if may_see_receipts else {}
    notices = dunning.notices_of(customer.id, g.viewer)[:NOTICES_SHOWN]
    return {
        "customer": customer,
        "today": today,
        "parts": in_currencies(found, held, today),
        "credit": credit_of(customer.id, today, g.viewer),
        "receipts": _receipts(customer) if may_see_receipts else None,
        "notices": [(row, labels.CHANNELS[row.channel]) for row in notices],
        "names": people(row.by_id for row in notices),
    }


def in_currencies(
    found: list[OpenItem], held: dict[str, tuple[Decimal, Decimal]], today: date
) -> list[InCurrency]:
    """One part for each currency in which something is open or was paid in advance."""
    codes = {each.receivable.currency for each in found} | {
        code for code, sums in held.items() if any(sums)
    }
    bounds = ageing_bounds()
    return [
        _part(code, found, held.get(code, (ZERO, ZERO)), today, bounds) for code in sorted(codes)
    ]


def _part(
    code: str, found: list[OpenItem], held: tuple[Decimal, Decimal], today: date, bounds: tuple[int, ...]
) -> InCurrency:  # fmt: skip
    rows = [each for each in found if each.receivable.currency == code]
    ages = aged(
        (Item(each.receivable.due_on, each.open_amount, each.disputed_amount) for each in rows), today, bounds
    )  # fmt: skip
    return InCurrency(
        currency=code,
        open_amount=ages.total,
        overdue=ages.overdue,
        disputed=ages.disputed,
        deposit=held[0],
        unallocated=held[1],
        bars=bars(ages, headings(bounds)) if rows else [],
        items=[(each, label_of(each.receivable, each.open_amount)) for each in rows],
    )


def _receipts(customer: Customer) -> list[tuple[Receipt, Label]]:
    theirs = receipts.receipts(g.viewer).where(Receipt.customer_id == customer.id)
    latest = theirs.order_by(Receipt.received_on.desc(), Receipt.id.desc()).limit(RECEIPTS_SHOWN)
    return [(row, receipt_label(row)) for row in db.session.scalars(latest)]


def span_here() -> tuple[date, date]:
    """The span that the address names; this month and the two before it where it names none."""
    until = day_in("until_on") or clock.today()
    first = until.replace(day=1)
    for _month in range(2):
        first = (first - timedelta(days=1)).replace(day=1)
    return day_in("from_on") or first, until


def account_of(customer: Customer, from_on: date, until_on: date) -> list[Account]:
    """The account in each currency; those without any movement and balance are left out."""
    if until_on < from_on:
        return []
    found = (
        accounts.account(customer.id, code, from_on, until_on, g.viewer)
        for code in accounts.currencies(customer.id, g.viewer)
    )
    return [each for each in found if each.entries or each.opening]


def account_file(customer: Customer, from_on: date, until_on: date, kind: str) -> Response:
    """The account as a table: opening balance, every entry, closing balance, apart for each currency."""
    heads = [
        _("Day"), _("Currency"), _("What"), _("Number"), _("Charged"), _("Paid or credited"), _("Balance"),
    ]  # fmt: skip
    rows: list[list[Any]] = []
    for each in account_of(customer, from_on, until_on):
        rows.append([from_on, each.currency, _("Opening balance"), "", None, None, each.opening])
        rows += [_entry_row(entry, each.currency) for entry in each.entries]
        rows.append([until_on, each.currency, _("Closing balance"), "", None, None, each.closing])
    totals = [None, None, None, None, Total(by=1), Total(by=1), None]
    name = f"{customer.code}_{_('account')}_{from_on.isoformat()}_{until_on.isoformat()}"
    return table_response(kind, name, heads, rows, totals)


def _entry_row(entry: Any, currency: str) -> list[Any]:
    """What was charged and what was paid in columns of their own."""
    charged, paid = max(entry.change, ZERO) or None, max(-entry.change, ZERO) or None
    return [entry.on, currency, say(entry.words), entry.label, charged, paid, entry.balance]
