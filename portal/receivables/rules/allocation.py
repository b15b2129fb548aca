"""Which part of a receipt pays which receivable: oldest due first, or by hand (DOMAIN R8)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from portal.kernel.errors import Invalid, InvalidMany
from portal.kernel.money import format_money, round_money
from portal.kernel.text import Text, t

ZERO = Decimal(0)
MOST_DIFFERENCE = Decimal("0.10")
"""An exchange difference above this share of what is settled is a mistake, not a difference."""
RATE_STEP = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Owed:
    """One receivable as an allocation sees it; amounts in its own currency."""

    id: int
    currency: str
    due_on: date
    open_amount: Decimal
    disputed_amount: Decimal = ZERO

    @property
    def disputed(self) -> Decimal:
        """The part of what is open that is disputed."""
        return max(min(self.disputed_amount, self.open_amount), ZERO)


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to allocate by hand.

    `amount` (the receivable's currency) is what shall come off the receivable. Across currencies `exchange_rate` says
    what one unit of the receipt's currency is worth, and `receipt_amount` how much of the receipt is taken; of `amount`
    and `receipt_amount` one may be left out. What `amount` says beyond `receipt_amount` × rate, or short of it, is the
    exchange difference.
    """

    receivable_id: int
    amount: Decimal | None = None
    receipt_amount: Decimal | None = None
    exchange_rate: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """So much of the receipt (`receipt_amount`) pays so much of a receivable (`amount`, in its currency).

    `exchange_difference`, in the receivable's currency, comes off it too: positive is let go, negative is gained.
    """

    receivable_id: int
    receipt_amount: Decimal
    amount: Decimal
    exchange_rate: Decimal | None = None
    exchange_difference: Decimal = ZERO

    @property
    def settles(self) -> Decimal:
        """By how much the receivable gets smaller."""
        return self.amount + self.exchange_difference


def oldest_first(free: Decimal, currency: str, owed: Iterable[Owed]) -> list[Share]:
    """Shares of `free`, oldest due first; disputed amounts only once everything undisputed is paid.

    Receivables in other currencies, and credits, are left alone. What is over stays on the receipt.
    """
    payable = sorted(
        (each for each in owed if each.currency == currency and each.open_amount > 0),
        key=lambda each: (each.due_on, each.id),
    )
    taken = dict.fromkeys((each.id for each in payable), ZERO)
    for part in (
        {each.id: each.open_amount - each.disputed for each in payable},
        {each.id: each.disputed for each in payable},
    ):
        for receivable_id, amount in part.items():
            share = min(free, amount)
            taken[receivable_id] += share
            free -= share
    return [Share(each, amount, amount) for each, amount in taken.items() if amount > 0]


def by_hand(
    free: Decimal, currency: str, wishes: Sequence[Wish], owed: Mapping[int, Owed]
) -> list[Share]:
    """The shares as they were asked for.

    Raises InvalidMany (`amount-<receivable id>`) for more than is open, an unknown receivable, a missing rate or a
    difference too large; Invalid at "amount" when together they are more than is `free`, or nothing at all.
    """
    errors: dict[str, Text] = {}
    shares = []
    for wish in wishes:
        try:
            shares.append(_share(wish, currency, owed))
        except Invalid as wrong:
            errors[f"amount-{wish.receivable_id}"] = wrong.text
    if len({each.receivable_id for each in wishes}) < len(wishes):
        raise Invalid(t("Name each receivable once."), "amount")
    if errors:
        raise InvalidMany(errors)
    if not shares:
        raise Invalid(t("Say what the receipt pays for."), "amount")
    total = sum((each.receipt_amount for each in shares), ZERO)
    if total > free:
        text = t(
            "The receipt has only %(free)s left; %(total)s was asked for.",
            free=format_money(free, currency),
            total=format_money(total, currency),
        )
        raise Invalid(text, "amount")
    return shares


def check_money(amount: Decimal, currency: str) -> None:
    """Raise Invalid for an amount that is not above zero, or has more places than its currency."""
    if amount <= 0:
        raise Invalid(t("The amount must be more than zero."))
    if round_money(amount, currency) != amount:
        raise Invalid(t("%(currency)s has fewer decimals than that.", currency=currency))


def _share(wish: Wish, currency: str, owed: Mapping[int, Owed]) -> Share:
    receivable = owed.get(wish.receivable_id)
    if receivable is None:
        raise Invalid(t("There is no such receivable of this customer."))
    if receivable.currency == currency:
        amount = wish.amount if wish.amount is not None else wish.receipt_amount or ZERO
        check_money(amount, currency)
        share = Share(receivable.id, amount, amount)
    else:
        share = _across(wish, currency, receivable)
    if share.settles > receivable.open_amount:
        left = format_money(max(receivable.open_amount, ZERO), receivable.currency)
        raise Invalid(t("Only %(left)s is open.", left=left))
    return share


def _across(wish: Wish, currency: str, receivable: Owed) -> Share:
    rate = wish.exchange_rate
    if rate is None or rate <= 0:
        text = t(
            "Say what one %(currency)s is worth in %(other)s.",
            currency=currency,
            other=receivable.currency,
        )
        raise Invalid(text)
    if rate != rate.quantize(RATE_STEP):
        raise Invalid(t("At most %(places)s decimals.", places=6))
    if wish.receipt_amount is None and wish.amount is None:
        raise Invalid(t("The amount must be more than zero."))
    given = wish.receipt_amount
    taken = round_money((wish.amount or ZERO) / rate, currency) if given is None else given
    check_money(taken, currency)
    paid = round_money(taken * rate, receivable.currency)
    settles = paid if wish.amount is None else wish.amount
    check_money(settles, receivable.currency)
    check_money(paid, receivable.currency)
    if abs(settles - paid) > settles * MOST_DIFFERENCE:
        raise Invalid(t("The exchange difference is too large: look at rate and amounts."))
    return Share(receivable.id, taken, paid, rate, settles - paid)
