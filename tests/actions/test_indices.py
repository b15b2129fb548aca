"""Months measured from shipments, orders, requests, claims and bills."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from portal.access.scope import set_viewer
from portal.access.viewer import SYSTEM
from portal.billing.rules.states import StatementState
from portal.customers.models import Customer
from portal.db.base import db
from portal.insights.actions import indices
from portal.insights.models import IndexSum
from portal.insights.queries.indices import By, Narrowed, by_group, by_month, outstanding
from portal.insights.rules.index_table import INDICES
from portal.insights.rules.indices import Count, Facts, Figure, Spread, fill_by_unit
from portal.kernel import clock
from portal.receivables.rules.report_months import Months
from portal.shipments.models import Shipment
from tests.carriage import booked, boxes_entitled, confirmed, freight
from tests.cast import Cast, viewer
from tests.claims import a_claim
from tests.insights_boards import FEBRUARY, carried, the_case
from tests.offers import quick_press  # noqa: F401 - a fixture
from tests.service import a_request
from tests.statements import a_line, a_statement, dispute, lines

D = Decimal
MARCH, TODAY = date(2026, 3, 1), date(2026, 3, 2)
pytestmark = [pytest.mark.usefixtures("quick_press"), pytest.mark.both_databases]


def measured(month: date, now: datetime, narrowed: Narrowed | None = None) -> Facts:
    indices.measure(month, now)
    return by_month(Months(month, month), narrowed or Narrowed(), SYSTEM, TODAY)[month]


def figure(code: str, facts: Facts) -> Figure:
    return INDICES[code].figure(facts)


def test_the_worked_case_gives_seven_of_eight(cast: Cast, now: datetime) -> None:
    the_case(cast.harbour)
    found = figure("on_time", measured(FEBRUARY, now))
    assert (found.value, found.base, found.left_out) == (D("87.50"), 8, 2)


def test_measuring_again_changes_nothing_and_what_changed_is_brought_up_to_date(
    cast: Cast, now: datetime
) -> None:
    row = the_case(cast.harbour)[0]
    assert indices.measure(FEBRUARY, now) > 0 and indices.measure(FEBRUARY, now) == 0
    row.due_on = None
    db.session.flush()
    assert indices.measure(FEBRUARY, now) == 2  # promised and on time
    assert figure("on_time", measured(FEBRUARY, now)).base == 7
    db.session.query(Shipment).update({"state": "cancelled", "cancel_reason": "x"})
    indices.measure(FEBRUARY, now)
    delivered = db.session.query(IndexSum).filter_by(name="delivered").count()
    assert delivered == 0


def test_a_delivery_counts_on_its_day_in_the_firms_zone(cast: Cast, now: datetime) -> None:
    row = carried(cast.harbour, date(2026, 2, 28), due=date(2026, 2, 28))
    row.milestones[0].actual_at = datetime.fromisoformat("2026-02-28T16:30:00+00:00")
    db.session.flush()
    assert measured(FEBRUARY, now).of(Count.DELIVERED) == 0
    found = figure("on_time", measured(MARCH, now))
    assert (found.value, found.base) == (D(0), 1)


def test_order_cycle_preparation_and_speed_are_days_between_the_steps(
    cast: Cast, now: datetime
) -> None:
    day = date(2026, 2, 20)
    carried(cast.harbour, day, ordered=date(2026, 2, 1), left=date(2026, 2, 5))
    carried(cast.harbour, day, ordered=date(2026, 2, 10))
    found = measured(FEBRUARY, now)
    assert dict(found.days_of(Spread.CYCLE)) == {19: 1, 10: 1}
    assert dict(found.days_of(Spread.PREPARATION)) == {4: 1}
    assert (figure("speed", found).value, figure("speed", found).left_out) == (D("15.0"), 1)
    assert figure("cycle", found).value == D("14.5") and figure("frequency", found).value == D(
        "0.3"
    )


def test_what_was_done_is_set_against_what_was_ordered_unit_by_unit(
    cast: Cast, now: datetime
) -> None:
    item, day = freight().id, date(2026, 2, 20)
    carried(cast.harbour, day, lines=((item, "40HQ", "5", "4"),))
    carried(cast.harbour, day, lines=((item, "40HQ", "5", "6"), (item, "KGM", "100", "100")))
    carried(cast.harbour, day)
    found = measured(FEBRUARY, now)
    assert [(unit, each.value) for unit, each in fill_by_unit(found)] == [
        ("40HQ", D("90.00")), ("KGM", D("100.00")),
    ]  # fmt: skip
    whole = figure("order_fill", found)
    assert (whole.value, whole.base, whole.left_out) == (D("50.00"), 2, 1)


def test_only_an_accepted_claim_takes_a_shipment_out_of_the_undamaged(
    cast: Cast, now: datetime
) -> None:
    broken, asked, _well = (carried(cast.harbour, date(2026, 2, 27)) for _each in range(3))
    a_claim(cast, now, "agreed", shipment_id=broken.id)
    a_claim(cast, now, "notified", shipment_id=asked.id)
    found = measured(FEBRUARY, now)
    assert (figure("undamaged", found).value, figure("loss", found).value) == (D("66.67"), D(0))


def test_orders_are_bookings_and_shipments_without_one_and_a_confirmed_one_counts_as_available(
    cast: Cast, now: datetime
) -> None:
    right = boxes_entitled(cast, now)
    confirmed(cast, now, right, 1)
    booked(cast, now, right, 1)
    carried(cast.nordwind, date(2026, 3, 2), ordered=date(2026, 3, 1))
    found = measured(MARCH, now)
    assert found.of(Count.ORDERS) == 3
    assert (found.of(Count.DECIDED), figure("availability", found).value) == (1, D("100.00"))


def test_requests_are_counted_by_how_they_came_and_complaints_on_their_lane(
    cast: Cast, now: datetime
) -> None:
    ship = carried(cast.harbour, date(2026, 3, 1))
    a_request(cast, now, by=viewer(cast.lin), kind="complaint", shipment_id=ship.id)
    a_request(cast, now, kind="order_help", channel="phone")
    found = measured(MARCH, now)
    assert (found.of(Count.COMPLAINTS), found.of(Count.REQUESTS)) == (1, 2)
    assert figure("by_portal", found).value == D("50.00") and found.of(Count.SPECIAL) == 0
    lane = measured(MARCH, now, Narrowed(origin="CNSHA", destination="USNYC"))
    assert (lane.of(Count.COMPLAINTS), lane.of(Count.REQUESTS)) == (1, 1)


def test_billing_accuracy_counts_lines_and_disputes_that_stand(cast: Cast, now: datetime) -> None:
    bill = a_statement(cast.harbour, [a_line() for _each in range(4)], StatementState.PUBLISHED)
    dispute(lines(bill)[0])
    found = measured(FEBRUARY, now)
    assert (figure("accuracy", found).value, figure("accuracy", found).base) == (D("75.00"), 4)
    (owed,) = outstanding(Months(MARCH, MARCH), Narrowed(), SYSTEM, TODAY)
    assert owed.owed == bill.gross_amount and owed.days == 2


def test_figures_stand_apart_by_customer_and_by_lane(cast: Cast, now: datetime) -> None:
    day = date(2026, 2, 10)
    carried(cast.harbour, day, due=day)
    carried(cast.nordwind, day, due=day - timedelta(days=1), destination="DEHAM")
    indices.measure(FEBRUARY, now)
    span = Months(FEBRUARY, FEBRUARY)
    by_customer = by_group(By.CUSTOMER, span, Narrowed(), SYSTEM, TODAY)
    values = {key[0]: figure("on_time", each).value for key, each in by_customer.items()}
    assert values == {cast.harbour.id: D(100), cast.nordwind.id: D(0)}
    lanes = by_group(By.LANE, span, Narrowed(customer_id=cast.nordwind.id), SYSTEM, TODAY)
    assert list(lanes) == [("CNSHA", "DEHAM")]


def test_sales_and_a_customers_people_add_up_their_own_only(cast: Cast, now: datetime) -> None:
    day = date(2026, 2, 10)
    carried(cast.harbour, day, due=day)
    carried(cast.nordwind, day, due=day)
    indices.measure(FEBRUARY, now)
    set_viewer(viewer(cast.erik))
    found = by_month(Months(FEBRUARY, FEBRUARY), Narrowed(), viewer(cast.erik), TODAY)
    assert found[FEBRUARY].of(Count.DELIVERED) == 1
    set_viewer(SYSTEM)


def test_the_job_measures_this_month_and_the_half_year_before(cast: Cast, now: datetime) -> None:
    carried(cast.harbour, date(2025, 9, 10))
    carried(cast.harbour, date(2025, 8, 10))
    with clock.frozen(now):
        indices.measure_due(now)
    months = {row.month for row in db.session.query(IndexSum)}
    assert months == {date(2025, 9, 1)} and db.session.query(Customer).count() == 2
