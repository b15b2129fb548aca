"""Receipts that other systems tell: recorded as a page records them, each account and reference once (DOMAIN R8)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from portal.access.scope import past_the_walls
from portal.access.viewer import Viewer
from portal.api.actions.rows import UNKNOWN_CUSTOMER, Outcome, Row, Taken, each_row, for_the_house
from portal.api.queries.named import customers_by_code, receipt_under
from portal.customers.models import Customer
from portal.db.turns import Turn, take_turn
from portal.kernel.errors import Invalid
from portal.kernel.text import t
from portal.receivables.actions import allocating, receipts
from portal.receivables.actions.receipts import ReceiptFacts
from portal.receivables.models import Receipt
from portal.receivables.rules.bank_columns import account_number
from portal.receivables.rules.kinds import ReceiptKind, ReceiptState


def record(rows: Sequence[Row], actor: Viewer, now: datetime) -> Outcome:
    """Record every row that can be, allocated oldest due first unless it says no; the others are refused alone."""
    customers = customers_by_code((row["customer"] for row in rows), actor)
    house = for_the_house(actor)
    take_turn(Turn.MONEY)
    with past_the_walls():

        def take(row: Row) -> Taken:
            customer = customers.get(row["customer"])
            if customer is None:
                raise Invalid(UNKNOWN_CUSTOMER, "customer")
            return _taken(row, customer, house, now)

        return each_row("receipts", rows, take)


def _taken(row: Row, customer: Customer, house: Viewer, now: datetime) -> Taken:
    facts = _facts(row)
    before = receipt_under(account_number(facts.account), facts.bank_reference)
    if before is not None:
        _check_same(before, customer, facts)
        return Taken(before.id, is_new=False)
    if not facts.bank_reference:
        raise Invalid(t("This must be filled in."), "reference")
    receipt = receipts.record(customer, facts, house, now)
    if row["allocate"] and facts.kind is ReceiptKind.PAYMENT:
        allocating.allocate(receipt, None, receipt.received_on, house, now)
    return Taken(receipt.id)


def _facts(row: Row) -> ReceiptFacts:
    return ReceiptFacts(
        received_on=row["received_on"],
        currency=row["currency"],
        amount=row["amount"],
        kind=ReceiptKind(row["kind"]),
        bank_charge=row["bank_charge"] or Decimal(0),
        account=row["account"],
        bank_reference=row["reference"].strip(),
        payer_name=row["payer_name"],
        note=row["note"],
    )


def _check_same(before: Receipt, customer: Customer, facts: ReceiptFacts) -> None:
    """Invalid when the receipt under the same reference says something else, or was cancelled here."""
    if before.state != ReceiptState.KEPT:
        text = t(
            "Receipt %(number)s of this reference was cancelled here. Give the new one a reference of its own.",
            number=before.number,
        )
        raise Invalid(text, "reference")
    told = (customer.id, facts.received_on, facts.currency, facts.amount + facts.bank_charge)
    known = (before.customer_id, before.received_on, before.currency, before.amount)
    if told != known or facts.kind != before.kind:
        text = t(
            "Receipt %(number)s has this reference and says something else.", number=before.number
        )
        raise Invalid(text, "reference")
