"""Where a customer's credit stands: exposure, lateness, and holds that come and go by themselves (DOMAIN E8)."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select

from portal.access.viewer import SYSTEM
from portal.customers.models import CreditStanding, Customer, SettlementTerms
from portal.customers.rules.credit import HoldCause
from portal.db import audit
from portal.db.base import db
from portal.db.turns import Turn, take_turn
from portal.kernel.clock import business_day
from portal.kernel.errors import Invalid
from portal.receivables.actions.unbilled import unbilled_sums
from portal.receivables.queries.open_items import items, open_sums
from portal.receivables.queries.rates import Rates
from portal.receivables.queries.receipts import money_held
from portal.receivables.rules.exposure import Exposure, cause_of_hold, is_over

ZERO = Decimal(0)
GRACE_DAYS = 15
"""The settlement terms' default, for customers without any."""


@dataclass(frozen=True, slots=True)
class Late:
    """What is overdue and undisputed, and for how many days the oldest is."""

    amount: Decimal
    days: int


def work_out(customer_id: int, now: datetime) -> CreditStanding:
    """Exposure and lateness as they are, unbilled usage priced anew; credit is held or released accordingly.

    Invalid where a rate of exchange or a price is missing: the standing stays as it was.
    """
    row = standing_of(customer_id)
    unbilled = unbilled_sums(customer_id, now)
    rates = Rates(row.currency, business_day(now))
    row.unbilled_amount = rates.one(unbilled)
    _worked_out(row, rates, now)
    return row


def refresh(customer_id: int, now: datetime) -> CreditStanding:
    """The same after money moved: unbilled usage as it was last worked out. A missing rate leaves it as it was."""
    row = standing_of(customer_id)
    with suppress(Invalid):
        _worked_out(row, Rates(row.currency, business_day(now)), now)
    return row


def exposure_of(customer_id: int, row: CreditStanding, now: datetime) -> Exposure:
    """The parts of the exposure in the standing's currency; Invalid where a rate is missing."""
    return _exposure(customer_id, row, Rates(row.currency, business_day(now)))


def hold_for_dunning(customer_id: int, now: datetime) -> None:
    """Reminders went unanswered: credit is held until nothing is overdue, unless it is held already."""
    row = standing_of(customer_id)
    if row.held_since is None:
        _held(row, HoldCause.DUNNING, now)


def standing_of(customer_id: int) -> CreditStanding:
    """The customer's standing, made when there is none; nobody else changes standings until the transaction ends."""
    take_turn(Turn.MONEY)
    wanted = select(CreditStanding).where(CreditStanding.customer_id == customer_id)
    row = db.session.scalar(wanted.execution_options(populate_existing=True))
    customer = db.session.get_one(Customer, customer_id)
    terms = terms_of(customer_id)
    if row is None:
        row = CreditStanding(
            customer_id=customer_id, customer=customer, currency="", exposure_amount=ZERO,
            unbilled_amount=ZERO, overdue_amount=ZERO, overdue_days=0,
        )  # fmt: skip
        db.session.add(row)
    currency = customer.default_currency if terms is None else terms.currency
    if row.currency != currency:
        row.currency, row.unbilled_amount = currency, ZERO
    db.session.flush()
    return row


def terms_of(customer_id: int) -> SettlementTerms | None:
    """The customer's own settlement terms."""
    wanted = select(SettlementTerms).where(SettlementTerms.customer_id == customer_id)
    return db.session.scalar(wanted)


def _worked_out(row: CreditStanding, rates: Rates, now: datetime) -> None:
    exposure = _exposure(row.customer_id, row, rates)
    late = _late(row.customer_id, rates, business_day(now))
    terms = terms_of(row.customer_id)
    row.exposure_amount, row.overdue_amount = exposure.amount, late.amount
    row.overdue_days, row.worked_out_at = late.days, now
    cause = cause_of_hold(
        exposure.amount,
        None if terms is None else terms.credit_limit,
        late.days,
        GRACE_DAYS if terms is None else terms.grace_days,
    )
    _follow(row, cause, now)
    db.session.flush()


def _exposure(customer_id: int, row: CreditStanding, rates: Rates) -> Exposure:
    held = money_held(customer_id, SYSTEM)
    return Exposure(
        rates.one(open_sums(customer_id, SYSTEM)),
        row.unbilled_amount,
        rates.one({code: deposit for code, (deposit, _) in held.items()}),
        rates.one({code: left for code, (_, left) in held.items()}),
    )


def _late(customer_id: int, rates: Rates, today: date) -> Late:
    sums: dict[str, Decimal] = {}
    days = 0
    for each in items(SYSTEM, today, [customer_id]):
        asked = each.open_amount - each.disputed_amount
        if each.late > 0 and asked > 0:
            code = each.receivable.currency
            sums[code] = sums.get(code, ZERO) + asked
            days = max(days, each.late)
    return Late(rates.one(sums), days)


def _follow(row: CreditStanding, cause: HoldCause | None, now: datetime) -> None:
    """Hold, release, or say the new cause; what a person set stays."""
    if row.held_since is None:
        if cause is not None:
            _held(row, cause, now)
    elif row.held_by is None and is_over(row.hold_reason, cause, row.overdue_amount):
        before = {"reason": row.hold_reason}
        row.held_since, row.hold_reason = None, ""
        row.lifted_until, row.lift_reason = None, ""
        audit.record(SYSTEM, "customer.released", row.customer, now, before=before)
    elif row.held_by is None and cause is not None and row.hold_reason != HoldCause.DUNNING:
        row.hold_reason = cause.value


def _held(row: CreditStanding, cause: HoldCause, now: datetime) -> None:
    row.held_since, row.hold_reason, row.held_by = business_day(now), cause.value, None
    after = {
        "reason": cause.value, "exposure": row.exposure_amount, "overdue": row.overdue_amount,
        "days": row.overdue_days, "currency": row.currency,
    }  # fmt: skip
    audit.record(SYSTEM, "customer.held", row.customer, now, after=after)
