"""The forecast: who enters, and cells that add up however they are split (REQUIREMENTS O3, O19)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.catalogue.rules.exchange import ExchangeRate
from portal.kernel.errors import InvalidMany
from portal.opportunities.rules.forecast import (
    Chance,
    Figures,
    Part,
    cells,
    converted,
    enters,
    figures_of,
    months_from,
)
from portal.opportunities.rules.settings import ForecastSettings, Needed

D = Decimal
TODAY = date(2026, 3, 2)
GOOD = Chance(D(1000), date(2026, 4, 1), 50, "pipeline", "hot", frozenset({"contact"}))

AMOUNTS = st.integers(0, 10**12).map(lambda mils: D(mils).scaleb(-3))
PARTS = st.lists(
    st.builds(
        Part, st.one_of(st.none(), st.sampled_from(months_from(TODAY, 6))), st.integers(1, 4),
        st.sampled_from(["CNY", "USD", "JPY"]), st.sampled_from(["pipeline", "best_case", "commit"]),
        st.integers(0, 100), AMOUNTS, st.integers(1, 50), st.booleans(),
    ),
    max_size=12,
)  # fmt: skip
KEYS = {
    "month": lambda part: part.month,
    "person": lambda part: part.owner_id,
    "month and person": lambda part: (part.month, part.owner_id),
    "category": lambda part: part.category,
}


@given(PARTS, st.sampled_from(sorted(KEYS)))
def test_cells_add_up_to_what_enters_however_they_are_split(parts: list[Part], split: str) -> None:
    key = KEYS[split]
    by_cell = cells(parts, lambda part: (key(part), part.currency))
    for currency in ("CNY", "USD", "JPY"):
        whole = sum((figures_of(p) for p in parts if p.currency == currency), Figures())
        assert sum((f for (_, code), f in by_cell.items() if code == currency), Figures()) == whole


@given(PARTS)
def test_converted_cells_add_up_to_the_converted_whole(parts: list[Part]) -> None:
    rates = {
        "USD": ExchangeRate("USD", "CNY", TODAY, D("7.126")),
        "JPY": ExchangeRate("JPY", "CNY", TODAY, D("4.6513"), per=D(100)),
    }
    whole = converted(cells(parts, lambda part: part.currency), "CNY", rates).figures
    by_month = [
        converted(cells([p for p in parts if p.month == month], lambda part: part.currency), "CNY", rates).figures
        for month in {p.month for p in parts}
    ]  # fmt: skip
    assert sum(by_month, Figures()) == whole


@given(PARTS)
def test_committed_is_within_best_and_best_within_the_whole(parts: list[Part]) -> None:
    total = sum((figures_of(each) for each in parts), Figures())
    assert total.committed <= total.best <= total.whole
    assert total.weighted <= total.whole


def test_a_weighted_amount_is_amount_times_likelihood() -> None:
    part = Part(date(2026, 4, 1), 1, "CNY", "commit", 75, D("1000.01"), 1)
    assert figures_of(part).weighted == D("750.0075")
    assert figures_of(replace(part, is_won=True)) == Figures(won_count=1, won=D("1000.01"))


def test_a_missing_rate_is_said_and_not_guessed() -> None:
    by_currency = {"CNY": Figures(1, whole=D(10)), "USD": Figures(1, whole=D(10))}
    told = converted(by_currency, "CNY", {})
    assert (told.figures.whole, told.missing) == (D(10), ("USD",))


@pytest.mark.parametrize(("change", "inside"), [
    ({}, True), ({"amount": None}, False), ({"close_on": None}, False), ({"category": "omitted"}, False),
    ({"likelihood": 20}, True), ({"likelihood": 19}, False), ({"rating": ""}, True),
])  # fmt: skip
def test_who_enters_with_the_usual_settings(change: dict[str, object], inside: bool) -> None:
    assert enters(replace(GOOD, **change), ForecastSettings(), TODAY) is inside


@pytest.mark.parametrize(("settings", "inside"), [
    (ForecastSettings(ratings=frozenset({"hot"})), True),
    (ForecastSettings(ratings=frozenset({"cold", "warm"})), False),
    (ForecastSettings(needed=frozenset({Needed.CONTACT.value})), True),
    (ForecastSettings(needed=frozenset({Needed.CONTACT.value, Needed.SITE.value})), False),
    (ForecastSettings(least_likelihood=51), False),
])  # fmt: skip
def test_the_firm_sets_how_good_it_must_be(settings: ForecastSettings, inside: bool) -> None:
    assert enters(GOOD, settings, TODAY) is inside


def test_one_whose_day_passed_long_ago_loses_its_place() -> None:
    settings = ForecastSettings(overdue_days=30)
    assert enters(replace(GOOD, close_on=date(2026, 1, 31)), settings, TODAY)
    assert not enters(replace(GOOD, close_on=date(2026, 1, 30)), settings, TODAY)
    assert enters(replace(GOOD, close_on=date(2020, 1, 1)), ForecastSettings(), TODAY)


@given(st.builds(ForecastSettings, st.integers(0, 100), st.frozensets(st.sampled_from(["hot", "warm", "cold"])),
                 st.frozensets(st.sampled_from([each.value for each in Needed])), st.integers(0, 3650)))  # fmt: skip
def test_settings_come_back_as_they_were_kept(settings: ForecastSettings) -> None:
    assert ForecastSettings.from_json(settings.checked().to_json()) == settings


def test_settings_out_of_reason_are_refused_at_their_field() -> None:
    with pytest.raises(InvalidMany) as error:
        ForecastSettings(101, frozenset({"x"}), frozenset({"x"}), -1).checked()
    assert set(error.value.errors) == {"least_likelihood", "ratings", "needed", "overdue_days"}


def test_months_go_over_the_years_end() -> None:
    assert months_from(date(2026, 11, 30), 3) == [date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)]  # fmt: skip
