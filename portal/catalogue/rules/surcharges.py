"""When a surcharge attaches itself to a shipment: mode, lane, boxes, dates, asked for or not.

Source: DOMAIN U1-U6, C3 (places match from the narrow to the wide).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from portal.catalogue.rules.cargo import Cargo
from portal.kernel.text import Text, t

TERMINAL_HANDLING = frozenset({"OHC", "DHC", "THC", "OTHC", "DTHC"})
"""Codes that carriers leave at 0 when they forgot to list them as inclusive (U4)."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a shipment is, for the rules of attachment.

    `origin` and `destination` name the place and everything that it lies in, narrow to wide (port,
    city, province, country, region). `on` is the reference date of S3. `asked` are the codes of
    the charges that the customer wants although they are optional.
    """

    category: str = ""
    origin: tuple[str, ...] = ()
    destination: tuple[str, ...] = ()
    on: date | None = None
    asked: frozenset[str] = frozenset()
    dangerous: bool = False


@dataclass(frozen=True, slots=True)
class When:
    """The conditions of a surcharge; each empty one is no condition. Both dates are inclusive."""

    categories: frozenset[str] = frozenset()
    origins: frozenset[str] = frozenset()
    destinations: frozenset[str] = frozenset()
    boxes: frozenset[str] = frozenset()
    from_on: date | None = None
    to_on: date | None = None
    only_if_asked: bool = False
    only_dangerous: bool = False


ALWAYS = When()


def why_not(when: When, code: str, occasion: Occasion, cargo: Cargo) -> Text | None:
    """Why the charge `code` does not attach itself here; None when it does."""
    if when is ALWAYS:
        return None
    if when.only_if_asked and code not in occasion.asked:
        return t("only if asked for")
    if when.only_dangerous and not occasion.dangerous:
        return t("only for dangerous goods")
    if when.categories and occasion.category not in when.categories:
        return t("not for this mode")
    if when.origins and when.origins.isdisjoint(occasion.origin):
        return t("not from this origin")
    if when.destinations and when.destinations.isdisjoint(occasion.destination):
        return t("not to this destination")
    if when.boxes and not any(cargo.boxes.get(box) for box in when.boxes):
        return t("not for these boxes")
    return _out_of_season(when, occasion.on)


def _out_of_season(when: When, on: date | None) -> Text | None:
    """U3: peak season and rate increases apply from and to a date; without a date nobody can say."""
    if when.from_on is None and when.to_on is None:
        return None
    if on is None:
        return t("no date is given to decide it")
    if when.from_on is not None and on < when.from_on:
        return t("only from %(date)s", date=when.from_on.isoformat())
    if when.to_on is not None and on > when.to_on:
        return t("only until %(date)s", date=when.to_on.isoformat())
    return None
