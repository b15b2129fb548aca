"""What is gathered about a month, from the books; gathering again changes nothing (REQUIREMENTS K2)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal as D

from sqlalchemy import event, func, select

from portal.access.viewer import SYSTEM
from portal.billing.actions import deciding
from portal.billing.rules.states import StatementState
from portal.catalogue.models import ExchangeRate
from portal.customers.models import Customer
from portal.db.base import db
from portal.insights.actions.months import gather
from portal.insights.models import CustomerMonth
from portal.kernel import clock
from portal.receivables.actions import allocating
from portal.service_requests.rules.kinds import RequestKind
from portal.usage.actions import recording
from portal.usage.actions.recording import UsageFact
from tests.cast import Cast, customer
from tests.factories import add
from tests.insights import FEBRUARY
from tests.money import owed, received
from tests.service import a_request
from tests.statements import a_line, a_statement, dispute, lines

DAY = timedelta(days=1)


def month_of(whom: Customer, month: date = FEBRUARY) -> CustomerMonth:
    statement = select(CustomerMonth).where(
        CustomerMonth.customer_id == whom.id, CustomerMonth.month == month
    )
    return db.session.scalars(statement.execution_options(populate_existing=True)).one()


def used(whom: Customer, on: date, reference: str, **more: object) -> None:
    fact = UsageFact(whom.id, D(1), "XPX", on, "file", reference, item_code="X", **more)  # type: ignore[arg-type]
    recording.record(fact, SYSTEM, clock.now())


def test_revenue_is_that_of_who_was_served_in_the_month_of_the_service(cast: Cast, now: datetime):
    branch = customer(
        "HARBOUR-B", "海港食品宁波", "Harbour Ningbo", kind="branch", parent_id=cast.harbour.id
    )
    drafts = [a_line("106", "2"), a_line("53", served=branch), a_line("10.6", on=date(2026, 1, 20))]
    a_statement(cast.harbour, drafts, StatementState.PUBLISHED)
    assert gather(FEBRUARY, now) == 2
    assert (month_of(cast.harbour).net_amount, month_of(cast.harbour).line_count) == (D(200), 1)
    assert month_of(branch).net_amount == D(50) and month_of(cast.harbour).currency == "CNY"
    gather(date(2026, 1, 1), now)
    assert month_of(cast.harbour, date(2026, 1, 1)).net_amount == D(10)


def test_what_is_not_published_is_no_revenue(cast: Cast, now: datetime):
    a_statement(cast.harbour, state=StatementState.UNDER_REVIEW)
    assert gather(FEBRUARY, now) == 0


def test_another_currency_is_converted_and_one_without_a_rate_is_told(cast: Cast, now: datetime):
    add(ExchangeRate(currency="USD", base="CNY", on=date(2026, 2, 1), rate=D("7.2"), source="BOC"))
    for code in ("USD", "EUR"):
        a_statement(
            cast.harbour, [a_line("106", currency=code)], StatementState.PUBLISHED, currency=code
        )
    gather(FEBRUARY, now)
    row = month_of(cast.harbour)
    assert row.net_amount == D(720) and row.unconverted == {"EUR": "100.000"}


def test_gathering_again_changes_nothing_and_a_change_of_the_books_one_row(
    cast: Cast, now: datetime
):
    for whom in (cast.harbour, cast.nordwind):
        a_statement(whom, state=StatementState.PUBLISHED)
    assert gather(FEBRUARY, now) == 2 and gather(FEBRUARY, now) == 0
    a_request(cast, now - 5 * DAY, kind=RequestKind.COMPLAINT.value)
    assert gather(FEBRUARY, now) == 1 and month_of(cast.harbour).complaint_count == 1


def test_a_row_goes_when_nothing_is_left_of_its_month(cast: Cast, now: datetime):
    request = a_request(cast, now - 5 * DAY)
    assert gather(FEBRUARY, now) == 1
    request.received_at = now
    db.session.flush()
    assert gather(FEBRUARY, now) == 1
    assert db.session.scalar(select(func.count()).select_from(CustomerMonth)) == 0


def test_a_dispute_that_was_lost_counts_in_the_month_of_its_decision(cast: Cast, now: datetime):
    statement = a_statement(cast.harbour, state=StatementState.PUBLISHED)
    row = dispute(lines(statement)[0])
    deciding.reject(row, "按合同价", SYSTEM, now)
    march = date(2026, 3, 1)
    gather(march, now)
    found = month_of(cast.harbour, march)
    assert (found.dispute_count, found.lost_count, found.lost_amount) == (1, 1, D(57))


def test_orders_are_usage_of_their_own_and_shipments_on_their_days(cast: Cast, now: datetime):
    for day, reference in ((3, "A"), (3, "B"), (9, "C")):
        used(cast.harbour, date(2026, 2, day), reference)
    gather(FEBRUARY, now)
    row = month_of(cast.harbour)
    assert (row.order_count, row.order_days, row.usage_count) == (3, 2, 3)
    assert (row.first_order_on, row.last_order_on) == (date(2026, 2, 3), date(2026, 2, 9))


def test_payments_are_weighted_by_their_days(cast: Cast, now: datetime):
    owed(cast.harbour, "100", date(2026, 2, 20), now, issued_on=date(2026, 1, 21))
    money = received(cast.harbour, "100", now)
    allocating.allocate(money, None, date(2026, 3, 2), SYSTEM, now)
    march = date(2026, 3, 1)
    gather(march, now)
    row = month_of(cast.harbour, march)
    assert (row.paid_amount, row.late_weight, row.paid_weight) == (D(100), D(1000), D(4000))
    gather(date(2026, 1, 1), now)
    assert month_of(cast.harbour, date(2026, 1, 1)).billed_amount == D(100)


def test_the_number_of_statements_does_not_grow_with_the_customers(cast: Cast, now: datetime):
    counts = []
    for _round in range(2):
        for number in range(4):
            whom = customer(f"C{len(counts)}{number}", f"客户{len(counts)}{number}", "")
            a_statement(whom, state=StatementState.PUBLISHED)
        counts.append(statements_of(lambda: gather(FEBRUARY, now)))
    assert counts[0] == counts[1]


def statements_of(work: object) -> int:
    seen: list[str] = []

    def note(_c: object, _k: object, sql: str, *_rest: object) -> None:
        seen.append(sql)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        work()  # type: ignore[operator]
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len(seen)
