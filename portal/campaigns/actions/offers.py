"""Recommended services are written, published and taken down (REQUIREMENTS K7)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.campaigns.models import Offer
from portal.campaigns.rules.shown import known_tiers
from portal.campaigns.rules.states import SHOWN_STEPS, ShownState, ShownStep
from portal.campaigns.rules.writing import Written, check, tidied, wrong_days, wrong_in
from portal.catalogue.models import Bundle, ServiceItem
from portal.customers.actions.edits import refuse_clash, save
from portal.db import audit
from portal.db.base import db
from portal.kernel.errors import Forbidden
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
    values = _values(facts)
    row = Offer(author_id=actor.user_id, created_at=now, updated_at=now, **values)
    db.session.add(row)
    db.session.flush()
    audit.record(actor, "offer.written", row, now, after=_told(values))
    return row


def change(offer: Offer, facts: OfferFacts, seen: int, actor: Viewer, now: datetime) -> Offer:
    """Change an offer that was read at version `seen`; a published one changes for its customers at once."""
    _check_may(actor)
    values = _values(facts)
    before = _told({name: getattr(offer, name) for name in values})
    refuse_clash(offer, seen, _told(values))
    for name, value in values.items():
        setattr(offer, name, value)
    offer.updated_at = now
    save(offer, before, _told(values), "offer.changed", actor, now)
    return offer


def publish(offer: Offer, actor: Viewer, now: datetime) -> Offer:
    """Its customers see it from its first day on."""
    return _take(offer, ShownStep.PUBLISH, "offer.published", actor, now)


def withdraw(offer: Offer, actor: Viewer, now: datetime) -> Offer:
    """Taken down."""
    return _take(offer, ShownStep.WITHDRAW, "offer.withdrawn", actor, now)


def _take(offer: Offer, step: ShownStep, event: str, actor: Viewer, now: datetime) -> Offer:
    _check_may(actor)
    offer.state = SHOWN_STEPS.next(ShownState(offer.state), step).value
    offer.updated_at = now
    audit.record(actor, event, offer, now, after={"state": offer.state})
    return offer


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


def _told(values: dict[str, Any]) -> dict[str, Any]:
    return {k: v.isoformat() if isinstance(v, date) else v for k, v in values.items()}


def _check_may(actor: Viewer) -> None:
    if not actor.may(Permission.OFFER_EDIT):
        raise Forbidden()
