"""Each way to charge storage on a small case computed by hand (DOMAIN W4, W6-W9, P14, P15)."""

from __future__ import annotations

from datetime import date

import pytest

from portal.billing.rules.storage import StorageCharge, storage_charges, total_of
from portal.catalogue.rules.storage import (
    AgeTier,
    Anniversary,
    DayCount,
    FreeFrom,
    Method,
    MonthDays,
    PalletCount,
    PartMonth,
    Per,
    StoragePolicy,
    WeekFrom,
)
from portal.kernel.errors import Invalid
from portal.kernel.period import Period
from portal.warehouse.rules.layers import Layer
from tests.rules.stocks import APRIL, MARCH, D, by, daily, moved, on

TIERS = (AgeTier(1, 7, D(0)), AgeTier(8, 30, D("0.5")), AgeTier(31, None, D("1.2")))


def told(charge: StorageCharge) -> list[str]:
    return [str(sentence) for sentence in charge.working.sentences()]


def quantities(policy, flows, period=MARCH, **settings) -> list[tuple[object, object]]:
    lines = storage_charges(policy, flows, period, **settings)
    return [(line.quantity, line.amount) for line in lines]


def test_age_tiers_are_progressive_and_a_line_each():
    """10 in on 03-01: days 1-7 free 70; 8-30 are 23 days: 230 × 0.50; day 31: 10 × 1.20."""
    lines = storage_charges(daily(tiers=TIERS), [moved(on(1), 10)], MARCH)
    assert [(line.quantity, line.amount) for line in lines] == [(70, 0), (230, 115), (10, 12)]
    assert [line.tier for line in lines] == list(TIERS)
    assert told(lines[1])[0] == "Day 8 to 30 in store: 230 m³·day"


def test_age_goes_on_in_the_next_month():
    """10 in on 03-25: 7 days in March; in April day 8 to 30 (23 days), 31 to 37 (7 days)."""
    flows = [moved(on(25), 10)]
    assert quantities(daily(tiers=TIERS), flows) == [(70, 0)]
    assert quantities(daily(tiers=TIERS), flows, APRIL) == [(230, 115), (70, 84)]


def test_a_month_rate_per_day_divides_by_real_days_or_by_thirty():
    """2 m³ all March at 30 a month: 62 m³·days; ÷ 31 = 2 months = 60.00; ÷ 30 = 62.00."""
    flows = [moved(on(1, 2), 2)]
    real = daily(rate=D(30), rate_per=Per.MONTH)
    thirty = daily(rate=D(30), rate_per=Per.MONTH, month_days=MonthDays.THIRTY)
    assert quantities(real, flows) == [(2, 60)]
    assert quantities(thirty, flows) == [(D("2.066667"), 62)]
    (line,) = storage_charges(thirty, flows, MARCH)
    assert told(line)[-1] == "62 m³·day × 30.00 ÷ 30 = 62.00"


def test_daily_totals_may_be_rounded_to_three_places_first():
    """0.0014 m³ × 31 = 0.0434; rounded each day 0.001 × 31 = 0.031."""
    flows = [moved(on(1), "0.0014")]
    (exact,) = storage_charges(daily(rate=D(100)), flows, MARCH)
    (rounded,) = storage_charges(daily(rate=D(100), round_daily=True), flows, MARCH)
    assert (exact.amount, rounded.amount) == (D("4.34"), D("3.10"))


def test_daily_rounding_of_lots_rounds_each_days_total():
    """Two lots of 0.0014: 0.0028 → 0.003 a day, 24 days after 7 free ones: 0.072."""
    flows = [moved(on(1), "0.0014", "A"), moved(on(1), "0.0014", "B")]
    policy = daily(rate=D(100), round_daily=True, free_days=7)
    assert quantities(policy, flows) == [(D("0.072"), D("7.20"))]


def test_a_minimum_stock_lifts_each_day_under_contract():
    """4 m³ from 03-11, at least 10: 31 × 10 under contract all month; from 03-22: 11×4 + 10×10."""
    flows = [moved(on(11), 4)]
    policy = daily(minimum_quantity=D(10))
    assert quantities(policy, flows) == [(310, 310)]
    (line,) = storage_charges(policy, flows, MARCH, contract=Period(on(22)))
    assert line.amount == 144
    assert told(line)[1] == "With at least 10 a day: 144 m³·day"


