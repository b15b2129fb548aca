"""What is owed: the sum of its postings, each once; brought forward, written off, as of any past day (R8, R9)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from portal.access.viewer import SYSTEM
from portal.billing.actions import owing
from portal.billing.actions.owing import Source
from portal.billing.models import Receivable
from portal.billing.queries.owing import open_as_of, open_of, paid_since, postings_of
from portal.billing.rules.kinds import PostingKind
from portal.billing.rules.states import StatementState as S
from portal.db import audit
from portal.db.base import db
from portal.kernel.errors import Invalid, InvalidMany, NotAllowedNow
from tests.cast import Cast, viewer
from tests.statements import a_statement

D = Decimal
TODAY, DAY = date(2026, 3, 2), timedelta(days=1)
PAY = PostingKind.ALLOCATION


def brought(
    cast: Cast, now: datetime, amount: str = "100", reference: str = "旧账 12"
) -> Receivable:
    days = date(2026, 1, 5), date(2026, 2, 4)
    return owing.opening(
        cast.harbour, reference, "CNY", *days, D(amount), viewer(cast.finance), now
    )


def paid(row: Receivable, amount: str, on: date, key: str, now: datetime) -> None:
    owing.post(row, PAY, key, on, -D(amount), Source("allocation", 1), SYSTEM, now)


def test_an_open_item_of_the_old_books_is_brought_forward(cast: Cast, now: datetime) -> None:
    row = brought(cast, now)
    assert (row.kind, row.amount, row.open_amount, row.settled_on) == ("opening", 100, 100, None)
    assert [(each.kind, each.on) for each in postings_of(row)] == [("issue", date(2026, 1, 5))]
    assert audit.timeline(row, public_only=False)[0].event == "receivable.opened"


def test_it_is_brought_forward_once_and_as_it_can_be(cast: Cast, now: datetime) -> None:
    brought(cast, now)
    with pytest.raises(InvalidMany) as refused:
        brought(cast, now)
    assert list(refused.value.errors) == ["reference"]
    with pytest.raises(InvalidMany) as refused:
        owing.opening(cast.harbour, " ", "XYZ", TODAY + DAY, TODAY, D(1), SYSTEM, now)
    assert sorted(refused.value.errors) == ["currency", "due_on", "issued_on", "reference"]
    with pytest.raises(InvalidMany) as refused:
        owing.opening(cast.harbour, "A", "JPY", TODAY, TODAY, D("1.5"), SYSTEM, now)
    assert list(refused.value.errors) == ["amount"]


def test_a_posting_is_written_once_for_its_key(cast: Cast, now: datetime) -> None:
    row = brought(cast, now)
    paid(row, "40", TODAY, "allocation:1", now)
    paid(row, "40", TODAY, "allocation:1", now)
    assert (row.open_amount, row.amount, len(postings_of(row))) == (60, 100, 2)
    with pytest.raises(ValueError, match="another posting"):
        paid(brought(cast, now, reference="B"), "40", TODAY, "allocation:1", now)


def test_it_is_settled_on_the_day_of_the_last_posting(cast: Cast, now: datetime) -> None:
    row = brought(cast, now)
    paid(row, "40", TODAY, "a", now)
    paid(row, "60", TODAY - DAY, "b", now)
    assert (row.open_amount, row.settled_on) == (0, TODAY)
    owing.post(
        row, PostingKind.ALLOCATION_UNDONE, "c", TODAY, D(60), Source("allocation", 2), SYSTEM, now
    )
    assert (row.open_amount, row.settled_on) == (60, None)


def test_what_was_open_on_any_past_day_is_told_again(cast: Cast, now: datetime) -> None:
    row = brought(cast, now)
    paid(row, "40", date(2026, 2, 10), "a", now)
    paid(row, "60", date(2026, 2, 20), "b", now)

    def then(day: date) -> list[tuple[int, Decimal]]:
        return [tuple(each) for each in db.session.execute(open_as_of(day, SYSTEM, "CNY"))]

    assert then(date(2026, 1, 4)) == []
    assert then(date(2026, 2, 9)) == [(row.id, 100)]
    assert then(date(2026, 2, 10)) == then(date(2026, 2, 19)) == [(row.id, 60)]
    assert then(date(2026, 2, 20)) == []


def test_sums_are_of_one_customer_and_currency(cast: Cast, now: datetime) -> None:
    a_statement(cast.harbour, state=S.PUBLISHED)
    a_statement(cast.harbour, currency="USD", state=S.PUBLISHED)
    a_statement(cast.nordwind, state=S.PUBLISHED)
    row = brought(cast, now)
    paid(row, "30", TODAY, "a", now)
    assert open_of(cast.harbour.id, "CNY", SYSTEM) == 157 + 70
    assert paid_since(cast.harbour.id, "CNY", TODAY - DAY, SYSTEM) == 30
    assert paid_since(cast.harbour.id, "CNY", TODAY, SYSTEM) == 0
    assert open_of(cast.harbour.id, "CNY", viewer(cast.erik)) == 0


def test_a_rest_is_written_off_with_its_reason(cast: Cast, now: datetime) -> None:
    row, desk = brought(cast, now), viewer(cast.finance_manager)
    paid(row, "99.50", TODAY, "a", now)
    with pytest.raises(Invalid) as refused:
        owing.write_off(row, D("0.5"), " ", desk, now)
    assert refused.value.field == "reason"
    with pytest.raises(Invalid) as refused:
        owing.write_off(row, D("0.51"), "银行手续费", desk, now)
    assert refused.value.field == "amount"
    owing.write_off(row, D("0.5"), "银行手续费", desk, now)
    assert (row.open_amount, row.settled_on, row.amount) == (0, TODAY, 100)
    with pytest.raises(NotAllowedNow):
        owing.write_off(row, D("0.5"), "再来", desk, now)


def test_a_credit_balance_is_written_off_towards_zero(cast: Cast, now: datetime) -> None:
    row = brought(cast, now, "-20")
    owing.write_off(row, D(5), "双方同意", viewer(cast.finance_manager), now)
    owing.write_off(row, D(5), "双方同意", viewer(cast.finance_manager), now)
    assert row.open_amount == -10 and len(postings_of(row)) == 3


def test_what_is_disputed_is_not_written_off(cast: Cast, now: datetime) -> None:
    a_statement(cast.harbour, state=S.PARTLY_DISPUTED)
    row = db.session.scalars(select(Receivable)).one()
    with pytest.raises(Invalid):
        owing.write_off(row, D(101), "坏账", viewer(cast.finance_manager), now)
    owing.write_off(row, D(100), "坏账", viewer(cast.finance_manager), now)
    with pytest.raises(NotAllowedNow):
        owing.write_off(row, D(1), "坏账", viewer(cast.finance_manager), now)
