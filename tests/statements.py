"""Statements for tests, in any state, with real lines; and the usage and contract behind them where it is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from portal.access.viewer import SYSTEM
from portal.billing.actions import rows
from portal.billing.models import (
    Receivable,
    ReceivablePosting,
    Statement,
    StatementLine,
    StatementRevision,
)
from portal.billing.rules.charging import DrawnUsage, LinePrice, charge_quantity
from portal.billing.rules.kinds import LineKind, Part, PostingKind
from portal.billing.rules.statement_lines import LineDraft, Settling, Subject, billed, usage_line
from portal.billing.rules.states import FROZEN, LineState, StatementState
from portal.catalogue.rules.tax import TaxKind, TaxTerms
from portal.catalogue.rules.terms import PriceTerms
from portal.contracts.models import Entitlement
from portal.customers.models import Customer
from portal.db.base import db
from portal.db.series import next_number
from portal.kernel import clock
from portal.kernel.pinyin import search_words
from portal.usage.actions import recording
from portal.usage.actions.recording import UsageFact
from tests.factories import add, per_unit

D = Decimal
SIX = TaxTerms(TaxKind.TAXED, D(6), inclusive=True)
FIRST, LAST = date(2026, 2, 1), date(2026, 2, 28)


def a_line(
    rate: str = "28.5", quantity: str = "1", *, name_zh: str = "装卸费", name_en: str = "Handling", unit: str = "XPX",
    kind: LineKind = LineKind.USAGE, on: date = date(2026, 2, 10), tax: TaxTerms = SIX, tax_class: str = "service_6",
    currency: str = "CNY", served: Customer | None = None, **content: Any,
) -> LineDraft:  # fmt: skip
    """A line of its own, `quantity` at `rate` (6 % inside); for the statement's customer unless `served` is said.

    `content`: further columns of a LineDraft, reference and note say.
    """
    price = LinePrice(0, per_unit(unit, currency, rate), tax, unit=unit, currency=currency)
    subject = Subject(kind, served.id if served else 0, name_zh, on, on, name_en=name_en)
    settling = Settling(currency, tax, tax_class)
    return replace(billed(subject, charge_quantity(D(quantity), price), settling), **content)


def lines_of_usage(
    entitlement: Entitlement, quantity: str, reference: str, *, on: date = date(2026, 2, 10),
    customer: Customer | None = None, tax: TaxTerms = SIX,
) -> list[LineDraft]:  # fmt: skip
    """Usage recorded and drawn from `entitlement`, as the one or two lines (within, over) that bill it."""
    line, owner = entitlement.line, customer or entitlement.customer
    fact = UsageFact(
        owner.id, D(quantity), entitlement.unit, on, "page", reference, item_id=entitlement.item_id,
        entitlement_id=entitlement.id,
    )  # fmt: skip
    row = recording.record(fact, SYSTEM, clock.now())
    price = LinePrice(
        line.id, PriceTerms.from_json(line.price_terms), tax, line.discount_percent,
        PriceTerms.from_json(line.overage_terms) if line.overage_terms else None, line.tax_class, line.currency,
        line.unit, line.contract_id, line.item_id, line.name_zh, line.name_en, line.main_unit, line.stat_factor,
    )  # fmt: skip
    parts = {Part.WITHIN: row.quantity - row.over_quantity, Part.OVER: row.over_quantity}
    return [
        usage_line(
            DrawnUsage(row.id, entitlement.id, part, drawn, row.unit, on, owner.id, reference),
            price, line.currency, None, FIRST,
        )
        for part, drawn in parts.items()
        if drawn
    ]  # fmt: skip


def a_statement(
    customer: Customer, lines: Sequence[LineDraft] | None = None, state: StatementState = StatementState.DRAFT, *,
    currency: str = "CNY", starts_on: date = FIRST, ends_on: date = LAST, now: datetime | None = None, **values: Any,
) -> Statement:  # fmt: skip
    """A statement of `customer` in `state`; without `lines` two: 2 × 28.50 and 1 × 100.00.

    PARTLY_DISPUTED: its first line is disputed; CONFIRMED and BILLED: all lines are confirmed.
    """
    now = now or clock.now()
    drafts = [a_line("28.5", "2"), a_line("100", name_zh="送货费")] if lines is None else lines
    statement = add(
        Statement(
            number=next_number("ST", ends_on.year), customer_id=customer.id, currency=currency, starts_on=starts_on,
            ends_on=ends_on, language=customer.document_language, **values,
        )
    )  # fmt: skip
    statement.search_text = search_words(
        statement.number, f"{ends_on:%Y-%m}", customer.name_zh, customer.name_en, customer.code
    )[:400]
    rows.store(
        statement,
        [each if each.served_id else replace(each, served_id=customer.id) for each in drafts],
    )
    rows.repeat_sums(statement)
    statement.content_hash = rows.hash_of(statement, 0)
    db.session.flush()
    if state is StatementState.VOID:
        statement.void_reason = "测试"
    if state in FROZEN:
        _publish(statement, now)
    statement.state = state.value
    _answer(statement, state, now)
    db.session.flush()
    return statement


def lines(statement: Statement) -> list[StatementLine]:
    """The lines as they are now."""
    db.session.flush()
    return rows.live_lines(statement)


def _publish(statement: Statement, now: datetime) -> None:
    statement.revision_no, statement.published_at = 1, now
    statement.due_on = statement.ends_on + timedelta(days=30)
    add(
        StatementRevision(
            customer_id=statement.customer_id, statement_id=statement.id, number=1, sha256=rows.hash_of(statement, 1),
            line_count=statement.line_count, net_amount=statement.net_amount, tax_amount=statement.tax_amount,
            gross_amount=statement.gross_amount, published_at=now,
        )
    )  # fmt: skip
    owed = add(
        Receivable(
            customer_id=statement.customer_id, statement_id=statement.id, reference=statement.number,
            currency=statement.currency, issued_on=clock.business_day(now), due_on=statement.due_on,
            amount=statement.gross_amount, open_amount=statement.gross_amount, created_at=now,
        )
    )  # fmt: skip
    add(
        ReceivablePosting(
            customer_id=statement.customer_id, receivable_id=owed.id, kind=PostingKind.ISSUE.value,
            key=f"issue:{statement.id}", on=owed.issued_on, change=owed.amount, source_type="statement",
            source_id=statement.id, source_label=statement.number, at=now,
        )
    )  # fmt: skip


def _answer(statement: Statement, state: StatementState, now: datetime) -> None:
    said = {
        StatementState.CONFIRMED: LineState.CONFIRMED, StatementState.BILLED: LineState.CONFIRMED,
        StatementState.PARTLY_DISPUTED: LineState.DISPUTED,
    }.get(state)  # fmt: skip
    if said is None:
        return
    found = rows.live_lines(statement)
    for row in found[:1] if said is LineState.DISPUTED else found:
        row.state, row.decided_at = said.value, now
    if said is LineState.CONFIRMED:
        statement.confirmed_at = now
    db.session.flush()
    rows.repeat_sums(statement)
