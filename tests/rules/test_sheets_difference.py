"""What changes between two price lists."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal

import pytest

from portal.catalogue.rules.sheets.difference import Kind, difference
from portal.catalogue.rules.sheets.rows import PriceKey, PriceRow
from portal.catalogue.rules.terms import PriceTerms
from tests.rules.prices import band, bands, per

D = Decimal
MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)


def row(to: str, terms: PriceTerms, start: date | None = None, **more: object) -> PriceRow:
    return PriceRow(PriceKey(destination=to), terms, valid_from=start, **more)  # type: ignore[arg-type]


def kinds(old: list[PriceRow], new: list[PriceRow]) -> list[tuple[Kind, Decimal | None]]:
    return [(change.kind, change.percent) for change in difference(old, new).changes]


@pytest.mark.parametrize(
    ("old", "new", "kind", "percent"),
    [
        ("2000", "2100", Kind.UP, "5.0"),
        ("2100", "2000", Kind.DOWN, "-4.8"),
        ("-60", "-30", Kind.UP, "50.0"),
        ("3", "3.0005", Kind.UP, "0.0"),
    ],
)
def test_a_price_goes_up_or_down_by_so_many_percent(old: str, new: str, kind: Kind, percent: str):
    assert kinds([row("A", per("RT", old))], [row("A", per("RT", new))]) == [(kind, D(percent))]


def test_from_zero_there_is_no_percentage():
    assert kinds([row("A", per("RT", "0"))], [row("A", per("RT", "5"))]) == [(Kind.UP, None)]


def test_new_and_gone_are_told_and_what_stays_is_counted():
    found = difference([row("A", per("RT", "1")), row("B", per("RT", "1"))],
                       [row("B", per("RT", "1.00")), row("C", per("RT", "1"))])  # fmt: skip
    assert [(one.kind, one.key.destination) for one in found.changes] == [
        (Kind.GONE, "A"),
        (Kind.NEW, "C"),
    ]
    assert found.counts()[Kind.SAME] == found.same == 1


def test_a_new_period_of_a_lane_is_compared_with_the_one_before():
    assert kinds([row("A", per("RT", "10"), MARCH)], [row("A", per("RT", "11"), APRIL)]) == [
        (Kind.UP, D("10.0"))
    ]


def test_of_several_periods_the_same_days_are_compared_first():
    old = [row("A", per("RT", "10"), MARCH), row("A", per("RT", "12"), APRIL)]
    new = [row("A", per("RT", "12"), APRIL), row("A", per("RT", "13"), date(2026, 5, 1))]
    found = difference(old, new)
    assert [(one.kind, one.percent) for one in found.changes] == [(Kind.UP, D("30.0"))]
    assert found.same == 1


@pytest.mark.parametrize(
    ("new", "kind"),
    [
        ((band("0", "5", "2"), band("5", None, "1")), Kind.UP),
        ((band("0", "5", "2"), band("5", None, "0.8")), Kind.CHANGED),
        ((band("0", "6", "1"), band("6", None, "1")), Kind.CHANGED),
    ],
)
def test_bands_go_up_only_when_every_band_that_moves_does(new: tuple[object, ...], kind: Kind):
    old = bands("KGM", band("0", "5", "1"), band("5", None, "1"))
    ((found, _),) = kinds([row("A", old)], [row("A", bands("KGM", *new))])  # type: ignore[arg-type]
    assert found is kind


def test_another_currency_is_a_change_and_no_percentage():
    assert kinds([row("A", per("RT", "5", "USD"))], [row("A", per("RT", "35", "CNY"))]) == [
        (Kind.CHANGED, None)
    ]


def test_a_change_beside_the_price_is_told_and_the_source_row_is_none():
    price = per("RT", "5")
    assert kinds([row("A", price)], [row("A", price, note="new")]) == [(Kind.CHANGED, None)]
    assert kinds([row("A", price, source_rows=(2,))], [row("A", price, source_rows=(9,))]) == []


def test_the_order_of_the_rows_does_not_matter():
    old = [row(str(n), per("RT", str(n + 1))) for n in range(30)]
    new = [row(str(n), per("RT", str(2 * n + 1))) for n in range(5, 35)]
    shuffled = random.Random(7)
    first = difference(old, new)
    shuffled.shuffle(old)
    shuffled.shuffle(new)
    assert difference(old, new) == first
