"""The end of a period: what is left is carried over to the next one or lapses (DOMAIN E2)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import and_, exists, or_, select

from portal.access.viewer import Viewer
from portal.contracts.actions import ledger
from portal.contracts.actions.ledger import Source
from portal.contracts.models import ContractLine, Entitlement, LedgerEntry
from portal.contracts.queries.entitlements import contract_state, priced_lines
from portal.contracts.rules import ledger as rules
from portal.contracts.rules.entitlement_states import COUNTS
from portal.contracts.rules.kinds import EntryKind
from portal.db import audit
from portal.db.base import db
from portal.kernel.clock import business_day

GRACE = timedelta(days=35)
"""So long after its end an entitlement keeps what is left, so that usage told late still finds it."""


def ended(now: datetime, after_id: int, limit: int) -> list[int]:
    """Ids above `after_id` of entitlements whose period is over with something left that may have to go, in order."""
    today = business_day(now)
    carries = exists().where(
        or_(ContractLine.id == Entitlement.line_id, ContractLine.root_id == Entitlement.line_id),
        ContractLine.carries_over.is_(True),
    )
    statement = (
        select(Entitlement.id)
        .where(
            Entitlement.id > after_id,
            Entitlement.is_unlimited.is_(False),
            Entitlement.remaining > 0,
            or_(Entitlement.ends_on < today - GRACE, and_(Entitlement.ends_on < today, carries)),
        )
        .order_by(Entitlement.id)
        .limit(limit)
    )
    return list(db.session.scalars(statement))


def close(entitlement_id: int, actor: Viewer, now: datetime) -> EntryKind | None:
    """Carry over what is left of an ended period, or let it lapse after the grace; None when neither is due.

    What is reserved stays until it is used or released; a later call takes what came free. A second call does nothing.
    """
    today = business_day(now)
    row = ledger.lock([entitlement_id])[0]
    if today <= row.ends_on:
        return None
    following = _following(row)
    if following is not None:
        return _carry_over(row.id, following.id, actor, now)
    if today <= row.ends_on + GRACE:
        return None
    return _lapse(row, actor, now)


def _following(row: Entitlement) -> Entitlement | None:
    """The period that what is left goes to: the next of a line that carries over, while its contract counts."""
    line = priced_lines([row], row.ends_on).get(row.line_id)
    if line is None or not line.carries_over or contract_state(row) not in COUNTS:
        return None
    return db.session.scalar(
        select(Entitlement).where(
            Entitlement.line_id == row.line_id, Entitlement.period_no == row.period_no + 1
        )
    )


def _carry_over(from_id: int, to_id: int, actor: Viewer, now: datetime) -> EntryKind | None:
    rows = {each.id: each for each in ledger.lock([from_id, to_id])}
    row, following = rows[from_id], rows[to_id]
    change = rules.leave(ledger.balance_of(row), EntryKind.ROLLOVER)
    if change is None:
        return None
    today, key = business_day(now), _key("rollover", row)
    out, back = (
        Source("entitlement", each.id, f"{each.starts_on} – {each.ends_on}")
        for each in (following, row)
    )
    ledger.post(row, change, out, f"{key}:out", actor, now, today)
    ledger.post(following, rules.carry_in(-change.granted), back, f"{key}:in", actor, now, today)
    row.closed_at = row.closed_at or now
    after = {"quantity": rules.plain(-change.granted), "unit": row.unit}
    audit.record(actor, "entitlement.carried_over", row, now, after=after)
    return EntryKind.ROLLOVER


def _lapse(row: Entitlement, actor: Viewer, now: datetime) -> EntryKind | None:
    change = rules.leave(ledger.balance_of(row), EntryKind.LAPSE)
    if change is None:
        return None
    source = Source("entitlement", row.id, f"{row.starts_on} – {row.ends_on}")
    ledger.post(row, change, source, _key("lapse", row), actor, now, business_day(now))
    row.closed_at = row.closed_at or now
    after = {"quantity": rules.plain(-change.granted), "unit": row.unit}
    audit.record(actor, "entitlement.lapsed", row, now, after=after)
    return EntryKind.LAPSE


def _key(verb: str, row: Entitlement) -> str:
    """The key of this period's end: another one only where something came free since."""
    latest = select(LedgerEntry.id).where(LedgerEntry.entitlement_id == row.id)
    return f"{verb}:{row.id}:{db.session.scalar(latest.order_by(LedgerEntry.id.desc()).limit(1))}"
