"""Storage, handling, fees, commitments and credits through the whole run, each world worked out by hand."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from portal.access.viewer import SYSTEM
from portal.billing.actions import crediting, drafting, reviewing, storage_usage
from portal.billing.actions.gathering import gather
from portal.billing.models import Credit, StatementLine
from portal.billing.rules.states import StatementState
from portal.catalogue.models import ServiceItem
from portal.catalogue.rules.storage import DayCount, Method, StoragePolicy
from portal.contracts.actions import closing
from portal.contracts.models import Entitlement
from portal.contracts.rules.kinds import Allowance, Overage
from portal.customers.models import Customer
from portal.db.base import db
from portal.kernel.errors import StaleEdit
from portal.kernel.period import Period
from portal.usage.actions import recording
from portal.usage.models import UsageRecord
from portal.warehouse.models import StockBilled
from tests.billing_worlds import (
    FEBRUARY,
    JANUARY,
    lines,
    moved,
    run,
    settles,
    statements,
    told,
    used,
)
from tests.cast import Cast, customer
from tests.chain import contract_line, entitled, granted, signed_contract
from tests.factories import add, item, per_unit
from tests.statements import a_line, a_statement

D = Decimal
MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))
LATER = datetime.fromisoformat("2026-04-05T10:00:00+08:00")


def storage() -> ServiceItem:
    known = db.session.scalar(select(ServiceItem).where(ServiceItem.charge_code == "STORAGE"))
    if known is not None:
        return known
    return item("STORAGE", "仓储费", unit="MTQ.DAY", section="storage", category="storage", load="none")  # fmt: skip


def stores(cast: Cast, now: datetime, of: Customer | None = None, **policy: Any) -> Entitlement:
    """Storage at CNY 0.85 a m³·day for the year 2026."""
    own = StoragePolicy(
        Method.DAILY, "MTQ", **{"terms": per_unit("MTQ.DAY", "CNY", "0.85"), **policy}
    )
    return entitled(
        cast, now, quantity=None, item=storage(), customer=of, storage_policy=own.to_json(), rate=D("0.85"),
        price_terms=per_unit("MTQ.DAY", "CNY", "0.85").to_json(),
    )  # fmt: skip


def march_of_g7(of: Customer, now: datetime) -> None:
    """The stock of golden case G7: 500 pieces of 0.024 m³ to begin with, four movements in March."""
    moved(of, "in", "500", date(2026, 2, 20), now)
    for day, kind, pieces in (
        (5, "in", "300"),
        (12, "out", "420"),
        (20, "in", "200"),
        (25, "out", "130"),
    ):
        moved(of, kind, pieces, date(2026, 3, day), now)


def test_g7_storage_and_handling_come_to_the_golden_sum(cast: Cast, now: datetime) -> None:
    stores(cast, LATER)
    march_of_g7(cast.harbour, LATER)
    for code, quantity in (("HDL_IN", "12"), ("HDL_OUT", "13.2")):
        what = item(code, code, unit="MTQ", category="handling", load="none", tax_class="service_6")
        bought = entitled(
            cast,
            LATER,
            quantity=None,
            item=what,
            price_terms=per_unit("MTQ", "CNY", "18").to_json(),
        )
        used(bought, quantity, LATER, on=date(2026, 3, 25), reference=code)
    run(MARCH, now=LATER)
    (statement,) = statements()
    march = [each for each in lines(statement) if not each.is_late]
    assert told(march) == [
        ("storage", "03-01", "351.70"),
        ("usage", "HDL_IN", "216.00"),
        ("usage", "HDL_OUT", "237.60"),
    ]
    assert sum(each.gross_amount for each in march) == D("805.30")
    assert march[0].quantity == D("413.76") and march[0].main_unit == "MTQ.DAY"


def test_g7_below_the_monthly_minimum_has_the_difference_as_a_line(
    cast: Cast, now: datetime
) -> None:
    stores(cast, LATER, minimum=D(400))
    march_of_g7(cast.harbour, LATER)
    run(Period(date(2026, 2, 1), date(2026, 2, 28)), now=LATER)
    run(MARCH, now=LATER)
    assert [row[::2] for row in told(lines(statements()[-1]))] == [
        ("storage", "351.70"),
        ("storage_minimum", "48.30"),
    ]


def test_each_storage_day_is_billed_once_and_late_days_come_with_the_next_run(
    cast: Cast, now: datetime
) -> None:
    stores(cast, now)
    moved(cast.harbour, "in", "1000", date(2026, 1, 31), now)
    run(FEBRUARY, now=now)
    run(FEBRUARY, now=now)
    found = [(each.starts_on, each.ends_on, each.is_late) for each in lines(*statements())]
    assert found == [
        (date(2026, 1, 1), date(2026, 1, 31), True),
        (date(2026, 2, 1), date(2026, 2, 28), False),
    ]
    assert [each.gross_amount for each in lines(*statements())] == [D("20.40"), D("571.20")]


def test_an_amended_price_divides_the_month(cast: Cast, now: datetime) -> None:
    right = stores(cast, now)
    moved(cast.harbour, "in", "1000", date(2026, 2, 1), now)
    policy = StoragePolicy(Method.DAILY, "MTQ", rate=D(1), currency="CNY")
    contract_line(
        right.contract, storage(), None, root_id=right.line_id, replaces_id=right.line_id,
        from_on=date(2026, 2, 15), storage_policy=policy.to_json(),
    )  # fmt: skip
    run(FEBRUARY, now=now)
    amounts = {each.starts_on.day: each.gross_amount for each in lines(*statements())}
    assert amounts == {1: D("285.60"), 15: D("336.00")}


def test_stock_that_stays_after_the_end_goes_on_until_a_successor_charges_it(
    cast: Cast, now: datetime
) -> None:
    old = stores(cast, now)
    old.contract.state, old.contract.ended_on = "completed", date(2026, 2, 10)
    db.session.flush()
    moved(cast.harbour, "in", "1000", date(2026, 2, 1), now)
    contract = signed_contract(cast, starts_on=date(2026, 2, 20))
    policy = StoragePolicy(Method.DAILY, "MTQ", rate=D(1), currency="CNY")
    contract_line(contract, storage(), None, storage_policy=policy.to_json())
    run(FEBRUARY, now=now)
    found = {
        (each.starts_on.day, each.ends_on.day): each.gross_amount for each in lines(*statements())
    }
    assert found == {(1, 10): D("204.00"), (11, 19): D("183.60"), (20, 28): D("216.00")}


def test_a_group_pays_for_its_branches_stock_where_they_have_no_line_of_their_own(
    cast: Cast, now: datetime
) -> None:
    covered = customer("HB-NB", "宁波分公司", "", kind="branch", parent_id=cast.harbour.id)
    own = customer(
        "HB-SZ", "苏州分公司", "", kind="branch", parent_id=cast.harbour.id, billing="own"
    )
    stores(cast, now)
    stores(cast, now, own)
    for of in (cast.harbour, covered, own):
        moved(of, "in", "1000", date(2026, 2, 1), now)
    run(FEBRUARY, now=now)
    sums = {each.customer_id: each.gross_amount for each in statements()}
    assert sums == {cast.harbour.id: D("1142.40"), own.id: D("571.20")}


def test_free_days_of_a_lot_and_its_peak_are_counted_from_its_movements(
    cast: Cast, now: datetime
) -> None:
    stores(cast, now, free_days=7, day_count=DayCount.BOTH)
    moved(cast.harbour, "in", "1000", date(2026, 2, 1), now, lot="L1")
    run(FEBRUARY, now=now)
    assert [each.gross_amount for each in lines(*statements())] == [D("428.40")]


def test_storage_that_was_published_draws_its_entitlement_once_and_is_billed_nowhere(
    cast: Cast, now: datetime
) -> None:
    right = stores(cast, now)
    moved(cast.harbour, "in", "1000", date(2026, 2, 1), now)
    run(FEBRUARY, now=now)
    (statement,) = statements()
    for _again in range(2):
        (row,) = storage_usage.post(statement, SYSTEM, now)
    fresh = db.session.get_one(Entitlement, right.id, populate_existing=True)
    assert (row.quantity, row.source, fresh.used) == (D(672), "storage", D(672))
    statement.state = StatementState.PUBLISHED.value
    assert run(FEBRUARY, now=now).counts["empty"] == 1


def test_a_monthly_fee_is_billed_for_each_month_once_and_a_part_by_days(
    cast: Cast, now: datetime
) -> None:
    fee = item(
        "SYS", "系统服务费", unit="MON", category="other", load="none", tax_class="service_6"
    )
    contract = signed_contract(cast, starts_on=date(2026, 1, 16))
    contract_line(contract, fee, None, price_terms=per_unit("MON", "CNY", "310").to_json())
    run(JANUARY, now=now)
    run(FEBRUARY, now=now)
    run(FEBRUARY, now=now)
    assert [(each.ends_on.month, each.gross_amount) for each in statements()] == [
        (1, D("160.00")),
        (2, D("310.00")),
    ]


def test_what_was_committed_and_not_used_is_charged_after_the_period(
    cast: Cast, now: datetime
) -> None:
    rights = granted(
        cast, now, quantity=D(10), allowance=Allowance.MONTH, charges_shortfall=True, carries_over=False
    )  # fmt: skip
    used(rights[1], "4", now, on=date(2026, 2, 5), reference="A-1")
    run(FEBRUARY, now=now)
    found = [
        (each.kind, each.starts_on.month, each.quantity, each.gross_amount)
        for each in lines(*statements())
    ]
    assert found == [
        ("usage", 2, D(4), D("114.00")),
        ("shortfall", 1, D(10), D("285.00")),
        ("shortfall", 2, D(6), D("171.00")),
    ]


def test_a_shortfall_is_the_same_after_the_rest_has_lapsed(cast: Cast, now: datetime) -> None:
    right = entitled(cast, now, quantity=D(10), charges_shortfall=True, until_on=date(2026, 1, 10))
    db.session.commit()
    closing.close(right.id, SYSTEM, LATER)
    run(JANUARY, now=now)
    assert [each.gross_amount for each in lines(*statements())] == [D("285.00")]


def test_overage_that_turned_out_to_be_none_is_given_back(cast: Cast, now: datetime) -> None:
    terms = per_unit("XPX", "CNY", "40").to_json()
    right = entitled(
        cast, now, quantity=D(5), overage=Overage.OVERAGE_PRICE, overage_terms=terms, until_on=date(2026, 2, 28)
    )  # fmt: skip
    first = used(right, "5", now, on=date(2026, 1, 5))
    used(right, "3", now, on=date(2026, 1, 6))
    run(JANUARY, now=now)
    statements()[0].state = StatementState.PUBLISHED.value
    recording.reverse(db.session.get_one(UsageRecord, first.id), "wrong", SYSTEM, now)
    run(FEBRUARY, now=now)
    found = {each.kind: each.gross_amount for each in lines(statements()[-1])}
    assert found == {"reversal": D("-142.50"), "true_up": D("-34.50")}


def test_a_granted_credit_becomes_a_line_and_is_placed(cast: Cast, now: datetime) -> None:
    january = a_statement(
        cast.harbour, [a_line("100")], StatementState.BILLED,
        starts_on=JANUARY.start_on, ends_on=date(2026, 1, 31),
    )  # fmt: skip
    credit = add(
        Credit(number="CN-2026-000009", state="granted", source_type="claim", source_id=1, customer_id=cast.harbour.id,
               served_id=cast.harbour.id, name_zh="赔付", reason="货损", currency="CNY", tax_class="service_6",
               tax_kind="taxed", tax_percent=D(6), net_amount=D("47.17"), tax_amount=D("2.83"),
               gross_amount=D(50), granted_on=date(2026, 2, 3))
    )  # fmt: skip
    used(entitled(cast, now, quantity=D(100)), "10", now)
    run(FEBRUARY, now=now)
    run(FEBRUARY, now=now)
    february = statements()[-1]
    assert february.id != january.id and february.gross_amount == D("235.00")
    assert db.session.get_one(Credit, credit.id, populate_existing=True).state == "placed"
    crediting.free([credit.id], SYSTEM, now)


def test_late_fees_are_simple_interest_from_the_day_after_due(cast: Cast, now: datetime) -> None:
    settles(cast.harbour, late_fee_percent=D("0.05"))
    january = a_statement(
        cast.harbour, [a_line("10000")], StatementState.PUBLISHED,
        starts_on=JANUARY.start_on, ends_on=date(2026, 1, 31), now=datetime.fromisoformat("2026-02-01T10:00:00+08:00"),
    )  # fmt: skip
    run(MARCH, now=LATER)
    (line,) = lines(statements()[-1])
    days = (date(2026, 3, 31) - (january.due_on or date.min)).days
    assert (line.kind, line.gross_amount) == ("late_fee", D(days) * 5)
    assert line.quantity == days and line.tax_amount == 0
    assert run(MARCH, now=LATER).counts["unchanged"] == 1


def test_a_preview_of_an_open_month_saves_nothing_and_stores_up_to_today(
    cast: Cast, now: datetime
) -> None:
    stores(cast, now)
    moved(cast.harbour, "in", "1000", date(2026, 3, 1), now)
    (content,) = gather(cast.harbour.id, MARCH, SYSTEM, date(2026, 3, 2))
    assert [(each.ends_on.day, each.gross_amount) for each in content.lines] == [(2, D("40.80"))]
    assert content.live is None and db.session.query(StatementLine).count() == 0


def test_a_draft_that_is_out_of_date_is_not_reviewed(cast: Cast, now: datetime) -> None:
    stores(cast, now)
    moved(cast.harbour, "in", "1000", date(2026, 2, 1), now)
    run(FEBRUARY, now=now)
    (statement,) = statements()
    drafting.check_current(statement, now)
    moved(cast.harbour, "in", "10", date(2026, 2, 10), now)
    with pytest.raises(StaleEdit, match="Run the period again"):
        drafting.check_current(statement, now)
    run(FEBRUARY, now=now)
    drafting.check_current(statements()[0], now)


def test_storage_of_a_line_that_a_revision_ended_goes_back_to_its_entitlement(
    cast: Cast, now: datetime
) -> None:
    right = stores(cast, now)
    moved(cast.harbour, "in", "1000", date(2026, 2, 1), now)
    run(FEBRUARY, now=now)
    (statement,) = statements()
    storage_usage.post(statement, SYSTEM, now)
    lines(statement)[0].until_revision = 1
    db.session.flush()
    assert storage_usage.post(statement, SYSTEM, now) == []
    assert db.session.get_one(Entitlement, right.id, populate_existing=True).used == 0


def test_a_review_closes_the_billed_days_for_the_branches_whose_stock_it_charges(
    cast: Cast, now: datetime
) -> None:
    covered = customer("HB-NB", "宁波分公司", "", kind="branch", parent_id=cast.harbour.id)
    stores(cast, now)
    moved(covered, "in", "1000", date(2026, 2, 1), now)
    run(FEBRUARY, now=now)
    (statement,) = statements()
    reviewing.review(statement, SYSTEM, now)
    closed = select(StockBilled.customer_id, StockBilled.through_on)
    assert {tuple(row) for row in db.session.execute(closed)} == {
        (cast.harbour.id, date(2026, 2, 28)),
        (covered.id, date(2026, 2, 28)),
    }
    reviewing.return_(statement, "look again", SYSTEM, now)
    assert not list(db.session.execute(closed))
