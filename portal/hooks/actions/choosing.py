"""A person's own word on mails; what it was before stays in the history."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete

from portal.access.viewer import Viewer
from portal.accounts.models import User
from portal.db import audit
from portal.db.base import db
from portal.hooks.models import MailOff
from portal.hooks.queries.choices import off_of
from portal.hooks.rules.topics import off_after


def choose(user: User, wanted: Iterable[str], actor: Viewer, now: datetime) -> bool:
    """Keep the ticked topics on and the others off, from the next letter on; False when that is how it was."""
    before, after = off_of(user.id), off_after(user.kind, wanted)
    if before == after:
        return False
    gone = sorted(before - after)
    db.session.execute(delete(MailOff).where(MailOff.user_id == user.id, MailOff.topic.in_(gone)))
    db.session.add_all(
        MailOff(user_id=user.id, topic=key, at=now) for key in sorted(after - before)
    )
    told = {"off": sorted(before)}, {"off": sorted(after)}
    audit.record(actor, "user.mails_chosen", user, now, before=told[0], after=told[1])
    return True
