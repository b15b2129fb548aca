"""Tier cards to start with, where the firm has none."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from portal.access.viewer import Viewer
from portal.db import audit
from portal.db.base import db
from portal.insights.models import TierCard, TierService
from portal.insights.rules.first_cards import FIRST_CARDS
from portal.insights.rules.tiers import FIRST_BOUNDS


def seed(actor: Viewer, now: datetime) -> int:
    """The five tiers with their service menus; how many were made. Doing it again changes nothing."""
    known = set(db.session.scalars(select(TierCard.segment)))
    made = 0
    for segment, first in FIRST_CARDS.items():
        if segment.value in known:
            continue
        row = TierCard(segment=segment.value, lower_amount=FIRST_BOUNDS[segment])
        for name in ("definition", "need", "strategy", "promise", "channel"):
            row_zh, row_en = getattr(first, name)
            setattr(row, f"{name}_zh", row_zh)
            setattr(row, f"{name}_en", row_en)
        row.capacity_from, row.capacity_to = first.capacity or (None, None)
        row.services = [
            TierService(level=level.value, position=place * 10, name_zh=zh, name_en=en)
            for place, (level, zh, en) in enumerate(first.services, 1)
        ]
        db.session.add(row)
        audit.record(actor, "tier_card.changed", row, now, after={"segment": segment.value})
        made += 1
    return made
