"""What is open on any day, how old it is, and the account that it comes from (DOMAIN R9)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from portal.access.scope import set_viewer
from portal.access.viewer import SYSTEM
from portal.billing.actions import disputing, owing
from portal.billing.models import Dispute
from portal.billing.rules.states import StatementState as S
from portal.db.base import db
from portal.kernel import clock
from portal.receivables.actions import allocating, deposits
from portal.receivables.queries.accounts import account, currencies, received_in
from portal.receivables.queries.open_items import ageing, items, most_overdue, open_sums, totals
from portal.receivables.rules.ageing import BOUNDS, LONG_BOUNDS
from portal.receivables.rules.allocation import Wish
from portal.receivables.rules.kinds import ReceiptKind
from tests.cast import Cast, customer, viewer
from tests.money import owed, received
from tests.statements import a_statement, lines

D = Decimal
TODAY = date(2026, 3, 2)


def days_ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def figures(who, as_of: date = TODAY, **more) -> list[tuple]:
    """(code, currency, columns, disputed) of the ageing."""
    return [
        (row.customer.code, row.currency, [int(each) for each in row.aged.columns], int(row.aged.disputed))
        for row in ageing(who, as_of, **more)
    ]  # fmt: skip


@pytest.fixture
def books(cast: Cast, now: datetime) -> Cast:
    """Harbour owes in every column; Nordwind dollars; both have a little disputed or credited."""
    for late, amount in ((-5, "1"), (1, "10"), (31, "100"), (61, "1000"), (91, "10000")):
        owed(cast.harbour, amount, days_ago(late), now, issued_on=days_ago(100))
    owed(cast.harbour, "50", days_ago(5), now, disputed="20", issued_on=days_ago(100))
    owed(cast.nordwind, "7", days_ago(200), now, currency="USD")
    owing.opening(cast.nordwind, "CR", "USD", days_ago(300), days_ago(300), D(-2), SYSTEM, now)
    return cast


def test_what_is_owed_stands_in_its_column_with_disputes_apart_and_credits_not_due(
    books: Cast,
) -> None:
    assert figures(SYSTEM) == [
        ("HARBOUR", "CNY", [1, 40, 100, 1000, 10000], 20),
        ("NORDWIND", "USD", [-2, 0, 0, 0, 7], 0),
    ]
    sums = totals(ageing(SYSTEM, TODAY))
    assert (sums["CNY"].total, sums["USD"].total) == (11161, 5)
    assert open_sums(books.harbour.id, SYSTEM) == {"CNY": 11161}


@pytest.mark.parametrize("by_group", [False, True])
def test_the_page_of_the_most_overdue_is_the_beginning_of_the_whole_table(
    books: Cast, now: datetime, by_group: bool
) -> None:
    group = customer("GROUP", "北风集团", "Nordwind Group", kind="group")
    books.nordwind.kind, books.nordwind.parent_id = "branch", group.id
    for who_owes, late in ((books.nordwind, 3), (group, 200)):
        owed(who_owes, "5", days_ago(late), now, issued_on=days_ago(210))
    for who in (viewer(books.sales), viewer(books.finance)):
        set_viewer(who)  # who may not see the group does not read its row either
        for day, shown in ((TODAY, 1), (TODAY, 9), (days_ago(40), 2)):
            rows = ageing(who, day, by_group=by_group)
            found = most_overdue(who, day, BOUNDS, shown, by_group=by_group)
            assert {code: part.total for code, part in found.items()} == totals(rows)
            for code, part in found.items():
                theirs = [row for row in rows if row.currency == code]
                assert (part.rows, part.count) == (theirs[:shown], len(theirs))


def test_the_longer_setting_has_two_columns_more(books: Cast) -> None:
    found = figures(SYSTEM, bounds=LONG_BOUNDS, currency="USD")
    assert found == [("NORDWIND", "USD", [-2, 0, 0, 0, 0, 7, 0], 0)]


def test_as_of_a_past_day_the_same_is_younger_and_payments_since_have_not_come(
    books: Cast, now: datetime
) -> None:
    before = figures(SYSTEM, days_ago(40), currency="CNY")
    receipt = received(books.harbour, "11161", now)
    allocating.allocate(receipt, None, TODAY, SYSTEM, now)
    assert figures(SYSTEM, currency="CNY") == []
    assert figures(SYSTEM, days_ago(40), currency="CNY") == before
    assert before == [("HARBOUR", "CNY", [141, 1000, 10000, 0, 0], 20)]


def test_an_undone_payment_is_undone_from_its_day_on(cast: Cast, now: datetime) -> None:
    owed(cast.harbour, "100", days_ago(30), now, issued_on=days_ago(60))
    receipt = received(cast.harbour, "100", now, received_on=days_ago(10))
    (made,) = allocating.allocate(receipt, None, days_ago(10), SYSTEM, now)
    allocating.undo(made, "bounced", SYSTEM, now)
    days = (11, 10, 1, 0)
    assert [sum(each.open_amount for each in items(SYSTEM, days_ago(n))) for n in days] == [100, 0, 0, 100]  # fmt: skip


def test_a_branch_counts_with_its_group_when_asked(cast: Cast, now: datetime) -> None:
    group = customer("GROUP", "海港集团", "Harbour Group", kind="group")
    cast.harbour.kind, cast.harbour.parent_id = "branch", group.id
    owed(cast.harbour, "10", days_ago(1), now)
    owed(group, "5", days_ago(1), now)
    assert figures(SYSTEM, by_group=True) == [("GROUP", "CNY", [0, 15, 0, 0, 0], 0)]
    assert figures(SYSTEM, customer_ids=[group.id]) == [("GROUP", "CNY", [0, 5, 0, 0, 0], 0)]


def test_a_customer_sees_its_own_alone(books: Cast) -> None:
    assert {row[0] for row in figures(viewer(books.lin))} == {"HARBOUR"}
    assert {row[0] for row in figures(viewer(books.sales))} == {"HARBOUR", "NORDWIND"}


def test_items_say_how_late_they_are(books: Cast) -> None:
    found = items(SYSTEM, TODAY, [books.nordwind.id])
    assert [(each.receivable.reference, each.open_amount, each.late) for each in found] == [
        ("CR", -2, 300), ("OLD-7", 7, 200),
    ]  # fmt: skip


def test_a_dispute_that_was_open_then_stands_apart_then(cast: Cast, now: datetime) -> None:
    statement = a_statement(cast.harbour, state=S.PARTLY_DISPUTED)
    (line,) = [each for each in lines(statement) if each.state == "disputed"]
    dispute = db.session.query(Dispute).filter_by(statement_id=statement.id).one()
    later = now + timedelta(days=3)
    disputing.withdraw(dispute, viewer(cast.lin), later)
    with clock.frozen(later):
        found = [items(SYSTEM, TODAY + timedelta(days=n))[0].disputed_amount for n in (0, 2, 3)]
    assert found == [line.gross_amount, line.gross_amount, 0]


def test_an_account_runs_from_balance_to_balance(cast: Cast, now: datetime) -> None:
    first = owed(cast.harbour, "100", days_ago(60), now, issued_on=days_ago(90))
    owed(cast.harbour, "50", days_ago(-30), now, issued_on=days_ago(10))
    owing.write_off(first, D(4), "bad debt", SYSTEM, now)
    receipt = received(cast.harbour, "120", now, received_on=days_ago(5))
    allocating.allocate(receipt, None, days_ago(5), SYSTEM, now)
    found = account(cast.harbour.id, "CNY", days_ago(30), TODAY, SYSTEM)
    assert [(each.label, each.change, each.balance) for each in found.entries] == [
        ("OLD-2", 50, 150), ("RC-2026-000001", -120, 30), ("OLD-1", -4, 26),
    ]  # fmt: skip
    assert (found.opening, found.charged, found.paid, found.closing) == (100, 50, 124, 26)
    assert received_in(cast.harbour.id, "CNY", days_ago(30), TODAY, SYSTEM) == 120


def test_an_account_knows_deposits_set_off_and_payments_across_currencies(
    cast: Cast, now: datetime
) -> None:
    dollars = owed(cast.harbour, "10", days_ago(1), now, currency="USD")
    receipt = received(cast.harbour, "71", now)
    allocating.allocate(receipt, [Wish(dollars.id, D(10), D(71), D("0.14"))], TODAY, SYSTEM, now)
    deposit = received(cast.harbour, "500", now, kind=ReceiptKind.DEPOSIT)
    deposits.set_off(deposit, D(8), TODAY, "end", SYSTEM, now)
    closing = {
        code: account(cast.harbour.id, code, days_ago(9), TODAY, SYSTEM).closing
        for code in currencies(cast.harbour.id, SYSTEM)
    }
    assert closing == {"CNY": -8, "USD": 0}
