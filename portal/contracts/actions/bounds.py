"""What the end of a line, early or late, does to its entitlements; the ledger keeps each step."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select

from portal.access.viewer import Viewer
from portal.contracts.actions import ledger
from portal.contracts.actions.ledger import Source
from portal.contracts.models import ContractLine, Entitlement
from portal.contracts.rules import ledger as rules
from portal.contracts.rules.chains import root_of
from portal.contracts.rules.grants import grant_periods
from portal.contracts.rules.kinds import Allowance, EntryKind, Overage
from portal.db import audit
from portal.db.base import db
from portal.kernel.clock import business_day

NOTHING = Decimal(0)


def cut(
    entitlements: Iterable[Entitlement],
    last_day: date,
    reason: str,
    source: Source,
    actor: Viewer,
    now: datetime,
) -> list[Entitlement]:
    """Let nothing be drawn after `last_day`: periods end then, and those that would begin later lapse.

    What is held for bookings stays held. Gives back the entitlements with something held, for somebody to be told.
    """
    later = [each.id for each in entitlements if each.ends_on > last_day]
    held = ledger.lock(later)
    for each in held:
        if each.starts_on <= last_day:
            each.ends_on = last_day
        else:
            _lapse(each, reason, source, actor, now)
    db.session.flush()
    return [each for each in held if each.reserved > 0]


def extend(
    line: ContractLine,
    root: ContractLine,
    reason: str,
    source: Source,
    actor: Viewer,
    now: datetime,
) -> None:
    """Let the periods of a line's chain last as long as the line does now; one that was cut away is granted again."""
    spans = {
        each.number: each
        for each in grant_periods(Allowance(line.allowance), root.from_on, line.until_on)
    }
    for each in ledger.lock(row.id for row in of_chain(root_of(line))):
        span = spans.get(each.period_no)
        if span is None or span.ends_on <= each.ends_on:
            continue
        each.ends_on, each.overage = span.ends_on, line.overage
        if each.closed_at is not None:
            each.closed_at, each.is_unlimited = None, line.quantity is None
            missing = (line.quantity or NOTHING) - each.granted
            if missing > 0:
                key = f"again:{source.type}:{source.id}:{each.id}"
                ledger.adjust(each, missing, reason, source, key, actor, now)
    db.session.flush()


def of_chain(root_id: int) -> list[Entitlement]:
    """Everything that a chain of lines has granted, the first period first."""
    statement = select(Entitlement).where(Entitlement.line_id == root_id)
    return list(db.session.scalars(statement.order_by(Entitlement.period_no)))


def of_contract(contract_id: int) -> list[Entitlement]:
    """Everything that a contract has granted."""
    statement = select(Entitlement).where(Entitlement.contract_id == contract_id)
    return list(db.session.scalars(statement.order_by(Entitlement.id)))


def held_after(contract_id: int, last_day: date) -> list[Entitlement]:
    """Where bookings hold something for days after `last_day`."""
    return [e for e in of_contract(contract_id) if e.reserved > 0 and e.ends_on > last_day]


def _lapse(
    entitlement: Entitlement, reason: str, source: Source, actor: Viewer, now: datetime
) -> None:
    """Nothing can be drawn of a period that will not come, not even beyond it."""
    change = rules.leave(ledger.balance_of(entitlement), EntryKind.LAPSE)
    entitlement.closed_at = entitlement.closed_at or now
    entitlement.overage, entitlement.ends_on = Overage.STOP.value, entitlement.starts_on
    entitlement.is_unlimited = entitlement.is_unlimited and entitlement.remaining < 0
    if change is None:
        return
    key = f"cut:{source.type}:{source.id}:{entitlement.id}"
    on, why = business_day(now), reason[:500]
    ledger.post(entitlement, change, source, key, actor, now, on, reason=why)
    after = {"lapsed": rules.plain(-change.granted)}
    audit.record(actor, "entitlement.lapsed", entitlement, now, after=after, reason=why)
