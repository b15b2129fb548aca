"""Rates of exchange and of tax on a day (DOMAIN F4, F5)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Select, select

from portal.catalogue.models import ExchangeRate as ExchangeRateRow
from portal.catalogue.models import TaxRate
from portal.catalogue.rules.charges import tax_class_rates
from portal.catalogue.rules.exchange import ExchangeRate, no_rate
from portal.catalogue.rules.tax import TaxKind, TaxTerms
from portal.db.base import db
from portal.kernel.errors import Invalid
from portal.kernel.text import t


@dataclass(frozen=True, slots=True)
class TaxInForce:
    """A tax class on a day: what it computes with, and the label that is printed."""

    tax_class: str
    kind: TaxKind
    percent: Decimal
    name_zh: str
    name_en: str
    label_zh: str
    label_en: str
    valid_from: date

    def terms(self, inclusive: bool) -> TaxTerms:
        """For the engine; `inclusive`: the price contains the tax."""
        return TaxTerms(self.kind, self.percent, inclusive)


def exchange_list() -> Select[ExchangeRateRow]:
    """Every recorded rate of exchange."""
    return select(ExchangeRateRow)


def tax_list() -> Select[TaxRate]:
    """Every tax rate that the firm has recorded."""
    return select(TaxRate)


def exchange_rate(currency: str, base: str, on: date, source: str | None = None) -> ExchangeRate:
    """The latest rate on or before `on`: one unit of `currency` in `base`, with its source and day.

    Of several sources on one day the last recorded, unless `source` names one. The same currency is 1. Invalid when
    there is none: a missing rate is never 1 (DOMAIN F4).
    """
    if currency == base:
        return ExchangeRate(currency, base, on, Decimal(1))
    statement = select(ExchangeRateRow).where(
        ExchangeRateRow.currency == currency,
        ExchangeRateRow.base == base,
        ExchangeRateRow.on <= on,
    )
    if source is not None:
        statement = statement.where(ExchangeRateRow.source == source)
    latest = statement.order_by(ExchangeRateRow.on.desc(), ExchangeRateRow.id.desc()).limit(1)
    row = db.session.scalar(latest)
    if row is None:
        raise no_rate(currency, base, on)
    return ExchangeRate(row.currency, row.base, row.on, row.rate, row.source)


def rates_between(currency: str, base: str) -> list[ExchangeRate]:
    """Every rate of one currency into another, oldest first; of several on one day the last recorded comes last."""
    statement = (
        select(ExchangeRateRow)
        .where(ExchangeRateRow.currency == currency, ExchangeRateRow.base == base)
        .order_by(ExchangeRateRow.on, ExchangeRateRow.id)
    )
    return [
        ExchangeRate(row.currency, row.base, row.on, row.rate, row.source)
        for row in db.session.scalars(statement)
    ]


def taxes_on() -> Callable[[str, date], TaxInForce]:
    """`tax_of` for very many lines: the firm's table is read once, each class and day looked up once."""
    own = list(db.session.scalars(select(TaxRate).order_by(TaxRate.valid_from)))
    found: dict[tuple[str, date], TaxInForce] = {}

    def in_force(tax_class: str, on: date) -> TaxInForce:
        key = tax_class, on
        if key not in found:
            rows = [each for each in own if each.tax_class == tax_class and each.valid_from <= on]
            found[key] = _in_force(rows[-1] if rows else None, tax_class, on)
        return found[key]

    return in_force


def tax_of(tax_class: str, on: date) -> TaxInForce:
    """The rate and label of `tax_class` in force on a day: the firm's own, else the shipped table's.

    Invalid when neither knows the class on that day.
    """
    statement = select(TaxRate).where(TaxRate.tax_class == tax_class, TaxRate.valid_from <= on)
    row = db.session.scalar(statement.order_by(TaxRate.valid_from.desc()).limit(1))
    return _in_force(row, tax_class, on)


def _in_force(row: TaxRate | None, tax_class: str, on: date) -> TaxInForce:
    if row is not None:
        names = (row.name_zh, row.name_en, row.label_zh, row.label_en)
        return TaxInForce(tax_class, TaxKind(row.kind), row.percent, *names, row.valid_from)
    shipped = [r for r in tax_class_rates() if r.code == tax_class and r.valid_from <= on]
    if not shipped:
        text = t("No tax rate is known for %(name)s on %(date)s.", name=tax_class, date=str(on))
        raise Invalid(text, field="tax_class")
    last = max(shipped, key=lambda each: each.valid_from)
    names = (last.name_zh, last.name_en, last.label_zh, last.label_en)
    return TaxInForce(tax_class, TaxKind(last.kind), last.percent, *names, last.valid_from)


def tax_classes(on: date) -> list[TaxInForce]:
    """Every class that is known on a day, by code: for choices."""
    own = db.session.scalars(select(TaxRate.tax_class).distinct())
    codes = sorted({*own, *(rate.code for rate in tax_class_rates())})
    found = []
    for code in codes:
        try:
            found.append(tax_of(code, on))
        except Invalid:
            continue
    return found
