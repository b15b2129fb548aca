"""What a contract comes to, as far as it can be told beforehand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from portal.catalogue.rules.terms import PriceTerms
from portal.contracts.rules.approval import unit_price
from portal.contracts.rules.grants import grant_periods
from portal.contracts.rules.kinds import Allowance
from portal.kernel.money import round_money

HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Counted:
    """What is needed of a line for its sum."""

    quantity: Decimal | None
    currency: str
    discount_percent: Decimal
    terms: PriceTerms
    allowance: Allowance
    from_on: date
    until_on: date


def amount_of(line: Counted) -> Decimal | None:
    """Quantity × price × periods, less the discount, rounded once (DOMAIN F1).

    None without a limit, or where a price depends on the shipment.
    """
    price = unit_price(line.terms)
    if price is None or line.quantity is None:
        return None
    periods = len(grant_periods(line.allowance, line.from_on, line.until_on))
    share = (HUNDRED - line.discount_percent) / HUNDRED
    return round_money(line.quantity * periods * price * share, line.currency)


def totals(lines: Iterable[Counted]) -> dict[str, Decimal]:
    """Currency → sum of the lines whose amount can be told (DOMAIN F2, F3)."""
    found: dict[str, Decimal] = {}
    for line in lines:
        amount = amount_of(line)
        if amount is not None:
            found[line.currency] = found.get(line.currency, Decimal(0)) + amount
    return found


def total_in(lines: Iterable[Counted], currency: str) -> Decimal | None:
    """The sum, where everything that can be told is in `currency`; None otherwise: nothing is converted here."""
    found = totals(lines)
    return found.get(currency) if set(found) <= {currency} else None
