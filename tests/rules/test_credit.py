"""Exposure, holds, and the words of a refusal (DOMAIN E8, K8)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from portal.catalogue.rules.exchange import ExchangeRate
from portal.customers.rules.credit import (
    HoldCause,
    StandingFacts,
    blacklist_refusal,
    is_held,
    refusal,
)
from portal.kernel.errors import Invalid
from portal.receivables.rules.exposure import Exposure, cause_of_hold, in_one, is_over

D = Decimal
DAY = date(2026, 3, 2)
WHO = "Chen Li, 021-5555"


def test_exposure_is_what_is_owed_and_used_without_deposit_and_prepayment():
    assert Exposure(D(1000), D(300), D(500), D(50)).amount == 750
    assert Exposure(unallocated_amount=D(20)).amount == -20


def test_sums_of_other_currencies_are_converted_once_each():
    rates = {"USD": ExchangeRate("USD", "CNY", DAY, D("7.126"))}
    assert in_one({"CNY": D(10), "USD": D(100), "EUR": D(0)}, "CNY", rates) == D("722.60")


def test_without_a_rate_there_is_no_exposure():
    with pytest.raises(Invalid, match="no rate"):
        in_one({"USD": D(100)}, "CNY", {})


@pytest.mark.parametrize(
    ("exposure", "limit", "late", "cause"),
    [
        ("1000", "1000", 0, None), ("1000.01", "1000", 0, HoldCause.OVER_LIMIT),
        ("1000", None, 0, None), ("0", "0", 0, None), ("0.01", "0", 0, HoldCause.OVER_LIMIT),
        ("10", "1000", 15, None), ("10", "1000", 16, HoldCause.OVERDUE),
        ("9999", "1000", 16, HoldCause.OVERDUE),
    ],
)  # fmt: skip
def test_credit_is_held_over_the_limit_or_past_the_days_of_grace(exposure, limit, late, cause):
    assert cause_of_hold(D(exposure), None if limit is None else D(limit), late, 15) is cause


def test_a_hold_ends_with_its_cause_and_one_of_dunning_when_nothing_is_overdue():
    assert is_over(HoldCause.OVERDUE, None, D(5))
    assert not is_over(HoldCause.OVERDUE, HoldCause.OVER_LIMIT, D(5))
    assert not is_over(HoldCause.DUNNING, None, D(5))
    assert is_over(HoldCause.DUNNING, None, D(0))


def test_nobody_is_refused_without_a_standing_or_a_hold():
    assert refusal(None, DAY, WHO) is None
    assert refusal(StandingFacts(), DAY, WHO) is None


def test_a_hold_says_since_when_until_when_why_and_whom_to_ask():
    held = StandingFacts(held_since=date(2026, 2, 20), hold_reason="overdue")
    assert str(refusal(held, DAY, WHO)) == (
        "New orders are on hold since 2026-02-20, until we release them: payments are overdue for "
        "longer than agreed. Please turn to Chen Li, 021-5555."
    )
    manual = StandingFacts(held_since=DAY, hold_reason="cheque bounced")
    assert ": cheque bounced. " in str(refusal(manual, DAY, WHO))


def test_a_lift_lets_orders_in_to_its_last_day():
    lifted = StandingFacts(held_since=DAY, hold_reason="overdue", lifted_until=DAY)
    assert not is_held(lifted, DAY)
    assert refusal(lifted, DAY, WHO) is None
    assert refusal(lifted, date(2026, 3, 3), WHO) is not None


def test_a_blacklisting_counts_to_its_last_day_whatever_is_lifted():
    black = StandingFacts(blacklisted_on=DAY, blacklisted_until=date(2026, 6, 30),
                          blacklist_reason="fraud", lifted_until=date(2026, 12, 31))  # fmt: skip
    assert str(refusal(black, date(2026, 6, 30), WHO)) == (
        "This customer is blacklisted until 2026-06-30: fraud. Please turn to Chen Li, 021-5555."
    )
    assert refusal(black, date(2026, 7, 1), WHO) is None
    assert refusal(black, date(2026, 3, 1), WHO) is None


def test_a_customer_does_not_read_why_it_is_blacklisted():
    black = StandingFacts(blacklisted_on=DAY, blacklist_reason="fraud")
    assert str(refusal(black, DAY, WHO, tells_all=False)) == (
        "We take no new orders until further notice. Please turn to Chen Li, 021-5555."
    )


def test_a_hold_alone_keeps_nobody_from_a_quotation():
    assert blacklist_refusal(StandingFacts(held_since=DAY, hold_reason="overdue"), DAY, WHO) is None
