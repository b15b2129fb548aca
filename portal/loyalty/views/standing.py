"""Where one customer's points stand: what is left, what expires when, what they are worth."""

from __future__ import annotations

from collections import Counter
from typing import Any

from flask import g

from portal.billing.labels import CREDITS
from portal.billing.rules.states import CreditState
from portal.customers.models import Customer
from portal.kernel import clock
from portal.loyalty.labels import REDEMPTIONS
from portal.loyalty.queries import points
from portal.loyalty.rules.earning import in_force, latest_of, worth
from portal.loyalty.rules.lots import expired

FIRST = 6


def context(customer: Customer) -> dict[str, Any]:
    """What both doors show of it."""
    account = points.account_of(customer.id, g.viewer)
    redeemed = points.redemptions(customer.id, g.viewer)
    return {
        "customer": customer,
        "owed": account.owed if account else 0,
        **_left(customer),
        "redemptions": redeemed,
        "labels": REDEMPTIONS,
        "placed_on": points.statements_with(redeemed, g.viewer),
        "placed": CREDITS[CreditState.PLACED],
    }


def _left(customer: Customer) -> dict[str, Any]:
    """What is left, by the day on which it expires, and what the rules of today make of it."""
    today = clock.today()
    days: Counter[Any] = Counter()
    for lot in points.lots(customer.id):
        if not expired([lot], today):
            days[lot.expires_on] += lot.left
    balance, rules = sum(days.values()), points.rules()
    rule, earning = latest_of(rules, today), in_force(rules, today)
    return {
        "balance": balance, "expiries": list(days.items())[:FIRST],
        "later": sum(list(days.values())[FIRST:]), "most": max(days.values(), default=1),
        "rule": rule, "earning": earning, "factor": earning.factors.get(customer.segment, 1) if earning else None,
        "worth": worth(balance, rule) if rule and balance else None,
        "may_redeem": bool(rule and balance >= rule.minimum),
    }  # fmt: skip
