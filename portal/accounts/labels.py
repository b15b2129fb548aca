"""How a user's state is shown."""

from __future__ import annotations

from portal.accounts.models import User
from portal.kernel.text import t
from portal.web.labels import ACTIVE, Label

INVITED = Label(t("Invited"), "info", "envelope")
BLOCKED = Label(t("Blocked"), "bad", "slash-circle")
STATES = {"active": ACTIVE, "invited": INVITED, "blocked": BLOCKED}


def state_of(user: User) -> Label:
    """Blocked, invited but not joined, or active."""
    if not user.active:
        return BLOCKED
    return ACTIVE if user.has_joined else INVITED
