"""The demo's insight: tiers with their bounds, the customers classified month by month, indices, weekly letters."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial

from sqlalchemy import select

from portal.access.viewer import SYSTEM
from portal.customers.rules.kinds import Segment
from portal.db.base import db
from portal.demo.stage import Stage
from portal.documents.models import FirmProfile
from portal.insights.actions import (
    classifying,
    digest,
    indices,
    months,
    overriding,
    telling,
    tier_cards,
)
from portal.insights.models import TierCard
from portal.insights.queries.tiers import insight_settings
from portal.insights.rules.kinds import Aspect

D = Decimal
MANAGER = "wu.mei"
RUNS = 3
"""Months before this one that were classified, each on the eighth of the next."""
MEASURED = 11
"""Months before this one that the indices know."""
BOUNDS = {
    Segment.ORDINARY: D(600),
    Segment.MID: D(5_000),
    Segment.VIP: D(13_500),
    Segment.PROJECT: D(60_000),
}
"""What the firm set for itself: it has few customers, and large ones."""
STAR_FROM = D(10)
"""Percent that a customer grows by to be called a star."""


@dataclass(frozen=True, slots=True)
class _ByHand:
    """A class that somebody set, and until when."""

    customer: str
    aspect: Aspect
    value: str
    reason: str
    lasts: timedelta


BY_HAND = _ByHand(
    "JINGHE", Aspect.TIER, Segment.PROJECT, "新厂一季度投产，空运量翻倍，先按项目客户配备服务", timedelta(days=120)
)  # fmt: skip


def tell_insights(stage: Stage) -> None:
    """Bounds first, then each month's run; what a person set by hand, the indices, two letters."""
    days = stage.timeline
    days.add(days.day(-500), "09:30", partial(_bounds, stage))
    for later in range(-RUNS, 0):
        on = days.month(later + 1).replace(day=8)
        days.add(on, "08:30", partial(_classify, days.month(later)))
    days.add(days.day(-25), "17:20", partial(_by_hand, stage))
    days.add(days.today, "03:30", partial(_measure, stage))
    monday = days.day(-days.today.weekday())
    for on in (monday - timedelta(days=7), monday):
        days.add(on, "08:05", digest.issue)


def _bounds(stage: Stage, at: datetime) -> None:
    """The highest first, so that each stays above the one below."""
    for segment in sorted(BOUNDS, key=BOUNDS.__getitem__, reverse=True):
        card = db.session.scalars(select(TierCard).where(TierCard.segment == segment.value)).one()
        values = {name: getattr(card, name) for name in tier_cards.CARD_FIELDS}
        values["lower_amount"] = BOUNDS[segment]
        tier_cards.change_card(card, values, card.version, stage.people[MANAGER], at)
        db.session.flush()
    profile = db.session.get_one(FirmProfile, 1)
    wanted = replace(insight_settings(), growth_percent=STAR_FROM)
    tier_cards.change_settings(wanted, profile.version, profile, stage.people[MANAGER], at)


def _classify(month: date, at: datetime) -> None:
    """A month's run as its worker does it, inside the demo's one transaction."""
    run = classifying.start(month, SYSTEM, at)
    db.session.flush()
    classifying.claim(run.id, at)
    for each in classifying.months_to_gather(run):
        months.gather(each, at)
    db.session.flush()
    found = classifying.begin(run.id, at)
    db.session.flush()
    while classifying.classify_batch(run.id, found, SYSTEM, at):
        db.session.flush()
    telling.tell_owners(classifying.finish(run.id, SYSTEM, at), at)
    db.session.flush()


def _by_hand(stage: Stage, at: datetime) -> None:
    told, until = BY_HAND, stage.timeline.day(-25) + BY_HAND.lasts
    customer = stage.customer(told.customer)
    overriding.override(
        customer, told.aspect, told.value, told.reason, until, stage.people[MANAGER], at
    )


def _measure(stage: Stage, at: datetime) -> None:
    for later in range(-MEASURED, 1):
        indices.measure(stage.timeline.month(later), at)
