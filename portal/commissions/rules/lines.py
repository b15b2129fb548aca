"""The lines of a month's commission: one for each payment and sales owner, each payment once for ever (K11)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from portal.catalogue.rules.exchange import ExchangeRate, convert
from portal.commissions.rules.plans import Plan, commission_of, percent_for
from portal.receivables.rules.commission import Part, paid_parts

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Payment:
    """One allocation to a statement: `amount` in the statement's currency, negative where it undoes `reverses_id`."""

    allocation_id: int
    statement_id: int
    customer_id: int
    on: date
    amount: Decimal
    reverses_id: int | None = None


@dataclass(frozen=True, slots=True)
class Whole:
    """A statement as it stands: what it comes to, and what each sales owner (0: nobody) has in it."""

    gross: Decimal
    currency: str
    parts: Mapping[int, Part]


@dataclass(frozen=True, slots=True)
class Earned:
    """What one payment earned for one sales owner. `before`: what of the statement had been paid until then.

    `margin` is in the statement's currency, `base` the same in the firm's at `rate`. A line that takes back an earlier
    one (`reverses_line_id`) repeats its percent, so that exactly what was given is taken.
    """

    payment: Payment
    owner_id: int
    whole: Decimal
    currency: str
    before: Decimal
    part: Part
    base: Decimal
    rate: Decimal | None = None
    percent: Decimal | None = None
    commission: Decimal = ZERO
    plan_id: int | None = None
    reverses_line_id: int | None = None

    @property
    def is_set(self) -> bool:
        """Whether percent and amount are those of an earlier line."""
        return self.reverses_line_id is not None


@dataclass(frozen=True, slots=True)
class Given:
    """A line of an earlier run that a payment undone takes back."""

    id: int
    owner_id: int
    part: Part
    base: Decimal
    rate: Decimal | None
    percent: Decimal
    commission: Decimal
    plan_id: int | None


RateOf = Callable[[str, date], ExchangeRate | None]
"""(currency, day) → the rate into the firm's currency; None for the firm's own. Invalid where there is none."""


def earned(
    payments: Iterable[Payment],
    wholes: Mapping[int, Whole],
    paid_before: Mapping[int, Decimal],
    given: Mapping[int, Sequence[Given]],
    rate_of: RateOf,
    firm_currency: str,
) -> list[Earned]:
    """The lines of payments that no run has counted, in their order; percents are not decided yet.

    `paid_before`: statement → what earlier runs counted of it. `given`: allocation → the lines that an earlier run
    made of it, for payments that undo it. Raises Invalid where a rate of exchange is missing.
    """
    reached = dict(paid_before)
    found: list[Earned] = []
    made: dict[int, list[Earned]] = {}
    for each in payments:
        whole, before = wholes[each.statement_id], reached.get(each.statement_id, ZERO)
        reached[each.statement_id] = before + each.amount
        if each.reverses_id is None:
            lines = _shared(each, whole, before, rate_of, firm_currency)
        elif each.reverses_id in given:
            lines = [_taken_back(each, line, whole, before) for line in given[each.reverses_id]]
        else:  # paid and undone in one run; what was paid before the first plan gave nothing
            lines = [_undone(each, line, before) for line in made.get(each.reverses_id, ())]
        made[each.allocation_id] = lines
        found += lines
    return found


def decided(
    lines: Sequence[Earned], plan_of: Callable[[int], Plan | None], currency: str
) -> list[Earned]:
    """The same with percent and commission: the month's margin of each owner decides the band.

    What is taken back keeps its own percent and does not lower the band of the month in which it is undone.
    """
    months: dict[int, Decimal] = {}
    for each in lines:
        if not each.is_set:
            months[each.owner_id] = months.get(each.owner_id, ZERO) + each.base
    plans = {owner: plan_of(owner) if owner else None for owner in months}
    return [each if each.is_set else _with_percent(each, plans, months, currency) for each in lines]


def _with_percent(
    line: Earned, plans: Mapping[int, Plan | None], months: Mapping[int, Decimal], currency: str
) -> Earned:
    plan = plans[line.owner_id]
    percent = percent_for(plan, months[line.owner_id])
    amount = commission_of(line.base, percent, currency)
    return replace(line, percent=percent, commission=amount, plan_id=plan.id if plan else None)


def _shared(
    payment: Payment, whole: Whole, before: Decimal, rate_of: RateOf, firm_currency: str
) -> list[Earned]:
    owners = sorted(whole.parts.items())
    until = before + payment.amount
    parts = [part for _owner, part in owners]
    shares = paid_parts(parts, before, until, whole.gross, whole.currency)
    rate = rate_of(whole.currency, payment.on)
    return [
        Earned(
            payment, owner, whole.gross, whole.currency, before, share,
            convert(share.margin, whole.currency, firm_currency, rate).converted,
            None if rate is None else rate.rate / rate.per,
        )
        for (owner, _part), share in zip(owners, shares, strict=True)
    ]  # fmt: skip


def _taken_back(payment: Payment, line: Given, whole: Whole, before: Decimal) -> Earned:
    return Earned(
        payment, line.owner_id, whole.gross, whole.currency, before, negative(line.part), -line.base, line.rate,
        line.percent, -line.commission, line.plan_id, line.id,
    )  # fmt: skip


def _undone(payment: Payment, line: Earned, before: Decimal) -> Earned:
    """Paid and undone in the same month: it has no percent of its own yet, both get the month's."""
    part = negative(line.part)
    return replace(line, payment=payment, before=before, part=part, base=-line.base)


def negative(part: Part) -> Part:
    """Exactly the opposite."""
    return Part(-part.gross, -part.net, -part.known_net, -part.cost)
