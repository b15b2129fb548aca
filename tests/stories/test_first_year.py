"""A first year of a customer: quoted, agreed, booked, shipped, used, stored, amended, renewed.

Every figure beside a step is computed by hand in its sentence, never by what is tested.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from portal.access.viewer import SYSTEM, Viewer
from portal.accounts.models import User
from portal.billing.rules.storage import storage_charges
from portal.catalogue.models import ServiceItem
from portal.catalogue.rules.storage import DayCount
from portal.contracts.actions import (
    amended,
    amending,
    approving,
    closing,
    drafting,
    lines,
    renewing,
    signing,
)
from portal.contracts.actions.lines import LineEdit, ManualLine
from portal.contracts.actions.signing import Signing
from portal.contracts.actions.values import counted, storage_policy
from portal.contracts.models import Contract, ContractLine, Entitlement, LedgerEntry
from portal.contracts.queries import standing
from portal.contracts.rules.kinds import Allowance, EntryKind, Overage
from portal.contracts.rules.states import ContractState, state_on
from portal.contracts.rules.totals import totals
from portal.db import audit
from portal.db.base import db
from portal.kernel import clock
from portal.kernel.errors import InvalidMany
from portal.kernel.period import Period
from portal.shipments.actions import bookings, completing, milestones, opening, shipments
from portal.shipments.actions.milestones import Report
from portal.shipments.rules.booking import BookingFacts, Wish
from portal.shipments.rules.boxes import Box
from portal.usage.actions import recording
from portal.usage.actions.recording import UsageFact
from portal.usage.models import UsageRecord
from portal.warehouse.actions import posting
from portal.warehouse.queries import unitdays
from portal.warehouse.rules.facts import MovementFact
from portal.warehouse.rules.unit_days import MovementKind
from tests.cast import Cast, viewer
from tests.contracts import accepted, service
from tests.offers import quick_press  # noqa: F401 - a fixture
from tests.stock import goods, warehouse

pytestmark = pytest.mark.usefixtures("quick_press")
D = Decimal
FIRST, LAST = date(2026, 3, 2), date(2027, 3, 1)
MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))
BOXES = ("CSQU3054383", "MSKU0383250")


@contextmanager
def at(day: date, hour: int = 10) -> Iterator[datetime]:
    """The clock held at an hour of a day in Shanghai."""
    moment = datetime.combine(day, time(hour), ZoneInfo("Asia/Shanghai"))
    with clock.frozen(moment.astimezone(ZoneInfo("UTC"))) as held:
        yield held


@dataclass
class Year:
    """The customer's year so far, and who takes part in it."""

    cast: Cast
    contract: Contract

    def left(self, charge: str, on: date, unit: str = "") -> Entitlement:
        """What the contract lets draw of a charge on a day."""
        wanted = select(Entitlement).join(ServiceItem, ServiceItem.id == Entitlement.item_id).where(
            Entitlement.contract_id == self.contract.id, ServiceItem.charge_code == charge,
            Entitlement.starts_on <= on, Entitlement.ends_on >= on,
        )  # fmt: skip
        rows = list(db.session.scalars(wanted))
        return next(row for row in rows if unit in ("", row.unit))

    def line(self, charge: str) -> ContractLine:
        """The line of a charge as it was agreed last."""
        return next(r for r in standing.tails(self.contract) if r.item.charge_code == charge)

    def used(self, charge: str, quantity: str, on: date) -> UsageRecord:
        """Usage told by customer service at the end of the day."""
        item = self.line(charge).item
        fact = UsageFact(self.cast.harbour.id, D(quantity), item.main_unit, on, "wms", f"{charge}-{on}",
                         item_id=item.id, item_code=item.code)  # fmt: skip
        with at(on, 18) as now:
            return recording.record(fact, by(self.cast.customer_service), now)


def by(user: User) -> Viewer:
    return viewer(db.session.get_one(User, user.id))


def balance(row: Entitlement) -> tuple[Decimal, ...]:
    """Granted, reserved, used, beyond, left."""
    return (row.granted, row.reserved, row.used, row.over_used, row.remaining)


