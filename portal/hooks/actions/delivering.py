"""Deliveries on their way: taken for a run, noted when done, tried again, given up, sent once more by hand."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select

from portal.access.viewer import SYSTEM, Viewer
from portal.db import audit
from portal.db.base import db
from portal.db.outbox import post_mail
from portal.hooks.actions.endpoints import secrets_of, switch_off
from portal.hooks.models import HookDelivery, HookEndpoint
from portal.hooks.queries.endpoints import administrators, due_ids
from portal.hooks.rules import tries
from portal.hooks.rules.catalogue import TEST
from portal.hooks.rules.kinds import ROBOTS, DeliveryState, HookKind, OffReason
from portal.hooks.rules.robots import PACE_SECONDS
from portal.hooks.sealing import Unreadable, unseal
from portal.kernel.errors import NotAllowedNow
from portal.kernel.text import t

BATCH = 20
LEASE = timedelta(minutes=10)
"""Longer than BATCH deliveries take where each one uses up its time (wire.WHOLE_SECONDS)."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One delivery, taken from its row before the transaction ends. `unreadable`: why it cannot be sent at all."""

    row_id: int
    endpoint_id: int
    kind: HookKind
    url: str
    secrets: tuple[str, ...]
    locale: str
    message_id: str
    payload: dict[str, Any]
    unreadable: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one try. `status` None: nothing came back."""

    taken: bool
    status: int | None = None
    took_ms: int | None = None
    error: str = ""
    answer: str = ""


def claim(now: datetime) -> list[Parcel]:
    """Take what is due for this run: it is not due again until the lease is over."""
    rows = db.session.scalars(due_ids(now, BATCH)).all()
    for row in rows:
        row.tries += 1
        row.next_try_at = now + LEASE
    return [_parcel(row, now) for row in rows]


def note(row_id: int, outcome: Outcome, now: datetime) -> DeliveryState:
    """Write down what came of a try; the endpoint remembers since when nothing was taken."""
    row, endpoint = _held(row_id)
    if row is None or endpoint is None:
        return DeliveryState.DEAD
    row.tried_at, row.status, row.took_ms = now, outcome.status, outcome.took_ms
    row.last_error, row.answer = outcome.error[:500], outcome.answer[:500]
    if outcome.taken:
        row.state, endpoint.failing_since = DeliveryState.SENT.value, None
        return DeliveryState.SENT
    if endpoint.is_active:  # a test of one that is off says nothing about its days
        endpoint.failing_since = endpoint.failing_since or now
    again = None if outcome.status == 410 else tries.next_try(row.tries, now)
    if again is None:
        row.state = DeliveryState.DEAD.value
    else:
        row.next_try_at = again
    _switch_off_if_hopeless(endpoint, outcome, now)
    return DeliveryState(row.state)


def put_back(row_ids: Iterable[int], now: datetime) -> None:
    """Not tried in this run after all, since their endpoint had just failed: they wait, and no try is counted."""
    for row_id in sorted(row_ids):
        row, _endpoint = _held(row_id)
        if row is not None:
            row.tries -= 1
            row.next_try_at = now + tries.WAITS[0]


def send_test(endpoint: HookEndpoint, actor: Viewer, now: datetime) -> HookDelivery:
    """A delivery that tells of nothing; it goes out within seconds, also from an endpoint that is off."""
    payload = {"type": TEST, "timestamp": now.isoformat(), "data": {"facts": {}, "link": None}}
    row = HookDelivery(
        endpoint_id=endpoint.id, message_id=f"msg_test_{secrets.token_hex(16)}", event=TEST,
        payload=payload, state=DeliveryState.PENDING.value, created_at=now, next_try_at=now,
    )  # fmt: skip
    db.session.add(row)
    audit.record(actor, "hook.tested", endpoint, now)
    return row


def resend(row: HookDelivery, actor: Viewer, now: datetime) -> None:
    """Once more, with the same id: given up or taken, both may be wanted again."""
    if row.state == DeliveryState.PENDING:
        raise NotAllowedNow(t("This delivery is on its way."))
    _again([row], now)
    audit.record(actor, "hook.resent", row.endpoint, now, after={"deliveries": 1})


def resend_dead(endpoint: HookEndpoint, actor: Viewer, now: datetime) -> int:
    """Everything that was given up for this endpoint, once more; how many."""
    wanted = select(HookDelivery).where(
        HookDelivery.endpoint_id == endpoint.id, HookDelivery.state == DeliveryState.DEAD.value
    )
    rows = db.session.scalars(wanted.order_by(HookDelivery.id).with_for_update()).all()
    if not rows:
        raise NotAllowedNow(t("Nothing was given up here."))
    _again(rows, now)
    audit.record(actor, "hook.resent", endpoint, now, after={"deliveries": len(rows)})
    return len(rows)


def forget(now: datetime) -> int:
    """Deliveries that were taken long ago go; how many. The place in the history keeps them from being made anew."""
    old = delete(HookDelivery).where(
        HookDelivery.state == DeliveryState.SENT.value, HookDelivery.created_at < now - tries.KEPT
    )
    found: Any = db.session.execute(old)
    return int(found.rowcount)


def _parcel(row: HookDelivery, now: datetime) -> Parcel:
    endpoint = row.endpoint
    try:
        url, keys, unreadable = unseal(endpoint.sealed_url), secrets_of(endpoint, now), ""
    except Unreadable as error:
        url, keys, unreadable = "", [], str(error)
    return Parcel(
        row.id, endpoint.id, HookKind(endpoint.kind), url, tuple(keys), endpoint.locale,
        row.message_id, dict(row.payload), unreadable,
    )  # fmt: skip


def _held(row_id: int) -> tuple[HookDelivery | None, HookEndpoint | None]:
    """The rows of a delivery and its endpoint, held in that order; None for what was removed meanwhile."""
    wanted = select(HookDelivery).where(HookDelivery.id == row_id).with_for_update()
    row = db.session.scalar(wanted)
    if row is None:
        return None, None
    of = select(HookEndpoint).where(HookEndpoint.id == row.endpoint_id).with_for_update()
    return row, db.session.scalar(of.execution_options(populate_existing=True))


def _switch_off_if_hopeless(endpoint: HookEndpoint, outcome: Outcome, now: datetime) -> None:
    gone = outcome.status == 410
    if not endpoint.is_active or not (gone or tries.is_given_up(endpoint.failing_since, now)):
        return
    why = OffReason.GONE if gone else OffReason.FAILING
    since = endpoint.failing_since or now
    switch_off(endpoint, SYSTEM, now, why.value)
    for person in administrators():
        facts = {
            "name": person.name, "endpoint": endpoint.name, "why": why.value, "url": endpoint.shown_url,
            "error": outcome.error[:200], "page": f"/desk/webhooks/{endpoint.id}",
        }  # fmt: skip
        key = f"hook-off:{endpoint.id}:{since.isoformat()}:{person.id}"
        post_mail(person.email, "hook_off", facts, locale=person.locale, key=key, now=now)


def _again(rows: Sequence[HookDelivery], now: datetime) -> None:
    pace = timedelta(seconds=PACE_SECONDS)
    for place, row in enumerate(rows):
        row.state, row.tries = DeliveryState.PENDING.value, 0
        row.next_try_at = now + pace * place if row.endpoint.kind in ROBOTS else now
