"""A person's plan as an iCalendar file (RFC 5545), for the calendar of their telephone.

Instants are written in UTC, which every program understands without a description of a zone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Event

PRODUCT = "-//Portal//Tasks and visits//EN"
REFRESH = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One appointment. Without `ends_at` it is a moment by which something is due, and blocks no time.

    `uid` is for ever the same; `sequence` grows with each change.
    """

    uid: str
    summary: str
    starts_at: datetime
    ends_at: datetime | None
    location: str
    description: str
    url: str
    changed_at: datetime
    sequence: int


def feed(name: str, entries: Iterable[FeedEntry]) -> bytes:
    """The whole file; the same entries give the same bytes."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    for each in entries:
        calendar.add_component(_event(each))
    return bytes(calendar.to_ical())


def _event(entry: FeedEntry) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", entry.changed_at.astimezone(UTC))
    event.add("last-modified", entry.changed_at.astimezone(UTC))
    event.add("sequence", entry.sequence)
    event.add("summary", entry.summary)
    event.add("dtstart", entry.starts_at.astimezone(UTC))
    if entry.ends_at is not None:
        event.add("dtend", entry.ends_at.astimezone(UTC))
    event.add("transp", "OPAQUE" if entry.ends_at is not None else "TRANSPARENT")
    for field, value in (("location", entry.location), ("description", entry.description)):
        if value:
            event.add(field, value)
    event.add("url", entry.url)
    event.add("class", "PRIVATE")
    return event