@pytest.fixture
def year(cast: Cast, now: datetime) -> Year:
    """The accepted quotation G1 became a contract with three services more, approved and signed."""
    version, desk, boss = accepted(cast, now), by(cast.sales), by(cast.sales_manager)
    contract = drafting.draft_from(version, desk, now)
    labels, papers, store = (
        service("LAB", "贴标费", unit="H87"),
        service("C/D", "报关费", unit="BL"),
        service("STG", "仓储费", unit="MTQ.DAY", category="storage"),
    )
    monthly = {"allowance": Allowance.MONTH.value}
    add_line(
        contract, labels, "0.12", {"quantity": D(2000), "carries_over": True, **monthly}, desk, now
    )
    beyond = {"overage": Overage.OVERAGE_PRICE.value, "overage_rate": D(280)}
    add_line(contract, papers, "250", {"quantity": D(20), **monthly, **beyond}, desk, now)
    row = add_line(contract, store, "0.85", {}, desk, now)
    policy = replace(storage_policy(row), free_days=7, day_count=DayCount.BOTH)
    lines.edit(contract, [LineEdit(row.id, {"storage_policy": policy})], desk, now)
    approving.submit(contract, "报价之外增加仓储与操作", desk, now)
    approving.approve(contract, boss, now)
    signing.sign(contract, Signing(FIRST, "林晓雯", "吴梅"), boss, now)
    return Year(cast, contract)


def add_line(contract, item, rate, values, desk, now) -> ContractLine:  # type: ignore[no-untyped-def]
    by_hand = ManualLine(item.id, item.main_unit, "CNY", D(rate), "年度谈判价")
    row = lines.add_manual(contract, by_hand, desk, now)
    lines.edit(contract, [LineEdit(row.id, values)], desk, now)
    return row


def test_what_was_accepted_and_agreed_is_what_is_granted(year: Year) -> None:
    """Freight 2 × 2000 + 3 × 3700 + 3850 = 18,950; BAF (2 + 3 × 2 + 2) × 150 = 1,500; AMS 35: USD 20,485.

    THC 2 × 586 + 4 × 886 = 4,716; DOC 450; SEAL 6 × 50 = 300; labels 2000 × 0.12 × 13 periods = 3,120 (March 2 to 31,
    eleven months, March 1); declarations 20 × 250 × 13 = 65,000: CNY 73,586. Storage has no sum beforehand.
    """
    said = totals(counted(row) for row in standing.counting_lines(year.contract))
    assert said == {"USD": D(20485), "CNY": D(73586)}
    assert (year.contract.starts_on, year.contract.ends_on) == (FIRST, LAST)
    granted = select(func.count()).where(Entitlement.contract_id == year.contract.id)
    assert db.session.scalar(granted) == 9 + 13 + 13 + 1
    assert balance(year.left("O/F", FIRST, "40GP")) == (3, 0, 0, 0, 3)
    assert balance(year.left("LAB", date(2027, 3, 1))) == (2000, 0, 0, 0, 2000)
    assert year.left("STG", FIRST).is_unlimited


def test_three_boxes_are_held_one_goes_and_two_are_free_again(year: Year) -> None:
    """3 granted: 3 reserved, none left; one box carried and done: 1 used, 0 reserved, 2 left; 3 more are too many."""
    freight = year.left("O/F", FIRST, "40GP")
    book(year, freight, 3, date(2026, 3, 3))
    assert balance(freight) == (3, 3, 0, 0, 0)
    booking = book(year, freight, 1, date(2026, 3, 3), instead=True)
    shipment = carry(year, booking)
    db.session.refresh(freight)
    assert balance(freight) == (3, 0, 1, 0, 2)
    record = db.session.scalars(select(UsageRecord).where(UsageRecord.source == "shipment")).one()
    assert (record.reference, record.quantity, record.stat_quantity) == (
        f"{shipment.number}/1",
        1,
        2,
    )
    with pytest.raises(InvalidMany):
        book(year, freight, 3, date(2026, 4, 20))
    assert balance(freight) == (3, 0, 1, 0, 2)


def book(year: Year, row: Entitlement, quantity: int, day: date, *, instead: bool = False):  # type: ignore[no-untyped-def]
    """A booking by the customer; `instead`: the one before is taken back first."""
    facts = BookingFacts(ready_on=date(day.year, day.month, day.day + 2), goods="冷冻调味品")
    with at(day) as now:
        lin = by(year.cast.lin)
        if instead:
            last = select(bookings.Booking).order_by(bookings.Booking.id.desc()).limit(1)
            bookings.cancel(db.session.scalars(last).one(), lin, now)
        return bookings.book(year.contract.customer, [Wish(row.id, D(quantity))], facts, lin, now)


