"""A dispute from the customer to its end: raised, taken, granted in whole or part, approved, rejected, raised again."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from portal.access.permissions import Power, Role
from portal.billing.actions import confirming, deciding, disputing
from portal.billing.actions.holding import OtherRevision
from portal.billing.models import Credit, Dispute, Receivable, Statement, StatementLine
from portal.billing.rules.states import StatementState as S
from portal.db import audit
from portal.db.base import db
from portal.db.outbox import OutboxMessage
from portal.documents.attached import attached_to
from portal.kernel.errors import Forbidden, Invalid, InvalidMany, NotAllowedNow
from portal.web.uploads import Upload
from tests.cast import Cast, member, staff, viewer
from tests.statements import a_line, a_statement, dispute, lines

D = Decimal


def published(cast: Cast, *amounts: str) -> Statement:
    drafts = [a_line(each, name_zh=f"费用{n}") for n, each in enumerate(amounts or ("57", "100"))]
    return a_statement(cast.harbour, drafts, S.PUBLISHED)


def raised(cast: Cast, amount: str | None = None, *amounts: str) -> Dispute:
    return dispute(lines(published(cast, *amounts))[0], amount, viewer(cast.lin))


def made() -> list[Credit]:
    return list(db.session.scalars(select(Credit).order_by(Credit.id)))


def told(template: str) -> list[tuple[str, str]]:
    rows = db.session.scalars(
        select(OutboxMessage).where(OutboxMessage.template == template).order_by(OutboxMessage.id)
    )
    return [(row.facts["step"], row.recipient) for row in rows]


def test_a_line_is_disputed_with_reason_amount_and_words(cast: Cast, now: datetime) -> None:
    row = raised(cast, "20")
    assert (row.number, row.state, row.level, row.disputed_amount) == (
        "DP-2026-000001",
        "open",
        1,
        20,
    )
    assert (row.line.state, row.statement.state) == ("disputed", "partly_disputed")
    assert (row.statement.disputed_amount, row.raised_by) == (57, cast.lin.id)
    assert {each for _step, each in told("dispute_staff")} == {
        cast.sales_manager.email, cast.finance.email, cast.finance_manager.email
    }  # fmt: skip


@pytest.mark.parametrize(
    ("reason", "amount", "text", "field"),
    [("nonsense", "1", "不对", "reason"), ("rate", "0", "不对", "amount"), ("rate", "57.01", "不对", "amount"),
     ("rate", "1.005", "不对", "amount"), ("rate", "1", " ", "text"), ("rate", "1", "长" * 2001, "text")],
)  # fmt: skip
def test_each_wrong_field_of_a_dispute_is_told(
    cast: Cast, now: datetime, reason: str, amount: str, text: str, field: str
) -> None:
    line = lines(published(cast))[0]
    with pytest.raises(InvalidMany) as refused:
        disputing.raise_(line, reason, D(amount), text, 1, viewer(cast.lin), now)
    assert list(refused.value.errors) == [field] and line.state == "open"


def test_files_are_kept_beside_the_dispute_for_both_sides(cast: Cast, now: datetime) -> None:
    line = lines(published(cast))[0]
    file = Upload(b"%PDF-1.4 weight", "磅单.pdf", "pdf")
    row = disputing.raise_(line, "quantity", D(5), "重量不符", 1, viewer(cast.lin), now, [file])
    assert [each.file_name for each in attached_to(row, viewer(cast.lin))] == ["磅单.pdf"]
    assert len(attached_to(row, viewer(cast.finance))) == 1
    assert attached_to(row, viewer(cast.erik)) == []


def test_only_an_open_line_of_the_revision_that_was_read_is_disputed(
    cast: Cast, now: datetime
) -> None:
    first, second = lines(published(cast))
    who = viewer(cast.lin)
    with pytest.raises(OtherRevision):
        disputing.raise_(first, "rate", D(1), "不对", 2, who, now)
    confirming.confirm(first.statement, [first.id], 1, who, now)
    with pytest.raises(NotAllowedNow, match="answered already"):
        disputing.raise_(first, "rate", D(1), "不对", 1, who, now)
    dispute(second)
    with pytest.raises(NotAllowedNow, match="answered already"):
        disputing.raise_(second, "rate", D(1), "不对", 1, who, now)


@pytest.mark.parametrize("state", [S.DRAFT, S.UNDER_REVIEW, S.CONFIRMED, S.BILLED])
def test_lines_of_other_statements_are_not_disputed(cast: Cast, now: datetime, state: S) -> None:
    row = a_statement(cast.harbour, state=state)
    with pytest.raises(NotAllowedNow):
        disputing.raise_(
            lines(row)[0], "rate", D(1), "不对", row.revision_no, viewer(cast.lin), now
        )


def test_who_only_confirms_does_not_dispute(cast: Cast, now: datetime) -> None:
    line = lines(published(cast))[0]
    who = viewer(member("Only Yes", cast.harbour, frozenset({Power.CONFIRM_BILLS}), now))
    with pytest.raises(Forbidden):
        disputing.raise_(line, "rate", D(1), "不对", 1, who, now)


def test_what_is_withdrawn_counts_as_confirmed(cast: Cast, now: datetime) -> None:
    row = raised(cast)
    disputing.withdraw(row, viewer(cast.lin), now)
    assert (row.state, row.line.state, row.statement.state) == (
        "withdrawn",
        "confirmed",
        "published",
    )
    with pytest.raises(NotAllowedNow):
        deciding.accept(row, None, "", viewer(cast.finance), now)


def test_a_dispute_granted_in_full_cancels_its_line_in_the_next_revision(
    cast: Cast, now: datetime
) -> None:
    row = raised(cast)
    deciding.accept(row, None, "", viewer(cast.finance), now)
    bill, line = row.statement, lines(row.statement)[-1]
    assert (row.state, row.granted_amount, row.line.state) == ("accepted", 57, "adjusted")
    assert (bill.revision_no, bill.gross_amount, bill.state) == (2, 100, "published")
    assert (line.kind, line.net_amount, line.tax_amount) == (
        "credit",
        -row.line.net_amount,
        -row.line.tax_amount,
    )
    assert (line.from_revision, line.state, made()[0].state) == (2, "confirmed", "placed")
    owed = db.session.scalars(select(Receivable)).one()
    assert (owed.open_amount, owed.disputed_amount) == (100, 0)
    assert told("dispute_customer") == [("accepted", cast.lin.email)]


def test_a_part_is_granted_with_its_reason(cast: Cast, now: datetime) -> None:
    row = raised(cast, "30")
    with pytest.raises(Invalid):
        deciding.accept(row, D(10), "", viewer(cast.finance), now)
    with pytest.raises(Invalid):
        deciding.accept(row, D("30.01"), "太多", viewer(cast.finance), now)
    deciding.accept(row, D(10), "只认十元", viewer(cast.finance), now)
    assert (row.state, row.granted_amount, row.decision) == ("partly_accepted", 10, "只认十元")
    assert row.statement.gross_amount == 147 and made()[0].gross_amount == 10


def test_a_grant_above_the_limit_waits_for_somebody_else(cast: Cast, now: datetime) -> None:
    row = raised(cast, None, "1500", "9")
    deciding.accept(row, None, "系统录错", viewer(cast.finance_manager), now)
    assert (row.state, row.proposed_amount, row.granted_amount) == ("pending_approval", 1500, None)
    assert made() == [] and row.statement.state == "partly_disputed"
    with pytest.raises(Forbidden):
        deciding.approve(row, viewer(cast.finance_manager), now)
    with pytest.raises(Forbidden):
        deciding.approve(row, viewer(cast.finance), now)
    second = staff("Second Boss", Role.FINANCE_MANAGER)
    deciding.approve(row, viewer(second), now)
    credit = made()[0]
    assert (row.state, row.granted_amount, row.approved_by) == ("accepted", 1500, second.id)
    assert (credit.author_id, credit.approved_by, credit.state) == (
        cast.finance_manager.id,
        second.id,
        "placed",
    )


def test_up_to_the_limit_one_person_decides(cast: Cast, now: datetime) -> None:
    row = raised(cast, None, "1000", "9")
    deciding.accept(row, None, "", viewer(cast.finance), now)
    assert row.state == "accepted"


def test_a_grant_that_is_not_approved_is_decided_again(cast: Cast, now: datetime) -> None:
    row = raised(cast, None, "1500", "9")
    deciding.accept(row, None, "系统录错", viewer(cast.finance), now)
    deciding.return_(row, "先看合同", viewer(cast.finance_manager), now)
    assert (row.state, row.proposed_amount, row.decided_by) == ("open", None, None)
    assert told("dispute_staff")[-1] == ("returned", cast.finance.email)
    deciding.accept(row, D(800), "部分", viewer(cast.finance), now)
    assert (row.state, len(made())) == ("partly_accepted", 1)


def test_a_pending_grant_is_neither_rejected_nor_withdrawn_nor_granted_past_its_approver(
    cast: Cast, now: datetime
) -> None:
    row = raised(cast, None, "1500", "9")
    deciding.accept(row, None, "系统录错", viewer(cast.finance), now)
    for verb in (
        lambda: deciding.accept(row, D(1), "少一点", viewer(cast.finance), now),
        lambda: deciding.reject(row, "不行", viewer(cast.finance), now),
        lambda: disputing.withdraw(row, viewer(cast.lin), now),
    ):
        with pytest.raises(NotAllowedNow):
            verb()
    assert row.state == "pending_approval"


def test_a_rejected_dispute_leaves_the_line_as_it_is(cast: Cast, now: datetime) -> None:
    row = raised(cast)
    with pytest.raises(Invalid):
        deciding.reject(row, " ", viewer(cast.finance), now)
    deciding.reject(row, "合同第3条", viewer(cast.finance), now)
    assert (row.state, row.line.state, row.statement.state) == ("rejected", "upheld", "published")
    assert (row.statement.gross_amount, row.statement.confirmed_amount) == (157, 57)
    assert told("dispute_customer") == [("rejected", cast.lin.email)]


def test_the_last_decision_confirms_what_was_answered_otherwise(cast: Cast, now: datetime) -> None:
    row = raised(cast)
    confirming.confirm(row.statement, None, 1, viewer(cast.lin), now)
    deciding.reject(row, "合同第3条", viewer(cast.finance), now)
    assert (row.statement.state, row.statement.confirmed_amount) == ("confirmed", 157)
    assert row.statement.confirmed_at == now


def test_a_dispute_is_taken_by_who_may_decide(cast: Cast, now: datetime) -> None:
    row = raised(cast)
    with pytest.raises(Forbidden):
        deciding.take(row, viewer(cast.sales), now)
    deciding.take(row, viewer(cast.finance), now)
    assert row.owner_id == cast.finance.id
    disputing.withdraw(row, viewer(cast.lin), now)
    assert told("dispute_staff")[-1] == ("withdrawn", cast.finance.email)
    with pytest.raises(NotAllowedNow):
        deciding.take(row, viewer(cast.sales_manager), now)


def test_a_decided_dispute_goes_once_to_a_manager_who_did_not_decide_it(
    cast: Cast, now: datetime
) -> None:
    row = raised(cast)
    boss = viewer(cast.finance_manager)
    deciding.reject(row, "合同第3条", boss, now)
    disputing.raise_again(row, "第3条不适用", viewer(cast.lin), now)
    assert (row.level, row.state, row.line.state, row.owner_id) == (2, "open", "disputed", None)
    for who in (viewer(cast.finance), boss):
        with pytest.raises(Forbidden):
            deciding.reject(row, "还是不行", who, now)
    second = viewer(staff("Second Boss", Role.FINANCE_MANAGER))
    deciding.reject(row, "还是不行", second, now)
    with pytest.raises(NotAllowedNow):
        disputing.raise_again(row, "再来", viewer(cast.lin), now)


def test_what_a_manager_grants_comes_on_top_and_cancels_to_the_cent(
    cast: Cast, now: datetime
) -> None:
    row = raised(cast, "57", "57", "100")
    deciding.accept(row, D("10.01"), "部分", viewer(cast.finance), now)
    disputing.raise_again(row, "不够", viewer(cast.lin), now)
    deciding.accept(row, None, "", viewer(cast.finance_manager), now)
    assert (row.state, row.granted_amount, row.statement.gross_amount) == ("accepted", 57, 100)
    nets = sum(each.net_amount for each in made())
    assert (nets, len(made()), row.statement.revision_no) == (row.line.net_amount, 2, 3)


def test_a_second_no_keeps_what_was_granted_first(cast: Cast, now: datetime) -> None:
    row = raised(cast)
    deciding.accept(row, D(10), "部分", viewer(cast.finance), now)
    disputing.raise_again(row, "不够", viewer(cast.lin), now)
    deciding.reject(row, "够了", viewer(cast.finance_manager), now)
    assert (row.state, row.granted_amount, row.line.state) == ("rejected", 10, "adjusted")


def test_what_is_granted_after_the_confirmation_waits_for_the_next_statement(
    cast: Cast, now: datetime
) -> None:
    row = raised(cast)
    confirming.confirm(row.statement, None, 1, viewer(cast.lin), now)
    deciding.reject(row, "合同第3条", viewer(cast.finance), now)
    disputing.raise_again(row, "第3条不适用", viewer(cast.lin), now)
    assert row.statement.state == "partly_disputed" and row.statement.confirmed_amount == 100
    deciding.accept(row, None, "", viewer(cast.finance_manager), now)
    assert (row.statement.state, row.statement.revision_no, row.statement.gross_amount) == (
        "confirmed",
        1,
        157,
    )
    assert [each.state for each in made()] == ["granted"]


def test_what_is_invoiced_is_not_raised_again(cast: Cast, now: datetime) -> None:
    row = raised(cast)
    deciding.reject(row, "合同第3条", viewer(cast.finance), now)
    confirming.confirm(row.statement, None, 1, viewer(cast.lin), now)
    row.statement.invoiced_amount = D(157)
    with pytest.raises(NotAllowedNow, match="invoiced"):
        disputing.raise_again(row, "不对", viewer(cast.lin), now)


def test_a_billed_statement_is_not_raised_again(cast: Cast, now: datetime) -> None:
    row = raised(cast)
    deciding.reject(row, "合同第3条", viewer(cast.finance), now)
    confirming.confirm(row.statement, None, 1, viewer(cast.lin), now)
    row.statement.state = S.BILLED.value
    with pytest.raises(NotAllowedNow):
        disputing.raise_again(row, "不对", viewer(cast.lin), now)


def test_the_customer_reads_each_step_that_is_his(cast: Cast, now: datetime) -> None:
    row = raised(cast, None, "1500", "9")
    deciding.take(row, viewer(cast.finance), now)
    deciding.accept(row, None, "系统录错", viewer(cast.finance), now)
    deciding.approve(row, viewer(cast.finance_manager), now)
    mine = [each.event for each in reversed(audit.timeline(row, public_only=True))]
    ours = [each.event for each in reversed(audit.timeline(row, public_only=False))]
    assert mine == ["dispute.raised", "dispute.accepted"]
    assert ours == ["dispute.raised", "dispute.taken", "dispute.proposed", "dispute.accepted"]


def settled(bill: Statement) -> Decimal:
    """What the three parts of a statement add up to."""
    open_ = sum((each.gross_amount for each in lines(bill) if each.state == "open"), D(0))
    return bill.confirmed_amount + bill.disputed_amount + open_


@pytest.mark.parametrize("verb", ["accept", "part", "reject", "withdraw"])
def test_confirmed_disputed_and_open_make_the_gross(cast: Cast, now: datetime, verb: str) -> None:
    row = raised(cast, "30", "57", "100", "3")
    decide: dict[str, Any] = {
        "accept": lambda: deciding.accept(row, None, "", viewer(cast.finance), now),
        "part": lambda: deciding.accept(row, D(10), "部分", viewer(cast.finance), now),
        "reject": lambda: deciding.reject(row, "合同", viewer(cast.finance), now),
        "withdraw": lambda: disputing.withdraw(row, viewer(cast.lin), now),
    }
    assert settled(row.statement) == row.statement.gross_amount
    decide[verb]()
    assert settled(row.statement) == row.statement.gross_amount
    total = select(StatementLine.gross_amount).where(StatementLine.until_revision.is_(None))
    assert sum(db.session.scalars(total)) == row.statement.gross_amount
