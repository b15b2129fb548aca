"""From the history to deliveries: each entry once for each endpoint that wants it, whatever crashes or runs twice.

Entries of the history get their numbers in the order in which they are committed (its chain sees to that), so reading
on from the last number misses none. The deliveries of a batch and the place up to which was read are written in one
transaction; a delivery is unique by endpoint and entry.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from portal.db.audit import AuditEntry
from portal.db.base import db
from portal.hooks.models import HookCursor, HookDelivery, HookEndpoint
from portal.hooks.queries import subjects
from portal.hooks.rules.catalogue import SUBJECTS, HookEvent, entries_of, events_of
from portal.hooks.rules.kinds import ROBOTS, DeliveryState
from portal.hooks.rules.robots import PACE_SECONDS

BATCH = 200


@dataclass(frozen=True, slots=True)
class Told:
    """What one transaction did. `more`: there may be entries left."""

    deliveries: int
    more: bool


def is_behind() -> bool:
    """Whether the history has grown since it was read last; asked without holding anything."""
    latest = db.session.scalar(select(func.max(AuditEntry.id))) or 0
    reached = db.session.scalar(select(HookCursor.entry_id))
    return latest > (reached or 0)


def tell(base_url: str, now: datetime) -> Told:
    """Make the deliveries of the next entries. One transaction: two workers take turns at the cursor."""
    cursor = _cursor()
    wanted = [each for each in db.session.scalars(select(HookEndpoint)) if each.is_active]
    names = entries_of(name for each in wanted for name in each.events)
    latest = db.session.scalar(select(func.max(AuditEntry.id))) or 0
    entries = _entries(cursor.entry_id, latest, names) if names else []
    made = [
        _delivery(endpoint, event, entry, base_url, now)
        for entry in entries
        for event in events_of(entry.event, entry.after)
        for endpoint in wanted
        if _hears(endpoint, event, entry)
    ]
    _paced(made, now)
    db.session.add_all(made)
    more = len(entries) == BATCH
    cursor.entry_id = entries[-1].id if more else max(latest, cursor.entry_id)
    return Told(len(made), more)


def _cursor() -> HookCursor:
    """The row, held; made on the first run, where no endpoint can have been told of anything before."""
    row = db.session.scalar(select(HookCursor).where(HookCursor.id == 1).with_for_update())
    if row is None:
        first = db.session.scalar(select(func.min(HookEndpoint.since_entry_id)))
        row = HookCursor(id=1, entry_id=first or 0)
        db.session.add(row)
        db.session.flush()
    return row


def _entries(after_id: int, latest: int, names: frozenset[str]) -> Sequence[AuditEntry]:
    wanted = select(AuditEntry).where(
        AuditEntry.id > after_id, AuditEntry.id <= latest, AuditEntry.event.in_(sorted(names))
    )
    return db.session.scalars(wanted.order_by(AuditEntry.id).limit(BATCH)).all()


def _hears(endpoint: HookEndpoint, event: HookEvent, entry: AuditEntry) -> bool:
    if event.name not in endpoint.events or entry.id <= endpoint.since_entry_id:
        return False
    if endpoint.customer_id is None:
        return True
    public = event.for_customers and (entry.is_public or event.is_public_notice)
    theirs = entry.customer_id == endpoint.customer_id
    return public and theirs and subjects.is_shown_to(entry, endpoint.customer_id)


def _delivery(
    endpoint: HookEndpoint, event: HookEvent, entry: AuditEntry, base_url: str, now: datetime
) -> HookDelivery:
    mark = hashlib.sha256(f"{endpoint.id}:{entry.entry_hash}".encode()).hexdigest()
    return HookDelivery(
        endpoint_id=endpoint.id, endpoint=endpoint, entry_id=entry.id, message_id=f"msg_{mark[:40]}",
        event=event.name, payload=_payload(endpoint.customer_id is not None, event, entry, base_url),
        state=DeliveryState.PENDING.value, created_at=now, next_try_at=now,
    )  # fmt: skip


def _payload(
    for_customer: bool, event: HookEvent, entry: AuditEntry, base_url: str
) -> dict[str, Any]:
    about, row = SUBJECTS[entry.subject_type], subjects.row_of(entry)
    after = entry.after if isinstance(entry.after, dict) else {}
    names = event.facts if for_customer else (*event.facts, *event.house_facts)
    facts = {name: after[name] for name in names if name in after}
    if row is not None:
        facts = {**subjects.fields_of(row, event.fields), **facts}
    if event.tells_reason and not for_customer and entry.reason:
        facts["reason_text"] = entry.reason
    path = about.path(entry.subject_id or 0, for_customer)
    number = str(getattr(row, about.number)) if row is not None else str(entry.subject_id)
    data = {
        "subject": {"type": entry.subject_type, "id": entry.subject_id, "number": number},
        "customer": subjects.customer_of(entry.customer_id),
        "facts": facts,
        "link": f"{base_url}{path}" if path else None,
    }
    return {"type": event.name, "timestamp": entry.at.isoformat(), "data": data}


def _paced(made: Sequence[HookDelivery], now: datetime) -> None:
    """A robot takes so many messages a minute and no more: each waits for its turn after the one before."""
    for endpoint_id in {each.endpoint_id for each in made if each.endpoint.kind in ROBOTS}:
        waiting = select(func.max(HookDelivery.next_try_at)).where(
            HookDelivery.endpoint_id == endpoint_id,
            HookDelivery.tries == 0,
            HookDelivery.state == DeliveryState.PENDING.value,
        )
        latest = db.session.scalar(waiting)
        pace = timedelta(seconds=PACE_SECONDS)
        at = now if latest is None else max(now, latest + pace)
        for each in made:
            if each.endpoint_id == endpoint_id:
                each.next_try_at, at = at, at + pace
