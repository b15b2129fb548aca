"""Tier cards, their menus and the settings: seeded once, changed with care (REQUIREMENTS K2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal as D
from typing import Any

import pytest

from portal.access.viewer import SYSTEM
from portal.customers.rules.kinds import Segment
from portal.db.base import db
from portal.documents.models import FirmProfile
from portal.insights.actions import seeding, tier_cards
from portal.insights.models import TierCard
from portal.insights.queries.tiers import bounds, card_of, cards, insight_settings, loads
from portal.insights.rules.kinds import TIER_ORDER
from portal.insights.rules.settings import InsightSettings
from portal.kernel.errors import Invalid, InvalidMany, StaleEdit
from tests.cast import Cast, viewer
from tests.factories import add
from tests.insights import seeded


def vip() -> TierCard:
    card = card_of("vip")
    assert card is not None
    return card


def values(card: TierCard, **changes: Any) -> dict[str, Any]:
    return {name: getattr(card, name) for name in tier_cards.CARD_FIELDS} | changes


def test_five_cards_are_seeded_once_with_their_menus(cast: Cast, now: datetime):
    assert seeding.seed(SYSTEM, now) == 5 and seeding.seed(SYSTEM, now) == 0
    assert tuple(cards()) == TIER_ORDER
    assert (vip().capacity_from, vip().capacity_to) == (30, 40)
    levels = {each.level for each in cards()[Segment.PROJECT].services}
    assert levels == {"basic", "value_added", "exclusive", "bespoke"}


def test_bounds_come_from_the_cards_and_without_them_from_the_book(cast: Cast, now: datetime):
    assert bounds()[Segment.VIP] == 10_000
    seeded(now)
    tier_cards.change_card(vip(), values(vip(), lower_amount=D(12_000)), 1, SYSTEM, now)
    assert bounds()[Segment.VIP] == 12_000


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"lower_amount": D(2_000)}, "lower_amount"), ({"lower_amount": D(100_000)}, "lower_amount"),
        ({"capacity_from": 50}, "capacity_to"), ({"capacity_to": 0}, "capacity_to"),
    ],
)  # fmt: skip
def test_a_bound_lies_between_its_neighbours_and_a_capacity_is_in_order(
    cast: Cast, now: datetime, change: dict[str, Any], field: str
):
    seeded(now)
    with pytest.raises(InvalidMany) as refused:
        tier_cards.change_card(vip(), values(vip(), **change), 1, SYSTEM, now)
    assert field in refused.value.errors


def test_who_was_quicker_is_not_overwritten(cast: Cast, now: datetime):
    seeded(now)
    tier_cards.change_card(vip(), values(vip(), channel_zh="专线"), 1, SYSTEM, now)
    db.session.flush()
    with pytest.raises(StaleEdit):
        tier_cards.change_card(vip(), values(vip()), 1, SYSTEM, now)


def test_a_menu_gets_a_line_at_its_end_and_loses_one(cast: Cast, now: datetime):
    seeded(now)
    wanted = {
        "level": "exclusive",
        "position": None,
        "name_zh": "节假日值班",
        "name_en": "",
        "item_id": None,
        "active": True,
    }
    row = tier_cards.add_service(vip(), wanted, SYSTEM, now)
    assert row.position > max(each.position for each in vip().services if each is not row)
    tier_cards.change_service(row, {**wanted, "active": False}, 1, SYSTEM, now)
    assert not row.active
    with pytest.raises(Invalid):
        tier_cards.add_service(vip(), {**wanted, "name_zh": " "}, SYSTEM, now)


def test_settings_are_kept_beside_what_else_insight_keeps(cast: Cast, now: datetime):
    profile = add(FirmProfile(id=1, name_zh="远港", insight={"digest_day": 1}))
    tier_cards.change_settings(replace(InsightSettings(), tier_months=6), 1, profile, SYSTEM, now)
    assert insight_settings().tier_months == 6 and profile.insight["digest_day"] == 1
    with pytest.raises(InvalidMany):
        tier_cards.change_settings(
            replace(InsightSettings(), tier_months=0), profile.version, profile, SYSTEM, now
        )


def test_the_load_of_a_person_is_counted_by_tier(cast: Cast, now: datetime):
    cast.harbour.segment = "vip"
    db.session.flush()
    found = loads(viewer(cast.sales_manager))
    assert {(each.name, each.segment, each.customers) for each in found} == {
        ("Chen Li", "vip", 1),
        ("Chen Li", "ordinary", 1),
    }
