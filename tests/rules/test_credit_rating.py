"""The proposed credit rating (DOMAIN section 17)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from portal.customers.rules.settlement import Rating
from portal.receivables.rules.rating import RatingFacts, late_days, letter_of, rated

D = Decimal
BEST = RatingFacts(D(0), 0, D(0), 24, D(70), 10, D(10000))
DAY = date(2026, 3, 2)


def test_the_best_customer_gets_all_points_twice_its_mean_month_and_sixty_days():
    found = rated(BEST)
    assert (found.points, found.rating, found.credit_limit, found.payment_days) == (
        100, Rating.A, D(20000), 60,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "lost"),
    [
        ({"late_days": D(30)}, 40), ({"late_days": D(15)}, 20), ({"late_days": D(99)}, 40),
        ({"broken_promises": 3}, 15), ({"broken_promises": 1}, 5), ({"lost_percent": D(10)}, 10),
        ({"months": 2}, 15), ({"months": 12}, D("7.5")), ({"months": 100}, 0),
        ({"peak_percent": D(90)}, 5), ({"peak_percent": D(120)}, 10), ({"peak_percent": None}, 0),
        ({"by_hand": 0}, 10), ({"by_hand": 50}, 0),
    ],
)  # fmt: skip
def test_each_factor_takes_its_share(change, lost):
    assert rated(replace(BEST, **change)).points == 100 - D(lost)


@pytest.mark.parametrize(
    ("points", "letter"), [("80", "A"), ("79.9", "B"), ("60", "B"), ("59.9", "C"), ("40", "C"), ("39.9", "D")]
)  # fmt: skip
def test_letters_begin_at_eighty_sixty_and_forty(points, letter):
    assert letter_of(D(points)) == letter


def test_the_worst_pays_in_advance():
    found = rated(RatingFacts(D(60), 5, D(50), 1, D(200), 0, D(10000)))
    assert (found.rating, found.credit_limit, found.payment_days) == (Rating.D, 0, 0)


def test_overdue_days_are_weighted_by_amount():
    paid = [(D(100), DAY, DAY + timedelta(days=10)), (D(300), DAY, DAY - timedelta(days=4))]
    assert late_days(paid) == D("2.5")
    assert late_days([]) is None