def test_a_minimum_stock_begins_after_the_free_days_of_the_contract():
    """Contract from 03-01, 10 free days, nothing stored, at least 2: 21 days × 2."""
    policy = daily(minimum_quantity=D(2), free_days=10, free_from=FreeFrom.CONTRACT)
    assert quantities(policy, [], contract=Period(on(1))) == [(42, 42)]


def test_a_pallet_pays_for_every_week_begun():
    """10 pallets from Tue 03-03, 4 leave on 03-10 (day 1 of week 2, counts), 6 on 03-24.

    Weeks begin 03-03 (10), 03-10 (10), 03-17 (6), 03-24 (6): 32 pallet-weeks × 15.
    """
    flows = [moved(on(3), 10), moved(on(10), -4), moved(on(24), -6)]
    (line,) = storage_charges(by(Method.PALLET_WEEK, 15), flows, MARCH)
    assert (line.quantity, line.amount) == (32, 480)
    assert str(line.unit_word) == "pallet·week"
    assert told(line) == [
        "4 weeks of lots begun in the period: 32 pallet·week",
        "32 pallet·week × 15.00 = 480.00",
    ]


def test_by_day_end_a_pallet_that_leaves_on_the_first_day_of_a_week_does_not_pay_it():
    """The same lot: 10 + 6 + 6 + 0 pallet-weeks."""
    flows = [moved(on(3), 10), moved(on(10), -4), moved(on(24), -6)]
    policy = by(Method.PALLET_WEEK, 15, day_count=DayCount.DAY_END)
    assert quantities(policy, flows) == [(22, 330)]


def test_calendar_weeks_begin_on_monday():
    """10 pallets from Sun 03-08 to Mon 03-16: weeks of 03-08, 03-09, 03-16: 30 pallet-weeks."""
    flows = [moved(on(8), 10), moved(on(16), -10)]
    policy = by(Method.PALLET_WEEK, 1, week_from=WeekFrom.MONDAY)
    assert quantities(policy, flows) == [(30, 30)]


def test_free_days_put_off_the_first_week():
    """In on 03-03, 7 free days: weeks begin 03-10, 17, 24, 31."""
    policy = by(Method.PALLET_WEEK, 1, free_days=7)
    assert quantities(policy, [moved(on(3), 10)]) == [(40, 40)]


def test_a_later_week_may_have_another_rate():
    """In on 03-03: the weeks of age 1 and 8 at 10, those of age 15, 22 and 29 at 20; 1 pallet."""
    tiers = (AgeTier(1, 14, D(10)), AgeTier(15, None, D(20)))
    tiered = StoragePolicy(Method.PALLET_WEEK, "XPX", "CNY", tiers=tiers)
    assert quantities(tiered, [moved(on(3), 1)]) == [(2, 20), (3, 60)]


def test_an_anniversary_month_begins_on_the_lots_own_date():
    """8 m³ from 01-31; 3 leave on 02-28 (first day of month 2, count), 5 stay.

    Months begin 01-31 (8), 02-28 (8), 03-31 (5): the 31st falls to the end of a shorter month.
    """
    flows = [moved(date(2026, 1, 31), 8), moved(on(28, 2), -3)]
    policy = by(Method.ANNIVERSARY, 30, unit="MTQ")
    first_quarter = Period(date(2026, 1, 1), on(31))
    assert quantities(policy, flows, first_quarter) == [(8, 240), (8, 240), (5, 150)]


def test_an_anniversary_month_may_have_thirty_days():
    """In on 01-31: months begin 01-31, 03-02, 04-01: none in February."""
    policy = by(Method.ANNIVERSARY, 30, anniversary=Anniversary.THIRTY_DAYS)
    flows = [moved(date(2026, 1, 31), 1)]
    period = Period(date(2026, 1, 1), APRIL.end_on)
    assert [line.period.start_on.month for line in storage_charges(policy, flows, period)] == [
        1,
        3,
        4,
    ]


