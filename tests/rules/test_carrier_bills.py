"""A carrier's bill against our records: one finding for every waybill, sums that are the bill (DOMAIN R11, R12)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.billing.rules.carrier_bills import (
    ORDER,
    Billed,
    BillLine,
    Charge,
    Compared,
    Finding,
    OwnRecord,
    Price,
    Sums,
    Tolerance,
    altogether,
    check_tolerance,
    compare,
    grouped,
    summed,
)
from portal.kernel.errors import Invalid
from portal.kernel.text import Text, t

D = Decimal
F = Finding
THREE = Tolerance(D(3))


def line(amount: str = "10", kg: str | None = "2", charge: Charge = Charge.FREIGHT, waybill: str = "A"):  # fmt: skip
    return BillLine(waybill, charge, D(amount), None if kg is None else D(kg))


def ours(kg: str = "2", waybill: str = "A") -> dict[str, OwnRecord]:
    return {waybill: OwnRecord(waybill, D(kg))}


def one(
    *lines: BillLine,
    own: Mapping[str, OwnRecord] | None = None,
    tolerance: Tolerance = THREE,
    price: Price | None = None,
) -> Compared:
    rows = list(compare(grouped(lines), ours() if own is None else own, tolerance, price))
    assert len(rows) == 1
    return rows[0]


def costs(amount: str) -> Price:
    return lambda _billed, _kg: D(amount)


def by_whole_kg(_billed: Billed, kg: Decimal) -> Decimal:
    return D(5) * kg.to_integral_value(rounding="ROUND_CEILING")


def test_lines_of_one_waybill_are_grouped_by_what_they_charge():
    insured = (line("3", charge=Charge.INSURANCE), line("4", charge=Charge.INSURANCE))
    billed = grouped([line(), *insured, line("9", charge=Charge.RETURN), line("1", waybill="B")])
    assert list(billed) == ["A", "B"]
    assert [billed["A"].amount(charge) for charge in Charge] == [D(10), D(7), D(9), D(0)]


def test_the_weight_is_that_of_the_freight_not_of_the_way_back():
    assert grouped([line(kg="2"), line(kg="8", charge=Charge.RETURN)])["A"].kg == D(2)
    assert grouped([line(kg="8", charge=Charge.RETURN)])["A"].kg == D(8)


def test_what_agrees_is_matched():
    assert one(line(kg="2.4")).finding is F.MATCHED


@pytest.mark.parametrize(
    ("billed", "finding"),
    [("4.999", F.MATCHED), ("5", F.WEIGHT), ("5.001", F.WEIGHT)],
)
def test_less_than_the_tolerance_is_accepted_and_the_tolerance_itself_is_not(billed, finding):
    assert one(line(kg=billed)).finding is finding


def test_a_bill_below_our_weight_is_told_too():
    assert one(line(kg="2"), own=ours("5")).finding is F.WEIGHT


def test_a_tolerance_of_nothing_is_refused():
    with pytest.raises(Invalid, match="never agree"):
        check_tolerance(Tolerance(D(0)))


def test_a_larger_difference_is_accepted_by_price_where_no_band_is_crossed():
    whole = Tolerance(D("0.1"), by_price=True)
    same = one(line("15", kg="2.9"), own=ours("2.1"), tolerance=whole, price=by_whole_kg)
    crossed = one(line("20", kg="3.1"), own=ours("2.9"), tolerance=whole, price=by_whole_kg)
    assert (same.finding, crossed.finding) == (F.MATCHED, F.WEIGHT)
    assert (crossed.expected, crossed.at_own_weight) == (D(20), D(15))


def test_by_price_means_nothing_where_there_is_no_price():
    whole = Tolerance(D("0.1"), by_price=True)
    assert one(line(kg="2.9"), tolerance=whole).finding is F.WEIGHT


def test_a_waybill_that_only_one_side_has_says_so():
    assert one(line(), own={}).finding is F.ONLY_THEIRS
    assert one().finding is F.ONLY_OURS


def test_a_weight_of_nought_was_not_weighed_and_is_never_compared():
    row = one(line(kg="40"), own=ours("0"))
    assert (row.finding, row.also) == (F.NOT_WEIGHED, ())
    assert one(own=ours("0")).also == (F.NOT_WEIGHED,)


def test_freight_that_the_prices_do_not_give_is_told():
    assert one(line("10.01"), price=costs("10.00")).finding is F.PRICE
    assert one(line("10.00"), price=costs("10")).finding is F.MATCHED


def test_what_has_no_price_is_counted_apart_and_is_never_nought():
    price: Price = lambda _billed, _kg: t("no price for this lane")  # noqa: E731
    row = one(line(), price=price)
    sums = summed([row])[F.MATCHED]
    assert (row.finding, row.expected, sums.unpriced, sums.priced) == (F.MATCHED, None, 1, 0)


def test_freight_without_a_weight_has_no_price_and_other_charges_need_none():
    weightless = one(line(kg=None), price=costs("1"))
    assert isinstance(weightless.unpriced, Text)
    insured = one(line(charge=Charge.INSURANCE), price=costs("1"))
    assert (insured.unpriced, insured.expected, insured.finding) == (None, None, F.MATCHED)


def test_freight_twice_is_a_duplicate_unless_one_was_taken_back():
    assert one(line(), line()).finding is F.DUPLICATE
    assert one(line(), line("-10"), line("12")).finding is F.MATCHED
    assert one(line(), line("0")).finding is F.MATCHED


def test_of_several_findings_the_first_of_the_order_counts_and_the_others_are_told():
    back = line("7", charge=Charge.RETURN)
    row = one(line(kg="9"), line(kg="9"), back, price=costs("10"))
    assert (row.finding, row.also) == (F.DUPLICATE, (F.RETURNED, F.WEIGHT, F.PRICE))
    assert one(line(), back, own={}).also == (F.RETURNED,)


def test_the_order_names_every_finding_of_a_billed_waybill_once():
    named = [finding for finding, _ in ORDER]
    assert sorted([*named, F.ONLY_OURS]) == sorted(F)
    assert named[-1] is F.MATCHED


WEIGHTS = st.none() | st.decimals("0.1", "50", places=3)
LINES = st.lists(
    st.builds(
        BillLine,
        waybill=st.sampled_from("ABCDEF"),
        charge=st.sampled_from(Charge),
        amount=st.decimals("-99", "999", places=2),
        kg=WEIGHTS,
    )
)
OWN = st.dictionaries(st.sampled_from("DEFGHI"), st.decimals("0", "50", places=3)).map(
    lambda found: {waybill: OwnRecord(waybill, kg) for waybill, kg in found.items()}
)
PRICES = st.sampled_from([None, costs("10"), by_whole_kg, lambda _b, _kg: t("no price")])


@given(lines=LINES, own=OWN, price=PRICES, by_price=st.booleans())
def test_every_waybill_of_either_side_has_exactly_one_finding(lines, own, price, by_price):
    rows = list(compare(grouped(lines), own, Tolerance(D(1), by_price), price))
    assert sorted(row.waybill for row in rows) == sorted(
        {line.waybill for line in lines} | set(own)
    )
    for row in rows:
        assert row.finding not in row.also and len(set(row.also)) == len(row.also)
        assert (row.billed is None) == (row.finding is F.ONLY_OURS)
        assert (row.own is None) == (row.finding is F.ONLY_THEIRS)
        assert row.expected is None or row.unpriced is None


@given(lines=LINES, own=OWN, price=PRICES)
def test_the_findings_come_to_the_bill_to_the_cent(lines, own, price):
    sums = summed(compare(grouped(lines), own, THREE, price))
    whole = altogether(sums.values())
    assert whole.total == sum((line.amount for line in lines), D(0))
    for charge in Charge:
        billed = sum((line.amount for line in lines if line.charge is charge), D(0))
        assert whole.amounts[charge] == billed
    assert whole.waybills == len({line.waybill for line in lines} | set(own))


@given(lines=LINES, own=OWN, price=PRICES)
def test_sums_come_back_from_json_as_they_were(lines, own, price):
    for sums in summed(compare(grouped(lines), own, THREE, price)).values():
        assert Sums.from_json(sums.to_json()) == sums
