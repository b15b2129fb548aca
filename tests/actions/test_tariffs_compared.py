"""What a new sheet is compared with: the prices in force on its first day, or the last ones before it."""

from __future__ import annotations

from datetime import date, datetime

from portal.access.viewer import SYSTEM
from portal.catalogue.actions.tariffs import activate, draft_tariff
from portal.catalogue.models import PriceScheme, Tariff
from portal.catalogue.queries.tariffs import to_compare_with
from tests.factories import scheme


def priced(row: PriceScheme, now: datetime, first: int, last: int) -> Tariff:
    """A tariff for these days of March."""
    days = date(2026, 3, first), date(2026, 3, last)
    tariff = draft_tariff(row, days[0], SYSTEM, now, valid_to=days[1])
    tariff.price_count = 1
    activate(tariff, SYSTEM, now)
    return tariff


def test_a_sheet_that_follows_on_is_compared_with_the_one_that_ran_out(
    database: None, now: datetime
) -> None:
    row = scheme("STD")
    priced(row, now, 1, 9)
    latest = priced(row, now, 10, 20)
    assert to_compare_with(row.id, date(2026, 3, 21)) is latest


def test_prices_in_force_that_day_come_first(database: None, now: datetime) -> None:
    row = scheme("STD")
    early = priced(row, now, 1, 9)
    priced(row, now, 10, 20)
    assert to_compare_with(row.id, date(2026, 3, 5)) is early


def test_the_first_sheet_of_all_has_nothing_beside_it(database: None, now: datetime) -> None:
    row = scheme("STD")
    priced(row, now, 10, 20)
    assert to_compare_with(row.id, date(2026, 3, 1)) is None
