"""The customer's answer to a statement: confirmed in whole or in part, of the revision that was read; silence."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from portal.access.permissions import Power
from portal.billing.actions import confirming, deciding, disputing, invoiced, revising
from portal.billing.actions.holding import OtherRevision
from portal.billing.models import Dispute, Receivable, Statement
from portal.billing.rules.states import StatementState as S
from portal.contracts.models import ContractTerms
from portal.db import audit
from portal.db.base import db
from portal.db.outbox import OutboxMessage, OutboxState
from portal.kernel.errors import Forbidden, Invalid, NotAllowedNow, NotFound
from tests.cast import Cast, member, viewer
from tests.chain import contract_line, handling, signed_contract
from tests.statements import a_line, a_statement, dispute, lines

D = Decimal
DAY = timedelta(days=1)


def events(row: Statement) -> list[str]:
    return [
        each.event.partition(".")[2] for each in reversed(audit.timeline(row, public_only=True))
    ]


def test_all_is_confirmed_at_once(cast: Cast, now: datetime) -> None:
    row = a_statement(cast.harbour, state=S.PUBLISHED)
    assert confirming.confirm(row, None, 1, viewer(cast.lin), now) == 2
    assert (row.state, row.confirmed_amount, row.confirmed_by, row.confirmed_at) == (
        "confirmed",
        157,
        cast.lin.id,
        now,
    )
    assert {each.state for each in lines(row)} == {"confirmed"}
    assert events(row) == ["published", "confirmed"]


def test_some_lines_are_confirmed_and_the_others_wait(cast: Cast, now: datetime) -> None:
    row = a_statement(cast.harbour, state=S.PUBLISHED)
    first, second = lines(row)
    assert confirming.confirm(row, [first.id], 1, viewer(cast.lin), now) == 1
    assert (row.state, row.confirmed_amount, first.decided_by) == ("published", 57, cast.lin.id)
    confirming.confirm(row, [first.id, second.id], 1, viewer(cast.lin), now)
    assert row.state == "confirmed" and events(row) == ["published", "lines_confirmed", "confirmed"]


def test_what_two_lines_dispute_leaves_the_others_to_be_confirmed(
    cast: Cast, now: datetime
) -> None:
    row = a_statement(
        cast.harbour, [a_line("10", name_zh=f"费用{n}") for n in range(50)], S.PUBLISHED
    )
    for each in lines(row)[:2]:
        dispute(each)
    assert confirming.confirm(row, None, 1, viewer(cast.lin), now) == 48
    assert (row.state, row.confirmed_amount, row.disputed_amount) == ("partly_disputed", 480, 20)
    owed = db.session.scalars(select(Receivable)).one()
    assert (owed.open_amount, owed.disputed_amount) == (500, 20)


def test_an_answer_to_an_old_revision_is_refused_with_the_current_one(
    cast: Cast, now: datetime
) -> None:
    row = a_statement(cast.harbour, state=S.PUBLISHED)
    revising.revise(row, lines(row)[:1], [], "多收", viewer(cast.finance), now)
    with pytest.raises(OtherRevision) as refused:
        confirming.confirm(row, None, 1, viewer(cast.lin), now)
    assert (refused.value.statement_id, refused.value.current_no) == (row.id, 2)
    assert confirming.confirm(row, None, 2, viewer(cast.lin), now) == 1


@pytest.mark.parametrize("state", [S.DRAFT, S.UNDER_REVIEW, S.CONFIRMED, S.BILLED, S.VOID])
def test_only_what_is_published_and_open_is_confirmed(cast: Cast, now: datetime, state: S) -> None:
    row = a_statement(cast.harbour, state=state)
    with pytest.raises(NotAllowedNow):
        confirming.confirm(row, None, row.revision_no, viewer(cast.lin), now)


def test_a_disputed_line_is_not_confirmed(cast: Cast, now: datetime) -> None:
    row = a_statement(cast.harbour, state=S.PARTLY_DISPUTED)
    with pytest.raises(NotAllowedNow):
        confirming.confirm(row, [lines(row)[0].id], 1, viewer(cast.lin), now)
    confirming.confirm(row, None, 1, viewer(cast.lin), now)
    with pytest.raises(NotAllowedNow, match="Nothing is left"):
        confirming.confirm(row, None, 1, viewer(cast.lin), now)


def test_lines_of_another_statement_are_not_found(cast: Cast, now: datetime) -> None:
    row = a_statement(cast.harbour, state=S.PUBLISHED)
    other = a_statement(cast.nordwind, state=S.PUBLISHED)
    with pytest.raises(NotFound):
        confirming.confirm(row, [lines(other)[0].id], 1, viewer(cast.lin), now)
    with pytest.raises(Invalid):
        confirming.confirm(row, [], 1, viewer(cast.lin), now)


def test_who_only_sees_bills_confirms_none(cast: Cast, now: datetime) -> None:
    row = a_statement(cast.harbour, state=S.PUBLISHED)
    reader = member("Reader Wu", cast.harbour, frozenset({Power.SEE_BILLS}), now)
    with pytest.raises(Forbidden):
        confirming.confirm(row, None, 1, viewer(reader), now)
    with pytest.raises(Forbidden):
        confirming.confirm(row, None, 1, viewer(cast.finance), now)


def agreed(cast: Cast, *days: int | None) -> list[int]:
    """Contracts of Harbour Foods with so many days of silence each."""
    found = []
    for each in days:
        contract = signed_contract(cast)
        contract_line(contract, handling(), None)
        row = db.session.scalars(
            select(ContractTerms).where(ContractTerms.contract_id == contract.id)
        ).one()
        row.deemed_confirmation_days = each
        found.append(contract.id)
    db.session.flush()
    return found


def silent(cast: Cast, *days: int | None) -> Statement:
    drafts = [a_line("10", contract_id=each) for each in agreed(cast, *days)]
    return a_statement(cast.harbour, drafts, S.PUBLISHED)


def delivered(at: datetime) -> None:
    for each in db.session.scalars(select(OutboxMessage)):
        each.state, each.sent_at = OutboxState.SENT.value, at
    db.session.flush()


def test_silence_counts_after_the_days_of_the_contract_and_the_customer_is_told(
    cast: Cast, now: datetime
) -> None:
    row = silent(cast, 7)
    delivered(now)
    assert confirming.deem(now + 7 * DAY) == 0
    assert confirming.deem(now + 8 * DAY) == 1
    assert (row.state, row.is_deemed, row.confirmed_by) == ("confirmed", True, None)
    assert events(row) == ["published", "deemed_confirmed"]
    letter = db.session.scalars(
        select(OutboxMessage).where(OutboxMessage.key.contains("-deemed-"))
    ).one()
    assert letter.recipient == cast.lin.email and confirming.deem(now + 9 * DAY) == 0


def test_silence_says_nothing_without_the_contracts_word(cast: Cast, now: datetime) -> None:
    row = silent(cast, 7, None)
    delivered(now)
    assert row.deemed_on is None and confirming.deem(now + 90 * DAY) == 0
    assert row.state == "published"


def test_silence_says_nothing_where_no_notice_left_the_house(cast: Cast, now: datetime) -> None:
    row = silent(cast, 7)
    assert confirming.deem(now + 90 * DAY) == 0 and row.state == "published"


def test_a_notice_that_left_late_gives_its_days_in_full(cast: Cast, now: datetime) -> None:
    row = silent(cast, 7)
    delivered(now + 5 * DAY)
    assert confirming.deem(now + 12 * DAY) == 0
    assert confirming.deem(now + 13 * DAY) == 1 and row.is_deemed


def test_silence_confirms_what_is_not_disputed_and_no_more(cast: Cast, now: datetime) -> None:
    row = silent(cast, 7, 10)
    dispute(lines(row)[0])
    delivered(now)
    assert confirming.deem(now + 8 * DAY) == 0  # the longest of the agreed days counts
    assert confirming.deem(now + 11 * DAY) == 1
    assert row.state == "partly_disputed" and [each.state for each in lines(row)] == [
        "disputed",
        "confirmed",
    ]


def test_a_new_revision_starts_the_days_again(cast: Cast, now: datetime) -> None:
    row = silent(cast, 7, 7)
    delivered(now)
    later = now + 5 * DAY
    revising.revise(row, lines(row)[:1], [], "多收", viewer(cast.finance), later)
    assert row.deemed_on == (later + 7 * DAY).date()
    assert confirming.deem(now + 8 * DAY) == 0
    delivered(later)
    assert confirming.deem(later + 8 * DAY) == 1


def test_who_has_not_answered_is_reminded_once_before_the_last_day(
    cast: Cast, now: datetime
) -> None:
    row = a_statement(cast.harbour, state=S.PUBLISHED)  # 7 days to answer
    assert confirming.remind(now + 4 * DAY) == 0
    assert confirming.remind(now + 5 * DAY) == 1
    assert confirming.remind(now + 6 * DAY) == 0
    assert events(row) == ["published", "reminded"] and row.reminded_at == now + 5 * DAY


def test_who_has_answered_is_not_reminded(cast: Cast, now: datetime) -> None:
    row = a_statement(cast.harbour, state=S.PARTLY_DISPUTED)
    confirming.confirm(row, None, 1, viewer(cast.lin), now)
    assert confirming.remind(now + 6 * DAY) == 0


def test_who_published_it_hears_that_it_is_confirmed(cast: Cast, now: datetime) -> None:
    row = a_statement(cast.harbour, state=S.PUBLISHED)
    row.revisions[0].published_by = cast.finance.id
    confirming.confirm(row, None, 1, viewer(cast.lin), now)
    told = db.session.scalars(
        select(OutboxMessage).where(OutboxMessage.template == "statement_staff")
    ).one()
    assert (told.recipient, told.facts["step"]) == (cast.finance.email, "confirmed")


def invoiced_but_for_a_dispute(cast: Cast, now: datetime) -> Statement:
    """57 of 157 is disputed, the rest is confirmed and invoiced."""
    row = a_statement(cast.harbour, state=S.PARTLY_DISPUTED)
    confirming.confirm(row, None, 1, viewer(cast.lin), now)
    invoiced.note_invoiced(row, D(100), viewer(cast.finance), now)
    return row


def test_what_is_invoiced_in_full_when_its_last_line_is_settled_is_billed_at_once(
    cast: Cast, now: datetime
) -> None:
    row = invoiced_but_for_a_dispute(cast, now)
    made = db.session.scalars(select(Dispute)).one()
    deciding.accept(made, D(57), "多收", viewer(cast.finance), now)
    assert (row.gross_amount, row.state, row.confirmed_at) == (100, "billed", now)
    assert events(row)[-2:] == ["confirmed", "billed"]


def test_what_is_not_invoiced_in_full_waits_confirmed(cast: Cast, now: datetime) -> None:
    row = invoiced_but_for_a_dispute(cast, now)
    made = db.session.scalars(select(Dispute)).one()
    disputing.withdraw(made, viewer(cast.lin), now)
    assert (row.gross_amount, row.state) == (157, "confirmed")