def test_the_split_month_is_full_to_the_15th_and_half_after_it():
    """In 10 on 03-15 (full), 4 on 03-16 (half): 12; April: all 14 that are there on the first."""
    flows = [moved(on(15), 10, "A"), moved(on(16), 4, "B"), moved(on(20, 4), -10, "A")]
    policy = by(Method.HALF_MONTH, 60)
    assert quantities(policy, flows) == [(12, 720)]
    assert quantities(policy, flows, APRIL) == [(14, 840)]


def test_the_highest_day_is_charged():
    """5, then 12 on 03-10 to 03-12, then 7: 12 m³ × 25 for the month."""
    flows = [moved(on(1), 5), moved(on(10), 7), moved(on(12), -5)]
    (line,) = storage_charges(by(Method.PEAK, 25, unit="MTQ"), flows, MARCH)
    assert (line.quantity, line.amount) == (12, 300)
    assert told(line)[0] == "Highest on 2026-03-10: 12 m³"


def test_the_highest_day_of_a_part_month_pays_for_its_days():
    """Contract from 03-22: 7 m³ × 31.00 × 10 of 31 days = 70.00; by the day 7 × 10 × 1."""
    flows = [moved(on(1), 12), moved(on(12), -5)]
    contract = Period(on(22))
    month = by(Method.PEAK, 31, unit="MTQ")
    day = by(Method.PEAK, 1, unit="MTQ", rate_per=Per.DAY)
    assert quantities(month, flows, contract=contract) == [(D("2.258065"), 70)]
    assert quantities(day, flows, contract=contract) == [(70, 70)]
    (line,) = storage_charges(month, flows, MARCH, contract=contract)
    assert told(line)[1:] == [
        "10 of the 31 days of the month",
        "7 m³ × 31.00 × 10 ÷ 31 = 70.00",
    ]


def test_the_mean_of_the_month_is_charged():
    """10 from 03-01, 20 more from 03-16 (16 days): (310 + 320) ÷ 31 = 20.3226 × 31 = 630.00."""
    flows = [moved(on(1), 10), moved(on(16), 20)]
    (line,) = storage_charges(by(Method.AVERAGE, 31, unit="MTQ"), flows, MARCH)
    assert (line.quantity, line.amount) == (D("20.322581"), 630)
    assert told(line)[0] == "Mean of 31 days: 630 ÷ 31 = 20.323 m³"


def test_the_mean_is_not_less_than_the_minimum_stock():
    """Mean 10, at least 15: 15 × 20."""
    policy = by(Method.AVERAGE, 20, unit="MTQ", minimum_quantity=D(15))
    assert quantities(policy, [moved(on(1), 10)]) == [(15, 300)]


def test_the_mean_priced_by_the_day_is_every_days_stock():
    """10 from 03-01, 20 more from 03-16: 310 + 320 m³·days × 2."""
    flows = [moved(on(1), 10), moved(on(16), 20)]
    policy = by(Method.AVERAGE, 2, unit="MTQ", rate_per=Per.DAY)
    assert quantities(policy, flows) == [(630, 1260)]


def test_the_mean_of_a_part_month_counts_only_its_days():
    """Contract from 04-16, 12 m³ from 04-16: mean 12, 15 of 30 days: 12 × 30 × 15 ÷ 30 = 180."""
    flows = [moved(date(2026, 4, 16), 12)]
    policy = by(Method.AVERAGE, 30, unit="MTQ")
    contract = Period(date(2026, 4, 16))
    assert quantities(policy, flows, APRIL, contract=contract) == [(6, 180)]


def test_the_stock_on_the_first_is_charged():
    """9 there before March, 4 more on 03-02: 9 × 20; on 04-01 2 of 13 leave, all 13 count."""
    flows = [moved(on(20, 2), 9), moved(on(2), 4), moved(on(1, 4), -2)]
    policy = by(Method.FIRST_OF_MONTH, 20)
    both = Period(MARCH.start_on, APRIL.end_on)
    assert quantities(policy, flows, both) == [(9, 180), (13, 260)]


def test_a_bill_from_the_16th_to_the_15th_charges_the_first_inside_it():
    """03-16 to 04-15 is one month of its own; the first of April is its first of the month."""
    flows = [moved(on(20, 2), 9)]
    period = Period(on(16), date(2026, 4, 15))
    (line,) = storage_charges(by(Method.FIRST_OF_MONTH, 20), flows, period)
    assert (line.amount, line.period) == (180, period)


