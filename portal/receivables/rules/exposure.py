"""What the firm stands to lose with a customer, and when its credit is held (DOMAIN E8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from portal.catalogue.rules.exchange import ExchangeRate, convert_all
from portal.customers.rules.credit import HoldCause

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Exposure:
    """Open receivables + unbilled usage - deposit - unallocated receipts, all in one currency."""

    open_amount: Decimal = ZERO
    unbilled_amount: Decimal = ZERO
    deposit_amount: Decimal = ZERO
    unallocated_amount: Decimal = ZERO

    @property
    def amount(self) -> Decimal:
        """The sum of E8; below zero where the customer has paid in advance."""
        return (
            self.open_amount + self.unbilled_amount - self.deposit_amount - self.unallocated_amount
        )


def in_one(amounts: Mapping[str, Decimal], into: str, rates: Mapping[str, ExchangeRate]) -> Decimal:
    """Sums by currency as one sum, one conversion each; Invalid where a rate is missing (F4)."""
    needed = {code: amount for code, amount in amounts.items() if amount}
    return sum((each.converted for each in convert_all(needed, into, rates)), ZERO)


def cause_of_hold(
    exposure: Decimal, limit: Decimal | None, overdue_days: int, grace_days: int
) -> HoldCause | None:
    """Why new orders should wait; None when nothing speaks against them. Without a limit only lateness counts."""
    if overdue_days > grace_days:
        return HoldCause.OVERDUE
    if limit is not None and exposure > limit:
        return HoldCause.OVER_LIMIT
    return None


def is_over(held_for: str, cause: HoldCause | None, overdue_amount: Decimal) -> bool:
    """Whether a hold that nobody set by hand ends now; one that dunning set ends when nothing is overdue."""
    if held_for == HoldCause.DUNNING.value:
        return overdue_amount <= 0
    return cause is None
