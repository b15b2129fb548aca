"""VAT on one line: inclusive, exclusive, exempt, zero-rated, outside the tax.

Source: DOMAIN F5 (rates and labels are data with from-dates), F6 (mixed supplies), F7; section 17.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from portal.kernel.errors import Invalid
from portal.kernel.money import format_rate, round_money
from portal.kernel.text import Text, t


class TaxKind(StrEnum):
    """How a supply stands to the tax; zero-rated and exempt are not the same (F5)."""

    TAXED = "taxed"
    EXEMPT = "exempt"
    ZERO = "zero"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class TaxTerms:
    """`percent` as 6 = 6 %, used only when taxed; `inclusive`: the price contains the tax."""

    kind: TaxKind
    percent: Decimal = Decimal(0)
    inclusive: bool = False

    @property
    def label(self) -> Text:
        """What the tax column shows: 6%, 免税, 零税率, 代垫 不计税."""
        if self.kind is TaxKind.TAXED:
            shown = format_rate(self.percent).removesuffix("0").removesuffix(".0")
            return t("%(percent)s%%", percent=shown)
        return _LABELS[self.kind]


_LABELS = {
    TaxKind.EXEMPT: t("Tax exempt"),
    TaxKind.ZERO: t("Zero-rated"),
    TaxKind.OUTSIDE: t("Not taxed (pass-through)"),
}


@dataclass(frozen=True, slots=True)
class Taxed:
    """One line's 不含税金额, 税额 and 价税合计 in one currency; net + tax = gross, always."""

    terms: TaxTerms
    net: Decimal
    tax: Decimal
    gross: Decimal


def tax_line(amount: Decimal, terms: TaxTerms, currency: str = "CNY") -> Taxed:
    """Split or add the tax of one line (F7); a negative amount gives the exact mirror image."""
    amount = round_money(amount, currency)
    if terms.kind is not TaxKind.TAXED:
        return Taxed(terms, amount, round_money(Decimal(0), currency), amount)
    if terms.inclusive:
        net = round_money(amount / (1 + terms.percent / 100), currency)
        return Taxed(terms, net, amount - net, amount)
    tax = round_money(amount * terms.percent / 100, currency)
    return Taxed(terms, amount, tax, amount + tax)


@dataclass(frozen=True, slots=True)
class TaxSum:
    """The lines of one kind and rate together."""

    kind: TaxKind
    percent: Decimal
    label: Text
    net: Decimal
    tax: Decimal
    gross: Decimal


def tax_summary(lines: Iterable[Taxed]) -> tuple[TaxSum, ...]:
    """Sums by kind and rate in the order of appearance; sums of rounded lines (F2)."""
    groups: dict[tuple[TaxKind, Decimal], list[Taxed]] = {}
    for line in lines:
        rate = line.terms.percent if line.terms.kind is TaxKind.TAXED else Decimal(0)
        groups.setdefault((line.terms.kind, rate), []).append(line)
    return tuple(_summed(kind, rate, group) for (kind, rate), group in groups.items())


def _summed(kind: TaxKind, rate: Decimal, group: list[Taxed]) -> TaxSum:
    net = sum((line.net for line in group), Decimal(0))
    tax = sum((line.tax for line in group), Decimal(0))
    return TaxSum(kind, rate, group[0].terms.label, net, tax, net + tax)


@dataclass(frozen=True, slots=True)
class TaxRate:
    """The rate of one tax class from a date on."""

    tax_class: str
    from_on: date
    kind: TaxKind
    percent: Decimal = Decimal(0)


def tax_terms_on(
    rates: Iterable[TaxRate], tax_class: str, on: date, inclusive: bool = False
) -> TaxTerms:
    """The terms in force for `tax_class` on a day; Invalid when none is known."""
    valid = [rate for rate in rates if rate.tax_class == tax_class and rate.from_on <= on]
    if not valid:
        text = t("No tax rate is known for %(name)s on %(date)s.", name=tax_class, date=str(on))
        raise Invalid(text, field="tax_class")
    rate = max(valid, key=lambda each: each.from_on)
    return TaxTerms(rate.kind, rate.percent, inclusive)


def mixed_supply(terms: Iterable[TaxTerms]) -> TaxTerms:
    """One price for supplies of several rates bears the highest (F6); Invalid when there are none."""
    listed = sorted(terms, key=lambda each: (each.kind is TaxKind.TAXED, each.percent))
    if not listed:
        raise Invalid(t("There is no tax rate to choose from."))
    return listed[-1]
