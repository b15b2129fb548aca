"""The whole portfolio of a period: everybody's contribution, for ranks, shares and fifths."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from sqlalchemy import func, or_, select

from portal.access.scope import visible
from portal.access.viewer import SYSTEM
from portal.customers.models import Customer
from portal.db.base import db
from portal.insights.models import CustomerMonth
from portal.insights.queries.class_facts import contribution
from portal.insights.rules.abc import Place, Portfolio, Worth, ranked
from portal.insights.rules.rfm import Bought, Cuts, cuts_of
from portal.insights.rules.settings import InsightSettings
from portal.receivables.rules.report_months import moved

M = CustomerMonth


class Whole(NamedTuple):
    """Who stands where, and the fifths of those who ordered."""

    portfolio: Portfolio
    places: dict[int, Place]
    cuts: Cuts


def whole(month: date, on: date, settings: InsightSettings) -> Whole:
    """Of all customers that ordered or were billed in the period that ends with `month`; one statement."""
    amount, orders = func.sum(contribution(settings.basis)), func.sum(M.order_count)
    statement = (
        visible(
            select(M.customer_id, Customer.name_zh, amount, orders, func.max(M.last_order_on)), M, SYSTEM
        )
        .join(Customer, Customer.id == M.customer_id)
        .where(
            M.month.between(moved(month, 1 - settings.period_months), month),
            Customer.merged_into_id.is_(None),
        )
        .group_by(M.customer_id, Customer.name_zh)
        .having(or_(amount != 0, orders > 0))
    )  # fmt: skip
    worths, bought = [], []
    for customer_id, name, sum_amount, count, last in db.session.execute(statement):
        worths.append(Worth(customer_id, name, sum_amount))
        if count and last is not None:
            bought.append(Bought((on - last).days, int(count), sum_amount))
    portfolio, places = ranked(worths)
    return Whole(portfolio, places, cuts_of(bought))
