"""How a storage bill is computed: stock and a policy in, charge lines with their working out.

Each month of the period has its own lines: one for the stored quantity (one for each age tier), and
the difference to the month's minimum as a line of its own. Every line is rounded once, half up.
Source: DOMAIN W2-W9, P15, P19, F1.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from operator import attrgetter

from portal.billing.rules.charging import plain
from portal.billing.rules.months import WHOLE, Month, months_of, share_of
from portal.billing.rules.storage_days import ZERO, Counted, Stock, count_days
from portal.billing.rules.storage_lots import count_lots
from portal.catalogue.rules.pricing import price, top_up
from portal.catalogue.rules.storage import (
    AgeTier,
    FreeFrom,
    Per,
    StoragePolicy,
    billing_unit,
)
from portal.catalogue.rules.storagewords import unit_time
from portal.catalogue.rules.terms import PriceTerms
from portal.catalogue.rules.working import Step, Working
from portal.kernel.errors import Invalid
from portal.kernel.money import round_money
from portal.kernel.period import Period
from portal.kernel.text import Text, t
from portal.kernel.units import unit_word
from portal.warehouse.rules.layers import Layer, layers_of
from portal.warehouse.rules.unit_days import Flow

ONE = Decimal(1)
SIX_PLACES = Decimal("0.000001")


class ChargeKind(StrEnum):
    """What a line of a storage bill is for."""

    STORAGE = "storage"
    MINIMUM = "minimum"  # 最低月费补差


@dataclass(frozen=True, slots=True)
class StorageCharge:
    """One line of a storage bill.

    `quantity` is in `unit` for the time of `per` (m³·days, pallet·weeks; None: the lump sum of a
    minimum), to six places where it does not come out even; `rate` is the price of one of these,
    None where several rates made the figure. `amount` in `currency` is rounded to its minor unit.
    """

    kind: ChargeKind
    period: Period
    quantity: Decimal
    unit: str
    per: Per | None
    rate: Decimal | None
    currency: str
    amount: Decimal
    working: Working
    tier: AgeTier | None = None

    @property
    def unit_word(self) -> Text:
        """The unit of the quantity as a word: m³·day."""
        return unit_word(self.unit) if self.per is None else unit_time(self.unit, self.per)

    @property
    def unit_code(self) -> str:
        """The code of that unit where the trade has one (MTQ.DAY, LS), else ""."""
        return self.unit if self.per is None else billing_unit(self.unit, self.per)


def storage_charges(
    policy: StoragePolicy,
    flows: Iterable[Flow],
    period: Period,
    *,
    contract: Period | None = None,
    opening: Sequence[Layer] = (),
    per_pallet: Mapping[str, Decimal] | None = None,
    discount_percent: Decimal = ZERO,
) -> list[StorageCharge]:
    """The lines for the days of a closed `period`, in the order of months and tiers.

    `flows`: every movement since `opening` (or since the first one) in `policy.unit`, in the order
    of their days and times; in pieces, with `per_pallet`, where pallets are counted by article.
    `contract`: the days for which minimum, area, peak and average are due; None: all. Stock is
    charged as long as it lies, also after the contract's end (W10). A quantity of 0 has no line. The
    discount is taken off each line and before the month's minimum.
    Invalid: the policy is not sound, or more leaves a lot than it holds.
    """
    _must_be_sound(policy, contract)
    stock = Stock(tuple(flows), opening, per_pallet or {})
    layers = layers_of(stock.flows, opening) if policy.by_lot else []
    lines: list[StorageCharge] = []
    for month in months_of(period):
        if policy.by_lot:
            counted = count_lots(policy, layers, month)
        else:
            counted = count_days(policy, stock, month, contract)
        of_month = [
            _discounted(_line(policy, each, month.billed), discount_percent)
            for each in counted
            if each.units
        ]
        lines += [*of_month, *_minimum(policy, month, contract, of_month)]
    return lines


def _must_be_sound(policy: StoragePolicy, contract: Period | None) -> None:
    for problem in policy.check():
        if problem.severity == "error":
            raise Invalid(problem.expected, field=problem.column)
    if policy.free_days and policy.free_from is FreeFrom.CONTRACT and contract is None:
        raise Invalid(t("The first day of the contract is missing."), field="free_from")


def total_of(charges: Iterable[StorageCharge]) -> Decimal:
    """The sum of the rounded lines (F2)."""
    return sum(map(attrgetter("amount"), charges), ZERO)


def _line(policy: StoragePolicy, counted: Counted, period: Period) -> StorageCharge:
    if policy.terms is not None:
        return _priced_by_terms(policy, policy.terms, counted, period)
    rate = counted.tier.rate if counted.tier is not None else policy.rate or ZERO
    exact = counted.units * counted.times * rate / counted.of
    amount = round_money(exact, policy.currency)
    product = {
        "quantity": counted.units,
        "unit": policy.unit,
        "per": counted.per and counted.per.value,
        "rate": rate,
        "times": counted.times,
        "of": counted.of,
        "amount": exact,
    }
    steps: list[Step] = [*counted.steps, ("storage_product", product)]
    if amount != exact:
        money = {"exact": exact, "amount": amount, "currency": policy.currency}
        steps.append(("money", money))
    return StorageCharge(
        ChargeKind.STORAGE,
        period,
        _quantity(counted),
        policy.unit,
        policy.per,
        rate,
        policy.currency,
        amount,
        Working(tuple(steps)),
        counted.tier,
    )


def _priced_by_terms(
    policy: StoragePolicy, terms: PriceTerms, counted: Counted, period: Period
) -> StorageCharge:
    """The line whose price follows a frozen price line: its bands, free quantity, line minimum."""
    charge = price(terms, _quantity(counted))
    steps = (*counted.steps, *charge.working.steps)
    return StorageCharge(
        ChargeKind.STORAGE,
        period,
        charge.quantity,
        policy.unit,
        policy.per,
        charge.rate,
        charge.currency,
        charge.amount or ZERO,
        Working(steps),
    )


def _discounted(line: StorageCharge, percent: Decimal) -> StorageCharge:
    """The line less its discount, rounded on its own and told as a step."""
    if not percent:
        return line
    less = round_money(line.amount * percent / 100, line.currency)
    values = {"percent": percent.normalize(), "amount": less, "currency": line.currency}
    working = Working((*line.working.steps, ("discount", values)))
    return replace(line, amount=line.amount - less, working=working)


def _quantity(counted: Counted) -> Decimal:
    """The quantity in the time of the rate, exact or to six places."""
    total = counted.units * counted.times
    quantity = total / counted.of
    if quantity * counted.of == total and quantity == quantity.quantize(SIX_PLACES):
        return plain(quantity)
    return plain(quantity.quantize(SIX_PLACES, ROUND_HALF_UP))


def _minimum(
    policy: StoragePolicy, month: Month, contract: Period | None, lines: list[StorageCharge]
) -> list[StorageCharge]:
    """What lifts a month's lines to the minimum that is due for it (P15, W7); none when they reach it."""
    if policy.minimum is None:
        return []
    share = share_of(month, contract, policy.part_month, policy.month_days)
    due = round_money(policy.minimum * share.days / share.of, policy.money)
    charge = top_up("", total_of(lines), due, policy.money)
    if charge is None or charge.amount is None:
        return []
    told: list[Step] = []
    if share != WHOLE:
        told.append(("storage_share", {"days": share.days, "of": share.of}))
    return [
        StorageCharge(
            ChargeKind.MINIMUM,
            month.billed,
            ONE,
            charge.unit,
            None,
            charge.rate,
            charge.currency,
            charge.amount,
            Working((*told, *charge.working.steps)),
        )
    ]
