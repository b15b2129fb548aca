"""Goods of a return counted twice: what was claimed against what two people found (REQUIREMENTS S13)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from portal.kernel.text import Text, t


class Count(StrEnum):
    """How far the counting of one line has come."""

    OPEN = "open"
    ONCE = "once"  # a second person has still to count
    AGREED = "agreed"  # both found what was claimed
    SHORT = "short"  # both found less
    OVER = "over"  # both found more
    DIFFERING = "differing"  # the two do not agree


COUNT_WORDS: Mapping[Count, Text] = {
    Count.OPEN: t("To be counted"),
    Count.ONCE: t("To be counted a second time"),
    Count.AGREED: t("As claimed"),
    Count.SHORT: t("Less than claimed"),
    Count.OVER: t("More than claimed"),
    Count.DIFFERING: t("The two counts differ"),
}


@dataclass(frozen=True, slots=True)
class Counted:
    """One line: claimed, found once, found again; all in the line's unit."""

    asked: Decimal
    first: Decimal | None = None
    second: Decimal | None = None

    @property
    def state(self) -> Count:
        """How far it has come."""
        if self.first is None:
            return Count.OPEN
        if self.second is None:
            return Count.ONCE
        if self.first != self.second:
            return Count.DIFFERING
        if self.second == self.asked:
            return Count.AGREED
        return Count.SHORT if self.second < self.asked else Count.OVER

    @property
    def difference(self) -> Decimal | None:
        """What was found less what was claimed, by the later count; None before the first."""
        found = self.first if self.second is None else self.second
        return None if found is None else found - self.asked


def wrong_quantity(quantity: Decimal | None) -> Text | None:
    """Why a counted quantity cannot be taken; None when it can."""
    if quantity is None:
        return t("Say how many you counted; 0 when nothing is there.")
    return t("A count is not negative.") if quantity < 0 else None