def carry(year: Year, booking):  # type: ignore[no-untyped-def]
    """Confirmed, loaded into one box, on its way, done on April 12."""
    desk = by(year.cast.customer_service)
    with at(date(2026, 3, 4)) as now:
        shipment = opening.confirm(booking, desk, now)
        shipments.set_boxes(shipment, [Box(BOXES[0], "40GP", "SL1")], desk, now)
    with at(date(2026, 3, 12)) as now:
        milestones.report(shipment, Report("departed", actual_at=now), desk, now)
    with at(date(2026, 4, 12)) as now:
        done = completing.proposed(shipment)
        assert completing.complete(shipment, done, date(2026, 4, 12), desk, now)
        assert not completing.complete(shipment, done, date(2026, 4, 12), desk, now)
    return shipment


def test_labels_left_in_march_are_used_in_april_and_a_double_is_reversed(year: Year) -> None:
    """March: 2000 - 1700 = 300 go on; April: 2300, of 1200 + 1250 = 2450 used 150 lie beyond.

    With 1250 taken back 1200 are used and 1100 left; the money of April: 1200 × 0.12 = 144.00.
    """
    year.used("LAB", "1700", date(2026, 3, 30))
    end_periods(date(2026, 4, 1))
    march, april = year.left("LAB", date(2026, 3, 30)), year.left("LAB", date(2026, 4, 1))
    assert balance(march) == (1700, 0, 1700, 0, 0)
    assert balance(april) == (2300, 0, 0, 0, 2300)
    year.used("LAB", "1200", date(2026, 4, 10))
    double = year.used("LAB", "1250", date(2026, 4, 24))
    assert balance(april) == (2300, 0, 2300, 150, 0) and double.over_quantity == 150
    with at(date(2026, 4, 27)) as now:
        back = recording.reverse(double, "系统重复推送", by(year.cast.customer_service), now)
    assert back.quantity == -1250 and balance(april) == (2300, 0, 1200, 0, 1100)
    assert april.used * year.line("LAB").rate == D("144.00")


def end_periods(day: date) -> None:
    """What the nightly job does."""
    with at(day, 2) as now:
        for entitlement_id in closing.ended(now, 0, 500):
            closing.close(entitlement_id, SYSTEM, now)


def test_declarations_beyond_the_month_cost_more_and_nothing_of_them_goes_on(year: Year) -> None:
    """25 in March: 20 × 250 + 5 × 280 = 6,400; in May, 35 days after March, the 20 of April have not lapsed yet."""
    for day in (5, 12, 19, 24, 30):
        year.used("C/D", "5", date(2026, 3, day))
    march, line = year.left("C/D", date(2026, 3, 30)), year.line("C/D")
    assert balance(march) == (20, 0, 20, 5, 0)
    beyond = D(line.overage_terms["rate"])
    assert march.used * line.rate + march.over_used * beyond == 6400
    end_periods(date(2026, 5, 6))
    april = year.left("C/D", date(2026, 4, 6))
    assert balance(april) == (20, 0, 0, 0, 20)
    end_periods(date(2026, 6, 5))
    assert (
        balance(april) == (0, 0, 0, 0, 0) and balance(year.left("C/D", date(2026, 5, 6)))[0] == 20
    )


def test_storage_is_what_lay_there_after_seven_free_days(year: Year) -> None:
    """100 pieces of 0.5 m³ from March 10, 40 out on the 20th, both days counting.

    10th to 20th: 11 × 50 = 550; 21st to 31st: 11 × 30 = 330; together 880 m³·day. Free are the 10th to the 16th,
    7 × 50 = 350: 530 are left, × 0.85 = 450.50.
    """
    goods(year.cast.harbour, "HF-1", m3="0.5", kg="90")
    move(year, MovementKind.IN, "100", date(2026, 3, 10))
    move(year, MovementKind.OUT, "40", date(2026, 3, 20))
    asked = unitdays.Asked(year.cast.harbour.id, "MTQ", MARCH, DayCount.BOTH)
    assert unitdays.total(asked, SYSTEM) == 880
    policy = storage_policy(year.line("STG"))
    assert policy is not None and policy.free_days == 7
    (charge,) = storage_charges(policy, list(unitdays.movements(asked, SYSTEM)), MARCH)
    assert (charge.quantity, charge.amount) == (530, D("450.50"))


