"""Usage into the books: by a page, a shipment or another system, each fact once (DOMAIN E3).

A fact that fits an entitlement is drawn from it at once; one that fits none waits in the queue with its reason.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal.access.viewer import Viewer
from portal.catalogue.models import ServiceItem
from portal.catalogue.queries.items import item_by_code
from portal.contracts.actions import ledger
from portal.contracts.actions.ledger import Source
from portal.contracts.queries.matching import standings
from portal.customers.models import Customer
from portal.customers.queries import customers
from portal.db import audit
from portal.db.base import db
from portal.db.engine import write_from_here
from portal.kernel.clock import business_day
from portal.kernel.errors import Invalid, NotAllowedNow
from portal.kernel.text import Text, t
from portal.usage.actions.drawing import check_by_hand, draw, draw_key, draws_of, take
from portal.usage.models import UsageRecord
from portal.usage.queries.bulk import service_words
from portal.usage.rules.drawing import Share, in_unit
from portal.usage.rules.facts import UsageFact, check, record_words, reference_taken
from portal.usage.rules.states import UsageState

__all__ = ["UsageFact", "assign", "dismiss", "record", "retry", "reverse", "shown"]

LONGEST_REASON = 500
REVERSAL = "reversal"
"""The source of a record that takes another one back; its reference is the other's id."""


def record(fact: UsageFact, actor: Viewer, now: datetime) -> UsageRecord:
    """Record a usage and draw it; the record that was there already when the same is told again.

    Invalid when the same source and reference told something else before, and for wrong fields (InvalidMany).
    """
    check(fact, business_day(now))
    write_from_here(db.session())
    _check_customer(fact.customer_id, actor)
    item = _item_of(fact)
    before = _told_before(fact)
    if before is None:
        row = _new(fact, item, actor, now)
        before = _added(row, fact)
        if before is None:
            draw(row, actor, now, fact.entitlement_id, fact.reserved)
            audit.record(actor, "usage.recorded", row, now, after=shown(row))
            return row
    if not _says_the_same(before, fact, item):
        raise Invalid(_other_content(before, fact, item), "reference")
    return before


def shown(row: UsageRecord) -> dict[str, str]:
    """A record as its history keeps it."""
    return {
        "reference": row.reference,
        "item": row.item_code,
        "quantity": f"{row.quantity:f}",
        "unit": row.unit,
        "used_on": row.used_on.isoformat(),
        "state": row.state,
        "mismatch": row.mismatch,
    }


def reverse(row: UsageRecord, reason: str, actor: Viewer, now: datetime) -> UsageRecord:
    """Take a drawn record back by one with the negative quantity; each entitlement gets its share again (E5).

    The reversal that is there already when it is asked for a second time.
    """
    why = _reason(reason)
    row = _held(row)
    before = db.session.scalar(select(UsageRecord).where(UsageRecord.reverses_id == row.id))
    if before is not None:
        return before
    if row.state != UsageState.MATCHED or row.reverses_id is not None:
        raise NotAllowedNow(t("Only usage that was drawn from an entitlement can be reversed."))
    back = _opposite(row, why, actor, now)
    db.session.add(back)
    row.state, row.decided_reason = UsageState.REVERSED, why
    db.session.flush()
    source = Source("usage", back.id, row.reference)
    for entry in draws_of(row):
        ledger.reverse(
            entry, source, draw_key(back.id, entry.entitlement_id), actor, now, reason=why
        )
    audit.record(actor, "usage.reversed", row, now, after={"reversal": back.id}, reason=why)
    return back


def retry(row: UsageRecord, actor: Viewer, now: datetime) -> bool:
    """Look again for an entitlement for a record of the queue; whether one was found."""
    row = _in_queue(row)
    if row.item_id is None:
        item = item_by_code(row.item_code)
        row.item_id = item.id if item else None
    found = draw(row, actor, now)
    if found:
        audit.record(actor, "usage.matched", row, now, after=shown(row))
    return found


def assign(
    row: UsageRecord, entitlement_id: int, reason: str, actor: Viewer, now: datetime
) -> None:
    """Draw a record of the queue from an entitlement that a person chose, whatever its item and period.

    Invalid for another customer's, a suspended contract's, or one whose unit it cannot be converted to; Exhausted when
    too little is left.
    """
    why = _reason(reason)
    row = _in_queue(row)
    entitlement = ledger.lock([entitlement_id])[0]
    standing = standings([entitlement], row.customer_id)[0]
    check_by_hand(row, entitlement, standing)
    quantity = in_unit(row.quantity, row.unit, entitlement.unit)
    row.item_id, row.decided_reason = row.item_id or entitlement.item_id, why
    take(row, {entitlement.id: entitlement}, [Share(entitlement.id, quantity)], actor, now)
    audit.record(actor, "usage.matched", row, now, after=shown(row), reason=why)


