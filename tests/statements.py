"""Statements for tests, in any state, with real lines; and the usage and contract behind them where it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from portal.access.viewer import SYSTEM, Viewer
from portal.billing.actions import confirming, disputing, publishing, reviewing, rows
from portal.billing.actions.holding import move
from portal.billing.models import Dispute, Statement, StatementLine
from portal.billing.rules.charging import DrawnUsage, LinePrice, charge_quantity
from portal.billing.rules.kinds import LineKind, Part
from portal.billing.rules.statement_lines import LineDraft, Settling, Subject, billed, usage_line
from portal.billing.rules.states import StatementState, StatementStep
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

    It gets there by the same actions as everybody's, SYSTEM acting. PARTLY_DISPUTED: the whole of its first line is
    disputed; CONFIRMED and BILLED: all lines are confirmed (no invoice stands behind BILLED); VOID: without lines.
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
    for step in WAY[state]:
        step(statement, now)
    db.session.flush()
    return statement


def lines(statement: Statement) -> list[StatementLine]:
    """The lines as they are now."""
    db.session.flush()
    return rows.live_lines(statement)


def dispute(
    line: StatementLine, amount: str | None = None, by: Viewer = SYSTEM, **more: Any
) -> Dispute:
    """A dispute of a line of a published statement; `amount` None: the whole of it."""
    statement = line.statement
    wanted = line.gross_amount if amount is None else D(amount)
    values = {"reason": "rate", "text": "价格与合同不符", **more}
    return disputing.raise_(
        line, values["reason"], wanted, values["text"], statement.revision_no, by, clock.now()
    )


def _review(statement: Statement, now: datetime) -> None:
    reviewing.review(statement, SYSTEM, now)


def _publish(statement: Statement, now: datetime) -> None:
    publishing.publish(statement, SYSTEM, now)


def _dispute(statement: Statement, now: datetime) -> None:
    dispute(rows.live_lines(statement)[0])


def _confirm(statement: Statement, now: datetime) -> None:
    confirming.confirm(statement, None, statement.revision_no, SYSTEM, now)


def _bill(statement: Statement, now: datetime) -> None:
    move(statement, StatementStep.BILL, now)


def _void(statement: Statement, now: datetime) -> None:
    reviewing.void(statement, "测试", SYSTEM, now)


WAY: Mapping[StatementState, Sequence[Callable[[Statement, datetime], None]]] = {
    StatementState.DRAFT: (),
    StatementState.UNDER_REVIEW: (_review,),
    StatementState.PUBLISHED: (_review, _publish),
    StatementState.PARTLY_DISPUTED: (_review, _publish, _dispute),
    StatementState.CONFIRMED: (_review, _publish, _confirm),
    StatementState.BILLED: (_review, _publish, _confirm, _bill),
    StatementState.VOID: (_void,),
}
"""The actions that bring a draft to a state."""
