"""What is owed: opened by a statement or brought forward, changed by postings only (DOMAIN R8, R9).

`open_amount` is the sum of the postings, `amount` the sum of those that issued it; a posting's key is written once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import func, select

from portal.access.viewer import Viewer
from portal.billing.models import Receivable, ReceivablePosting, Statement
from portal.billing.rules.credits import amount_checked
from portal.billing.rules.kinds import PostingKind, ReceivableKind
from portal.customers.models import Customer
from portal.db import audit
from portal.db.base import db
from portal.db.engine import write_from_here
from portal.kernel.clock import business_day
from portal.kernel.errors import Invalid, InvalidMany, NotAllowedNow, NotFound
from portal.kernel.money import CURRENCIES, round_money
from portal.kernel.text import Text, t

NOTHING = Decimal(0)
ISSUES = frozenset({PostingKind.ISSUE, PostingKind.REVISION})
"""Postings that change what was issued, not only what is left of it."""


@dataclass(frozen=True, slots=True)
class Source:
    """The record that causes a posting: statement, allocation, staff; `label` is what people call it."""

    type: str
    id: int
    label: str = ""


def hold(receivable_ids: Iterable[int]) -> list[Receivable]:
    """The receivables as they stand now, held until the transaction ends; in id order, so that nobody waits in a ring.

    NotFound when one is absent or not this session's to see.
    """
    wanted = sorted(set(receivable_ids))
    write_from_here(db.session())
    statement = (
        select(Receivable)
        .where(Receivable.id.in_(wanted))
        .order_by(Receivable.id)
        .with_for_update(of=Receivable)
        .execution_options(populate_existing=True)
    )
    found = list(db.session.scalars(statement))
    if len(found) < len(wanted):
        raise NotFound()
    return found


def post(
    receivable: Receivable, kind: PostingKind, key: str, on: date, change: Decimal, source: Source, actor: Viewer,
    now: datetime, reason: str = "",
) -> ReceivablePosting:  # fmt: skip
    """Change what is open by `change` (with its sign) as of the day `on`; a repeated `key` gives back its posting."""
    receivable = hold([receivable.id])[0]
    before = db.session.scalar(select(ReceivablePosting).where(ReceivablePosting.key == key))
    if before is not None:
        if before.receivable_id != receivable.id:
            raise ValueError(f"the key {key} stands for another posting")
        return before
    row = ReceivablePosting(
        customer_id=receivable.customer_id, receivable_id=receivable.id, kind=kind.value, key=key, on=on,
        change=change, source_type=source.type, source_id=source.id, source_label=source.label[:80],
        reason=reason[:500], by_id=actor.user_id, at=now,
    )  # fmt: skip
    db.session.add(row)
    receivable.open_amount += change
    if kind in ISSUES:
        receivable.amount += change
    db.session.flush()
    receivable.settled_on = None if receivable.open_amount else _last_day(receivable)
    db.session.flush()
    return row


def issue(statement: Statement, actor: Viewer, now: datetime) -> Receivable:
    """What the first revision of a statement makes the customer owe; there already: as it is."""
    found = of_statement(statement)
    if found is not None:
        return found
    today = business_day(now)
    row = _opened(
        Receivable(
            customer_id=statement.customer_id, kind=ReceivableKind.STATEMENT.value, statement_id=statement.id,
            reference=statement.number, currency=statement.currency, issued_on=today,
            due_on=statement.due_on or today, created_at=now,
        )
    )  # fmt: skip
    source = Source("statement", statement.id, statement.number)
    post(
        row,
        PostingKind.ISSUE,
        f"issue:{statement.id}",
        today,
        statement.gross_amount,
        source,
        actor,
        now,
    )
    return row


def revised(statement: Statement, before: Decimal, actor: Viewer, now: datetime) -> None:
    """The statement's current revision came to another sum than `before`: what is owed follows."""
    row = of_statement(statement)
    if row is None or statement.gross_amount == before:
        return
    source = Source("statement", statement.id, statement.number)
    key, change = (
        f"revision:{statement.id}:{statement.revision_no}",
        statement.gross_amount - before,
    )
    post(row, PostingKind.REVISION, key, business_day(now), change, source, actor, now)


def note_disputed(statement: Statement) -> None:
    """Keep the disputed part of what is owed as the statement has it: it is left out of ageing and dunning."""
    row = of_statement(statement)
    if row is not None and row.disputed_amount != statement.disputed_amount:
        hold([row.id])[0].disputed_amount = statement.disputed_amount


