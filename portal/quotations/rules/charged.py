"""One charge of a version as the customer may see it, and how its tax is shown (DOMAIN F5-F7, Q3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from portal.documents.rules.words import NO_WORDS, Words, same
from portal.kernel.text import Text
from portal.quotations.rules.paper import USUAL_COLUMNS, Column, Line
from portal.quotations.rules.wording import SCALE, basis_words, quantity_unit

ZERO = Decimal(0)
ONE = Decimal(1)
PERCENT = "P1"


@dataclass(frozen=True, slots=True)
class Charged:
    """A line of a version without anything internal: no cost, no reason, no rule.

    unit is that of `quantity` and `rate`; `amount` is before tax treatment; `net + tax = gross`.
    An `amount` of None is a price on request. `key` names the charge across options and versions.
    """

    section: str
    name: Words
    key: tuple[str, ...]
    code: str = ""
    option: str = ""
    carrier: str = ""
    unit: str = ""
    basis_unit: str = ""
    currency: str = "CNY"
    quantity: Decimal = ZERO
    rate: Decimal | None = None
    amount: Decimal | None = None
    net: Decimal = ZERO
    tax: Decimal = ZERO
    gross: Decimal = ZERO
    tax_label: Words = NO_WORDS
    is_taxed: bool = False
    is_inclusive: bool = True
    is_collect: bool = False
    does_not_apply: bool = False
    note: Words = NO_WORDS
    working: tuple[Text, ...] = ()

    @property
    def counts(self) -> bool:
        """Whether it is in the totals: priced and prepaid (U5)."""
        return self.amount is not None and not self.is_collect


class TaxShown(StrEnum):
    """How the amounts of a paper stand to the tax."""

    INCLUDED = "included"
    """Every amount contains its tax."""
    APART = "apart"
    """Amounts are net; the tax follows below the charges."""
    BESIDE = "beside"
    """Some prices contain it and some do not: net, tax and amount stand side by side."""


def tax_shown(charges: Iterable[Charged]) -> TaxShown:
    """By the taxed charges alone: what is exempt reads the same either way."""
    ways = {each.is_inclusive for each in charges if each.is_taxed and each.counts}
    if len(ways) == 2:
        return TaxShown.BESIDE
    return TaxShown.APART if ways == {False} else TaxShown.INCLUDED


def columns(shown: TaxShown) -> tuple[Column, ...]:
    """The columns of the charge tables; net and tax join only where they are needed."""
    if shown is not TaxShown.BESIDE:
        return USUAL_COLUMNS
    *before, tax_rate, amount = USUAL_COLUMNS
    return (*before, Column.NET, tax_rate, Column.TAX, amount)


def line(charge: Charged, shown: TaxShown) -> Line:
    """The charge as a row of the table."""
    amount = None
    if charge.amount is not None:
        amount = charge.net if shown is TaxShown.APART else charge.gross
    percent = charge.unit == PERCENT
    price = _price(charge)
    return Line(
        name=charge.name,
        basis=basis_words(charge.basis_unit or charge.unit),
        currency=charge.currency,
        price=price,
        quantity=None if percent or charge.amount is None else charge.quantity,
        quantity_unit="" if percent or charge.amount is None else quantity_unit(charge.unit),
        amount=amount,
        code=charge.code,
        rate=_rate(charge) if price is None else NO_WORDS,
        tax_label=charge.tax_label,
        net=charge.net if charge.amount is not None else None,
        tax=charge.tax if charge.amount is not None else None,
        note=charge.note,
        working=charge.working,
    )


def _price(charge: Charged) -> Decimal | None:
    if charge.unit == PERCENT or charge.amount is None:
        return None
    if charge.rate is None and charge.quantity == ONE:
        return charge.amount
    return charge.rate


def _rate(charge: Charged) -> Words:
    """What stands in the place of a unit price: the percentage, or that a scale made the amount."""
    if charge.amount is None:
        return NO_WORDS
    if charge.unit == PERCENT:
        return same(f"{charge.quantity.normalize():f}%")
    return SCALE
