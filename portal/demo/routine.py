"""What the demo's customers use in an ordinary month: which service, how often, how much of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple


class Told(NamedTuple):
    """So much of a service (of `SERVICES`) on a day."""

    on: date
    service: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Service:
    """A charge in a unit; `item` tells it from others of the charge."""

    charge: str
    unit: str
    item: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """On every `every`-th working day from the `start`-th of a month on: `least` and up to `spread` - 1 more.

    Rhythms with the same figures go together: the boxes and what is done with them at the port.
    """

    customer: str
    services: tuple[str, ...]
    start: int
    every: int
    least: int
    spread: int
    since: int

    def told(self, first: date, last: date) -> Iterator[Told]:
        """What is told of the days from the first of a month to `last`."""
        for n, day in weekdays(first, last):
            if n >= self.start and (n - self.start) % self.every == 0:
                quantity = self.least + (n * 5 + first.month * 3) % self.spread
                yield from (Told(day, service, quantity) for service in self.services)


def _lane(origin: str, destination: str, **more: str) -> dict[str, str]:
    return {"origin": origin, "destination": destination, **more}


FCL = {"packaging": "40HQ", "load": "fcl"}
SERVICES: Mapping[str, Service] = {
    "labels": Service("LAB", "H87"),
    "sorting": Service("SORT", "H87"),
    "pallets": Service("PLTZ", "XPX"),
    "deliveries": Service("DLV", "XPX", {"main_unit": "XPX"}),
    "town": Service("DLV", "HPX", {"main_unit": "HPX"}),
    "orders": Service("PICK", "ORD"),
    "parcels": Service("PACK", "ORD"),
    "declarations": Service("C/D", "BL", {"category": "sea"}),
    "air declarations": Service("C/D", "BL", {"category": "air"}),
    "documents": Service("DOC", "BL"),
    "entries": Service("ENS", "BL"),
    "waybills": Service("AWB", "DOC"),
    "screening": Service("XRAY", "KGM"),
    "terminal 40": Service("THC", "40HQ"),
    "terminal 20": Service("THC", "20GP"),
    "trucks": Service("TRK", "40HQ", _lane("330206", "CNNGB", packaging="40HQ")),
    "to Rotterdam": Service("O/F", "40HQ", _lane("CNSHA", "NLRTM", **FCL)),
    "to Hamburg": Service("O/F", "40HQ", _lane("CNSHA", "DEHAM", **FCL)),
    "part loads": Service("O/F", "RT", _lane("CNSHA", "DEHAM", load="lcl")),
    "to Los Angeles": Service("O/F", "40HQ", _lane("CNNGB", "USLAX", **FCL)),
    "to Dubai": Service("O/F", "20GP", _lane("CNSHA", "AEJEA", packaging="20GP", load="fcl")),
    "to Frankfurt": Service("A/F", "CHW", _lane("PEK", "FRA")),
}

# customer | services | first of the month's working days | every so many | least | spread | since: months from this one
_RHYTHMS = """
NORDWIND|to Hamburg;terminal 40|1|7|1|2|-12
NORDWIND|documents;declarations;entries|1|7|1|1|-12
NORDWIND|part loads|4|6|3|7|-12
NORDWIND|declarations;entries|4|6|1|1|-12
NORDWIND|to Rotterdam|2|8|1|1|-8
LONGTENG|to Los Angeles;terminal 40|2|7|2|1|-12
LONGTENG|documents|2|7|1|1|-12
LONGTENG-NB|declarations|4|6|1|1|-12
LONGTENG-NB|trucks|5|9|1|2|-12
LONGTENG-SH|declarations|3|8|1|1|-12
JINGHE|to Frankfurt;screening|0|5|60|90|-12
JINGHE|waybills;air declarations|0|5|1|1|-12
CHONGHE|to Dubai;terminal 20|3|7|1|2|-12
CHONGHE|documents;declarations|3|7|1|1|-12
"""
BUSY, OVER = -2, -3
"""Months, from this one, with more labels and more declarations of Harbour Foods than usual."""


def rhythms() -> Iterator[Rhythm]:
    """Every line of the table above."""
    for line in _RHYTHMS.strip().splitlines():
        customer, services, *figures = line.split("|")
        yield Rhythm(customer, tuple(services.split(";")), *map(int, figures))


def used(later: int, first: date, last: date) -> dict[str, list[Told]]:
    """Customer → what it used in the month so many months from this one, from its `first` day to `last`."""
    found: dict[str, list[Told]] = {
        "HARBOUR": list(_harbour(later, first, last)),
        "YUNSHANG": list(_orders(first, last)),
    }
    for rhythm in rhythms():
        if later >= rhythm.since:
            found.setdefault(rhythm.customer, []).extend(rhythm.told(first, last))
    return found


def weekdays(first: date, last: date) -> Iterator[tuple[int, date]]:
    """The working days of a span, counted from 0."""
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return enumerate(day for day in days if day.weekday() < 5)


def _harbour(later: int, first: date, last: date) -> Iterator[Told]:
    """A month of Harbour Foods in the warehouse, without what its stock tells by itself."""
    for n, day in weekdays(first, last):
        if n == 0 and later:
            yield Told(day, "pallets", 170)
        if n == 0 and later < -1:
            yield Told(day, "deliveries", 75)
        if n % 2 == 0:
            yield Told(day, "labels", (120 + n * 37 % 60) * (3 if later == BUSY else 2) // 2)
        if day.weekday() in (1, 3):
            yield Told(day, "declarations", 3 if later == OVER else 2)
        if day.weekday() == 4:
            yield Told(day, "sorting", 560 + n * 13 % 90)


def _orders(first: date, last: date) -> Iterator[Told]:
    """A month of Yunshang's web shop."""
    for n, day in weekdays(first, last):
        if n % 2 == 0:
            yield Told(day, "orders", 165 + (n * 53 + first.month * 17) % 90)
        if day.weekday() == 4:
            yield Told(day, "parcels", 610 + n * 29 % 120)
