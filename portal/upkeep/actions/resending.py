"""Letters that were given up go out once more, one or all; who asked for it stays in the history."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select, update

from portal.access.viewer import Viewer
from portal.db import audit
from portal.db.base import db
from portal.db.outbox import OutboxMessage, OutboxState
from portal.kernel.errors import NotAllowedNow
from portal.kernel.text import t

DEAD = OutboxMessage.state == OutboxState.DEAD.value


def resend(row: OutboxMessage, actor: Viewer, now: datetime) -> None:
    """Another round of tries for one letter; the same Message-ID, so that a mailbox shows it once."""
    if row.state != OutboxState.DEAD:
        raise NotAllowedNow(t("Only a letter that was given up can be sent again."))
    row.state, row.tries, row.next_try_at = OutboxState.PENDING.value, 0, now
    audit.record(actor, "letter.resent", row, now)


def resend_all(actor: Viewer, now: datetime) -> int:
    """Another round for everything that was given up; how many. Nothing at all is refused."""
    ids = list(db.session.scalars(select(OutboxMessage.id).where(DEAD).with_for_update()))
    if not ids:
        raise NotAllowedNow(t("No letter was given up."))
    again = {"state": OutboxState.PENDING.value, "tries": 0, "next_try_at": now}
    first = db.session.get_one(OutboxMessage, min(ids))
    db.session.execute(update(OutboxMessage).where(DEAD).values(again))
    audit.record(actor, "letter.all_resent", first, now, after={"letters": len(ids)})
    return len(ids)


def dead_count() -> int:
    """How many letters were given up."""
    return db.session.scalar(select(func.count()).select_from(OutboxMessage).where(DEAD)) or 0
