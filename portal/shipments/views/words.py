"""Places, kinds and histories of this room in the reader's words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from portal.catalogue.queries.places import all_places
from portal.db.audit import AuditEntry
from portal.shipments.labels import FACT_NAMES
from portal.shipments.rules.plans import name_of as milestone_name
from portal.web.filters import instant
from portal.web.timeline import Happening
from portal.web.words import name_of, say

MOST_BOXES = 12


def happening(entry: AuditEntry) -> Happening:
    """An entry with what it was about."""
    why = entry.reason or _details(entry) or None
    return Happening(entry.at, entry.actor_name, entry.label, why, entry.is_public)


def place_reader() -> Callable[[str], str]:
    """Says a place's name for its code; words that are no place stand for themselves."""
    book = all_places()

    def read(code: str) -> str:
        place = book.get(code) if code else None
        return name_of(place) if place else code

    return read


def lane(row: Any) -> str:
    """`上海 → 纽约`, in the reader's words."""
    if not row.origin and not row.destination:
        return ""
    read = place_reader()
    return f"{read(row.origin) or '…'} → {read(row.destination) or '…'}"


def _milestone(_before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """`Departed · 洋山港 · 2026-03-12 18:00`, and that it was taken back."""
    at = after.get("actual")
    when = instant(datetime.fromisoformat(at)) if at else _("not reached")
    return " · ".join(
        p for p in (say(milestone_name(after["code"])), after.get("place"), when) if p
    )


def _boxes(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """The boxes as they are now, and those that were taken away."""
    now = after.get("boxes", ())
    gone = [number for number in before.get("boxes", ()) if number not in now]
    removed = _("removed: %(numbers)s", numbers=" ".join(gone)) if gone else ""
    return " · ".join(part for part in (" ".join(now[:MOST_BOXES]), removed) if part)


PARTICULARS: Mapping[str, Callable[[Mapping[str, Any], Mapping[str, Any]], str]] = {
    "shipment.milestone": _milestone,
    "shipment.boxes_changed": _boxes,
    "shipment.replanned": lambda _before, after: " · ".join(
        say(milestone_name(code)) for code in after
    ),
    "booking.confirmed": lambda _before, after: str(after.get("shipment", "")),
}
"""What an entry of these events says of itself."""


def _details(entry: AuditEntry) -> str:
    """What changed, old and new; first entries and steps say nothing more."""
    before = entry.before if isinstance(entry.before, dict) else {}
    after = entry.after if isinstance(entry.after, dict) else {}
    particular = PARTICULARS.get(entry.event)
    if particular is not None:
        return particular(before, after)
    return " · ".join(
        f"{say(FACT_NAMES[name])}: {before[name] or '—'} → {after.get(name) or '—'}"
        for name in before
        if name in FACT_NAMES and before[name] != after.get(name)
    )
