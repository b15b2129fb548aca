"""When a shipment may be completed: on which day, with how much done of each line, and why more than was planned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from portal.kernel.text import Text, t
from portal.shipments.rules.booking import is_whole

DONE = "done-"
WHY = "why-"
LONGEST_WHY = 300
NOTHING_DONE = t("Nothing was done: call the shipment off instead.")


@dataclass(frozen=True, slots=True)
class Finished:
    """One line at its end; `usable` are the first and last day of the entitlement that it draws from."""

    position: int
    item: str
    unit: str
    planned: Decimal
    done: Decimal | None
    why: str = ""
    usable: tuple[date, date] | None = None


def completion_problems(
    lines: Sequence[Finished], on: date, opened_on: date, today: date
) -> Mapping[str, Text]:
    """Field (`service_on`, `done-<position>`, `why-<position>`) → what is wrong there; empty when nothing is."""
    found = {name: wrong for each in lines for name, wrong in _of_line(each).items()}
    if not found and not any(each.done for each in lines):
        found = {f"{DONE}{each.position}": NOTHING_DONE for each in lines}
    wrong_day = _of_day(lines, on, opened_on, today)
    return found if wrong_day is None else {**found, "service_on": wrong_day}


def _of_line(line: Finished) -> dict[str, Text]:
    field, done = f"{DONE}{line.position}", line.done
    if done is None or done < 0:
        return {field: t("Say how much was done; nothing is 0.")}
    if is_whole(line.unit) and done != done.to_integral_value():
        return {field: t("Only whole numbers can be booked here.")}
    why = f"{WHY}{line.position}"
    if done > line.planned and not line.why.strip():
        return {why: t("More than was planned: say why.")}
    if len(line.why.strip()) > LONGEST_WHY:
        return {why: t("at most %(most)s characters", most=LONGEST_WHY)}
    return {}


def _of_day(lines: Sequence[Finished], on: date, opened_on: date, today: date) -> Text | None:
    if on > today:
        return t("This day has not come yet.")
    if on < opened_on:
        return t("This is before it was booked: that was on %(day)s.", day=opened_on)
    for line in lines:
        if line.usable is not None and not line.usable[0] <= on <= line.usable[1]:
            start, end = line.usable
            return t(
                "The entitlement for %(item)s may be used from %(start)s to %(end)s only.",
                item=line.item,
                start=start,
                end=end,
            )
    return None
