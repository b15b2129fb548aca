"""A copy of a person's data handed out, on record (PIPL 45; GDPR 15 and 20)."""

from __future__ import annotations

from datetime import datetime

from portal.access.viewer import Viewer
from portal.accounts.models import User
from portal.db import audit
from portal.db.base import db
from portal.privacy.actions.registering import check_open, close
from portal.privacy.models import PrivacyRequest
from portal.privacy.queries.copying import Copied, copied
from portal.privacy.queries.persons import person
from portal.privacy.rules.kinds import Asked, PersonKind, RequestState, Standing


def hand_out(row: PrivacyRequest, actor: Viewer, now: datetime) -> list[Copied]:
    """The copy that a request asks for, with what our people noted about the person; the request is done."""
    check_open(row, actor, Asked.EXPORT)
    found = copied(person(row.standings, row.id), inner=True)
    row.outcome = {"done": {each.table: len(each.rows) for each in found}, "stays": {}}
    close(row, RequestState.DONE, "", actor, now)
    audit.record(actor, "privacy.exported", row, now, after=row.outcome["done"])
    return found


def own_copy(actor: Viewer, now: datetime) -> list[Copied]:
    """What a signed-in person fetches of their own data, at once."""
    user = db.session.get_one(User, actor.user_id)
    found = copied(person([Standing(PersonKind.USER, user.id)], 0), inner=False)
    after = {each.table: len(each.rows) for each in found}
    audit.record(actor, "privacy.exported", user, now, after=after)
    return found
