"""Who of ours hears of an opportunity by mail: whom it is given to, whom it is shared with, whose task it is."""

from __future__ import annotations

from datetime import datetime

from portal.access.viewer import Viewer
from portal.accounts.models import User
from portal.db.base import db
from portal.db.outbox import post_mail
from portal.opportunities.models import Opportunity


def tell(
    row: Opportunity, step: str, user_id: int | None, actor: Viewer, now: datetime, *, what: str = "",
    mark: object = "",
) -> None:  # fmt: skip
    """One of our people hears of a step: given, handed_over, shared, task.

    Never of their own. `what` names the task, or says why; `mark` tells two letters about the same step apart.
    """
    user = db.session.get(User, user_id) if user_id is not None else None
    if user is None or not user.active or user.id == actor.user_id:
        return
    facts = {
        "id": row.id, "number": row.number, "title": row.title, "customer": row.customer.label, "step": step,
        "what": what, "sender": actor.name if actor.is_staff else "",
    }  # fmt: skip
    key = f"opportunity-{row.id}-{step}-{user.id}-{mark or row.version}"
    post_mail(user.email, "opportunity_staff", facts, locale=user.locale, key=key, now=now)
