"""Who gets mail about a lead: whoever is given one, whoever loses one, and before one falls back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from portal.access.viewer import Viewer
from portal.accounts.models import User
from portal.db.base import db
from portal.db.outbox import post_mail
from portal.leads.models import Lead
from portal.leads.rules.pool import FallsBack


def tell(lead: Lead, step: str, user_id: int | None, actor: Viewer, now: datetime) -> bool:
    """Given to you, or given to somebody else; never of one's own step."""
    return _post(lead, step, f"{lead.version}", {}, user_id, actor, now)


def tell_end(
    lead: Lead, step: str, user_id: int | None, end: FallsBack, actor: Viewer, now: datetime
) -> bool:
    """It falls back soon, or fell back; once for each day that it falls back on."""
    facts = {"on": f"{end.on}", "cause": end.cause.value}
    return _post(lead, step, f"{end.on}", facts, user_id, actor, now)


def _post(
    lead: Lead, step: str, mark: str, facts: dict[str, Any], user_id: int | None, actor: Viewer, now: datetime
) -> bool:  # fmt: skip
    user = db.session.get(User, user_id) if user_id else None
    if user is None or not user.active or user.id == actor.user_id:
        return False
    told = {
        "lead_id": lead.id, "number": lead.number, "name": lead.name, "city": lead.city,
        "need": lead.need[:300], "step": step, "sender": actor.name, "on": "", "cause": "", **facts,
    }  # fmt: skip
    key = f"lead-{lead.id}-{step}-{mark}-{user.id}"
    post_mail(user.email, "lead_staff", told, locale=user.locale, key=key, now=now)
    return True