def dismiss(row: UsageRecord, reason: str, actor: Viewer, now: datetime) -> None:
    """Decide that a record of the queue does not count, with the reason."""
    why = _reason(reason)
    row = _in_queue(row)
    row.state, row.decided_reason = UsageState.DISMISSED, why
    audit.record(actor, "usage.dismissed", row, now, after=shown(row), reason=why)


def _reason(reason: str) -> str:
    if not reason.strip():
        raise Invalid(t("Say why."), "reason")
    if len(reason.strip()) > LONGEST_REASON:
        raise Invalid(t("A reason has at most %(most)s characters.", most=LONGEST_REASON), "reason")
    return reason.strip()


def _held(row: UsageRecord) -> UsageRecord:
    """The record as it stands now, held until the transaction ends."""
    write_from_here(db.session())
    statement = select(UsageRecord).where(UsageRecord.id == row.id)
    statement = statement.with_for_update(of=UsageRecord)
    return db.session.scalars(statement.execution_options(populate_existing=True)).one()


def _in_queue(row: UsageRecord) -> UsageRecord:
    row = _held(row)
    if row.state != UsageState.UNMATCHED:
        raise NotAllowedNow(t("This record is not in the queue any more."))
    return row


def _opposite(row: UsageRecord, why: str, actor: Viewer, now: datetime) -> UsageRecord:
    return UsageRecord(
        customer_id=row.customer_id,
        source=REVERSAL,
        reference=str(row.id),
        item_code=row.item_code,
        item_id=row.item_id,
        quantity=-row.quantity,
        unit=row.unit,
        stat_quantity=-row.stat_quantity,
        over_quantity=-row.over_quantity,
        draws=row.draws,
        used_on=row.used_on,
        state=UsageState.MATCHED,
        contract_id=row.contract_id,
        entitlement_id=row.entitlement_id,
        reverses_id=row.id,
        shipment_id=row.shipment_id,
        note=why,
        recorded_by=actor.user_id,
        recorded_at=now,
    )


def _check_customer(customer_id: int, actor: Viewer) -> None:
    if db.session.scalar(customers(actor).where(Customer.id == customer_id)) is None:
        raise Invalid(t("Choose a customer."), "customer_id")


def _item_of(fact: UsageFact) -> ServiceItem | None:
    """The service that is meant; None for a code that nobody knows (yet)."""
    if fact.item_id is None:
        return item_by_code(fact.item_code)
    item = db.session.get(ServiceItem, fact.item_id)
    if item is None:
        raise Invalid(t("Choose a service."), "item_id")
    return item


def _told_before(fact: UsageFact) -> UsageRecord | None:
    statement = select(UsageRecord).where(
        UsageRecord.source == fact.source, UsageRecord.reference == fact.reference
    )
    return db.session.scalar(statement)


def _new(fact: UsageFact, item: ServiceItem | None, actor: Viewer, now: datetime) -> UsageRecord:
    return UsageRecord(
        customer_id=fact.customer_id,
        source=fact.source,
        reference=fact.reference,
        item_code=item.code if item else fact.item_code,
        item_id=item.id if item else None,
        quantity=fact.quantity,
        unit=fact.unit,
        used_on=fact.used_on,
        state=UsageState.UNMATCHED,
        shipment_id=fact.shipment_id,
        facts=dict(fact.facts),
        note=fact.note[:500],
        recorded_by=actor.user_id,
        recorded_at=now,
    )


def _added(row: UsageRecord, fact: UsageFact) -> UsageRecord | None:
    """Take the reference; the record of whoever took it at the same moment, None when it is ours."""
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        before = _told_before(fact)
        if before is None:
            raise
        return before
    return None


def _says_the_same(row: UsageRecord, fact: UsageFact, item: ServiceItem | None) -> bool:
    told = (fact.customer_id, fact.quantity, fact.unit, fact.used_on)
    known = (row.customer_id, row.quantity, row.unit, row.used_on)
    return told == known and row.item_code == (item.code if item else fact.item_code)


def _other_content(row: UsageRecord, fact: UsageFact, item: ServiceItem | None) -> Text:
    known = record_words(service_words(row.item_code), row.quantity, row.unit, row.used_on)
    code = item.code if item else fact.item_code
    told = record_words(service_words(code), fact.quantity, fact.unit, fact.used_on)
    return reference_taken(fact.reference, known, told)
