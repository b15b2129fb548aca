"""From the draft to the customer: reviewed, returned, voided, published; what is frozen, owed and told."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from portal.access.viewer import SYSTEM
from portal.billing.actions import publishing, reviewing
from portal.billing.actions.rows import hash_of
from portal.billing.models import (
    BilledOnce,
    Receivable,
    ReceivablePosting,
    Statement,
    StatementLine,
)
from portal.billing.rules.kinds import LineKind, Once
from portal.billing.rules.statement_lines import negative_of
from portal.billing.rules.states import StatementState as S
from portal.customers.models import Contact, SettlementTerms
from portal.db import audit
from portal.db.base import db
from portal.db.outbox import OutboxMessage
from portal.kernel.errors import Invalid, NotAllowedNow, StaleEdit
from portal.usage.actions import recording
from portal.usage.actions.recording import UsageFact
from portal.usage.models import UsageRecord
from portal.warehouse.models import StockBilled
from tests.cast import Cast, viewer
from tests.chain import entitled
from tests.factories import add
from tests.statements import LAST, a_line, a_statement, lines, lines_of_usage

D = Decimal


def usage_ids(statement: Statement | None) -> list[int]:
    wanted = UsageRecord.statement_id == (statement.id if statement else None)
    return list(db.session.scalars(select(UsageRecord.id).where(wanted)))


def terms(cast: Cast, **values: object) -> SettlementTerms:
    return add(SettlementTerms(customer_id=cast.harbour.id, **values))


def test_publishing_freezes_the_sums_and_the_hash_of_what_was_reviewed(
    cast: Cast, now: datetime
) -> None:
    row = a_statement(cast.harbour, state=S.UNDER_REVIEW)
    revision = publishing.publish(row, viewer(cast.finance), now)
    assert (revision.number, revision.line_count, revision.gross_amount) == (1, 2, D(157))
    assert revision.net_amount + revision.tax_amount == D(157)
    assert revision.sha256 == hash_of(row, 1) and revision.published_by == cast.finance.id


def test_publishing_opens_what_is_owed(cast: Cast, now: datetime) -> None:
    row = a_statement(cast.harbour, state=S.PUBLISHED)
    owed = db.session.scalars(select(Receivable)).one()
    posted = db.session.scalars(select(ReceivablePosting)).one()
    assert (owed.statement_id, owed.amount, owed.open_amount, owed.reference) == (
        row.id,
        157,
        157,
        row.number,
    )
    assert (posted.kind, posted.key, posted.change) == ("issue", f"issue:{row.id}", 157)
    assert owed.due_on == row.due_on == LAST + timedelta(days=30)


def test_a_statement_that_only_takes_back_is_owed_by_us(cast: Cast, now: datetime) -> None:
    january, end = date(2026, 1, 1), date(2026, 1, 31)
    old = a_statement(cast.harbour, [a_line("50")], S.CONFIRMED, starts_on=january, ends_on=end)
    back = negative_of(lines(old)[0], lines(old)[0].id, told=old.number)
    row = a_statement(cast.harbour, [back], S.PUBLISHED)
    owed = db.session.scalars(select(Receivable).where(Receivable.statement_id == row.id)).one()
    assert (owed.amount, owed.open_amount, row.gross_amount) == (-50, -50, -50)


def test_the_customers_own_days_count_before_the_contracts(cast: Cast, now: datetime) -> None:
    terms(cast, payment_days=45, confirm_days=10)
    row = a_statement(cast.harbour, state=S.PUBLISHED)
    assert row.due_on == LAST + timedelta(days=45)
    assert row.terms["answer_by"] == "2026-03-12" and row.terms["payment_days"] == 45


def test_the_reconciliation_contact_and_everybody_who_sees_bills_are_told_once(
    cast: Cast, now: datetime
) -> None:
    contact = add(Contact(customer_id=cast.harbour.id, name="周敏", email="zhou@harbour.example"))
    terms(cast, reconciliation_contact_id=contact.id)
    a_statement(cast.harbour, state=S.PUBLISHED)
    told = db.session.scalars(select(OutboxMessage.recipient).order_by(OutboxMessage.id)).all()
    assert told == ["zhou@harbour.example", cast.lin.email]  # the clerk sees quotations only


def test_a_draft_is_reviewed_as_it_was_read(cast: Cast, now: datetime) -> None:
    row = a_statement(cast.harbour)
    with pytest.raises(StaleEdit):
        reviewing.review(row, viewer(cast.finance), now, row.version - 1)
    reviewing.review(row, viewer(cast.finance), now, row.version)
    assert (row.state, row.reviewed_by) == ("under_review", cast.finance.id)


def test_a_statement_without_lines_goes_nowhere(cast: Cast, now: datetime) -> None:
    row = a_statement(cast.harbour, [])
    with pytest.raises(Invalid):
        reviewing.review(row, viewer(cast.finance), now)


def test_a_return_needs_its_reason_and_makes_a_draft_again(cast: Cast, now: datetime) -> None:
    row = a_statement(cast.harbour, state=S.UNDER_REVIEW)
    with pytest.raises(Invalid):
        reviewing.return_(row, " ", viewer(cast.finance), now)
    reviewing.return_(row, "少了一票", viewer(cast.finance), now)
    assert (row.state, row.reviewed_by, row.line_count) == ("draft", None, 2)


def test_usage_that_arrives_while_it_is_published_is_the_next_periods(
    cast: Cast, now: datetime
) -> None:
    entitlement = entitled(cast, now)
    row = a_statement(cast.harbour, lines_of_usage(entitlement, "2", "A-1"), S.UNDER_REVIEW)
    fact = UsageFact(
        cast.harbour.id,
        D(1),
        entitlement.unit,
        date(2026, 2, 20),
        "page",
        "A-2",
        item_id=entitlement.item_id,
    )
    late = recording.record(fact, SYSTEM, now)
    publishing.publish(row, viewer(cast.finance), now)
    assert usage_ids(None) == [late.id] and len(usage_ids(row)) == row.line_count == 1


def test_a_void_frees_what_it_billed_and_keeps_its_number(cast: Cast, now: datetime) -> None:
    marked = a_line("9", kind=LineKind.FEE, once=((Once.FEE, 77, date(2026, 2, 1)),))
    row = a_statement(cast.harbour, [*lines_of_usage(entitled(cast, now), "2", "A-1"), marked])
    reviewing.void(row, "客户要求合并", viewer(cast.finance), now)
    assert (row.state, row.gross_amount, row.line_count, row.void_reason) == (
        "void",
        0,
        0,
        "客户要求合并",
    )
    assert usage_ids(row) == [] and lines(row) == []
    assert db.session.scalar(select(BilledOnce.id)) is None
    again = a_statement(cast.harbour, [marked])
    assert again.number != row.number and len(lines(again)) == 1


def test_a_published_statement_is_not_voided(cast: Cast, now: datetime) -> None:
    row = a_statement(cast.harbour, state=S.PUBLISHED)
    with pytest.raises(NotAllowedNow):
        reviewing.void(row, "发错了", viewer(cast.finance), now)
    assert len(lines(row)) == 2


def test_stock_papers_count_after_the_days_that_were_reviewed(cast: Cast, now: datetime) -> None:
    stored = a_line("9", kind=LineKind.STORAGE, starts_on=date(2026, 2, 1), ends_on=LAST)
    row = a_statement(cast.harbour, [stored], S.UNDER_REVIEW)
    assert db.session.scalars(select(StockBilled.through_on)).one() == LAST
    reviewing.return_(row, "改仓租", viewer(cast.finance), now)
    assert db.session.scalar(select(StockBilled.id)) is None


def test_a_return_leaves_the_days_that_an_earlier_statement_billed(
    cast: Cast, now: datetime
) -> None:
    january, end = date(2026, 1, 1), date(2026, 1, 31)
    old = a_line("9", kind=LineKind.STORAGE, starts_on=january, ends_on=end)
    a_statement(cast.harbour, [old], S.PUBLISHED, starts_on=january, ends_on=end)
    row = a_statement(
        cast.harbour, [a_line("9", kind=LineKind.STORAGE, ends_on=LAST)], S.UNDER_REVIEW
    )
    reviewing.void(row, "改仓租", viewer(cast.finance), now)
    assert db.session.scalars(select(StockBilled.through_on)).one() == end


def test_a_revision_tells_what_was_owed_before_and_what_was_paid_since(
    cast: Cast, now: datetime
) -> None:
    january, end = date(2026, 1, 1), date(2026, 1, 31)
    a_statement(cast.harbour, [a_line("80")], S.PUBLISHED, starts_on=january, ends_on=end)
    row = a_statement(cast.harbour, state=S.PUBLISHED)
    assert (row.revisions[0].opening_amount, row.revisions[0].received_amount) == (80, 0)


def test_each_step_is_in_the_history_and_the_customer_sees_the_public_ones(
    cast: Cast, now: datetime
) -> None:
    row = a_statement(cast.harbour, state=S.PUBLISHED)
    mine = [each.event for each in audit.timeline(row, public_only=True)]
    ours = [each.event for each in audit.timeline(row, public_only=False)]
    assert mine == ["statement.published"]
    assert ours == ["statement.published", "statement.reviewed"]
    assert audit.first_broken_link() is None


def test_lines_of_a_void_statement_are_gone(cast: Cast, now: datetime) -> None:
    row = a_statement(cast.harbour, state=S.VOID)
    wanted = select(StatementLine.id).where(StatementLine.statement_id == row.id)
    assert db.session.scalars(wanted).all() == []


@pytest.mark.parametrize(("days", "due"), [(6, date(2026, 10, 8)), (0, date(2026, 9, 30))])
def test_a_due_day_in_the_golden_week_moves_behind_it(
    cast: Cast, now: datetime, days: int, due: date
) -> None:
    add(SettlementTerms(customer_id=cast.harbour.id, payment_days=days, next_working_day=True))
    september = {"starts_on": date(2026, 9, 1), "ends_on": date(2026, 9, 30)}
    row = a_statement(cast.harbour, state=S.PUBLISHED, **september)
    assert row.due_on == due and row.terms["next_working_day"] is True
