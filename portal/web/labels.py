"""States and kinds in words, with the mark and tone that go with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from portal.kernel.text import Text, t

Tone = Literal["neutral", "info", "good", "warn", "bad", "done"]


@dataclass(frozen=True, slots=True)
class Label:
    """A word with a mark: states are never told by colour alone."""

    text: Text
    tone: Tone = "neutral"
    icon: str = "circle"


ACTIVE = Label(t("Active"), "good", "check-circle")
INACTIVE = Label(t("Inactive"), "neutral", "slash-circle")
