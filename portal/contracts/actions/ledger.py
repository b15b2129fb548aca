"""The entitlements' ledger: the only way in which what is left changes, one append-only entry for each change.

Every verb holds the entitlement's row until the transaction ends, so of many draws at the same time each sees what the
one before it left. It writes quantities only: whether the contract lets this usage in is decided by matching.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select

from portal.access.viewer import Viewer
from portal.contracts.models import ContractLine, Entitlement, LedgerEntry
from portal.contracts.rules import ledger as rules
from portal.contracts.rules.chains import root_of
from portal.contracts.rules.grants import GrantPeriod, grant_periods
from portal.contracts.rules.kinds import Allowance, EntryKind, Overage
from portal.contracts.rules.ledger import Balance, Change, Exhausted
from portal.db import audit
from portal.db.base import db
from portal.db.engine import write_from_here
from portal.kernel.clock import business_day
from portal.kernel.errors import Invalid, NotAllowedNow, NotFound
from portal.kernel.pinyin import search_words
from portal.kernel.text import t

__all__ = [
    "Drawn",
    "Exhausted",
    "Source",
    "adjust",
    "balance_of",
    "consume",
    "grant_line",
    "lock",
    "post",
    "release",
    "reserve",
    "reverse",
]

NONE = Decimal(0)


@dataclass(frozen=True, slots=True)
class Source:
    """The record that causes an entry: usage, booking, shipment, contract, amendment or staff.

    `label` is what people call it: its number.
    """

    type: str
    id: int
    label: str = ""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a draw took: so much of the entitlement, so much beyond it."""

    entry: LedgerEntry
    within: Decimal
    over: Decimal


def grant_line(line: ContractLine, actor: Viewer, now: datetime) -> list[Entitlement]:
    """Grant a line that is in force: one entitlement for each period of its allowance, in order.

    Periods that the line's chain has granted already are left as they are, so a second call grants nothing.
    """
    root = (
        line if line.root_id in (None, line.id) else db.session.get_one(ContractLine, line.root_id)
    )
    if line.is_end:
        return []
    granted = set(
        db.session.scalars(
            select(Entitlement.period_no).where(Entitlement.line_id == root_of(line))
        )
    )
    return [
        _granted(line, period, actor, now)
        for period in grant_periods(Allowance(line.allowance), root.from_on, line.until_on)
        if period.number not in granted and period.ends_on >= line.from_on
    ]


def lock(entitlement_ids: Iterable[int]) -> list[Entitlement]:
    """The entitlements as they stand now, held until the transaction ends; in id order, so that nobody waits in a ring.

    NotFound when one is absent or not this session's viewer's to see.
    """
    wanted = sorted(set(entitlement_ids))
    write_from_here(db.session())
    statement = (
        select(Entitlement)
        .where(Entitlement.id.in_(wanted))
        .order_by(Entitlement.id)
        .with_for_update(of=Entitlement)
        .execution_options(populate_existing=True)
    )
    found = list(db.session.scalars(statement))
    if len(found) < len(wanted):
        raise NotFound()
    return found


def reserve(
    entitlement: Entitlement, quantity: Decimal, source: Source, key: str, actor: Viewer, now: datetime, on: date
) -> LedgerEntry:  # fmt: skip
    """Hold `quantity` on the day `on`; Exhausted when less is left: going over happens at use, never before it."""
    return _once(entitlement, EntryKind.RESERVE, key) or post(
        entitlement, rules.reserve(balance_of(entitlement), quantity), source, key, actor, now, on
    )


def release(
    entitlement: Entitlement, quantity: Decimal, source: Source, key: str, actor: Viewer, now: datetime, on: date
) -> LedgerEntry:  # fmt: skip
    """Let go of what was reserved; NotAllowedNow when less is."""
    return _once(entitlement, EntryKind.RELEASE, key) or post(
        entitlement, rules.release(balance_of(entitlement), quantity), source, key, actor, now, on
    )


def consume(
    entitlement: Entitlement, quantity: Decimal, source: Source, key: str, actor: Viewer, now: datetime, on: date,
    reserved: Decimal = NONE,
) -> Drawn:  # fmt: skip
    """Draw `quantity`: out of the `reserved` part first, then what is left, then over it where its rule allows.

    Raises Exhausted, with what is left, when the rule does not.
    """
    entry = _once(entitlement, EntryKind.CONSUME, key)
    if entry is None:
        balance, overage = balance_of(entitlement), Overage(entitlement.overage)
        change = rules.consume(balance, quantity, overage, reserved)
        entry = post(entitlement, change, source, key, actor, now, on)
    return Drawn(entry, entry.used_change, entry.over_change)


