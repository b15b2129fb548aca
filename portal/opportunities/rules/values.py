"""What may be written into an opportunity: amounts, likelihoods, lines (REQUIREMENTS O1, O8)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from portal.kernel.money import CURRENCIES, round_money
from portal.kernel.text import Text, t

MOST_AMOUNT = Decimal(10) ** 12
MOST_QUANTITY = Decimal(10) ** 9
MOST_LINES = 500
_SIX_PLACES = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class NewLine:
    """A service item that may be bought, or one in words alone; `rate` per `unit` in the opportunity's currency."""

    item_id: int | None = None
    name: str = ""
    quantity: Decimal = Decimal(0)
    unit: str = ""
    rate: Decimal | None = None


def line_amount(line: NewLine, currency: str) -> Decimal | None:
    """Quantity × rate, rounded half up to the currency's minor unit; None without a rate."""
    return None if line.rate is None else round_money(line.quantity * line.rate, currency)


def lines_total(lines: Iterable[NewLine], currency: str) -> Decimal | None:
    """The sum of the lines that have an amount; None when none has."""
    amounts = [line_amount(each, currency) for each in lines]
    known = [each for each in amounts if each is not None]
    return sum(known, Decimal(0)) if known else None


def amount_problem(amount: Decimal | None, currency: str) -> Text | None:
    """What is wrong with an amount before tax; None: nothing. An unknown currency is told at its own field."""
    if amount is None or currency not in CURRENCIES:
        return None
    if not amount.is_finite() or not 0 <= amount < MOST_AMOUNT:
        return t("From 0 to less than %(most)s.", most=f"{MOST_AMOUNT:,}")
    if amount != round_money(amount, currency):
        return t("This currency has fewer decimal places.")
    return None


def currency_problem(currency: str) -> Text | None:
    """What is wrong with a currency's code; None: nothing."""
    return None if currency in CURRENCIES else t("Choose a currency.")


def likelihood_problem(percent: int | None) -> Text | None:
    """What is wrong with a likelihood; None: nothing."""
    return None if percent is None or 0 <= percent <= 100 else t("From 0 to 100 percent.")


def choice_problem(value: str, words: type[StrEnum], *, optional: bool = False) -> Text | None:
    """What is wrong with a word of a list; None: nothing."""
    fits = value in {each.value for each in words} or (optional and not value)
    return None if fits else t("Choose one of the list.")


def lines_problem(lines: Sequence[NewLine]) -> Text | None:
    """The first thing that is wrong with the lines; None: nothing."""
    if len(lines) > MOST_LINES:
        return t("At most %(most)s lines.", most=MOST_LINES)
    for no, line in enumerate(lines, start=1):
        if line.item_id is None and not line.name.strip():
            return t("Line %(no)s: choose a service item, or write what it is.", no=no)
        if not _is_figure(line.quantity):
            return t("Line %(no)s: a quantity of 0 or more is needed.", no=no)
        if line.rate is not None and not _is_figure(line.rate):
            return t("Line %(no)s: a price of 0 or more is needed.", no=no)
    return None


def _is_figure(value: Decimal) -> bool:
    exact = value.is_finite() and value == value.quantize(_SIX_PLACES)
    return exact and 0 <= value < MOST_QUANTITY
