"""Into whose hands a lead may come, whose it is, and the line of the log that tells it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from portal.access.permissions import Permission as P
from portal.access.viewer import Viewer
from portal.accounts.models import User
from portal.db.base import db
from portal.kernel.errors import Forbidden, Invalid
from portal.kernel.text import t
from portal.leads.models import Lead, LeadPick
from portal.leads.queries.leads import count_held, lead_settings
from portal.leads.rules.facts import LONGEST_REASON
from portal.leads.rules.kinds import PickKind
from portal.leads.rules.pool import check_room


def check_hands(lead: Lead, actor: Viewer) -> None:
    """Forbidden unless the lead is in the actor's hands, or the actor assigns leads."""
    is_mine = lead.owner_id is not None and lead.owner_id == actor.user_id
    if not (actor.may(P.LEAD_ASSIGN) or (is_mine and actor.may(P.LEAD_WORK))):
        raise Forbidden()


def check_space(user_id: int | None, actor: Viewer) -> None:
    """NotAllowedNow when this person holds as many as the rules allow; two picks of one person wait for each other."""
    db.session.execute(select(User.id).where(User.id == user_id).with_for_update())
    count = count_held(user_id) if user_id is not None else 0
    check_room(count, lead_settings(), is_own=user_id == actor.user_id)


def needed_reason(reason: str) -> str:
    """The reason as it is kept; Invalid at "reason" for none."""
    said = reason.strip()
    if len(said) < 2:
        raise Invalid(t("Say why."), "reason")
    return said[:LONGEST_REASON]


def log(
    lead: Lead, kind: PickKind, user_id: int | None, actor: Viewer, now: datetime, reason: str = ""
) -> None:
    """One line of the pool's log about `user_id`'s hands."""
    db.session.flush()
    db.session.add(
        LeadPick(
            lead_id=lead.id, kind=kind.value, user_id=user_id, by_id=actor.user_id, at=now, reason=reason
        )
    )  # fmt: skip
    db.session.flush()
