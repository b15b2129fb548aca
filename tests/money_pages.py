"""A world of money for the tests of pages: statements, open items, receipts, invoices, holds, applications."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from portal.access.viewer import SYSTEM
from portal.billing.models import Receivable, Statement
from portal.billing.rules.states import StatementState
from portal.receivables.actions import allocating, dunning, holds, invoicing, requests, settlement
from portal.receivables.actions.requests import RequestFacts
from portal.receivables.models import (
    Allocation,
    BankEntry,
    DunningNotice,
    DunningStep,
    HoldLift,
    Invoice,
    InvoiceRequest,
    Receipt,
    SettlementApplication,
)
from portal.receivables.queries import dunning as ladder
from portal.receivables.rules.invoices import InvoiceFacts
from portal.receivables.rules.kinds import InvoiceKind
from portal.receivables.rules.settlement import TermsFacts
from tests.cast import Cast, viewer
from tests.factories import add
from tests.money import owed, received
from tests.statements import a_line, a_statement

D = Decimal
DIGITAL = "25312000000012345678"
JANUARY = {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 1, 31)}
DECEMBER = {"starts_on": date(2025, 12, 1), "ends_on": date(2025, 12, 31)}


@dataclass
class Money:
    """One of each, of Harbour Foods; everything flushed."""

    statement: Statement
    old: Receivable
    receipt: Receipt
    allocation: Allocation
    entry: BankEntry
    invoice: Invoice
    request: InvoiceRequest
    notice: DunningNotice
    step: DunningStep
    application: SettlementApplication
    lift: HoldLift

    def ids(self) -> dict[str, int]:
        """Argument of an address → the id of a row."""
        return {
            "receivable_id": self.old.id,
            **{
                f"{name}_id": getattr(self, name).id
                for name in (
                    "receipt", "allocation", "entry", "invoice", "request", "notice", "step", "application", "lift"
                )
            },
        }  # fmt: skip


def confirmed(cast: Cast, gross: str = "106", **more: object) -> Statement:
    """A confirmed statement of Harbour Foods with one line, 6 % tax inside."""
    return a_statement(cast.harbour, [a_line(gross)], StatementState.CONFIRMED, **more)  # type: ignore[arg-type]


def invoice_facts(covers: dict[int, Decimal], net: str, tax: str, **more: object) -> InvoiceFacts:
    """A digital ordinary invoice over statements."""
    values = {
        "kind": InvoiceKind.ORDINARY, "number": DIGITAL, "issued_on": date(2026, 3, 1), "title": "海港食品有限公司",
        "net_amount": D(net), "tax_amount": D(tax), "gross_amount": D(net) + D(tax), "covers": covers, **more,
    }  # fmt: skip
    return InvoiceFacts(**values)  # type: ignore[arg-type]


def a_world(cast: Cast, now: datetime) -> Money:
    """Everything that the pages of this room can name, made by the actions."""
    statement, harbour = confirmed(cast, **JANUARY), cast.harbour
    old = owed(harbour, "1000", date(2026, 1, 20), now)
    dunning.seed_steps(SYSTEM, now)
    notice = dunning.remind(harbour.id, "CNY", now)[-1]
    receipt = received(harbour, "300", now)
    (allocation,) = allocating.allocate(receipt, None, receipt.received_on, SYSTEM, now)
    rest = confirmed(cast, "212", **DECEMBER)
    request = requests.ask(
        harbour, RequestFacts(InvoiceKind.ORDINARY, {rest.id: D(212)}, title="海港食品有限公司"), viewer(cast.lin), now
    )  # fmt: skip
    holds.hold(harbour, "付款承诺三次落空", viewer(cast.finance), now)
    return Money(
        statement, old, receipt, allocation,
        entry=an_entry("88", payer_name="海港食品有限公司"),
        invoice=invoicing.register(harbour, invoice_facts({statement.id: D(106)}, "100", "6"), SYSTEM, now),
        request=request,
        notice=notice,
        step=ladder.steps()[0],
        application=settlement.apply(
            harbour, TermsFacts(payment_days=45, credit_limit=D(50000)), "旺季量大", viewer(cast.lin), now
        ),
        lift=holds.propose_lift(harbour, now.date() + timedelta(days=29), "已付一半", viewer(cast.finance), now),
    )  # fmt: skip


def an_entry(amount: str, **more: object) -> BankEntry:
    """A row of a bank's file that waits for its payer."""
    values = {
        "account": "45500001",
        "reference": "T-1",
        "on": date(2026, 3, 2),
        "currency": "CNY",
        **more,
    }
    return add(BankEntry(amount=D(amount), state="unmatched", **values))  # type: ignore[no-any-return]
