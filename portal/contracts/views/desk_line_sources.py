"""Where a new line may come from: the prices that one may quote to the customer, or any service item."""

from __future__ import annotations

from typing import Any

from flask import g, request
from sqlalchemy import select

from portal.catalogue.models import Price, ServiceItem, Tariff
from portal.catalogue.queries.items import having_words, item_list
from portal.catalogue.queries.prices import LanePrice, prices_named, usable_schemes
from portal.catalogue.queries.schemes import covering
from portal.catalogue.rules.termwords import short
from portal.contracts.forms.lines import ManualLineForm
from portal.customers.models import Customer
from portal.db.base import db
from portal.kernel import clock
from portal.web.words import name_of, say

MOST = 60
ITEMS = 30


def offers(customer: Customer) -> dict[str, Any]:
    """The words searched for and the prices found, each with its terms in words."""
    words = request.values.get("q", "").strip()[:80]
    found = _prices(customer, words) if words else []
    return {"words": words, "found": [(each, short(each.terms)) for each in found], "most": MOST}


def manual_form(currency: str) -> tuple[ManualLineForm, list[ServiceItem]]:
    """The form of a line by hand with the service items that fit the words typed so far."""
    words = request.values.get("q", "").strip()[:80]
    form = ManualLineForm(currency=currency)
    statement = item_list().where(ServiceItem.active.is_(True)).order_by(ServiceItem.name_zh)
    found = list(db.session.scalars(having_words(statement, words).limit(ITEMS)))
    form.item_id.choices = [(each.id, _described(each)) for each in found]
    return form, found


def _prices(customer: Customer, words: str) -> list[LanePrice]:
    """Prices in force today whose service item is found by every word."""
    today = clock.today()
    schemes = [each.id for each in usable_schemes(g.viewer, customer, today)]
    tariffs = select(Tariff.id).where(Tariff.scheme_id.in_(schemes), *covering(today))
    statement = select(Price.id).join(ServiceItem, ServiceItem.id == Price.item_id)
    statement = having_words(statement.where(Price.tariff_id.in_(tariffs)), words)
    ids = db.session.scalars(statement.order_by(ServiceItem.name_zh, Price.id).limit(MOST))
    return list(prices_named(list(ids), g.viewer, customer, today).values())


def _described(item: ServiceItem) -> str:
    """`海运费 CNSHA → USNYC 40HQ`."""
    lane = f"{item.origin} → {item.destination}" if item.origin or item.destination else ""
    parts = (name_of(item), lane, item.packaging, item.charge_code)
    return say(" · ".join(part for part in parts if part))
