"""Limits of liability, each figure worked out by hand (DOMAIN T7, T8)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.claims.rules.first_limits import FIRST_LIMITS
from portal.claims.rules.kinds import Loss
from portal.claims.rules.limits import Goods, Limit, in_force, limit_of
from portal.service_requests.rules.clock_kinds import Mode

D = Decimal
OLD, NEW = date(2026, 4, 30), date(2026, 5, 1)
SDR = D("9.6")


def goods(mode: Mode, **more: Any) -> Goods:
    return Goods(
        **{"mode": mode, "loss": Loss.LOST, "currency": "CNY", "claimed": D(100_000), **more}
    )


def worked(asked: Goods, on: date = OLD, sdr: Decimal | None = SDR) -> Limit:
    return limit_of(FIRST_LIMITS, asked, on, sdr)


def said(limit: Limit) -> str:
    return " | ".join(map(str, limit.working))


@pytest.mark.parametrize(("packages", "kg", "figure"), [
    (10, "500", "64000.32"),  # 10 × 666.67 = 6,666.70 SDR > 500 × 2 = 1,000
    (1, "1000", "19200.00"),  # 666.67 < 2,000 SDR
    (3, "1000", "19200.10"),  # 2,000.01 > 2,000: × 9.6 = 19,200.096, half up
    (3, "1000.005", "19200.10"),  # equal on both sides: 2,000.01
    (3, "1000.006", "19200.12"),  # 2,000.012 × 9.6 = 19,200.1152
])  # fmt: skip
def test_at_sea_the_higher_of_packages_and_weight_counts(
    packages: int, kg: str, figure: str
) -> None:
    limit = worked(goods(Mode.SEA, packages=packages, gross_kg=D(kg)))
    assert limit.amount == D(figure) and limit.missing == ()


def test_the_working_says_both_sides_the_rate_and_the_article() -> None:
    told = said(worked(goods(Mode.SEA, packages=10, gross_kg=D(500))))
    assert "10 packages × 666.67 SDR = 6,666.7 SDR (海商法（1992）第五十六条)" in told
    assert "500 kg × 2 SDR = 1,000 SDR" in told and "The higher counts: 6,666.7 SDR." in told
    assert "6,666.7 SDR × 9.6 = CNY 64,000.32" in told


def test_from_may_2026_the_new_text_of_the_maritime_code_is_cited() -> None:
    asked = goods(Mode.SEA, packages=10, gross_kg=D(500))
    before, after = worked(asked, OLD), worked(asked, NEW)
    assert before.amount == after.amount
    assert "第五十六条" in said(before) and "第五十七条" in said(after)


@pytest.mark.parametrize(("on", "figure"), [
    (date(2024, 12, 27), "21120.00"),  # 100 kg × 22 × 9.6
    (date(2024, 12, 28), "24960.00"),  # 100 kg × 26 × 9.6
])  # fmt: skip
def test_in_the_air_the_limit_rises_on_its_day(on: date, figure: str) -> None:
    assert worked(goods(Mode.AIR, gross_kg=D(100)), on).amount == D(figure)


def test_before_the_first_day_no_limit_is_known() -> None:
    limit = worked(goods(Mode.AIR, gross_kg=D(100)), date(2019, 12, 27))
    assert limit.amount is None and "the loss itself counts" in said(limit)


def test_without_a_rate_of_the_sdr_there_is_no_amount_yet() -> None:
    limit = worked(goods(Mode.AIR, gross_kg=D(100)), sdr=None)
    assert (
        limit.amount is None and str(limit.missing[-1]) == "The rate of the SDR is not typed yet."
    )


def test_one_side_alone_counts_while_the_other_is_told_to_be_missing() -> None:
    limit = worked(goods(Mode.SEA, gross_kg=D(1000)))
    assert limit.amount == D("19200.00")
    assert [str(each) for each in limit.missing] == ["The number of packages is not known."]


def test_with_neither_side_there_is_no_amount() -> None:
    assert worked(goods(Mode.SEA)).amount is None and len(worked(goods(Mode.SEA)).missing) == 2


def test_a_declared_value_takes_the_place_of_the_limit() -> None:
    asked = goods(Mode.SEA, packages=10, gross_kg=D(500), declared=D(120_000))
    assert worked(asked, sdr=None).amount == D(120_000)


@pytest.mark.parametrize(("mode", "freight", "figure"), [
    (Mode.POST, "12.50", "37.50"), (Mode.EXPRESS, "23", "207.00"),
])  # fmt: skip
def test_an_uninsured_parcel_has_a_multiple_of_its_freight(
    mode: Mode, freight: str, figure: str
) -> None:
    assert worked(goods(mode, freight=D(freight))).amount == D(figure)


@pytest.mark.parametrize(("loss", "claimed", "value", "figure"), [
    (Loss.LOST, "3000", "4000", "3000.00"),  # whole loss: the insured value
    (Loss.DAMAGED, "1000", "4000", "750.00"),  # 1,000 × 3,000 / 4,000
    (Loss.SHORT, "1000", "3000", "3000.00"),  # fully insured: the loss itself counts, up to the insured value
    (Loss.DAMAGED, "100", "7000", "42.86"),  # 42.857…
    (Loss.DAMAGED, "9000", "4000", "3000.00"),  # never more than the insured value
])  # fmt: skip
@pytest.mark.parametrize("mode", [Mode.POST, Mode.EXPRESS])
def test_an_insured_parcel_is_paid_in_proportion(
    mode: Mode, loss: Loss, claimed: str, value: str, figure: str
) -> None:
    asked = goods(mode, loss=loss, claimed=D(claimed), goods_value=D(value), declared=D(3000))
    assert worked(asked).amount == D(figure)


def test_on_the_road_the_value_at_destination_counts() -> None:
    assert worked(goods(Mode.ROAD, goods_value=D("8000.50"))).amount == D("8000.50")


def test_where_no_row_speaks_of_a_carriage_the_loss_itself_counts() -> None:
    assert worked(goods(Mode.STORAGE, goods_value=D(1))).amount is None


def test_of_one_code_and_unit_the_latest_row_counts_alone() -> None:
    rows = in_force(FIRST_LIMITS, Mode.SEA, NEW, declared=False)
    assert [(row.code, row.unit, row.source[:11]) for row in rows] == [
        ("sea", "sdr_per_kg", "海商法（2025 修订"), ("sea", "sdr_per_package", "海商法（2025 修订"),
    ]  # fmt: skip


def test_a_currency_without_cents_is_rounded_to_its_own_unit() -> None:
    asked = goods(Mode.AIR, gross_kg=D("1.5"), currency="JPY")
    assert worked(asked, sdr=D("210.55")).amount == D(8211)  # 1.5 × 26 × 210.55 = 8,211.45


@given(
    packages=st.integers(1, 10_000),
    kg=st.decimals(D("0.001"), D(100_000), places=3),
    sdr=st.decimals(D("0.01"), D(20), places=4),
)
def test_the_limit_at_sea_is_never_under_either_side(
    packages: int, kg: Decimal, sdr: Decimal
) -> None:
    limit = worked(goods(Mode.SEA, packages=packages, gross_kg=kg), sdr=sdr)
    cent = D("0.01")
    assert limit.amount is not None
    assert limit.amount + cent > packages * D("666.67") * sdr and limit.amount + cent > 2 * kg * sdr
