"""What is charged although nobody drew it: fees, what was committed and not used, settled overage.

A month's fee falls due with the month's last day under contract, a year's with its first. Each is billed once, as its
mark says. Source: DOMAIN E2, E5, W7, W9.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeVar

from portal.billing.rules.charging import (
    SIX_PLACES,
    ZERO,
    Charged,
    DrawnUsage,
    LinePrice,
    charge,
    charge_quantity,
    plain,
)
from portal.billing.rules.kinds import Once, Part
from portal.billing.rules.line_draft import Mark
from portal.billing.rules.months import ONE_DAY, WHOLE, Share, add_months
from portal.catalogue.rules.storage import MonthDays, PartMonth
from portal.contracts.rules.chains import ChainLine
from portal.contracts.rules.kinds import Allowance
from portal.kernel.money import round_money

ONE = Decimal(1)
MONTHLY, YEARLY = "MON", "ANN"
FEE_UNITS = frozenset({MONTHLY, YEARLY})
"""Units of a contract line that make it a fixed fee."""
L = TypeVar("L", bound=ChainLine)


@dataclass(frozen=True, slots=True)
class Fixed:
    """One charge, the days it is for, and the marks of what is billed once with it."""

    charged: Charged
    starts_on: date
    ends_on: date
    once: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class FeeLine:
    """A contract line with a fee from `from_on` to `until_on`, the days on which it counts; `units` fees a time."""

    price: LinePrice
    from_on: date
    until_on: date
    units: Decimal = ONE
    part_month: PartMonth = PartMonth.BY_DAYS
    month_days: MonthDays = MonthDays.REAL


def spans(chain: Sequence[L], ends_on: date) -> list[tuple[L, date, date]]:
    """Each line of a chain with the first and last day on which it counts, in a contract that ends on `ends_on`."""
    found: list[tuple[L, date, date]] = []
    for at, line in enumerate(chain):
        last = min(line.until_on, ends_on)
        if at + 1 < len(chain):
            last = min(last, chain[at + 1].from_on - ONE_DAY)
        if not line.is_end and last >= line.from_on:
            found.append((line, line.from_on, last))
    return found


def fee_units(unit: str, quantity: Decimal | None, allowance: Allowance) -> Decimal:
    """How many fees fall due each month (year): the quantity granted each time, else one."""
    each = {MONTHLY: Allowance.MONTH, YEARLY: Allowance.YEAR}
    return quantity if quantity is not None and allowance is each.get(unit) else ONE


def fees(
    chain: Sequence[FeeLine], root_id: int, until: date, done: Collection[date] = ()
) -> list[Fixed]:
    """The fees of one chain of lines that fell due up to `until`, without the months and years in `done`.

    `done`: the days of the marks that exist. A part of a month is charged by days, or in full where the line says so;
    a month in which the price changes has a charge for each price. A year's price is that of its first day.
    """
    if not chain:
        return []
    found = _yearly(chain, until) if chain[0].price.unit == YEARLY else _monthly(chain, until)
    return [
        Fixed(charged, first, last, ((Once.FEE, root_id, mark),) if is_first else ())
        for mark, is_first, charged, first, last in found
        if mark not in done
    ]


_Due = tuple[date, bool, Charged, date, date]


def _monthly(chain: Sequence[FeeLine], until: date) -> Iterator[_Due]:
    first = chain[0].from_on.replace(day=1)
    last = chain[-1].until_on
    while first <= last:
        end = add_months(first, 1) - ONE_DAY
        if min(end, last) > until:
            return
        pieces = [
            (line, max(line.from_on, first), min(line.until_on, end))
            for line in chain
            if line.from_on <= end and line.until_on >= first
        ]
        under = sum((stop - start).days + 1 for _, start, stop in pieces)
        for at, (line, start, stop) in enumerate(pieces):
            share = _month_share(line, (stop - start).days + 1, under, (end - first).days + 1)
            yield first, at == 0, _shared(line, share), start, stop
        first = end + ONE_DAY


def _month_share(line: FeeLine, days: int, under: int, length: int) -> Share:
    """The share of `days` in a month of `length` days, `under` of which are under contract (W7, W9)."""
    if line.part_month is PartMonth.FULL or under == length:
        of = under
    else:
        of = length if line.month_days is MonthDays.REAL else 30
    return WHOLE if days >= of else Share(days, of)


def _yearly(chain: Sequence[FeeLine], until: date) -> Iterator[_Due]:
    begun, last = chain[0].from_on, chain[-1].until_on
    first, count = begun, 0
    while first <= min(last, until):
        count += 1
        following = add_months(begun, 12 * count)
        line = next((each for each in reversed(chain) if each.from_on <= first), chain[0])
        end, of = min(last, following - ONE_DAY), (following - first).days
        days = (end - first).days + 1
        is_whole = days == of or line.part_month is PartMonth.FULL
        yield first, True, _shared(line, WHOLE if is_whole else Share(days, of)), first, end
        first = following


def _shared(line: FeeLine, share: Share) -> Charged:
    """The fee of a whole month or year, or its share rounded once."""
    whole = charge_quantity(line.units, line.price)
    if share == WHOLE:
        return whole
    amount = round_money(whole.amount * share.days / share.of, whole.currency)
    values = {"days": share.days, "of": share.of, "currency": whole.currency, "amount": str(amount)}
    quantity = (whole.quantity * share.days / share.of).quantize(SIX_PLACES, ROUND_HALF_UP)
    working = (*whole.working, ("fee_share", values))
    return replace(whole, amount=amount, quantity=plain(quantity), working=working)


@dataclass(frozen=True, slots=True)
class Commitment:
    """What an entitlement that charges its shortfall was to be used for, and was, in its period.

    `in_force_until`: the last day of a contract that was terminated before the period's end.
    """

    entitlement_id: int
    price: LinePrice
    starts_on: date
    ends_on: date
    committed: Decimal
    used: Decimal
    in_force_until: date | None = None


def shortfall(commitment: Commitment, until: date) -> Fixed | None:
    """Committed less used at the line's price, once the period has ended by `until`; None where nothing is missing.

    A period that was cut short commits to its days' share of the quantity, half up to six places.
    """
    last = min(commitment.ends_on, commitment.in_force_until or commitment.ends_on)
    if last > until or last < commitment.starts_on:
        return None
    steps = []
    committed = commitment.committed
    days, of = ((day - commitment.starts_on).days + 1 for day in (last, commitment.ends_on))
    if days < of:
        committed = (committed * days / of).quantize(SIX_PLACES, ROUND_HALF_UP)
        whole = str(plain(commitment.committed))
        values = {"days": days, "of": of, "whole": whole, "committed": str(plain(committed))}
        steps.append(("committed_share", values))
    missing = committed - commitment.used
    if missing <= 0:
        return None
    told = {"committed": committed, "used": commitment.used, "missing": missing}
    shown: dict[str, str] = {name: str(plain(value)) for name, value in told.items()}
    steps.append(("committed", {**shown, "unit": commitment.price.unit}))
    found = charge_quantity(missing, commitment.price)
    mark = Once.SHORTFALL, commitment.entitlement_id, commitment.starts_on
    charged = replace(found, working=(*steps, *found.working))
    return Fixed(charged, commitment.starts_on, last, (mark,))


@dataclass(frozen=True, slots=True)
class OverDraw:
    """A draw that was billed as overage and not reversed, at the price of its day."""

    quantity: Decimal
    price: LinePrice


def real_overage(granted: Decimal, drawn: Decimal) -> Decimal:
    """What was really drawn beyond the quantity once all reversals are in; `drawn`: net, within and over together."""
    return max(drawn - granted, ZERO)


def true_up(
    entitlement_id: int,
    starts_on: date,
    ends_on: date,
    over: Decimal,
    draws: Sequence[OverDraw],
    until: date,
) -> Fixed | None:
    """The credit for overage billed beyond the real one, `over`, once the period has ended by `until` (E5).

    The latest draws were the overage that was none: they cost what they would have cost within the quantity.
    `draws` in the order of their days. None where nothing is given back.
    """
    excess = sum((each.quantity for each in draws), ZERO) - over
    if ends_on > until or excess <= 0:
        return None
    billed, due, left = ZERO, ZERO, excess
    for each in reversed(draws):
        taken = min(left, each.quantity)
        left -= taken
        billed += _part(each.price, each.quantity, Part.OVER)
        due += _part(each.price, each.quantity - taken, Part.OVER)
        due += _part(each.price, taken, Part.WITHIN)
        if not left:
            break
    if billed <= due:
        return None
    currency, unit = _over_currency(draws[-1].price), draws[-1].price.unit
    money = {"billed": str(billed), "due": str(due), "currency": currency}
    step = "true_up", {"quantity": str(plain(excess)), "unit": unit, **money}
    charged = Charged(due - billed, currency, plain(-excess), unit, None, (step,))
    return Fixed(charged, starts_on, ends_on, ((Once.TRUE_UP, entitlement_id, starts_on),))


def _part(price: LinePrice, quantity: Decimal, part: Part) -> Decimal:
    if not quantity:
        return ZERO
    return charge(DrawnUsage(0, 0, part, quantity, price.unit, date.min, 0), price).amount


def _over_currency(price: LinePrice) -> str:
    terms = price.overage_terms or price.terms
    return terms.currency or price.currency
