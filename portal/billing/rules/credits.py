"""What a credit comes to, and the line it becomes: the same tax and rate as what it corrects (DOMAIN R5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from portal.billing.rules.kinds import LineKind, Once
from portal.billing.rules.line_draft import LineDraft
from portal.catalogue.rules.tax import TaxKind, TaxTerms, tax_line
from portal.kernel.errors import Invalid
from portal.kernel.money import format_money, round_money
from portal.kernel.text import t

ONE = Decimal(1)
UNIT = "LS"
"""A credit is one amount, whatever it is for."""


@dataclass(frozen=True, slots=True)
class Portion:
    """So much of a line, split as the line is: net + tax = gross."""

    net: Decimal
    tax: Decimal
    gross: Decimal


class Granted(Protocol):
    """A credit that was granted, as far as its line needs it."""

    @property
    def id(self) -> int: ...
    @property
    def number(self) -> str: ...
    @property
    def served_id(self) -> int: ...
    @property
    def line_id(self) -> int | None: ...
    @property
    def name_zh(self) -> str: ...
    @property
    def name_en(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def currency(self) -> str: ...
    @property
    def tax_class(self) -> str: ...
    @property
    def tax_kind(self) -> str: ...
    @property
    def tax_percent(self) -> Decimal: ...
    @property
    def net_amount(self) -> Decimal: ...
    @property
    def tax_amount(self) -> Decimal: ...
    @property
    def gross_amount(self) -> Decimal: ...
    @property
    def granted_on(self) -> date | None: ...


def amount_checked(amount: Decimal, currency: str, most: Decimal) -> Decimal:
    """The amount; Invalid at "amount" when it is not above zero, above `most`, or finer than the currency's unit."""
    if amount <= 0:
        raise Invalid(t("The amount must be above zero."), "amount")
    if amount != round_money(amount, currency):
        raise Invalid(t("%(currency)s has no such small unit.", currency=currency), "amount")
    if amount > most:
        raise Invalid(t("At most %(amount)s.", amount=format_money(most, currency)), "amount")
    return amount


def portion_of(
    whole: Portion, before: Portion, gross: Decimal, terms: TaxTerms, currency: str
) -> Portion:
    """`gross` of a line, of which `before` was credited already; what is left at last cancels net and tax exactly."""
    if before.gross + gross == whole.gross:
        return Portion(whole.net - before.net, whole.tax - before.tax, gross)
    return of_gross(gross, terms, currency)


def of_gross(gross: Decimal, terms: TaxTerms, currency: str) -> Portion:
    """A gross amount split by its tax."""
    inside = TaxTerms(terms.kind, terms.percent, inclusive=True)
    taxed = tax_line(gross, inside, currency)
    return Portion(taxed.net, taxed.tax, taxed.gross)


def credit_line(credit: Granted, on: date) -> LineDraft:
    """The line of a granted credit on a statement of its currency, dated `on`; negative, its own tax inside."""
    kind = TaxKind(credit.tax_kind)
    granted_on = credit.granted_on or on
    return LineDraft(
        kind=LineKind.CREDIT.value,
        served_id=credit.served_id,
        name_zh=credit.name_zh,
        name_en=credit.name_en,
        starts_on=on,
        ends_on=on,
        quantity=-ONE,
        unit=UNIT,
        rate=credit.gross_amount,
        line_currency=credit.currency,
        amount=-credit.gross_amount,
        converted=-credit.gross_amount,
        tax_class=credit.tax_class,
        tax_kind=kind.value,
        tax_percent=credit.tax_percent,
        tax_inclusive=True,
        net_amount=-credit.net_amount,
        tax_amount=-credit.tax_amount,
        gross_amount=-credit.gross_amount,
        credit_id=credit.id,
        reference=credit.number,
        note=credit.reason[:500],
        working=(("credit", {"number": credit.number, "reason": credit.reason[:500]}),),
        once=((Once.CREDIT, credit.id, granted_on),),
    )
