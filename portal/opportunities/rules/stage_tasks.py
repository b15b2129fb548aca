"""The tasks that a stage begins with: whose words, due when (REQUIREMENTS O11)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.kernel.workcalendar import CHINA, ONE_DAY

MOST_TASKS = 20
MOST_DAYS = 365


@dataclass(frozen=True, slots=True)
class StageTask:
    """A task in both languages, due so many working days after the stage is entered."""

    zh: str
    en: str
    days: int

    def title(self, locale: str) -> str:
        """In the language of whoever does it."""
        first, second = (self.en, self.zh) if locale == "en" else (self.zh, self.en)
        return first or second

    def to_json(self) -> dict[str, Any]:
        """As a stage keeps it."""
        return {"zh": self.zh, "en": self.en, "days": self.days}


def tasks_of(stored: Iterable[Mapping[str, Any]] | None) -> tuple[StageTask, ...]:
    """The tasks that a stage keeps."""
    return tuple(
        StageTask(str(each.get("zh", "")), str(each.get("en", "")), int(each.get("days") or 0))
        for each in stored or ()
    )


def due_on(start: date, days: int) -> date:
    """`days` working days after `start`; 0: the first working day from it on."""
    day = CHINA.on_or_after(start)
    for _ in range(days):
        day = CHINA.on_or_after(day + ONE_DAY)
    return day
