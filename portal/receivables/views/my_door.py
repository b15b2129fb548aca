"""The customers' doors of this room, and which of their companies a page is about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, flash, g, redirect
from sqlalchemy import select

from portal.access.scope import visible
from portal.customers.models import Customer
from portal.db.audit import AuditEntry
from portal.db.base import db
from portal.kernel.errors import NotFound
from portal.web import doors
from portal.web.stepping import number_in

payment_door = doors.my("payments", "portal.receivables.views.my_payments")
invoice_door = doors.my("invoices", "portal.receivables.views.my_invoices")
settlement_door = doors.my("settlement", "portal.receivables.views.my_settlement")


def companies() -> list[Customer]:
    """The companies whose bills this user sees, the chosen one first."""
    wanted = visible(select(Customer), Customer, g.viewer).order_by(Customer.id)
    return sorted(db.session.scalars(wanted), key=lambda row: row.id != g.viewer.customer_id)


def company_here(known: Sequence[Customer]) -> Customer:
    """The company that the address names, else the chosen one; NotFound for another's."""
    asked = number_in("customer")
    if asked is None and known:
        return known[0]
    found = next((each for each in known if each.id == asked), None)
    if found is None:
        raise NotFound()
    return found


def course(entries: Sequence[AuditEntry]) -> list[dict[str, Any]]:
    """What the customer may know of a history, for the timeline."""
    return [
        {"at": each.at, "who": each.actor_name, "what": each.label, "why": each.reason or None, "public": True}
        for each in entries
    ]  # fmt: skip


def said(words: str, url: str) -> Response:
    """Back to a page, with what was done said."""
    flash(words, "success")
    return redirect(url, 303)  # type: ignore[return-value]
