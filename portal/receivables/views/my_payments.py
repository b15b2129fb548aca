"""What the customer owes and where to pay it, what came in and what it paid for, the account over a span."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from flask import Response, flash, g, redirect, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.access.scope import visible
from portal.db.base import db
from portal.documents.queries import firm_profile
from portal.documents.serving import pdf_response
from portal.kernel import clock
from portal.kernel.errors import Invalid
from portal.receivables.actions import papers
from portal.receivables.models import Allocation, Receipt
from portal.receivables.queries import open_items
from portal.receivables.rules.kinds import ReceiptState
from portal.receivables.views.customer_page import (
    account_file,
    account_of,
    in_currencies,
    span_here,
)
from portal.receivables.views.my_door import companies, company_here
from portal.receivables.views.my_door import payment_door as bp
from portal.receivables.views.receipt_list import label_of
from portal.web.flask_app import reads_first
from portal.web.pages import page
from portal.web.stepping import reason_of

RECEIPTS_SHOWN = 24
ZERO = Decimal(0)


@bp.get("/payments")
@requires(P.RECEIPT_SEE)
def index() -> Any:
    """What is due and overdue, where to pay, what came in."""
    today = clock.today()
    found = open_items.items(g.viewer, today)
    came = _receipts()
    parts = in_currencies(found, _held(came), today)
    return page(
        "receivables/my_payments.html",
        parts=parts,
        banks=_banks({part.currency for part in parts}),
        receipts=[(row, label_of(row), paid) for row, paid in _paid_with(came[:RECEIPTS_SHOWN])],
        several=len(g.viewer.customer_ids or ()) > 1,
    )


def _receipts() -> list[Receipt]:
    """Everything that came in and counts, the latest first."""
    wanted = visible(select(Receipt), Receipt, g.viewer).where(
        Receipt.state == ReceiptState.KEPT.value
    )
    rows = wanted.options(joinedload(Receipt.customer))
    return list(db.session.scalars(rows.order_by(Receipt.received_on.desc(), Receipt.id.desc())))


def _held(came: Sequence[Receipt]) -> dict[str, tuple[Decimal, Decimal]]:
    """Currency → (deposits held, paid and not allocated)."""
    found: dict[str, tuple[Decimal, Decimal]] = {}
    for row in came:
        deposit, free = found.get(row.currency, (ZERO, ZERO))
        if row.kind == "deposit":
            found[row.currency] = deposit + row.open_amount, free
        else:
            found[row.currency] = deposit, free + row.open_amount
    return found


def _paid_with(rows: Sequence[Receipt]) -> list[tuple[Receipt, list[Allocation]]]:
    """Each receipt with what it pays for now, what was undone left out; asked once for all of them."""
    wanted = visible(select(Allocation), Allocation, g.viewer).where(
        Allocation.receipt_id.in_([row.id for row in rows])
    )
    made = list(
        db.session.scalars(
            wanted.options(joinedload(Allocation.receivable)).order_by(Allocation.id)
        )
    )
    undone = {each.reverses_id for each in made}
    counts = [each for each in made if each.reverses_id is None and each.id not in undone]
    return [(row, [each for each in counts if each.receipt_id == row.id]) for row in rows]


def _banks(currencies: set[str]) -> list[dict[str, str]]:
    """The accounts to pay to: those of the currencies that are owed, or all of them."""
    known: list[dict[str, str]] = list(firm_profile().banks or [])
    return [each for each in known if each.get("currency", "CNY") in currencies] or known


@bp.get("/payments/account")
@requires(P.RECEIPT_SEE)
def account() -> Any:
    """The account over a span."""
    known = companies()
    row, (from_on, until_on) = company_here(known), span_here()
    found = account_of(row, from_on, until_on)
    shown = {"customer": row, "companies": known, "from_on": from_on, "until_on": until_on}
    return page("receivables/my_account.html", accounts=found, **shown)


@bp.get("/payments/account/file")
@requires(P.RECEIPT_SEE)
def account_as() -> Response:
    """The account as a file: CSV, or Excel where the address says so."""
    kind = "xlsx" if request.args.get("kind") == "xlsx" else "csv"
    return account_file(company_here(companies()), *span_here(), kind)


@bp.post("/payments/account/print")
@reads_first
@requires(P.RECEIPT_SEE)
def print_account() -> Response:
    """A sealed paper of it; the paper is the answer."""
    row, span = company_here(companies()), span_here()
    try:
        document = papers.print_account(row, *span, g.viewer, clock.now())
    except Invalid as error:
        flash(reason_of(error), "error")
        return redirect(url_for(".account", customer=row.id), 303)  # type: ignore[return-value]
    return pdf_response(document)