def reverse(
    entry: LedgerEntry, source: Source, key: str, actor: Viewer, now: datetime, *, reason: str = ""
) -> LedgerEntry:
    """Give back what a draw took, on its own day and once; NotAllowedNow a second time or for another kind of entry."""
    entitlement = lock([entry.entitlement_id])[0]
    again = _once(entitlement, EntryKind.CONSUME, key)
    if again is not None:
        return again
    if entry.kind != EntryKind.CONSUME or entry.reverses_id is not None:
        raise NotAllowedNow(t("Only what was used can be given back."))
    taken = select(LedgerEntry.id).where(LedgerEntry.reverses_id == entry.id)
    if db.session.scalar(taken) is not None:
        raise NotAllowedNow(t("This was given back already."))
    change = rules.reverse(balance_of(entitlement), entry.used_change, entry.over_change)
    on = entry.occurred_on
    return post(entitlement, change, source, key, actor, now, on, reason=reason, reverses=entry)


def adjust(
    entitlement: Entitlement, change: Decimal, reason: str, source: Source, key: str, actor: Viewer, now: datetime
) -> LedgerEntry:  # fmt: skip
    """Grant so much more, or less, with a reason that the customer reads; Exhausted when less than that is left."""
    if not reason.strip():
        raise Invalid(t("Say why it is adjusted."), "reason")
    before = _once(entitlement, EntryKind.ADJUST, key)
    if before is not None:
        return before
    adjusted, why = rules.adjust(balance_of(entitlement), change), reason.strip()[:500]
    entry = post(entitlement, adjusted, source, key, actor, now, business_day(now), reason=why)
    after = {"change": rules.plain(change), "granted": rules.plain(entitlement.granted)}
    audit.record(actor, "entitlement.adjusted", entitlement, now, after=after, reason=why)
    return entry


def post(
    entitlement: Entitlement, change: Change, source: Source, key: str, actor: Viewer, now: datetime, on: date,
    *, reason: str = "", reverses: LedgerEntry | None = None,
) -> LedgerEntry:  # fmt: skip
    """Write one entry and move the columns by it; the entitlement must be held by `lock`."""
    after = rules.applied(balance_of(entitlement), change)
    entitlement.granted, entitlement.reserved = after.granted, after.reserved
    entitlement.used, entitlement.over_used = after.used, after.over_used
    entitlement.remaining = after.remaining
    entry = LedgerEntry(
        entitlement_id=entitlement.id,
        customer_id=entitlement.customer_id,
        kind=change.kind.value,
        key=key,
        occurred_on=on,
        quantity_change=change.quantity,
        granted_change=change.granted,
        reserved_change=change.reserved,
        used_change=change.used,
        over_change=change.over,
        remaining_after=after.remaining,
        source_type=source.type,
        source_id=source.id,
        source_label=source.label[:80],
        reverses_id=reverses.id if reverses else None,
        reason=reason,
        by_id=actor.user_id,
        at=now,
    )
    db.session.add(entry)
    db.session.flush()
    return entry


def balance_of(entitlement: Entitlement) -> Balance:
    """An entitlement's columns as the rules take them."""
    return Balance(
        entitlement.unit,
        entitlement.granted,
        entitlement.reserved,
        entitlement.used,
        entitlement.over_used,
        entitlement.is_unlimited,
    )


def _once(entitlement: Entitlement, kind: EntryKind, key: str) -> LedgerEntry | None:
    """Hold the entitlement; the entry that `key` wrote before, if any."""
    lock([entitlement.id])
    entry = db.session.scalar(select(LedgerEntry).where(LedgerEntry.key == key))
    if entry is not None and (entry.entitlement_id, entry.kind) != (entitlement.id, kind.value):
        raise ValueError(f"the ledger's key {key} stands for another entry")
    return entry


def _granted(line: ContractLine, period: GrantPeriod, actor: Viewer, now: datetime) -> Entitlement:
    contract, change = line.contract, rules.grant(line.quantity)
    owner = line.branch or contract.customer
    entitlement = Entitlement(
        customer_id=owner.id,
        contract_id=contract.id,
        line_id=root_of(line),
        item_id=line.item_id,
        period_no=period.number,
        starts_on=period.starts_on,
        ends_on=period.ends_on,
        unit=line.unit,
        is_unlimited=line.quantity is None,
        overage=line.overage,
        granted=NONE,
        reserved=NONE,
        used=NONE,
        over_used=NONE,
        remaining=NONE,
        search_text=search_words(
            contract.number, line.item.code, line.name_zh, line.name_en, owner.name_zh, owner.name_en, owner.code
        )[:400],
    )  # fmt: skip
    db.session.add(entitlement)
    db.session.flush()
    source = Source("contract", contract.id, contract.number)
    key, on = f"grant:{entitlement.line_id}:{period.number}", business_day(now)
    post(entitlement, change, source, key, actor, now, on)
    after = {
        "granted": None if line.quantity is None else rules.plain(line.quantity),
        "unit": line.unit,
    }
    audit.record(actor, "entitlement.granted", entitlement, now, after=after)
    return entitlement
