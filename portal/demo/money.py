"""The demo's money: invoices asked for and registered, receipts in time and late, one paid too much."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial

from sqlalchemy import select

from portal.billing.models import Receivable, Statement
from portal.billing.rules.states import StatementState
from portal.db.base import db
from portal.demo.bills import FINANCE, FIRST_MONTH
from portal.demo.stage import Stage
from portal.kernel.clock import business_day
from portal.receivables.actions import (
    allocating,
    collecting,
    dunning,
    invoicing,
    receipts,
    requests,
)
from portal.receivables.actions.receipts import ReceiptFacts
from portal.receivables.actions.requests import RequestFacts, defaults
from portal.receivables.models import DunningNotice
from portal.receivables.rules.invoices import InvoiceFacts
from portal.receivables.rules.kinds import Channel, InvoiceKind, ReceiptKind

D = Decimal
REMARK = "起运地：上海；目的地：洛杉矶；车种车号：海运集装箱；货物：一般货物"


THEIR_BANK = {
    "bank_account": "招商银行上海分行 1219 0000 0000 001",
    "send_to": "lin@harbour.example",
}
REMINDED = 60
"""So many days ago the reminders of payment begin."""


@dataclass(frozen=True, slots=True)
class Payer:
    """How a customer pays: so many days after the due day, and from when on it does not (months before this one)."""

    days_late: int
    stops: int = 0


PAYERS = {
    "HARBOUR": Payer(0),
    "NORDWIND": Payer(4),
    "LONGTENG": Payer(9),
    "LONGTENG-NB": Payer(2),
    "LONGTENG-SH": Payer(2),
    "YUNSHANG": Payer(12, stops=-2),
    "JINGHE": Payer(-3),
    "CHONGHE": Payer(6),
}


def tell_money(stage: Stage) -> None:
    """Invoices, receipts and a call, month by month; a deposit."""
    days = stage.timeline
    for later in range(FIRST_MONTH, 0):
        last, after = days.month_end(later), days.month(later + 1)
        if later < -1:
            days.add(after.replace(day=14), "11:00", partial(_invoice, stage, last))
        for code, payer in PAYERS.items():
            if payer.stops and later >= payer.stops:
                continue
            due = days.month_end(later) + timedelta(days=_payment_days(code) + payer.days_late)
            if due < days.today:
                days.add(due, "16:00", partial(_pay, stage, code, last))
    days.add(days.day(-300), "10:00", partial(_deposit, stage))
    for ago in range(REMINDED, 5, -1):
        days.add(days.day(-ago), "08:00", partial(_remind, stage))
    days.add(days.day(-5), "15:30", partial(_call, stage))


def _payment_days(code: str) -> int:
    return {"LONGTENG": 45, "LONGTENG-NB": 45, "CHONGHE": 60}.get(code, 30)


def _invoice(stage: Stage, last: date, at: datetime) -> None:
    """What is confirmed of the month is invoiced; the demo's first customer asks for it by itself."""
    finance = stage.people[FINANCE]
    for statement in _confirmed(last):
        customer, asked = statement.customer, None
        names = defaults(customer)
        if customer.code == "HARBOUR":
            parts = {statement.id: statement.confirmed_amount}
            facts = RequestFacts(_kind(names), parts, **{**names, **THEIR_BANK})
            asked = requests.ask(customer, facts, stage.people["lin"], at)
        invoicing.register(
            customer,
            InvoiceFacts(
                kind=_kind(names),
                number=f"{business_day(at):%y}31700000{statement.id:010d}",
                issued_on=business_day(at),
                title=names["title"],
                tax_number=names["tax_number"],
                net_amount=statement.net_amount,
                tax_amount=statement.tax_amount,
                gross_amount=statement.gross_amount,
                currency=statement.currency,
                covers={statement.id: statement.gross_amount},
                remark=REMARK,
            ),
            finance,
            at,
            asked,
        )


def _kind(names: Mapping[str, str]) -> InvoiceKind:
    return InvoiceKind.SPECIAL if names["tax_number"] else InvoiceKind.ORDINARY


def _confirmed(last: date) -> Sequence[Statement]:
    wanted = select(Statement).where(
        Statement.ends_on == last,
        Statement.state == StatementState.CONFIRMED,
        Statement.gross_amount > 0,
        Statement.gross_amount == Statement.confirmed_amount,
    )
    return db.session.scalars(wanted.order_by(Statement.id)).all()


def _pay(stage: Stage, code: str, last: date, at: datetime) -> None:
    """The customer pays the month; once it rounds up, and the rest waits as a prepayment."""
    wanted = (
        select(Receivable)
        .join(Statement, Statement.id == Receivable.statement_id)
        .where(Statement.ends_on == last, Receivable.open_amount > 0)
        .where(Receivable.customer_id == stage.customer(code).id)
        .order_by(Receivable.id)
    )
    for row in db.session.scalars(wanted).all():
        much = row.open_amount - row.disputed_amount
        if much <= 0:
            continue
        if code == "JINGHE":
            much = (much // 100 + 1) * 100
        facts = ReceiptFacts(
            received_on=business_day(at),
            currency=row.currency,
            amount=much,
            account="4550 0000 0000 0001" if row.currency == "CNY" else "4550 0000 0000 0002",
            bank_reference=f"{business_day(at):%Y%m%d}{row.id:06d}",
            payer_name=row.customer.name_zh,
        )
        receipt = receipts.record(stage.customer(code), facts, stage.people[FINANCE], at)
        allocating.allocate(receipt, None, business_day(at), stage.people[FINANCE], at)


def _deposit(stage: Stage, at: datetime) -> None:
    facts = ReceiptFacts(
        received_on=business_day(at), currency="CNY", amount=D(10_000), kind=ReceiptKind.DEPOSIT,
        account="4550 0000 0000 0001", payer_name="云裳服饰", note="仓储押金",
    )  # fmt: skip
    receipts.record(stage.customer("YUNSHANG"), facts, stage.people[FINANCE], at)


def _remind(stage: Stage, at: datetime) -> None:
    """What the nightly job does, for the customer that is late."""
    dunning.remind(stage.customer("YUNSHANG").id, "CNY", at)


def _call(stage: Stage, at: datetime) -> None:
    """Finance rings the customer that is late, and notes what was promised."""
    wanted = select(DunningNotice).where(DunningNotice.channel == Channel.PHONE)
    notice = db.session.scalar(wanted.order_by(DunningNotice.id.desc()).limit(1))
    if notice is not None:
        words = "财务方女士：等平台回款后十天内付清。"
        promised = business_day(at) + timedelta(days=10)
        collecting.log_call(notice, words, promised, stage.people[FINANCE], at)
