"""Refunds on the page of a receipt, and what was set off on the page of an open item."""

from __future__ import annotations

from typing import Any

from flask import g

from portal.access.permissions import Permission as P
from portal.billing.models import Receivable
from portal.kernel import clock
from portal.receivables.forms.squaring import RefundForm
from portal.receivables.models import Receipt
from portal.receivables.queries.netting import nettings_of, payable_by
from portal.receivables.queries.receipts import refunds_of
from portal.receivables.rules.kinds import ReceiptKind, ReceiptState


def refund_form(receipt: Receipt) -> RefundForm:
    """All that is left, today."""
    return RefundForm(
        prefix="refund-", data={"amount": receipt.open_amount, "on": clock.today(), "paid_to": receipt.payer_name}
    )  # fmt: skip


def refunding(receipt: Receipt, form: RefundForm | None) -> dict[str, Any]:
    """What went back, and the form where something is left of a payment."""
    rows = refunds_of(receipt, g.viewer) if receipt.kind == ReceiptKind.PAYMENT else []
    left = receipt.state == ReceiptState.KEPT and receipt.open_amount > 0
    may = g.viewer.may(P.RECEIPT_RECORD) and receipt.kind == ReceiptKind.PAYMENT and left
    return {
        "refunds": rows,
        "refunds_undone": frozenset(row.reverses_id for row in rows if row.reverses_id),
        "refund": (form or refund_form(receipt)) if may else None,
    }


def set_off(row: Receivable) -> dict[str, Any]:
    """What was set off on either side, and whether this credit can still pay for something."""
    rows = nettings_of(row, g.viewer)
    may = g.viewer.may(P.RECEIPT_RECORD)
    return {
        "nettings": rows,
        "nettings_undone": frozenset(each.reverses_id for each in rows if each.reverses_id),
        "may_record": may,
        "may_net": may and row.open_amount < 0 and bool(payable_by(row, g.viewer)),
    }
