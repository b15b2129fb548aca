"""One letter a run to each owner: whose customers may leave, and who may be promoted (REQUIREMENTS K4)."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from portal.access.models import Assignment
from portal.access.scope import visible
from portal.access.viewer import SYSTEM
from portal.accounts.models import User
from portal.customers.models import Customer
from portal.db.base import db
from portal.db.outbox import post_mail
from portal.insights.models import Classification, ClassificationRun
from portal.insights.queries.classes import latest_run

MOST = 15
"""Customers of each kind that one letter names; the pages have them all."""


def tell_owners(run: ClassificationRun, now: datetime) -> int:
    """Put one letter to each owner into the outbox; how many. The same run again tells nobody twice.

    At risk are named who were not in the run before, the most endangered first.
    """
    known = _at_risk_before(run)
    risks: dict[int, list[Any]] = defaultdict(list)
    promotions: dict[int, list[Any]] = defaultdict(list)
    people: dict[int, User] = {}
    for found, customer, owner in _named(run):
        people[owner.id] = owner
        if found.is_at_risk and customer.id not in known:
            risks[owner.id].append(
                _line(customer, signals=[each[0] for each in found.causes.get("churn", [])])
            )
        if found.promotes_to:
            promotions[owner.id].append(_line(customer, tier=found.promotes_to))
    told = sorted(risks.keys() | promotions.keys())
    for user_id in told:
        user = people[user_id]
        facts = {
            "name": user.name,
            "month": f"{run.month:%Y-%m}",
            "risks": risks[user_id][:MOST],
            "more_risks": max(len(risks[user_id]) - MOST, 0),
            "promotions": promotions[user_id][:MOST],
            "more_promotions": max(len(promotions[user_id]) - MOST, 0),
            "path": "/desk/churn",
        }
        key = f"classes-{run.month:%Y-%m}-{user_id}"
        post_mail(user.email, "classes_staff", facts, locale=user.locale, key=key, now=now)
    return len(told)


def _line(customer: Customer, **more: Any) -> dict[str, Any]:
    return {
        "customer_zh": customer.short_name or customer.name_zh,
        "customer_en": customer.name_en or customer.label,
        **more,
    }


def _named(run: ClassificationRun) -> Any:
    """(what was found, the customer, its owner) of who is at risk or may be promoted."""
    found = Classification
    statement = (
        visible(select(found, Customer, User), found, SYSTEM)
        .join(Customer, Customer.id == found.customer_id)
        .join(Assignment, (Assignment.customer_id == Customer.id) & (Assignment.part == "owner"))
        .join(User, User.id == Assignment.user_id)
        .where(found.run_id == run.id, or_(found.is_at_risk.is_(True), found.promotes_to != ""))
        .where(User.active.is_(True))
        .order_by(found.churn_points.desc(), found.period_amount.desc(), found.id)
    )
    return db.session.execute(statement)


def _at_risk_before(run: ClassificationRun) -> set[int]:
    earlier = latest_run(before=run.month)
    if earlier is None:
        return set()
    found = Classification
    statement = visible(select(found.customer_id), found, SYSTEM)
    return set(
        db.session.scalars(statement.where(found.run_id == earlier.id, found.is_at_risk.is_(True)))
    )
