"""The staff's doors of this room, and what every view behind them needs: the row, its counter, the way back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from flask import g, request
from sqlalchemy import select

from portal.access.gate import load
from portal.access.permissions import Permission as P
from portal.accounts.models import User
from portal.customers.models import Customer
from portal.customers.queries.finding import matching
from portal.db.base import db
from portal.web import doors
from portal.web.pages import page
from portal.web.stepping import check_seen, number_in

receipt_door = doors.desk("receipts", "portal.receivables.views.desk_receipts")
invoice_door = doors.desk("invoices", "portal.receivables.views.desk_invoices")
receivable_door = doors.desk("receivables", "portal.receivables.views.desk_receivables")
dunning_door = doors.desk("dunning", "portal.receivables.views.desk_dunning")
settlement_door = doors.desk("settlement", "portal.receivables.views.desk_settlement")
LONGEST_ID = 9
FOUND = 12
T = TypeVar("T")
Tab = tuple[str, str, bool, str | None]


def customer_of(customer_id: int) -> Customer:
    """The customer of an address; NotFound otherwise."""
    return load(Customer, customer_id, g.viewer, P.CUSTOMER_SEE)


def chosen_customer() -> Customer | None:
    """The customer that a request names; None while nobody was chosen."""
    customer_id = number_in("customer_id")
    return None if customer_id is None else customer_of(customer_id)


def choose_customer(title: str, lead: str, back: tuple[str, str], **kept: Any) -> str:
    """For whom: the customers that fit what was typed, each a link to this very page; `kept` goes along."""
    words = request.values.get("q", "").strip()[:80]
    found = matching(words, g.viewer, FOUND) if words else []
    shown = {"heading": title, "lead": lead, "back": back, "kept": kept}
    return page("receivables/desk_choose.html", words=words, found=found, **shown)


def seen(row: Any) -> None:
    """The same for a button, whose address says in `seen` which state its page showed."""
    check_seen(row, request.values.get("seen"))


def reason() -> str:
    """What was written into a step's question."""
    return request.form.get("reason", "").strip()[:500]


def people(ids: Iterable[int | None]) -> dict[int, str]:
    """User id → name, asked once for all of them."""
    wanted = sorted({each for each in ids if each is not None})
    if not wanted:
        return {}
    rows = db.session.execute(select(User.id, User.name).where(User.id.in_(wanted)))
    return {row[0]: row[1] for row in rows}
