"""Everything that the desk's page of one receipt shows, and the form that allocates it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import g
from sqlalchemy import select

from portal.access.permissions import Permission as P
from portal.access.scope import visible
from portal.billing.models import Receivable
from portal.catalogue.queries.rates import exchange_rate
from portal.db import audit
from portal.db.base import db
from portal.kernel import clock
from portal.kernel.errors import Invalid
from portal.receivables.forms.receipts import AllocateForm, DepositForm, allocate_form
from portal.receivables.forms.squaring import RefundForm
from portal.receivables.models import Allocation, BankEntry, DepositMove, Receipt
from portal.receivables.queries import receipts as queries
from portal.receivables.queries.receipts import free_amount, held_amount, owed_of
from portal.receivables.rules.allocation import Owed, oldest_first
from portal.receivables.rules.kinds import RECEIPT_WORDS, ReceiptKind, ReceiptState
from portal.receivables.views.desk_door import people
from portal.receivables.views.receipt_list import label_of
from portal.receivables.views.squaring_parts import refunding
from portal.web.timeline import happenings

ZERO = Decimal(0)
MOST_ROWS = 200


@dataclass(frozen=True, slots=True)
class Allocating:
    """What a receipt may pay for: the free amount, the open items, the form with the proposal."""

    free: Decimal
    rows: list[Receivable]
    owed: list[Owed]
    form: AllocateForm
    proposed: Decimal

    @property
    def over(self) -> Decimal:
        """What the proposal leaves on the receipt."""
        return self.free - self.proposed

    @property
    def hidden(self) -> int:
        """How many open items are too many for one page."""
        return len(self.owed) - len(self.rows)


def allocating(receipt: Receipt) -> Allocating | None:
    """The proposal for a receipt, oldest due first; None where nothing is free, or nothing is owed."""
    free = free_amount(receipt)
    rows = _open(receipt) if free > 0 else []
    if not rows:
        return None
    owed = [owed_of(row) for row in rows[:MOST_ROWS]]
    shares = oldest_first(free, receipt.currency, owed)
    form = allocate_form(
        owed, receipt.currency, shares, _rates(receipt, owed), version=str(receipt.version), on=receipt.received_on
    )  # fmt: skip
    proposed = sum((each.receipt_amount for each in shares), ZERO)
    return Allocating(free, rows[:MOST_ROWS], owed, form, proposed)


def _open(receipt: Receipt) -> list[Receivable]:
    """What the customer owes, in the receipt's currency first, the oldest due first."""
    wanted = visible(select(Receivable), Receivable, g.viewer).where(
        Receivable.customer_id == receipt.customer_id, Receivable.open_amount > 0
    )
    rows = db.session.scalars(wanted.order_by(Receivable.due_on, Receivable.id))
    return sorted(rows, key=lambda row: row.currency != receipt.currency)


def _rates(receipt: Receipt, owed: list[Owed]) -> dict[str, Decimal]:
    """What one unit of the receipt's currency was worth in each other one on its day, where that is known."""
    found = {}
    for code in sorted({each.currency for each in owed} - {receipt.currency}):
        with suppress(Invalid):
            found[code] = exchange_rate(receipt.currency, code, receipt.received_on).rate
    return found


def deposit_form() -> DepositForm:
    """Refund or set off, today."""
    return DepositForm(data={"way": "set_off", "on": clock.today()})


def context(
    receipt: Receipt, form: Allocating | None = None, deposit: DepositForm | None = None,
    refund: RefundForm | None = None,
) -> dict[str, Any]:  # fmt: skip
    """The page of a receipt that was fetched for the viewer."""
    made, moves = queries.allocations(receipt, g.viewer), _moves(receipt)
    back = refunding(receipt, refund)
    is_used = _sum(made) != 0 or bool(moves) or _went_back(back)
    return {
        "receipt": receipt,
        "label": label_of(receipt),
        "kind": RECEIPT_WORDS[ReceiptKind(receipt.kind)],
        **_allocated(made),
        "moves": moves,
        "names": people([receipt.recorded_by, *_by([*made, *moves, *back["refunds"]])]),
        "entries": happenings(audit.timeline(receipt, public_only=False)),
        **_steps(receipt, form, deposit, is_used=is_used),
        **back,
    }


def _allocated(made: list[Allocation]) -> dict[str, Any]:
    return {"allocations": made, "undone": queries.undone(made), "allocated": _sum(made)}


def _moves(receipt: Receipt) -> list[DepositMove]:
    is_deposit = receipt.kind == ReceiptKind.DEPOSIT
    return queries.deposit_moves(receipt, g.viewer) if is_deposit else []


def _steps(
    receipt: Receipt, form: Allocating | None, deposit: DepositForm | None, *, is_used: bool
) -> dict[str, Any]:
    """What this viewer may do with it now."""
    may, held = g.viewer.may(P.RECEIPT_RECORD), held_amount(receipt)
    kept = receipt.state == ReceiptState.KEPT
    return {
        "held": held,
        "may_record": may,
        "may_cancel": may and kept and not is_used,
        "allocating": form or (allocating(receipt) if may else None),
        "deposit": (deposit or deposit_form()) if held > 0 and may else None,
        "entry": _entry(receipt),
    }


def _went_back(back: dict[str, Any]) -> bool:
    return sum(row.amount for row in back["refunds"]) != 0


def _by(rows: list[Any]) -> list[int | None]:
    return [row.by_id for row in rows]


def _sum(made: list[Allocation]) -> Decimal:
    return sum((row.receipt_amount for row in made), ZERO)


def _entry(receipt: Receipt) -> BankEntry | None:
    """The bank's row that it was made of; only those who record receipts see the banks' rows."""
    if not g.viewer.may(P.RECEIPT_RECORD):
        return None
    return db.session.scalar(select(BankEntry).where(BankEntry.receipt_id == receipt.id).limit(1))
