"""Many movements of one lot at once: their changes, the days that come of them, and what would be missing.

Gives what posting them one by one in `posting_order` gives; `actions.posting` is that other way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from portal.catalogue.rules.working_figures import show_exact
from portal.kernel.errors import Invalid, Problem
from portal.kernel.text import Text, t
from portal.kernel.units import unit_word
from portal.warehouse.rules.daybook import FIELDS, NOTHING, BookDay, Entry, Stock, booked, lowest
from portal.warehouse.rules.facts import LotKey
from portal.warehouse.rules.measuring import Size, change_of, size_on, unmeasured
from portal.warehouse.rules.movement_rows import Line


class Change(NamedTuple):
    """A line with what it does to its lot, and when."""

    line: Line
    counted_on: date
    change: Stock


@dataclass(slots=True)
class LotBooks:
    """What the lot's books say before: the stock before the first new day, and the days from it on."""

    opening: Stock = NOTHING
    days: Mapping[date, BookDay] = field(default_factory=dict)
    entries: Mapping[date, list[Entry]] = field(default_factory=dict)


@dataclass(slots=True)
class LotPlan:
    """What is to be written for one lot, or what is wrong."""

    key: LotKey
    changes: list[Change] = field(default_factory=list)
    days: list[BookDay] = field(default_factory=list)
    unmeasured: set[str] = field(default_factory=set)
    problem: tuple[Line, str, Text] | None = None
    """The line at which the lot would hold less than nothing, the measure, and the sentence."""

    @property
    def total(self) -> Stock:
        """All changes together."""
        stock = NOTHING
        for each in self.changes:
            stock = stock.plus(each.change)
        return stock


def plan_lot(
    key: LotKey, lines: Iterable[tuple[date, Line]], sizes: tuple[Size, ...], before: LotBooks
) -> LotPlan:
    """`lines`: (the day it counts on, line) in the order of those days and, within one, of posting."""
    plan = LotPlan(key)
    by_day: dict[date, list[Line]] = {}
    for day, line in lines:
        by_day.setdefault(day, []).append(line)
    stock, kept = before.opening, before.opening
    for day in sorted({*by_day, *before.days}):
        opening, old = stock, before.days.get(day)
        if old is not None:
            stock = stock.plus(old.closing).plus(kept.turned())
            kept = old.closing
        entries = _post(plan, day, by_day.get(day, ()), sizes, stock)
        if plan.problem is not None:
            return plan
        if entries or old is None:
            row = booked(day, opening, [*before.entries.get(day, ()), *entries])
        else:
            shift = stock.plus(old.closing.turned())
            row = old._replace(closing=stock, peak=old.peak.plus(shift))
        plan.days.append(row)
        stock = row.closing
        if min(stock) < 0:
            plan.problem = _short(plan, row)
            return plan
    return plan


def _post(
    plan: LotPlan, day: date, lines: Iterable[Line], sizes: tuple[Size, ...], stock: Stock
) -> list[Entry]:
    entries = []
    for line in lines:
        fact = line.fact
        try:
            change = change_of(fact.kind, fact.given, size_on(sizes, fact.moved_on), stock)
        except Invalid as error:
            plan.problem = line, error.field or "pieces", error.text
            return []
        stock = stock.plus(change)
        plan.changes.append(Change(line, day, change))
        plan.unmeasured.update(unmeasured(change, fact.given))
        entries.append(Entry(_AFTER_ALL + len(plan.changes), fact.clock, change))
    return entries


_AFTER_ALL = 1 << 62
"""New movements stand after all that have a number already."""


def _short(plan: LotPlan, row: BookDay) -> tuple[Line, str, Text]:
    below = lowest([(row.day, row.closing)])
    assert below is not None
    day, unit, missing = below
    name = FIELDS[unit]
    at_fault = next(
        (each for each in reversed(plan.changes) if getattr(each.change, name) < 0),
        plan.changes[-1],
    )
    words = {"lot": " · ".join(filter(None, (plan.key.lot, plan.key.sku))), "day": day.isoformat(),
             "missing": show_exact(missing), "unit": unit_word(unit)}  # fmt: skip
    text = t(
        "enough in the lot: %(lot)s would be short of %(missing)s %(unit)s on %(day)s", **words
    )
    return at_fault.line, name, text


def problem_of(plan: LotPlan, column: str) -> Problem:
    """What is wrong with the plan, at its row and the `column` as the file heads it."""
    assert plan.problem is not None
    line, name, text = plan.problem
    stated = getattr(line.fact, name)
    return Problem(line.row, column, "" if stated is None else show_exact(stated), text)
