"""Rates of exchange and of tax on a day."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from portal.catalogue.models import ExchangeRate, TaxRate
from portal.catalogue.rules import exchange
from portal.db.base import db
from portal.kernel.errors import Invalid
from portal.kernel.text import t


def find_exchange_rate(currency: str, into: str, on: date) -> exchange.ExchangeRate | None:
    """The latest recorded rate on or before `on`; None when there is none (DOMAIN F4: no rate = stop)."""
    row = db.session.scalar(
        select(ExchangeRate)
        .where(ExchangeRate.currency == currency, ExchangeRate.base == into, ExchangeRate.on <= on)
        .order_by(ExchangeRate.on.desc(), ExchangeRate.id.desc())
        .limit(1)
    )
    if row is None:
        return None
    return exchange.ExchangeRate(currency, into, row.on, row.rate, row.source)


def tax_rate_on(tax_class: str, on: date) -> TaxRate:
    """The tax rate of a class in force on a day; Invalid (field "tax_class") when none is."""
    row = db.session.scalar(
        select(TaxRate)
        .where(TaxRate.tax_class == tax_class, TaxRate.valid_from <= on)
        .order_by(TaxRate.valid_from.desc())
        .limit(1)
    )
    if row is None:
        text = t("No tax rate is known for %(name)s on %(date)s.", name=tax_class, date=str(on))
        raise Invalid(text, "tax_class")
    return row
