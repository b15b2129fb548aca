"""Corrections of a published statement: revision n+1, the one before as it was; what is owed follows (DOMAIN R5)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal.billing.actions import confirming, revising
from portal.billing.actions.rows import store
from portal.billing.models import BilledOnce, Receivable, ReceivablePosting
from portal.billing.queries import statements as queries
from portal.billing.rules.kinds import LineKind, Once
from portal.billing.rules.statement_lines import negative_of
from portal.billing.rules.states import StatementState as S
from portal.db.base import db
from portal.db.outbox import OutboxMessage
from portal.kernel.errors import Invalid, NotAllowedNow, NotFound
from portal.usage.models import UsageRecord
from tests.cast import Cast, viewer
from tests.chain import entitled
from tests.statements import a_line, a_statement, dispute, lines, lines_of_usage

D = Decimal
WHY = "数量录错"


def posted() -> list[tuple[str, Decimal]]:
    rows = db.session.scalars(select(ReceivablePosting).order_by(ReceivablePosting.id))
    return [(row.kind, row.change) for row in rows]


def told(step: str) -> int:
    wanted = OutboxMessage.key.contains(f"-{step}-")
    return len(db.session.scalars(select(OutboxMessage.id).where(wanted)).all())


def test_a_line_is_replaced_and_the_earlier_revision_stays_readable(
    cast: Cast, now: datetime
) -> None:
    row = a_statement(cast.harbour, state=S.PUBLISHED)
    before = queries.revision(row, 1).sha256
    wrong = lines(row)[0]
    right = a_line("28.5", "1", served=cast.harbour)
    revision = revising.revise(row, [wrong], [right], WHY, viewer(cast.finance), now)
    assert (revision.number, revision.reason, revision.gross_amount) == (2, WHY, D("128.5"))
    assert (row.revision_no, row.gross_amount, row.state) == (2, D("128.5"), "published")
    assert queries.revision(row, 1).sha256 == before != revision.sha256
    assert [each.gross_amount for each in queries.lines_of(row, 1)] == [57, 100]
    assert sorted(each.gross_amount for each in queries.lines_of(row, 2)) == [D("28.5"), 100]
    assert queries.lines_of(row) == queries.lines_of(row, 2)
    assert lines(row)[-1].replaces_id == wrong.id and wrong.until_revision == 1


def test_what_is_owed_follows_and_the_customer_is_told(cast: Cast, now: datetime) -> None:
    row = a_statement(cast.harbour, state=S.PUBLISHED)
    revising.revise(row, lines(row)[:1], [], WHY, viewer(cast.finance), now)
    owed = db.session.scalars(select(Receivable)).one()
    assert (owed.amount, owed.open_amount) == (100, 100)
    assert posted() == [("issue", 157), ("revision", -57)]
    assert told("revised") == 1


def test_what_only_an_ended_line_billed_is_free_again(cast: Cast, now: datetime) -> None:
    fee = a_line("9", kind=LineKind.FEE, once=((Once.FEE, 77, date(2026, 2, 1)),))
    row = a_statement(
        cast.harbour,
        [*lines_of_usage(entitled(cast, now), "2", "A-1"), fee, a_line("3")],
        S.PUBLISHED,
    )
    revising.revise(row, lines(row)[:2], [], WHY, viewer(cast.finance), now)
    assert db.session.scalars(select(UsageRecord.statement_id)).one() is None
    assert db.session.scalar(select(BilledOnce.id)) is None


def test_a_line_in_its_stead_keeps_usage_and_day_billed(cast: Cast, now: datetime) -> None:
    drafts = lines_of_usage(entitled(cast, now), "2", "A-1")
    fee = a_line("9", kind=LineKind.FEE, once=((Once.FEE, 77, date(2026, 2, 1)),))
    row = a_statement(cast.harbour, [*drafts, fee], S.PUBLISHED)
    revising.revise(
        row,
        lines(row),
        [*drafts, a_line("7", kind=LineKind.FEE, served=cast.harbour, once=fee.once)],
        WHY,
        viewer(cast.finance),
        now,
    )
    assert db.session.scalars(select(UsageRecord.statement_id)).one() == row.id
    assert db.session.scalars(select(BilledOnce.line_id)).one() == lines(row)[1].id
    assert [each.replaces_id is not None for each in lines(row)] == [True, False]


def test_a_confirmed_line_does_not_leave_but_is_copied_in_the_negative(
    cast: Cast, now: datetime
) -> None:
    row = a_statement(cast.harbour, state=S.PUBLISHED)
    wrong = lines(row)[0]
    confirming.confirm(row, [wrong.id], 1, viewer(cast.lin), now)
    with pytest.raises(NotAllowedNow):
        revising.revise(row, [wrong], [], WHY, viewer(cast.finance), now)
    copy = negative_of(wrong, wrong.id, told=row.number)
    revising.revise(row, [], [copy], WHY, viewer(cast.finance), now)
    assert (row.gross_amount, row.confirmed_amount, row.revision_no) == (100, 57, 2)
    with pytest.raises(NotAllowedNow, match="negative copy already"):
        revising.revise(row, [], [copy], WHY, viewer(cast.finance), now)


def test_a_disputed_line_waits_for_its_decision(cast: Cast, now: datetime) -> None:
    row = a_statement(cast.harbour, state=S.PUBLISHED)
    wrong = lines(row)[0]
    dispute(wrong)
    for ended, added in (([wrong], []), ([], [negative_of(wrong, wrong.id)])):
        with pytest.raises(NotAllowedNow):
            revising.revise(row, ended, added, WHY, viewer(cast.finance), now)
    assert row.revision_no == 1


@pytest.mark.parametrize("state", [S.DRAFT, S.UNDER_REVIEW, S.CONFIRMED, S.BILLED, S.VOID])
def test_only_a_published_statement_is_revised(cast: Cast, now: datetime, state: S) -> None:
    row = a_statement(cast.harbour, state=state)
    with pytest.raises(NotAllowedNow):
        revising.revise(row, [], [a_line("1", served=cast.harbour)], WHY, viewer(cast.finance), now)


def test_a_revision_needs_a_reason_and_a_change_of_its_own_lines(cast: Cast, now: datetime) -> None:
    row = a_statement(cast.harbour, state=S.PUBLISHED)
    other = a_statement(cast.nordwind, state=S.PUBLISHED)
    desk = viewer(cast.finance)
    with pytest.raises(Invalid):
        revising.revise(row, lines(row), [], "", desk, now)
    with pytest.raises(Invalid):
        revising.revise(row, [], [], WHY, desk, now)
    with pytest.raises(NotFound):
        revising.revise(row, lines(other), [], WHY, desk, now)


def test_a_statement_whose_last_open_line_leaves_is_confirmed(cast: Cast, now: datetime) -> None:
    row = a_statement(cast.harbour, state=S.PUBLISHED)
    confirming.confirm(row, [lines(row)[0].id], 1, viewer(cast.lin), now)
    revising.revise(row, lines(row)[1:], [], WHY, viewer(cast.finance), now)
    assert (row.state, row.gross_amount, row.confirmed_amount) == ("confirmed", 57, 57)
    assert row.confirmed_at == now and row.confirmed_by is None


def test_storage_is_drawn_when_it_is_published_and_anew_when_it_is_corrected(
    cast: Cast, now: datetime
) -> None:
    bought = entitled(cast, now)
    values = {"kind": LineKind.STORAGE, "contract_line_id": bought.line_id, "served": cast.harbour}
    row = a_statement(cast.harbour, [a_line("9", "3", **values)], S.PUBLISHED)
    assert (bought.used, bought.remaining) == (3, 2)
    revising.revise(row, lines(row), [a_line("9", "2", **values)], WHY, viewer(cast.finance), now)
    assert (bought.used, bought.remaining) == (2, 3)
    billed = db.session.scalars(select(UsageRecord.statement_id)).all()
    assert billed == [row.id] * 3  # drawn, given back, drawn anew: none of it is billed as usage


def test_a_draw_has_one_live_line_whatever_somebody_tries(cast: Cast, now: datetime) -> None:
    draft = lines_of_usage(entitled(cast, now), "2", "A-1")
    a_statement(cast.harbour, draft, S.PUBLISHED)
    with pytest.raises(IntegrityError):
        store(a_statement(cast.nordwind), draft)
    db.session.rollback()