@pytest.mark.parametrize(("part", "amount"), [(PartMonth.BY_DAYS, 95), (PartMonth.FULL, 190)])
def test_a_rented_area_costs_the_same_however_full_it_is(part, amount):
    """8 m² at least 10 m² × 19.00; from 04-16 by days: 190 × 15 ÷ 30."""
    policy = by(
        Method.AREA_MONTH, 19, unit="MTK", area=D(8), minimum_quantity=D(10), part_month=part
    )
    (whole,) = storage_charges(policy, [], MARCH)
    assert (whole.unit_code, whole.quantity, whole.amount) == ("MTK.MON", 10, 190)
    assert told(whole)[:2] == ["Rented: 8 m²", "8 is raised to the minimum quantity 10"]
    part_month = storage_charges(policy, [], APRIL, contract=Period(date(2026, 4, 16)))
    assert total_of(part_month) == amount


def test_pallets_are_counted_by_article():
    """P14, 100 pieces a pallet: A 340 → 4; B 30 → 0.5; the day 4.5 → 5; × 31 days × 2.

    From 03-11 B is gone: 4 pallets. 10 days of 5 (the day of leaving counts) + 21 of 4.
    """
    flows = [moved(on(1), 340, "A"), moved(on(1), 30, "B"), moved(on(10), -30, "B")]
    policy = daily(unit="XPX", rate=D(2), pallets=PalletCount.BY_SKU)
    sizes = {"A": D(100), "B": D(100)}
    assert quantities(policy, flows, per_pallet=sizes) == [(134, 268)]


def test_pallets_that_were_there_before_are_counted_too():
    """250 pieces of A there since February: 3 pallets × 31 days × 2."""
    policy = daily(unit="XPX", rate=D(2), pallets=PalletCount.BY_SKU)
    opening = [Layer("A", on(3, 2), D(150)), Layer("A", on(9, 2), D(100))]
    lines = quantities(policy, [], opening=opening, per_pallet={"A": D(100)})
    assert lines == [(93, 186)]


def test_a_bill_needs_an_end():
    with pytest.raises(ValueError, match="ends"):
        storage_charges(daily(), [], Period(on(1)))


def test_pallets_without_a_size_are_refused_not_billed_as_nothing():
    policy = daily(unit="XPX", pallets=PalletCount.BY_SKU)
    with pytest.raises(Invalid, match="pieces on a pallet is missing"):
        storage_charges(policy, [moved(on(1), 340, "A")], MARCH)


def test_two_months_are_two_lines_each_with_its_minimum():
    """1 m³: March 31.00 + 69.00, April 30.00 + 70.00."""
    policy = daily(minimum=D(100))
    lines = storage_charges(policy, [moved(on(1), 1)], Period(on(1), APRIL.end_on))
    assert [line.amount for line in lines] == [31, 69, 30, 70]


def test_a_full_minimum_is_paid_once_when_a_month_is_billed_in_two_parts():
    """Contract from 03-11 (21 days), minimum 210 in full: 03-01 to 15 pays 5 of 21, the rest 16."""
    policy = daily(minimum=D(210), part_month=PartMonth.FULL)
    contract = Period(on(11))
    halves = [Period(on(1), on(15)), Period(on(16), on(31))]
    paid = [total_of(storage_charges(policy, [], half, contract=contract)) for half in halves]
    assert paid == [50, 160]


def test_yen_have_no_minor_unit():
    """1.5 m³ × 31 days × 1 = 46.5 → 47."""
    policy = by(Method.DAILY, 1, unit="MTQ", currency="JPY")
    assert quantities(policy, [moved(on(1), "1.5")]) == [(D("46.5"), 47)]


def test_an_unsound_policy_is_refused():
    with pytest.raises(Invalid, match="a price; 0 if it is free"):
        storage_charges(daily(rate=None), [], MARCH)


def test_free_days_of_a_contract_need_its_first_day():
    policy = daily(free_days=5, free_from=FreeFrom.CONTRACT)
    with pytest.raises(Invalid, match="first day of the contract"):
        storage_charges(policy, [], MARCH)
