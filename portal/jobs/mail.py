"""Delivering the outbox: claim, send, note; a second run at the same time finds nothing left to claim.

A mail that cannot go now waits longer each time; after the last try it stays as a dead letter that the health page
shows. If the process dies between sending and noting, or the database goes away then, the mail goes out once more,
with the same Message-ID.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage

from flask import current_app
from sqlalchemy import select

from portal.campaigns.actions import delivering
from portal.campaigns.actions.sending import TEMPLATE as CAMPAIGN
from portal.db.base import db
from portal.db.outbox import OutboxMessage, OutboxState
from portal.db.work import unit_of_work
from portal.hooks.queries.choices import is_unwanted
from portal.hooks.rules.topics import may_be_off
from portal.jobs.carriers import Refused, carry
from portal.jobs.letters import Letter, written

log = logging.getLogger(__name__)

BATCH = 50
LEASE = timedelta(minutes=10)
WAITS = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 240, 720, 1440))
SECRETS = ("path",)
WATCHED = {CAMPAIGN: delivering}
"""Templates whose letters are looked at once more before they go, and noted where they came from."""
UNWANTED = "not wanted: its reader switched this kind of mail off"


@dataclass(slots=True)
class Tally:
    """What one run came to."""

    sent: int = 0
    failed: int = 0
    dead: int = 0
    dropped: int = 0

    def __str__(self) -> str:
        held = f", {self.dropped} held back" if self.dropped else ""
        return f"{self.sent} sent, {self.failed} to be tried again, {self.dead} given up{held}"


def deliver(now: datetime, send: Callable[[EmailMessage], None] | None = None) -> Tally:
    """Send what is due at `now`, at most BATCH mails; `send` is the settings' way unless given."""
    tally = Tally()
    for letter in _claimed(now):
        try:
            if _held_back(letter, now):
                tally.dropped += 1
                continue
            mail = written(letter)
            db.session.rollback()  # no transaction stays open while the other side takes its time
            (send or _by_settings)(mail)
        except Exception as error:  # whatever it is, the other letters still go
            log.warning("mail %s not sent: %s", letter.row_id, error)
            _note_failure(letter, error, now, tally)
        else:
            _note_success(letter, now)
            tally.sent += 1
    return tally


def _by_settings(mail: EmailMessage) -> None:
    carry(mail, current_app.config)


def _claimed(now: datetime) -> list[Letter]:
    """Take due rows for this run: they are not due again until the lease is over."""
    with unit_of_work():
        rows = db.session.scalars(
            select(OutboxMessage)
            .where(
                OutboxMessage.state == OutboxState.PENDING.value, OutboxMessage.next_try_at <= now
            )
            .order_by(OutboxMessage.next_try_at, OutboxMessage.id)
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        ).all()
        for row in rows:
            row.tries += 1
            row.next_try_at = now + LEASE
        return [Letter.of(row) for row in rows]


def _note_success(letter: Letter, now: datetime) -> None:
    """Sent; what would open a door does not stay in the table."""
    with unit_of_work():
        row = db.session.get_one(OutboxMessage, letter.row_id)
        row.state, row.sent_at, row.last_error = OutboxState.SENT.value, now, None
        row.facts = _without_secrets(letter)
        if letter.template in WATCHED:
            WATCHED[letter.template].went(letter.facts, now)


def _held_back(letter: Letter, now: datetime) -> bool:
    """Whether the letter must stay here after all; its row says why.

    Asked at the last moment, so that a "no" counts from the next letter on, whatever was posted before.
    """
    topic = may_be_off(letter.template)
    if letter.template not in WATCHED:
        if topic is None or not is_unwanted(letter.recipient, topic):
            return False
        with unit_of_work():
            _drop(letter, UNWANTED)
        return True
    with unit_of_work():
        why = WATCHED[letter.template].held_back(letter.facts, now)
        if why is not None:
            _drop(letter, why)
    return why is not None


def _drop(letter: Letter, why: str) -> None:
    row = db.session.get_one(OutboxMessage, letter.row_id)
    row.state, row.last_error = OutboxState.DROPPED.value, why
    row.facts = _without_secrets(letter)


def _without_secrets(letter: Letter) -> dict[str, object]:
    return {name: value for name, value in letter.facts.items() if name not in SECRETS}


def _note_failure(letter: Letter, error: Exception, now: datetime, tally: Tally) -> None:
    with unit_of_work():
        row = db.session.get_one(OutboxMessage, letter.row_id)
        row.last_error = f"{type(error).__name__}: {error}"[:500]
        if isinstance(error, Refused) or row.tries > len(WAITS):
            row.state = OutboxState.DEAD.value
            tally.dead += 1
            if letter.template in WATCHED:
                WATCHED[letter.template].failed(letter.facts, now)
        else:
            row.next_try_at = now + WAITS[row.tries - 1]
            tally.failed += 1
