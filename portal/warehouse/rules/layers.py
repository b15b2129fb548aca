"""How long goods have been in store: inbound lots as layers, first in first out (W5, W6).

A layer is what came in under one lot on one day. What leaves takes from the oldest layer of its lot.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from portal.catalogue.rules.storage import DayCount
from portal.kernel.errors import Invalid
from portal.kernel.text import t
from portal.warehouse.rules.unit_days import Flow

ZERO = Decimal(0)


class Take(NamedTuple):
    """What left a layer on a day; `quantity` is above 0."""

    day: date
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Layer:
    """`quantity` that came in on `arrived_on`, and what left of it, in the order of days."""

    lot: str
    arrived_on: date
    quantity: Decimal
    takes: tuple[Take, ...] = ()

    @property
    def left(self) -> Decimal:
        """What is still there after everything known."""
        return self.quantity - sum((take.quantity for take in self.takes), ZERO)

    @property
    def gone_on(self) -> date | None:
        """The day on which the last of it left; None while some is there."""
        return self.takes[-1].day if self.takes and not self.left else None

    def age_on(self, day: date) -> int:
        """Which day in store `day` is; the day of arrival is 1 (W5)."""
        return (day - self.arrived_on).days + 1

    def charged_on(self, day: date, count: DayCount) -> Decimal:
        """What of it counts on `day`; DayCount.PEAK cannot be told by layer (ValueError)."""
        return self.unit_days(day, day, count)

    def unit_days(self, first: date, last: date, count: DayCount) -> Decimal:
        """Σ of what counts on each day from `first` to `last`, exact; 0 before its arrival."""
        if count is DayCount.PEAK:
            raise ValueError("the peak of a day belongs to the whole stock")
        wait = 1 if count is DayCount.DAY_START else 0
        leaves = 0 if count is DayCount.DAY_END else 1
        begin = max(first.toordinal(), self.arrived_on.toordinal() + wait)
        end = last.toordinal()
        if end < begin:
            return ZERO
        total = self.quantity * (end - begin + 1)
        for day, quantity in self.takes:
            without = end - max(begin, day.toordinal() + leaves) + 1
            if without > 0:
                total -= quantity * without
        return total


def layers_of(flows: Iterable[Flow], opening: Iterable[Layer] = ()) -> list[Layer]:
    """The layers of a stock, by arrival and lot; the order of one day's flows does not matter.

    `flows` come in the order of their days, after the days of `opening`. On one day what comes in
    is there before anything leaves. What an adjustment finds is a layer of that day, what it misses
    leaves. Invalid when more leaves a lot than is there, with the lot and the day.
    """
    lots: dict[str, _Lot] = {}
    for layer in sorted(opening, key=attrgetter("arrived_on")):
        lots.setdefault(layer.lot, _Lot(layer.lot)).put(layer)
    last = date.min
    for day, of_day in groupby(flows, key=attrgetter("day")):
        if day < last:
            raise ValueError("the movements are not in the order of their days")
        last = day
        leaving = []
        for flow in of_day:
            lot = lots.setdefault(flow.lot, _Lot(flow.lot))
            if flow.quantity < 0:
                leaving.append((lot, -flow.quantity))
            elif flow.quantity:
                lot.receive(day, flow.quantity)
        for lot, quantity in leaving:
            lot.take(day, quantity)
    found = [layer for lot in lots.values() for layer in lot.layers()]
    return sorted(found, key=attrgetter("arrived_on", "lot"))


class _Open:
    """A layer while it is being written; `left` is what may still leave."""

    __slots__ = ("layer", "left", "takes")

    def __init__(self, layer: Layer) -> None:
        self.layer = layer
        self.takes = list(layer.takes)
        self.left = layer.left

    def take(self, day: date, quantity: Decimal) -> None:
        self.left -= quantity
        if self.takes and self.takes[-1].day == day:
            quantity += self.takes.pop().quantity
        self.takes.append(Take(day, quantity))


class _Lot:
    """The layers of one lot: all of them in the order of arrival, and those with something left."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._all: list[_Open] = []
        self._open: deque[_Open] = deque()

    def put(self, layer: Layer) -> None:
        opened = _Open(layer)
        self._all.append(opened)
        if opened.left:
            self._open.append(opened)

    def receive(self, day: date, quantity: Decimal) -> None:
        newest = self._open[-1] if self._open else None
        if newest is not None and newest.layer.arrived_on == day:
            newest.layer = replace(newest.layer, quantity=newest.layer.quantity + quantity)
            newest.left += quantity
        else:
            self.put(Layer(self.name, day, quantity))

    def take(self, day: date, quantity: Decimal) -> None:
        while quantity:
            if not self._open:
                words = {"lot": self.name or "-", "day": day.isoformat(), "missing": quantity}
                raise Invalid(t("Lot %(lot)s is short of %(missing)s on %(day)s.", **words))
            oldest = self._open[0]
            part = min(quantity, oldest.left)
            oldest.take(day, part)
            quantity -= part
            if not oldest.left:
                self._open.popleft()

    def layers(self) -> list[Layer]:
        return [replace(opened.layer, takes=tuple(opened.takes)) for opened in self._all]


def left_on(layers: Iterable[Layer], day: date) -> list[Layer]:
    """The layers as they stood at the end of `day`: an opening for the flows of the days after it."""
    standing = []
    for layer in layers:
        if layer.arrived_on <= day:
            takes = tuple(take for take in layer.takes if take.day <= day)
            before = replace(layer, takes=takes)
            if before.left:
                standing.append(before)
    return standing
