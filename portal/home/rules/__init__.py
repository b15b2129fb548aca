"""Small decisions and values of the first page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from portal.kernel.text import Text, t


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits: how it is marked, what it is, and where one goes on."""

    icon: str
    tone: str
    title: Text
    note: Text | str
    url: str | None
    button: Text


URGENCY = ("bad", "warn", "info", "good")


def in_order(found: Iterable[Waiting]) -> list[Waiting]:
    """The late things first, then what is to be decided, then the rest; what is alike keeps its order."""
    return sorted(found, key=lambda each: URGENCY.index(each.tone))


def greeting(hour: int) -> Text:
    """How one greets at this hour of the firm's day (0 to 23)."""
    if 5 <= hour < 11:
        return t("Good morning")
    if 11 <= hour < 13:
        return t("Good day")
    if 13 <= hour < 18:
        return t("Good afternoon")
    return t("Good evening")
