"""Rates of exchange and tax, recorded with their day and source; and the firm's own places."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from portal.access.viewer import Viewer
from portal.catalogue.actions.editing import create
from portal.catalogue.models import ExchangeRate, FirmPlace, TaxRate
from portal.catalogue.queries.places import all_places
from portal.catalogue.rules.charges import tax_class_rates
from portal.catalogue.rules.places import Kind
from portal.db import audit
from portal.db.base import db
from portal.kernel.errors import Invalid, InvalidMany
from portal.kernel.text import Text, t

CONTAINERS = (Kind.CITY, Kind.PROVINCE, Kind.DISTRICT, Kind.COUNTRY, Kind.REGION)
"""Kinds of place that another one lies in, the likeliest first."""


def record_exchange_rate(
    currency: str,
    base: str,
    on: date,
    rate: Decimal,
    source: str,
    actor: Viewer,
    now: datetime,
) -> ExchangeRate:
    """One unit of `currency` is worth `rate` of `base` on a day; the same source on the same day is corrected.

    Invalid for a rate that is not above 0 or a currency against itself.
    """
    if rate <= 0:
        raise Invalid(t("A rate of exchange is more than 0."), "rate")
    if currency == base:
        raise Invalid(t("Choose two different currencies."), "currency")
    if not source.strip():
        raise Invalid(t("Name the source, such as Bank of China, selling rate."), "source")
    same = select(ExchangeRate).where(
        ExchangeRate.currency == currency,
        ExchangeRate.base == base,
        ExchangeRate.on == on,
        ExchangeRate.source == source.strip(),
    )
    row = db.session.scalar(same)
    before = None
    if row is None:
        row = ExchangeRate(currency=currency, base=base, on=on, rate=rate, source=source.strip())
        db.session.add(row)
    else:
        before = {"rate": row.rate}
        row.rate = rate
    db.session.flush()
    after = {"currency": currency, "base": base, "on": on, "rate": rate, "source": source.strip()}
    audit.record(actor, "exchange_rate.recorded", row, now, before=before, after=after)
    return row


def record_tax_rate(values: Mapping[str, Any], actor: Viewer, now: datetime) -> TaxRate:
    """A tax class's rate and label from a day on. InvalidMany when that day has one already."""
    same = select(TaxRate.id).where(
        TaxRate.tax_class == values["tax_class"], TaxRate.valid_from == values["valid_from"]
    )
    if db.session.scalar(same) is not None:
        raise InvalidMany({"valid_from": t("This tax class already has a rate from that day.")})
    if not 0 <= values["percent"] <= 100:
        raise InvalidMany({"percent": t("From 0 to 100 percent.")})
    row: TaxRate = create(TaxRate(), values, "tax_rate.recorded", actor, now)
    return row


def seed_tax_rates(actor: Viewer, now: datetime) -> int:
    """The shipped tax classes as the firm's own first rates, where it has none; how many."""
    if db.session.scalar(select(TaxRate.id).limit(1)) is not None:
        return 0
    listed = tax_class_rates()
    for rate in listed:
        values = {
            "tax_class": rate.code,
            "kind": rate.kind,
            "percent": rate.percent,
            "valid_from": rate.valid_from,
            "name_zh": rate.name_zh,
            "name_en": rate.name_en,
            "label_zh": rate.label_zh,
            "label_en": rate.label_en,
        }
        record_tax_rate(values, actor, now)
    return len(listed)


def add_place(values: Mapping[str, Any], actor: Viewer, now: datetime) -> FirmPlace:
    """A place of the firm's own. InvalidMany for a code that is taken or a parent that is not known."""
    errors: dict[str, Text] = {}
    places = all_places()
    code = str(values["code"]).strip().upper()
    if places.get(code) is not None:
        errors["code"] = t("Another place has this code.")
    parent = str(values.get("parent") or "").strip()
    above = (places.get(parent) or places.find(parent, CONTAINERS)) if parent else None
    if parent and above is None:
        errors["parent"] = t("This place is not known.")
    if errors:
        raise InvalidMany(errors)
    tidy = {**values, "code": code, "parent": above.code if above else ""}
    row: FirmPlace = create(FirmPlace(), tidy, "place.created", actor, now)
    return row
