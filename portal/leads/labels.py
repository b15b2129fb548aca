"""Leads with mark and tone."""

from __future__ import annotations

from collections.abc import Mapping

from portal.kernel.text import t
from portal.leads.rules.kinds import TOUCHES, TouchKind
from portal.leads.rules.states import LEAD_WORDS, LeadState
from portal.opportunities.rules.kinds import RATINGS, Rating
from portal.web.labels import Label

LEADS: Mapping[str, Label] = {
    LeadState.POOL: Label(LEAD_WORDS[LeadState.POOL], "info", "inbox"),
    LeadState.HELD: Label(LEAD_WORDS[LeadState.HELD], "neutral", "person"),
    LeadState.CONVERTED: Label(LEAD_WORDS[LeadState.CONVERTED], "good", "check-circle"),
    LeadState.DISCARDED: Label(LEAD_WORDS[LeadState.DISCARDED], "done", "slash-circle"),
}
RATED: Mapping[str, Label] = {
    Rating.HOT: Label(RATINGS[Rating.HOT], "bad", "arrow-up"),
    Rating.WARM: Label(RATINGS[Rating.WARM], "warn", "arrow-right"),
    Rating.COLD: Label(RATINGS[Rating.COLD], "info", "arrow-down"),
}
TOUCHED: Mapping[str, Label] = {
    TouchKind.CALL: Label(TOUCHES[TouchKind.CALL], "info", "telephone"),
    TouchKind.VISIT: Label(TOUCHES[TouchKind.VISIT], "info", "geo-alt"),
    TouchKind.MAIL: Label(TOUCHES[TouchKind.MAIL], "info", "envelope"),
    TouchKind.WECHAT: Label(TOUCHES[TouchKind.WECHAT], "info", "chat-dots"),
}
NOBODY = Label(t("Nobody was reached"), "warn", "bell-slash")
