"""Events to other systems: from the history to deliveries, and deliveries out of the house.

Claimed, sent, noted, each in a transaction of its own; none is open while the other side takes its time. A run that
dies between sending and noting sends again after the lease, with the same `webhook-id`: at least once, never lost.
"""

from __future__ import annotations

import http.client
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import current_app
from flask_babel import force_locale, gettext

from portal.db.base import db
from portal.db.work import unit_of_work
from portal.hooks import wire
from portal.hooks.actions import delivering, telling
from portal.hooks.actions.delivering import Outcome, Parcel
from portal.hooks.rules import robots, signing
from portal.hooks.rules.kinds import DeliveryState, HookKind
from portal.hooks.wire import Answer
from portal.kernel import clock

log = logging.getLogger(__name__)
Post = Callable[[str, Mapping[str, str], bytes, bool], Answer]


@dataclass(slots=True)
class Tally:
    """What one run came to."""

    counts: dict[DeliveryState, int] = field(default_factory=dict)

    def add(self, state: DeliveryState) -> None:
        """One more."""
        self.counts[state] = self.counts.get(state, 0) + 1

    def __str__(self) -> str:
        sent, later, dead = (self.counts.get(each, 0) for each in (
            DeliveryState.SENT, DeliveryState.PENDING, DeliveryState.DEAD))  # fmt: skip
        return f"{sent} delivered, {later} to be tried again, {dead} given up"


def tell(now: datetime) -> str:
    """Make deliveries of what has happened since the last run."""
    made = 0
    while telling.is_behind():
        with unit_of_work():
            told = telling.tell(current_app.config["BASE_URL"], now)
        made += told.deliveries
        if not told.more:
            break
    return f"{made} to be told"


def deliver(now: datetime, post: Post = wire.post) -> Tally:
    """Send what is due at `now`, at most BATCH deliveries; after a failure the endpoint's others wait a minute."""
    tally, failed, left = Tally(), set[int](), list[int]()
    with unit_of_work():
        parcels = delivering.claim(now)
    for parcel in parcels:
        if parcel.endpoint_id in failed:
            left.append(parcel.row_id)
            continue
        outcome = _sent(parcel, post)
        with unit_of_work():
            tally.add(delivering.note(parcel.row_id, outcome, now))
        if not outcome.taken:
            log.warning("webhook delivery %s not taken: %s", parcel.row_id, outcome.error)
            failed.add(parcel.endpoint_id)
    if left:
        with unit_of_work():
            delivering.put_back(left, now)
    return tally


def forget(now: datetime) -> str:
    """Let go of the log of deliveries that were taken long ago."""
    with unit_of_work():
        gone = delivering.forget(now)
    return f"{gone} forgotten"


def _sent(parcel: Parcel, post: Post) -> Outcome:
    """One try. Nothing that the other side does, or that is wrong with its address, keeps the others back."""
    if parcel.unreadable:
        return Outcome(False, error=parcel.unreadable)
    db.session.rollback()
    try:
        url, headers, body = request_of(parcel, clock.now())
        private_ok = bool(current_app.config["WEBHOOK_PRIVATE"])
        answer = post(url, headers, body, private_ok)
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Outcome(False, error=f"{type(error).__name__}: {error}")
    return _judged(parcel.kind, answer)


def request_of(parcel: Parcel, now: datetime) -> tuple[str, dict[str, str], bytes]:
    """(address, headers, body) of a delivery: signed JSON for a program, a message for a robot."""
    if parcel.kind is HookKind.SYSTEM:
        body = _json(parcel.payload)
        return parcel.url, signing.headers(parcel.secrets, parcel.message_id, now, body), body
    with force_locale(parcel.locale):
        text = robots.message(parcel.payload, gettext)
    secret = parcel.secrets[0] if parcel.secrets else ""
    signs_body = bool(secret) and parcel.kind is HookKind.FEISHU
    signed = signing.feishu_fields(secret, now) if signs_body else {}
    url = parcel.url
    if secret and parcel.kind is HookKind.DINGTALK:
        url = signing.dingtalk_url(url, secret, now)
    return url, {}, robots.body(parcel.kind, text, signed)


def _judged(kind: HookKind, answer: Answer) -> Outcome:
    error = ""
    if not 200 <= answer.status < 300:
        moved = " (redirects are not followed)" if 300 <= answer.status < 400 else ""
        error = f"status {answer.status}{moved}"
    elif kind is not HookKind.SYSTEM:
        error = robots.refusal(answer.text) or ""
    return Outcome(not error, answer.status, answer.took_ms, error, answer.text)


def _json(payload: Mapping[str, Any]) -> bytes:
    """The same bytes on every try."""
    return json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
