"""The ledger of points: append-only, each cause once, the balance always its sum (REQUIREMENTS K8).

Whoever changes a customer's points holds its account first, so that of twenty at once each finds what the one before
left. A repeated key gives back its entry and changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from portal.access.viewer import SYSTEM, Viewer
from portal.db.base import db
from portal.db.engine import write_from_here
from portal.kernel.clock import business_day
from portal.loyalty.models import PointsAccount, PointsEntry
from portal.loyalty.queries.points import lots
from portal.loyalty.rules.kinds import EntryKind
from portal.loyalty.rules.lots import Lot, balance_of, expired, next_expiry


@dataclass(frozen=True, slots=True)
class Cause:
    """Why points change: `key` once for ever; `label` as a person reads it; `working`: how the figure arose."""

    key: str
    label: str = ""
    reason: str = ""
    receivable_id: int | None = None
    lot_id: int | None = None
    working: dict[str, Any] | None = None


def hold(customer_id: int, now: datetime) -> PointsAccount:
    """The customer's account as it stands, held until the transaction ends; made where there is none."""
    write_from_here(db.session())
    insert = (
        postgresql.insert if db.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    )
    row = insert(PointsAccount).values(
        customer_id=customer_id, balance=0, owed=0, changed_at=now, version=1
    )
    db.session.execute(row.on_conflict_do_nothing(index_elements=[PointsAccount.customer_id]))
    wanted = select(PointsAccount).where(PointsAccount.customer_id == customer_id)
    held = wanted.with_for_update(of=PointsAccount).execution_options(populate_existing=True)
    return db.session.scalars(held).one()


def add(
    account: PointsAccount, kind: EntryKind, points: int, expires_on: date | None, cause: Cause,
    actor: Viewer, now: datetime,
) -> PointsEntry:  # fmt: skip
    """`points` more. What is owed from earlier is taken out of them at once. `account` is held."""
    known = of_key(cause.key)
    if known is not None:
        return known
    entry = _write(account, kind, points, expires_on, cause, actor, now)
    pays = min(account.owed, points)
    if pays:
        back = Cause(f"owed-{entry.id}", entry.label, lot_id=entry.id)
        account.owed -= pays
        _write(account, EntryKind.TAKE_BACK, -pays, None, back, SYSTEM, now)
    recount(account, now)
    return entry


def take(
    account: PointsAccount, kind: EntryKind, points: int, cause: Cause, actor: Viewer, now: datetime
) -> PointsEntry:
    """`points` fewer, out of what expires first; there are so many. `account` is held."""
    known = of_key(cause.key)
    if known is not None:
        return known
    entry = _write(account, kind, -points, None, cause, actor, now)
    recount(account, now)
    return entry


def take_back(
    account: PointsAccount, points: int, cause: Cause, actor: Viewer, now: datetime
) -> PointsEntry:
    """Take back what was earned; what is gone already is owed, and the next points pay for it. `account` is held."""
    known = of_key(cause.key)
    if known is not None:
        return known
    there = min(points, account.balance)
    account.owed += points - there
    entry = _write(account, EntryKind.TAKE_BACK, -there, None, cause, actor, now)
    recount(account, now)
    return entry


def expire(account: PointsAccount, now: datetime) -> int:
    """Let go what is past its last day; how many points. Each lot expires once. `account` is held."""
    gone: list[Lot] = expired(lots(account.customer_id), business_day(now))
    for lot in gone:
        cause = Cause(f"expire-{lot.id}", lot_id=lot.id)
        _write(account, EntryKind.EXPIRE, -lot.left, None, cause, SYSTEM, now)
    if gone:
        recount(account, now)
    return balance_of(gone)


def recount(account: PointsAccount, now: datetime) -> None:
    """Write to the account what its ledger comes to; also after two customers' ledgers became one."""
    left = lots(account.customer_id)
    account.balance, account.next_expiry_on = balance_of(left), next_expiry(left)
    account.changed_at = now
    db.session.flush()


def of_key(key: str) -> PointsEntry | None:
    """The entry of a cause, where it happened."""
    return db.session.scalar(select(PointsEntry).where(PointsEntry.key == key))


def _write(
    account: PointsAccount, kind: EntryKind, points: int, expires_on: date | None, cause: Cause,
    actor: Viewer, now: datetime,
) -> PointsEntry:  # fmt: skip
    row = PointsEntry(
        customer_id=account.customer_id, kind=kind.value, key=cause.key, points=points, on=business_day(now),
        expires_on=expires_on if points > 0 else None, lot_id=cause.lot_id, receivable_id=cause.receivable_id,
        label=cause.label[:80], reason=cause.reason[:500], working=cause.working or {}, by_id=actor.user_id,
        at=now,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row
