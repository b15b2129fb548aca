"""What reports add up in worlds worked out by hand: revenue, commission, what is not billed, payment, answers."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from portal.access.models import Assignment
from portal.access.scope import set_viewer
from portal.access.viewer import SYSTEM
from portal.billing.actions import crediting, deciding
from portal.billing.actions.crediting import Ask
from portal.billing.models import Receivable, Statement
from portal.billing.rules.kinds import LineKind
from portal.billing.rules.states import StatementState
from portal.customers.models import Customer
from portal.db.base import db
from portal.kernel import clock
from portal.quotations.models import QuotationLine, QuotationLineCost
from portal.receivables.actions import allocating
from portal.receivables.models import Allocation
from portal.receivables.queries import (
    report_answers,
    report_owed,
    report_paid,
    report_revenue,
    report_unbilled,
)
from portal.receivables.queries.report_lines import Basis, By
from portal.receivables.rules.allocation import Wish
from portal.receivables.rules.commission import Part
from portal.receivables.rules.report_months import Months
from portal.usage.actions import recording
from tests.billing_worlds import used
from tests.cast import Cast, viewer
from tests.chain import entitled
from tests.factories import add, item
from tests.money import owed, received
from tests.offers import draft, quick_press  # noqa: F401 - a fixture
from tests.statements import a_line, a_statement, dispute, lines, lines_of_usage

D = Decimal
PUBLISHED, CONFIRMED = StatementState.PUBLISHED, StatementState.CONFIRMED
JANUARY = Months(date(2026, 1, 1), date(2026, 1, 1))
FEBRUARY = Months(date(2026, 2, 1), date(2026, 2, 1))
MARCH = Months(date(2026, 3, 1), date(2026, 3, 1))
pytestmark = [pytest.mark.usefixtures("quick_press"), pytest.mark.both_databases]


def nets(
    by: By, months: Months = FEBRUARY, basis: Basis = Basis.STATEMENT, who: Any = SYSTEM
) -> dict[Any, Any]:
    """(currency, key) → net now and before."""
    return {
        (row.currency, row.key): (row.now.net, row.before.net)
        for row in report_revenue.revenue(by, months, basis, who)
    }


def branch_of(cast: Cast, code: str) -> Customer:
    """A branch of Harbour Foods that has no sales owner of its own."""
    return add(Customer(code=code, name_zh=code, kind="branch", parent_id=cast.harbour.id))


def paid(
    statement: Statement, amount: str, now: datetime, on: date = date(2026, 3, 2)
) -> Allocation:
    """So much of a statement is paid on a day."""
    owed_for = db.session.query(Receivable).filter_by(statement_id=statement.id).one()
    receipt = received(statement.customer, amount, now, received_on=on, currency=statement.currency)
    (made,) = allocating.allocate(receipt, [Wish(owed_for.id, D(amount))], on, SYSTEM, now)
    return made


def test_a_late_line_counts_in_the_month_of_its_statement_or_of_its_service(cast: Cast) -> None:
    late = a_line("106", on=date(2026, 1, 20), is_late=True)
    a_statement(cast.harbour, [a_line("212"), late], PUBLISHED)
    key = ("CNY", "kind:usage")
    assert nets(By.SERVICE)[key] == (D(300), D(0))
    assert nets(By.SERVICE, FEBRUARY, Basis.SERVICE)[key] == (D(200), D(100))
    assert nets(By.SERVICE, JANUARY, Basis.SERVICE)[key] == (D(100), D(0))
    assert ("CNY", "kind:usage") not in nets(By.SERVICE, JANUARY)


def test_drafts_voids_and_lines_that_a_correction_ended_are_no_revenue(cast: Cast) -> None:
    a_statement(cast.nordwind, [a_line("106")])
    bill = a_statement(cast.harbour, [a_line("106"), a_line("318")], PUBLISHED)
    lines(bill)[0].until_revision = 1
    db.session.flush()
    assert nets(By.PAYER) == {("CNY", str(cast.harbour.id)): (D(300), D(0))}


def test_a_groups_bill_is_its_branches_revenue_and_folds_into_the_group(cast: Cast) -> None:
    north, south = branch_of(cast, "NORTH"), branch_of(cast, "SOUTH")
    served = [a_line("106", served=north), a_line("212", served=south), a_line("53")]
    a_statement(cast.harbour, served, PUBLISHED)
    by_branch = {key: now for (_code, key), (now, _before) in nets(By.CUSTOMER).items()}
    assert by_branch == {str(north.id): D(100), str(south.id): D(200), str(cast.harbour.id): D(50)}
    assert nets(By.GROUP) == {("CNY", str(cast.harbour.id)): (D(350), D(0))}
    assert nets(By.OWNER) == {("CNY", str(cast.sales.id)): (D(350), D(0))}


def test_forty_foot_boxes_count_two_and_a_reversal_takes_them_back(cast: Cast) -> None:
    box = {"unit": "40HQ", "main_unit": "TEU"}
    sent = a_line("1060", "3", stat_quantity=D(6), **box)
    back = a_line("-1060", "1", kind=LineKind.REVERSAL, stat_quantity=D(-2), **box)
    back = type(back)(
        **{**{name: getattr(back, name) for name in back.__slots__}, "quantity": D(-1)}
    )
    storage = a_line("1", "40", unit="MTQ.DAY", main_unit="MTQ.DAY", stat_quantity=D(40))
    a_statement(cast.harbour, [sent, back, storage], PUBLISHED)
    (found,) = report_revenue.summed(FEBRUARY, Basis.STATEMENT, SYSTEM).values()
    assert found.measured == {"TEU": D(4), "MTQ.DAY": D(40)} and found.boxes == 2


def test_a_service_without_a_lane_and_a_charge_without_a_service_have_no_lane(cast: Cast) -> None:
    sea = item("O/F", "海运费", unit="20GP", origin="CNSHA", destination="USNYC")
    plain = item("DOC", "文件费", unit="DOC", category="documentation")
    parts = [
        a_line("106", item_id=sea.id),
        a_line("53", item_id=plain.id),
        a_line("5.3", kind=LineKind.LATE_FEE),
    ]
    a_statement(cast.harbour, parts, PUBLISHED)
    assert nets(By.LANE) == {("CNY", "CNSHA>USNYC"): (D(100), D(0)), ("CNY", ">"): (D(55), D(0))}
    by_category = {key: now for (_code, key), (now, _before) in nets(By.CATEGORY).items()}
    assert by_category == {"sea": D(100), "documentation": D(50), "kind:late_fee": D(5)}


def test_sales_see_the_revenue_of_their_own_customers(cast: Cast) -> None:
    a_statement(cast.harbour, [a_line("106")], PUBLISHED)
    a_statement(cast.nordwind, [a_line("212")], PUBLISHED)
    theirs = db.session.query(Assignment).filter_by(customer_id=cast.nordwind.id).one()
    db.session.delete(theirs)
    db.session.flush()
    set_viewer(viewer(cast.sales))
    assert nets(By.PAYER, who=viewer(cast.sales)) == {("CNY", str(cast.harbour.id)): (D(100), D(0))}
    set_viewer(SYSTEM)
    assert len(nets(By.PAYER)) == 2


def test_what_was_paid_counts_net_in_its_month_by_sales_owner(cast: Cast, now: datetime) -> None:
    bill = a_statement(
        cast.harbour, [a_line("1060"), a_line("106", served=branch_of(cast, "NORTH"))], PUBLISHED
    )
    with clock.frozen(now + timedelta(days=40)):
        paid(bill, "583", now + timedelta(days=40))
        paid(bill, "583", now + timedelta(days=40), on=date(2026, 4, 1))
    both = report_paid.commission(Months(date(2026, 3, 1), date(2026, 4, 1)), SYSTEM)
    assert [(row.month.month, row.owner_id, row.part) for row in both] == [
        (3, cast.sales.id, Part(D(583), D(550))),
        (4, cast.sales.id, Part(D(583), D(550))),
    ]


def test_a_payment_undone_counts_negative_where_it_was_undone(cast: Cast, now: datetime) -> None:
    made = paid(a_statement(cast.harbour, [a_line("106")], PUBLISHED), "53", now)
    with clock.frozen(now + timedelta(days=40)):
        allocating.undo(made, "错账", SYSTEM, now + timedelta(days=40))
    april = report_paid.commission(Months(date(2026, 4, 1), date(2026, 4, 1)), SYSTEM)
    assert [row.part.net for row in april] == [D(-50)]
    assert [row.part.net for row in report_paid.commission(MARCH, SYSTEM)] == [D(50)]


def test_the_margin_is_known_where_the_contract_came_from_a_quotation_with_costs(
    cast: Cast, now: datetime
) -> None:
    right = entitled(cast, now, quantity=D(50))
    quoted = draft(cast, now).id
    row = db.session.query(QuotationLine).filter_by(customer_id=cast.harbour.id).first()
    assert quoted and row is not None
    db.session.query(QuotationLineCost).filter_by(line_id=row.id).delete()
    row.unit, row.quantity = "XPX", D(50)
    for kind, cost in (("base", "20"), ("rebate", "2")):
        add(
            QuotationLineCost(
                line_id=row.id,
                customer_id=cast.harbour.id,
                kind=kind,
                currency="CNY",
                per_unit=D(cost),
            )
        )
    right.line.quotation_line_id = row.id
    db.session.flush()
    known = lines_of_usage(right, "10", "U-1")  # 285.00 with tax, 268.87 net; it costs 10 × 18
    bill = a_statement(cast.harbour, [*known, a_line("106")], PUBLISHED)
    paid(bill, "391", now)
    (found,) = report_paid.commission(MARCH, SYSTEM)
    assert found.part == Part(D(391), D("368.87"), D("268.87"), D(180))
    assert (found.part.margin, found.part.unknown_net) == (D("88.87"), D(100))


def test_what_was_paid_for_the_old_books_stands_apart(cast: Cast, now: datetime) -> None:
    owed(cast.harbour, "500", date(2026, 2, 1), now)
    allocating.allocate(received(cast.harbour, "300", now), None, date(2026, 3, 2), SYSTEM, now)
    assert report_paid.commission(MARCH, SYSTEM) == []
    assert report_paid.paid_for_old_books(MARCH, SYSTEM) == [("CNY", D(300))]


def test_what_is_used_and_not_billed_is_told_by_age_and_reason(cast: Cast, now: datetime) -> None:
    right = entitled(cast, now, quantity=D(50))
    used(right, "5", now, on=date(2026, 2, 20))
    used(right, "2", now, on=date(2026, 1, 10))
    used(right, "3", now, on=date(2026, 1, 10), by=cast.nordwind)  # who has no contract
    lines_of_usage(right, "4", "BILLED")
    a_statement(cast.harbour, lines_of_usage(right, "4", "BILLED"), PUBLISHED)
    found = {(row.key, row.mismatch, row.age): (row.records, row.quantity) for row in
             report_unbilled.by_customer(date(2026, 3, 2), SYSTEM)}  # fmt: skip
    assert found == {
        (cast.harbour.id, "", 0): (1, D(5)), (cast.harbour.id, "", 1): (1, D(2)),
        (cast.nordwind.id, "no_contract", 1): (1, D(3)),
    }  # fmt: skip


def test_what_was_taken_back_waits_where_it_was_billed_and_is_gone_where_it_was_not(
    cast: Cast, now: datetime
) -> None:
    right = entitled(cast, now, quantity=D(50))
    recording.reverse(used(right, "5", now), "错录", SYSTEM, now)
    assert report_unbilled.by_customer(date(2026, 3, 2), SYSTEM) == []
    bill = a_statement(cast.harbour, lines_of_usage(right, "4", "BILLED"), PUBLISHED)
    (line,) = lines(bill)
    recording.reverse(db.session.get_one(recording.UsageRecord, line.usage_id), "错录", SYSTEM, now)
    (found,) = report_unbilled.by_customer(date(2026, 3, 2), SYSTEM)
    assert (found.records, found.quantity) == (1, D(-4))


def test_days_sales_outstanding_are_owed_of_sold_times_days(cast: Cast, now: datetime) -> None:
    owed(cast.harbour, "400", date(2026, 2, 1), now)  # of the old books: owed, never sold
    bill = a_statement(cast.harbour, [a_line("1000")], PUBLISHED)
    paid(bill, "600", now)
    (found,) = report_owed.over(report_owed.owed_and_sold(SYSTEM), MARCH, date(2026, 3, 10))
    assert (found.owed, found.sold, found.days, found.outstanding) == (
        D(800),
        D(1000),
        10,
        D("8.0"),
    )
    (before,) = report_owed.over(report_owed.owed_and_sold(SYSTEM), JANUARY, date(2026, 3, 10))
    assert (before.sold, before.outstanding) == (D(0), None)


def test_disputes_are_counted_by_result_and_their_days_to_decide(cast: Cast, now: datetime) -> None:
    bill = a_statement(
        cast.harbour, [a_line("106"), a_line("212"), a_line("318"), a_line("53")], PUBLISHED
    )
    first, second, third, _last = lines(bill)
    raised = [dispute(first), dispute(second, "12"), dispute(third)]
    with clock.frozen(now + timedelta(days=2)):
        deciding.reject(raised[0], "合同如此", viewer(cast.finance), now + timedelta(days=2))
    with clock.frozen(now + timedelta(days=5)):
        deciding.reject(raised[1], "合同如此", viewer(cast.finance), now + timedelta(days=5))
    found = report_answers.deciding(MARCH, SYSTEM)
    assert (found.count, found.median, found.ninetieth) == (2, D("3.5"), D("5.0"))
    by_state = {
        row.state: (row.number, row.disputed) for row in report_answers.disputes(MARCH, SYSTEM)
    }
    assert by_state == {"rejected": (2, D(118)), "open": (1, D(318))}
    whole = report_answers.all_of(report_answers.accuracy(FEBRUARY, SYSTEM).values())
    assert (whole.lines, whole.disputed, whole.percent) == (4, 3, D("25.00"))


def test_credits_are_told_by_where_they_come_from(cast: Cast, now: datetime) -> None:
    bill = a_statement(cast.harbour, [a_line("106"), a_line("212")], PUBLISHED)
    first, second = lines(bill)
    deciding.accept(dispute(first, "53"), D(53), "少算", viewer(cast.finance), now)
    crediting.propose(
        cast.harbour,
        Ask(D("10.6"), "关怀", line=second),
        "goodwill",
        None,
        viewer(cast.finance),
        now,
    )
    found = {(row.source, row.reason): (row.number, row.net, row.gross) for row in
             report_answers.credits_given(MARCH, SYSTEM)}  # fmt: skip
    assert found == {
        ("dispute", "rate"): (1, D(50), D(53)),
        ("goodwill", ""): (1, D(10), D("10.6")),
    }
