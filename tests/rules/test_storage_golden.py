"""The golden storage month G7 and the worked rows of DOMAIN section 19 (W2, W5, W7)."""

from __future__ import annotations

from datetime import date

import pytest

from portal.billing.rules.handling import handling_charges, moved
from portal.billing.rules.storage import ChargeKind, StorageCharge, storage_charges, total_of
from portal.catalogue.rules.storage import (
    DayCount,
    FreeFrom,
    PartMonth,
    policy_of_price,
)
from portal.catalogue.rules.terms import Basis, PriceTerms
from portal.kernel.period import Period
from portal.warehouse.rules.unit_days import MovementKind
from tests.rules import stocks
from tests.rules.prices import per
from tests.rules.stocks import APRIL, MARCH, D, daily, golden, golden_opening, on

RATE = D("0.85")


def golden_month(**settings) -> list[StorageCharge]:
    policy = daily(rate=RATE, **settings)
    return storage_charges(policy, golden(), MARCH, opening=golden_opening())


def told(charge: StorageCharge) -> list[str]:
    return [str(sentence) for sentence in charge.working.sentences()]


@pytest.mark.parametrize(
    ("count", "unit_days", "amount"),
    [
        (DayCount.BOTH, "413.760", "351.70"),
        (DayCount.DAY_END, "400.560", "340.48"),
        (DayCount.DAY_START, "401.760", "341.50"),
    ],
)
def test_the_golden_month_under_each_count_of_days(count, unit_days, amount):
    (line,) = golden_month(day_count=count)
    assert (line.quantity, line.unit_code, line.rate) == (D(unit_days), "MTQ.DAY", RATE)
    assert (line.amount, line.currency, line.period) == (D(amount), "CNY", MARCH)


def test_the_golden_line_tells_how_it_arose():
    assert told(golden_month()[0]) == [
        "413.760 m³·day in 31 days: the day of arrival and the day of leaving both count",
        "413.760 m³·day × 0.85 = 351.696",
        "Rounded: CNY 351.70",
    ]


def test_the_golden_month_with_handling_comes_to_its_total():
    terms = dict.fromkeys([MovementKind.IN, MovementKind.OUT], per("MTQ", 18, "CNY"))
    inbound, outbound = handling_charges(golden(), MARCH, terms)
    assert (inbound.quantity, inbound.amount) == (12, 216)
    assert (outbound.quantity, outbound.amount) == (D("13.2"), D("237.60"))
    storage = total_of(golden_month(minimum=D(300)))
    assert storage + inbound.amount + outbound.amount == D("805.30")


def test_adjustments_and_other_months_are_not_handled():
    flows = [*golden(), stocks.found(on(30), 5), stocks.moved(on(1, 4), 9)]
    assert moved(flows, MARCH) == {"in": 12, "out": D("13.2"), "adjust": 5}


def test_a_minimum_of_400_is_reached_by_a_line_of_its_own():
    storage, top_up = golden_month(minimum=D(400))
    assert (storage.amount, top_up.kind, top_up.amount) == (
        D("351.70"),
        ChargeKind.MINIMUM,
        D("48.30"),
    )
    assert told(top_up) == ["351.70 is raised to the minimum 400.00"]
    assert (top_up.unit_code, str(top_up.unit_word)) == ("LS", "lump sum")


def test_a_minimum_that_is_reached_has_no_line():
    assert len(golden_month(minimum=D("351.70"))) == 1


def test_a_frozen_price_line_gives_the_same_golden_amount():
    policy = policy_of_price(per("MTQ.DAY", "0.85", "CNY"))
    (line,) = storage_charges(policy, golden(), MARCH, opening=golden_opening())
    assert (line.quantity, line.amount) == (D("413.760"), D("351.70"))
    assert told(line)[-1] == "Rounded: CNY 351.70"


def test_the_price_lines_own_minimum_stands():
    """351.70 is under the line minimum of 500."""
    terms = PriceTerms(Basis.PER_UNIT, "MTQ.DAY", "CNY", rate=RATE, minimum=D(500))
    (line,) = storage_charges(policy_of_price(terms), golden(), MARCH, opening=golden_opening())
    assert line.amount == 500


def test_seven_free_days_from_the_first_leave_the_eighth_as_the_first_charged_day():
    """DOMAIN 19, W5: in on 03-01; 2 m³ × 24 days (8th to 31st)."""
    flows = [stocks.moved(on(1), 2)]
    week = Period(on(1), on(7))
    assert storage_charges(daily(free_days=7), flows, week) == []
    (eighth,) = storage_charges(daily(free_days=7), flows, Period(on(8), on(8)))
    (month,) = storage_charges(daily(free_days=7), flows, MARCH)
    assert (eighth.quantity, month.quantity) == (2, 48)
    assert told(month)[0] == "The first 7 days are free: 14 m³·day are not charged"


def test_free_days_do_not_move_to_another_lot():
    """5 m³ in on the 1st and gone on the 3rd; 5 m³ more in on the 3rd: free to the 9th, 22 days."""
    flows = [
        stocks.moved(on(1), 5, "A"),
        stocks.moved(on(3), -5, "A"),
        stocks.moved(on(3), 5, "B"),
    ]
    (line,) = storage_charges(daily(free_days=7), flows, MARCH)
    assert line.quantity == 5 * 22


def test_without_lots_the_free_days_are_the_first_of_the_contract():
    """Contract from 03-10, 5 free days, 4 m³ all month: 31 - 5 = 26 days."""
    policy = daily(free_days=5, free_from=FreeFrom.CONTRACT)
    opening = golden_opening(D("0.008"))
    contract = Period(on(10))
    (line,) = storage_charges(policy, [], MARCH, contract=contract, opening=opening)
    assert line.quantity == 4 * 26


@pytest.mark.parametrize(
    ("part", "amount"), [(PartMonth.BY_DAYS, "450.00"), (PartMonth.FULL, "900.00")]
)
def test_the_minimum_of_a_first_month_goes_by_its_days_or_is_full(part, amount):
    """DOMAIN 19, W7: contract from 04-16, minimum 900: 15 of 30 days."""
    policy = daily(minimum=D(900), part_month=part)
    (line,) = storage_charges(policy, [], APRIL, contract=Period(date(2026, 4, 16)))
    assert (line.kind, line.amount) == (ChargeKind.MINIMUM, D(amount))


def test_a_share_of_the_minimum_tells_its_days():
    policy = daily(minimum=D(900))
    (line,) = storage_charges(policy, [], APRIL, contract=Period(date(2026, 4, 16)))
    assert told(line) == ["15 of the 30 days of the month", "0.00 is raised to the minimum 450.00"]


def test_after_the_contract_goods_still_cost_but_no_minimum_is_due():
    """W10: the contract ended on 03-31; 2 m³ lie on through April: 2 × 30."""
    policy = daily(minimum=D(900))
    flows = [stocks.moved(on(1), 2)]
    contract = Period(date(2026, 1, 1), on(31))
    (line,) = storage_charges(policy, flows, APRIL, contract=contract)
    assert (line.kind, line.amount) == (ChargeKind.STORAGE, 60)