def move(year: Year, kind: MovementKind, pieces: str, day: date) -> None:
    fact = MovementFact(year.cast.harbour.id, warehouse("YS").id, kind, day, "page", f"P-{day}", lot="L1",
                        sku="HF-1", pieces=D(pieces))  # fmt: skip
    with at(day, 17) as now:
        posting.post(fact, by(year.cast.keeper), now)


def test_an_amendment_counts_from_its_day_on_and_a_renewal_takes_it_over(year: Year) -> None:
    """Labels 2000 → 3000 from September 1: August stays 2000, the seven periods from September to March 1 get 3000.

    The successor lasts from March 2, 2027 for twelve months and grants 3000 in each of its periods.
    """
    amend(year, date(2026, 9, 1), D(3000))
    granted = {day: year.left("LAB", day).granted for day in (date(2026, 8, 31), date(2026, 9, 1), LAST)}  # fmt: skip
    assert list(granted.values()) == [2000, 3000, 3000]
    adjusted = select(func.count()).where(LedgerEntry.kind == EntryKind.ADJUST.value)
    assert db.session.scalar(adjusted) == 7
    with at(date(2027, 1, 5)) as now:
        assert renewing.remind(SYSTEM, now) == 1 and renewing.remind(SYSTEM, now) == 0
        second = renewing.renew(year.contract, by(year.cast.sales), now)
    assert (second.starts_on, second.ends_on) == (date(2027, 3, 2), date(2028, 3, 1))
    assert second.predecessor_id == year.contract.id
    sign(year, second)
    old = ContractState(year.contract.state)
    assert state_on(old, LAST, date(2027, 3, 2)) is ContractState.EXPIRED
    following = Year(year.cast, second)
    assert balance(following.left("LAB", date(2027, 4, 1))) == (3000, 0, 0, 0, 3000)
    assert balance(following.left("O/F", date(2027, 4, 1), "40GP")) == (3, 0, 0, 0, 3)
    record = year.used("LAB", "10", date(2027, 3, 8))
    assert record.contract_id == second.id
    assert audit.first_broken_link() is None


def amend(year: Year, from_on: date, quantity: Decimal) -> None:
    """Written, approved and signed in August."""
    desk, boss = by(year.cast.sales), by(year.cast.sales_manager)
    with at(date(2026, 8, 20)) as now:
        amendment = amending.draft(year.contract, from_on, "旺季加量", desk, now)
        amending.change_line(amendment, year.line("LAB").id, {"quantity": quantity}, desk, now)
        amended.submit(amendment, desk, now)
        amended.approve(amendment, boss, now)
        amended.sign(amendment, Signing(date(2026, 8, 20), "林晓雯", "吴梅"), boss, now)


def sign(year: Year, contract: Contract) -> None:
    """The successor approved and signed in February."""
    desk, boss = by(year.cast.sales), by(year.cast.sales_manager)
    with at(date(2027, 2, 10)) as now:
        approving.submit(contract, "续约", desk, now)
        approving.approve(contract, boss, now)
        signing.sign(contract, Signing(date(2027, 2, 10), "林晓雯", "吴梅"), boss, now)


def test_the_whole_year_in_its_order_adds_up(year: Year) -> None:
    """All of it on one contract; in the end each balance is the sum of its entries, and nothing is below zero."""
    for step in (
        test_what_was_accepted_and_agreed_is_what_is_granted,
        test_three_boxes_are_held_one_goes_and_two_are_free_again,
        test_labels_left_in_march_are_used_in_april_and_a_double_is_reversed,
        test_declarations_beyond_the_month_cost_more_and_nothing_of_them_goes_on,
        test_storage_is_what_lay_there_after_seven_free_days,
        test_an_amendment_counts_from_its_day_on_and_a_renewal_takes_it_over,
    ):
        step(year)
    changes = func.sum(LedgerEntry.quantity_change)
    of = LedgerEntry.entitlement_id
    rows = list(db.session.scalars(select(Entitlement)))
    assert {row.id: row.remaining for row in rows} == dict(
        db.session.execute(select(of, changes).group_by(of)).all()
    )
    assert all(row.is_unlimited or row.remaining >= 0 for row in rows)
