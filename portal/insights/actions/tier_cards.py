"""Changing what tiers are and give, and the bounds of insight (REQUIREMENTS K2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from portal.access.viewer import Viewer
from portal.customers.rules.kinds import Segment
from portal.db import audit
from portal.db.base import db
from portal.documents.models import FirmProfile
from portal.insights.models import TierCard, TierService
from portal.insights.queries.tiers import bounds, insight_settings
from portal.insights.rules.settings import InsightSettings
from portal.insights.rules.tiers import plain, wrong_bounds
from portal.kernel.errors import Invalid, InvalidMany, StaleEdit
from portal.kernel.text import Text, t

CARD_FIELDS = (
    "lower_amount", "definition_zh", "definition_en", "need_zh", "need_en", "strategy_zh", "strategy_en",
    "promise_zh", "promise_en", "channel_zh", "channel_en", "capacity_from", "capacity_to",
)  # fmt: skip
SERVICE_FIELDS = ("level", "position", "name_zh", "name_en", "item_id", "active")
MOST_CUSTOMERS = 10_000


def change_card(
    card: TierCard, wanted: Mapping[str, Any], version: int, actor: Viewer, now: datetime
) -> None:
    """Write a card's words, bound and capacity. InvalidMany by field; the next run goes by the new bound."""
    _refuse_stale(card, version)
    wrong = _wrong_card(card, wanted)
    if wrong:
        raise InvalidMany(wrong)
    _write(card, CARD_FIELDS, wanted, "tier_card.changed", actor, now)


def add_service(
    card: TierCard, wanted: Mapping[str, Any], actor: Viewer, now: datetime
) -> TierService:
    """One more line of a tier's service menu, at its end unless a position is said."""
    row = TierService(card_id=card.id)
    last = max((each.position for each in card.services), default=0)
    values = {**wanted, "position": wanted.get("position") or last + 10}
    _check_service(values)
    for name in SERVICE_FIELDS:
        setattr(row, name, values[name])
    db.session.add(row)
    audit.record(actor, "tier_service.changed", row, now, after=_told(row, SERVICE_FIELDS))
    return row


def change_service(
    row: TierService, wanted: Mapping[str, Any], version: int, actor: Viewer, now: datetime
) -> None:
    """Change a line of the menu, or take it off (`active` false)."""
    _refuse_stale(row, version)
    values = {**wanted, "position": wanted.get("position") or row.position}
    _check_service(values)
    _write(row, SERVICE_FIELDS, values, "tier_service.changed", actor, now)


def change_settings(
    wanted: InsightSettings, version: int, profile: FirmProfile, actor: Viewer, now: datetime
) -> None:
    """Keep the bounds and windows; the next run goes by them, and what else insight keeps stays. InvalidMany."""
    _refuse_stale(profile, version)
    before, after = insight_settings().to_json(), wanted.checked().to_json()
    if before == after:
        return
    profile.insight = {**(profile.insight or {}), **after}
    db.session.add(profile)
    changed = [name for name in after if before[name] != after[name]]
    audit.record(
        actor, "insight.settings_changed", profile, now,
        before={name: before[name] for name in changed}, after={name: after[name] for name in changed},
    )  # fmt: skip


def _wrong_card(card: TierCard, wanted: Mapping[str, Any]) -> dict[str, Text]:
    wrong: dict[str, Text] = {}
    segment = Segment(card.segment)
    lower = Decimal(wanted["lower_amount"] or 0)
    told = wrong_bounds({**bounds(), segment: lower})
    if told:
        wrong["lower_amount"] = told.get(segment) or t(
            "The tier above begins at %(bound)s: this one begins below that.",
            bound=plain(next(iter(bounds()[tier] for tier in told))),
        )
    if lower < 0:
        wrong["lower_amount"] = t("Not below 0.")
    few, many = wanted["capacity_from"], wanted["capacity_to"]
    for name in ("capacity_from", "capacity_to"):
        if wanted[name] is not None and not 1 <= wanted[name] <= MOST_CUSTOMERS:
            wrong[name] = t("From 1 to %(most)s.", most=MOST_CUSTOMERS)
    if few is not None and many is not None and few > many:
        wrong["capacity_to"] = t("Not less than where it begins.")
    return wrong


def _check_service(values: Mapping[str, Any]) -> None:
    if not (values.get("name_zh") or "").strip():
        raise Invalid(t("Write the name in Chinese."), "name_zh")


def _write(
    row: Any, names: tuple[str, ...], wanted: Mapping[str, Any], event: str, actor: Viewer, now: datetime
) -> None:  # fmt: skip
    before = _told(row, names)
    for name in names:
        if getattr(row, name) != wanted[name]:
            setattr(row, name, wanted[name])
    after = _told(row, names)
    if before != after:
        changed = [name for name in names if before[name] != after[name]]
        audit.record(
            actor, event, row, now,
            before={name: before[name] for name in changed}, after={name: after[name] for name in changed},
        )  # fmt: skip


def _told(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _refuse_stale(row: Any, version: int) -> None:
    if (row.version or 1) != version:
        raise StaleEdit(
            t("Somebody changed this after you opened the page. Look at it, then repeat.")
        )
