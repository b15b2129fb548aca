"""Whether a key opens, as a chip."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from portal.api.models import ApiToken
from portal.api.rules.keys import KeyState, state_on
from portal.kernel.text import t
from portal.web.labels import Label

KEY_STATES: Mapping[KeyState, Label] = {
    KeyState.ACTIVE: Label(t("In force"), "good", "check-circle"),
    KeyState.EXPIRED: Label(t("Expired"), "warn", "calendar-x"),
    KeyState.REVOKED: Label(t("Revoked"), "bad", "slash-circle"),
}


def key_label(row: ApiToken, now: datetime) -> Label:
    """The chip of a key at an instant."""
    return KEY_STATES[state_on(row.expires_at, row.revoked_at, now)]