def of_statement(statement: Statement) -> Receivable | None:
    """What is owed for a statement; None before it is published."""
    return db.session.scalar(select(Receivable).where(Receivable.statement_id == statement.id))


def opening(
    customer: Customer, reference: str, currency: str, issued_on: date, due_on: date, amount: Decimal, actor: Viewer,
    now: datetime, note: str = "",
) -> Receivable:  # fmt: skip
    """An open item of the books before the portal; negative: a credit balance. InvalidMany by field.

    The same customer's reference is brought forward once.
    """
    wrong = _wrong_opening(reference, currency, issued_on, due_on, amount, business_day(now))
    if not wrong and _brought_forward(customer.id, reference.strip()):
        wrong["reference"] = t("This reference was brought forward already.")
    if wrong:
        raise InvalidMany(wrong)
    row = _opened(
        Receivable(
            customer_id=customer.id, kind=ReceivableKind.OPENING.value, reference=reference.strip(), currency=currency,
            issued_on=issued_on, due_on=due_on, note=note.strip()[:500], created_at=now,
        )
    )  # fmt: skip
    source = Source("receivable", row.id, row.reference)
    post(row, PostingKind.ISSUE, f"opening:{row.id}", issued_on, amount, source, actor, now)
    after = {"reference": row.reference, "amount": str(amount), "currency": currency}
    audit.record(actor, "receivable.opened", row, now, after=after)
    return row


def write_off(
    receivable: Receivable, amount: Decimal, reason: str, actor: Viewer, now: datetime
) -> ReceivablePosting:
    """Give up `amount` (> 0) of what is open, with the reason; at most what is open and not disputed.

    A credit balance that nobody will claim is written off the same way, towards zero.
    """
    if len(reason.strip()) < 2:
        raise Invalid(t("Say why it is written off."), "reason")
    row = hold([receivable.id])[0]
    if not row.open_amount:
        raise NotAllowedNow(t("Nothing is open here any more."))
    sign = 1 if row.open_amount > 0 else -1
    most = abs(row.open_amount) - (row.disputed_amount if sign > 0 else NOTHING)
    if most <= 0:
        raise NotAllowedNow(t("What is open is disputed. Decide the dispute first."))
    amount = amount_checked(amount, row.currency, most)
    written = select(func.count(ReceivablePosting.id)).where(
        ReceivablePosting.receivable_id == row.id,
        ReceivablePosting.kind == PostingKind.WRITE_OFF.value,
    )
    key = f"write_off:{row.id}:{(db.session.scalar(written) or 0) + 1}"
    before = {"open": str(row.open_amount)}
    source = Source("staff", actor.user_id or 0, actor.name)
    found = post(
        row, PostingKind.WRITE_OFF, key, business_day(now), -sign * amount, source, actor, now, reason.strip()
    )  # fmt: skip
    after = {"open": str(row.open_amount), "amount": str(amount)}
    why = reason.strip()[:500]
    audit.record(actor, "receivable.written_off", row, now, before=before, after=after, reason=why)
    return found


def _opened(row: Receivable) -> Receivable:
    row.amount = row.open_amount = row.disputed_amount = NOTHING
    db.session.add(row)
    db.session.flush()
    return row


def _last_day(receivable: Receivable) -> date | None:
    wanted = ReceivablePosting.receivable_id == receivable.id
    return db.session.scalar(select(func.max(ReceivablePosting.on)).where(wanted))


def _brought_forward(customer_id: int, reference: str) -> bool:
    found = select(Receivable.id).where(
        Receivable.customer_id == customer_id, Receivable.reference == reference,
        Receivable.kind == ReceivableKind.OPENING.value,
    )  # fmt: skip
    return db.session.scalar(found.limit(1)) is not None


def _wrong_opening(
    reference: str, currency: str, issued_on: date, due_on: date, amount: Decimal, today: date
) -> dict[str, Text]:
    wrong: dict[str, Text] = {}
    if not 1 <= len(reference.strip()) <= 60:
        wrong["reference"] = t("One to 60 characters.")
    if currency not in CURRENCIES:
        wrong["currency"] = t("Unknown currency.")
    elif amount == 0 or amount != round_money(amount, currency):
        wrong["amount"] = t("An amount that this currency can pay out, not zero.")
    if issued_on > today:
        wrong["issued_on"] = t("This day is still to come.")
    if due_on < issued_on:
        wrong["due_on"] = t("It cannot be due before its own day.")
    return wrong
