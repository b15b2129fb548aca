"""States of deliveries and endpoints, with mark and tone."""

from __future__ import annotations

from collections.abc import Mapping

from portal.hooks.models import HookEndpoint
from portal.hooks.rules.kinds import OFF_WORDS, STATE_WORDS, DeliveryState, OffReason
from portal.kernel.text import Text, t
from portal.web.labels import Label

D = DeliveryState

DELIVERIES: Mapping[str, Label] = {
    D.PENDING: Label(STATE_WORDS[D.PENDING], "info", "hourglass-split"),
    D.SENT: Label(STATE_WORDS[D.SENT], "good", "send-check"),
    D.DEAD: Label(STATE_WORDS[D.DEAD], "bad", "exclamation-circle"),
}
ON = Label(t("Webhook on"), "good", "broadcast")
FAILING = Label(t("On, and nothing is taken"), "warn", "exclamation-triangle")
OFF = Label(t("Webhook off"), "neutral", "slash-circle")
BROKEN = Label(t("Switched off by itself"), "bad", "x-circle")


def endpoint_label(row: HookEndpoint) -> Label:
    """How an endpoint stands."""
    if row.is_active:
        return FAILING if row.failing_since else ON
    return BROKEN if row.off_reason else OFF


def off_words(row: HookEndpoint) -> Text | None:
    """Why it switched itself off; None when somebody did, or it is on."""
    return OFF_WORDS[OffReason(row.off_reason)] if row.off_reason else None
