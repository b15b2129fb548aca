"""The words of points."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from portal.kernel.text import Text, t


class EntryKind(StrEnum):
    """What changed the points of a customer."""

    EARN = "earn"
    BONUS = "bonus"
    REDEEM = "redeem"
    GIVE_BACK = "give_back"  # the credit they were redeemed for was cancelled
    TAKE_BACK = "take_back"  # the bill that earned them is no longer settled
    EXPIRE = "expire"
    ADJUST = "adjust"


class RedemptionState(StrEnum):
    """What became of a redemption."""

    CREDITED = "credited"
    CANCELLED = "cancelled"


ENTRY_WORDS: Mapping[EntryKind, Text] = {
    EntryKind.EARN: t("Points earned"),
    EntryKind.BONUS: t("Bonus points"),
    EntryKind.REDEEM: t("Points redeemed"),
    EntryKind.GIVE_BACK: t("Points given back"),
    EntryKind.TAKE_BACK: t("Points taken back"),
    EntryKind.EXPIRE: t("Points expired"),
    EntryKind.ADJUST: t("Points adjusted"),
}

REDEMPTION_WORDS: Mapping[RedemptionState, Text] = {
    RedemptionState.CREDITED: t("On the next statement"),
    RedemptionState.CANCELLED: t("Redemption cancelled"),
}
