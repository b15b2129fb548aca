"""A span of business days, both ends included (DOMAIN S1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Period:
    """From `start_on` to `end_on`, both included; an open end is None."""

    start_on: date
    end_on: date | None = None

    def __post_init__(self) -> None:
        if self.end_on is not None and self.end_on < self.start_on:
            raise ValueError("a period cannot end before it starts")

    def contains(self, day: date) -> bool:
        """Whether `day` is inside."""
        return self.start_on <= day and (self.end_on is None or day <= self.end_on)

    def overlaps(self, other: Period) -> bool:
        """Whether one day belongs to both."""
        return (other.end_on is None or self.start_on <= other.end_on) and (
            self.end_on is None or other.start_on <= self.end_on
        )

    @property
    def days(self) -> int | None:
        """How many days; None for an open end."""
        return None if self.end_on is None else (self.end_on - self.start_on).days + 1
