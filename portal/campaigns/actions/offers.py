"""Recommended services are written, published and taken down (REQUIREMENTS K7)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.campaigns.actions import shown
from portal.campaigns.models import Offer
from portal.campaigns.rules.shown import known_tiers
from portal.campaigns.rules.states import ShownStep
from portal.campaigns.rules.writing import Written, check, tidied, wrong_days, wrong_in
from portal.catalogue.models import Bundle, ServiceItem
from portal.db.base import db
from portal.kernel.text import Text, t

MOST_INDUSTRIES = 40


@dataclass(frozen=True, slots=True)
class OfferFacts:
    """What a person writes: an item or a bundle; `tiers` and `industries` (): to all."""

    written: Written
    from_on: date | None
    until_on: date | None = None
    item_id: int | None = None
    bundle_id: int | None = None
    tiers: tuple[str, ...] = field(default=())
    industries: tuple[str, ...] = field(default=())
    only_new: bool = True


def write(facts: OfferFacts, actor: Viewer, now: datetime) -> Offer:
    """A new offer, a draft. InvalidMany by field (title_zh, text_zh …, item_id, from_on, until_on)."""
    _check_may(actor)
    return shown.begin(Offer(), _values(facts), actor, now)


def change(offer: Offer, facts: OfferFacts, seen: int, actor: Viewer, now: datetime) -> Offer:
    """Change an offer that was read at version `seen`; a published one changes for its customers at once."""
    _check_may(actor)
    return shown.change(offer, _values(facts), seen, actor, now)


def publish(offer: Offer, actor: Viewer, now: datetime) -> Offer:
    """Its customers see it from its first day on."""
    _check_may(actor)
    return shown.take(offer, ShownStep.PUBLISH, actor, now)


def withdraw(offer: Offer, actor: Viewer, now: datetime) -> Offer:
    """Taken down."""
    _check_may(actor)
    return shown.take(offer, ShownStep.WITHDRAW, actor, now)


def _values(facts: OfferFacts) -> dict[str, Any]:
    written = tidied(facts.written)
    check({**wrong_in(written), **_wrong_thing(facts), **wrong_days(facts.from_on, facts.until_on)})
    industries = sorted({each.strip()[:60] for each in facts.industries if each.strip()})
    return {
        "title_zh": written.title_zh, "title_en": written.title_en, "text_zh": written.text_zh,
        "text_en": written.text_en, "item_id": facts.item_id, "bundle_id": facts.bundle_id,
        "tiers": known_tiers(facts.tiers), "industries": industries[:MOST_INDUSTRIES],
        "only_new": facts.only_new, "from_on": facts.from_on, "until_on": facts.until_on,
    }  # fmt: skip


def _wrong_thing(facts: OfferFacts) -> dict[str, Text]:
    """It is one item or one bundle that we sell."""
    if (facts.item_id is None) == (facts.bundle_id is None):
        return {"item_id": t("Choose a service item or a bundle, one of the two.")}
    if facts.item_id is not None:
        item = db.session.get(ServiceItem, facts.item_id)
        return {} if item and item.active else {"item_id": t("There is no such service item.")}
    bundle = db.session.get(Bundle, facts.bundle_id)
    return {} if bundle and bundle.active else {"bundle_id": t("There is no such bundle.")}


def _check_may(actor: Viewer) -> None:
    shown.check_may(actor, Permission.OFFER_EDIT)
