"""What a row about an opportunity comes to: state, stage, days and amounts that fit together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.kernel.text import Text, t
from portal.opportunities.rules.states import OpportunityState

OUTCOMES = tuple(state.value for state in OpportunityState)
NOT_SAID = ("未说明", "Not stated")
"""The reason of one that was lost (or won) without anybody saying why."""


@dataclass(frozen=True, slots=True)
class Ending:
    """Where a row puts an opportunity: its state, the code of its stage ("" where none is named), its days."""

    state: str
    stage: str
    close_on: date | None
    closed_on: date | None


def ending(values: Mapping[str, Any]) -> Ending:
    """A closing day of what is open is the day on which it is expected."""
    word = values.get("stage") or ""
    state = word if word in OUTCOMES else OpportunityState.OPEN.value
    stage = "" if word in OUTCOMES else word
    close_on, closed_on = values.get("close_on"), values.get("closed_on")
    if state == OpportunityState.OPEN:
        return Ending(state, stage, close_on or closed_on, None)
    return Ending(state, stage, close_on or closed_on, closed_on or close_on)


def problems(
    values: Mapping[str, Any], end: Ending, today: date
) -> Iterator[tuple[str, Any, Text]]:
    """(field, what it says, what was expected) of days that do not fit together."""
    opened = values.get("opened_on")
    if end.state != OpportunityState.OPEN and end.closed_on is None:
        yield "closed_on", "", t("the day on which it was won or lost")
    if opened is not None and opened > today:
        yield "opened_on", opened, t("a day that is not in the future")
    if end.closed_on is not None and end.closed_on > today:
        yield "closed_on", end.closed_on, t("a day that is not in the future; it is won or lost")
    if opened is not None and end.closed_on is not None and end.closed_on < opened:
        yield "closed_on", end.closed_on, t("a day not before %(day)s, when it began", day=opened)
