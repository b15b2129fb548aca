"""What people do to points: rules with a first day, a bonus, an adjustment with its reason (K8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import func, select

from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.customers.models import Customer
from portal.customers.rules.kinds import Segment
from portal.db import audit
from portal.db.base import db
from portal.kernel.clock import business_day
from portal.kernel.errors import Forbidden, InvalidMany, NotAllowedNow
from portal.kernel.money import CURRENCIES
from portal.kernel.text import Text, t
from portal.loyalty.actions import ledger
from portal.loyalty.actions.ledger import Cause
from portal.loyalty.models import PointsEntry, PointsRule
from portal.loyalty.queries.points import redeeming_rule
from portal.loyalty.rules.earning import last_day
from portal.loyalty.rules.kinds import EntryKind

MOST_POINTS = 10_000_000
MOST_FACTOR = Decimal(10)
USUAL_MONTHS = 24


@dataclass(frozen=True, slots=True)
class RuleFacts:
    """What a person sets; as loyalty.models.PointsRule. `factors`: of a tier that is not named, 1."""

    from_on: date | None
    per_amount: Decimal | None
    value: Decimal | None
    currency: str = "CNY"
    factors: Mapping[str, Decimal] = field(default_factory=dict)
    categories: tuple[str, ...] = ()
    months_valid: int | None = USUAL_MONTHS
    minimum: int | None = 100
    active: bool = True


def set_rule(facts: RuleFacts, actor: Viewer, now: datetime) -> PointsRule:
    """The rules from a day on, today or later: what was earned stays as it was. InvalidMany by field."""
    _check_may(actor)
    wrong = _wrong_rule(facts, business_day(now))
    if wrong:
        raise InvalidMany(wrong)
    row = db.session.scalar(select(PointsRule).where(PointsRule.from_on == facts.from_on))
    if row is None:
        row = PointsRule(from_on=facts.from_on, created_at=now)
        db.session.add(row)
    row.per_amount, row.value, row.currency = facts.per_amount, facts.value, facts.currency  # type: ignore[assignment]
    row.factors = {k: str(v) for k, v in sorted(facts.factors.items()) if v != 1}
    row.categories, row.active = sorted(facts.categories), facts.active
    row.months_valid, row.minimum = facts.months_valid or USUAL_MONTHS, facts.minimum or 1
    row.set_by, row.updated_at = actor.user_id, now
    db.session.flush()
    after = {
        "from": str(row.from_on), "per_amount": str(row.per_amount), "value": str(row.value), "factors": row.factors,
        "categories": row.categories, "months": row.months_valid, "minimum": row.minimum, "active": row.active,
    }  # fmt: skip
    audit.record(actor, "points.ruled", row, now, after=after)
    return row


def adjust(
    customer: Customer, change: int, reason: str, actor: Viewer, now: datetime
) -> PointsEntry:
    """More or fewer points, with the reason. InvalidMany at change or reason."""
    return _by_hand(customer, EntryKind.ADJUST, change, reason, "points.adjusted", actor, now)


def reward(
    customer: Customer, points: int, reason: str, actor: Viewer, now: datetime
) -> PointsEntry:
    """A bonus 赠送. InvalidMany at change or reason."""
    if points < 0:
        raise InvalidMany({"change": t("A bonus adds points.")})
    return _by_hand(customer, EntryKind.BONUS, points, reason, "points.rewarded", actor, now)


def _by_hand(
    customer: Customer, kind: EntryKind, change: int, reason: str, event: str, actor: Viewer, now: datetime
) -> PointsEntry:  # fmt: skip
    _check_may(actor)
    account = ledger.hold(customer.id, now)
    ledger.expire(account, now)
    wrong = _wrong_change(change, reason, account.balance)
    if wrong:
        raise InvalidMany(wrong)
    serial = db.session.scalar(
        select(func.count(PointsEntry.id)).where(PointsEntry.customer_id == customer.id)
    )
    cause = Cause(f"hand-{customer.id}-{serial}", reason=reason.strip())
    if change > 0:
        rule = redeeming_rule(business_day(now))
        ends = last_day(business_day(now), rule.months_valid if rule else USUAL_MONTHS)
        entry = ledger.add(account, kind, change, ends, cause, actor, now)
    else:
        entry = ledger.take(account, kind, -change, cause, actor, now)
    told = {"points": change, "balance": account.balance}
    audit.record(actor, event, entry, now, after=told, reason=entry.reason)
    return entry


def _wrong_change(change: int, reason: str, balance: int) -> dict[str, Text]:
    wrong: dict[str, Text] = {}
    if not change or abs(change) > MOST_POINTS:
        wrong["change"] = t("A number of points, with a minus to take some away.")
    elif balance + change < 0:
        wrong["change"] = t("There are %(left)s points left.", left=balance)
    if len(reason.strip()) < 2:
        wrong["reason"] = t("Say why.")
    return wrong


def _wrong_rule(facts: RuleFacts, today: date) -> dict[str, Text]:
    wrong: dict[str, Text] = {}
    if facts.from_on is None or facts.from_on < today:
        wrong["from_on"] = t("From today or a later day: what was earned stays as it was.")
    if facts.per_amount is None or facts.per_amount <= 0:
        wrong["per_amount"] = t("An amount above zero.")
    if facts.value is None or facts.value <= 0:
        wrong["value"] = t("An amount above zero.")
    if not wrong.keys() & {"per_amount", "value"} and _gives_away(facts):
        wrong["value"] = t("A point would be worth more than the charges that earn it.")
    if facts.currency not in CURRENCIES:
        wrong["currency"] = t("Unknown currency.")
    if facts.months_valid is None or not 1 <= facts.months_valid <= 120:
        wrong["months_valid"] = t("From %(least)s to %(most)s.", least=1, most=120)
    if facts.minimum is None or not 1 <= facts.minimum <= MOST_POINTS:
        wrong["minimum"] = t("From %(least)s to %(most)s.", least=1, most=MOST_POINTS)
    for tier in Segment:
        factor = facts.factors.get(tier.value)
        if factor is not None and not 0 <= factor <= MOST_FACTOR:
            wrong[f"factor_{tier.value}"] = t(
                "From %(least)s to %(most)s.", least=0, most=MOST_FACTOR
            )
    return wrong


def _gives_away(facts: RuleFacts) -> bool:
    """Whether customers would get back more than they pay: two figures in each other's place."""
    most = max((Decimal(1), *facts.factors.values()))
    return (facts.value or Decimal(0)) * most > (facts.per_amount or Decimal(0))


def remove_rule(rule: PointsRule, actor: Viewer, now: datetime) -> None:
    """A rule that has not begun yet is taken out again."""
    _check_may(actor)
    if rule.from_on <= business_day(now):
        raise NotAllowedNow(t("This rule is in force: set another one from a later day."))
    audit.record(actor, "points.ruled", rule, now, before={"from": str(rule.from_on)})
    db.session.delete(rule)


def _check_may(actor: Viewer) -> None:
    if not actor.may(Permission.POINTS_EDIT):
        raise Forbidden()
