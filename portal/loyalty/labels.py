"""Entries and redemptions with mark and tone."""

from __future__ import annotations

from collections.abc import Mapping

from portal.loyalty.rules.kinds import ENTRY_WORDS, REDEMPTION_WORDS, EntryKind, RedemptionState
from portal.web.labels import Label

K = EntryKind

ENTRIES: Mapping[str, Label] = {
    K.EARN: Label(ENTRY_WORDS[K.EARN], "good", "receipt"),
    K.BONUS: Label(ENTRY_WORDS[K.BONUS], "good", "gift"),
    K.REDEEM: Label(ENTRY_WORDS[K.REDEEM], "info", "cash-coin"),
    K.GIVE_BACK: Label(ENTRY_WORDS[K.GIVE_BACK], "good", "arrow-counterclockwise"),
    K.TAKE_BACK: Label(ENTRY_WORDS[K.TAKE_BACK], "warn", "arrow-return-left"),
    K.EXPIRE: Label(ENTRY_WORDS[K.EXPIRE], "neutral", "hourglass"),
    K.ADJUST: Label(ENTRY_WORDS[K.ADJUST], "neutral", "sliders"),
}
REDEMPTIONS: Mapping[str, Label] = {
    RedemptionState.CREDITED: Label(
        REDEMPTION_WORDS[RedemptionState.CREDITED], "good", "check-circle"
    ),
    RedemptionState.CANCELLED: Label(
        REDEMPTION_WORDS[RedemptionState.CANCELLED], "neutral", "slash-circle"
    ),
}
