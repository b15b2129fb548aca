"""Two customers side by side, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.customers.rules.kinds import (
    AREAS,
    BILLINGS,
    DOCUMENT_LANGUAGES,
    MARKETS,
    NATURES,
    REACHES,
    SEGMENTS,
    SOURCES,
)
from portal.intake.queries.merging import Side
from portal.intake.rules.merging import FIELDS
from portal.kernel.text import Text, t
from portal.web.words import say

WORDS: Mapping[str, Mapping[str, Text]] = {
    "segment": SEGMENTS, "billing": BILLINGS, "document_language": DOCUMENT_LANGUAGES, "market": MARKETS,
    "area": AREAS, "reach": REACHES, "nature": NATURES, "source": SOURCES,
}  # fmt: skip
COUNTED: Mapping[str, Text] = {
    "contact": t("Contacts"),
    "site": t("Sites"),
    "membership": t("Users"),
    "opportunity": t("Opportunities"),
    "quotation": t("Quotations"),
    "contract": t("Contracts"),
    "entitlement": t("Entitlements"),
    "booking": t("Bookings"),
    "shipment": t("Shipments"),
    "usage_record": t("Usage"),
    "stock_lot": t("Lots"),
    "statement": t("Statements"),
    "receivable": t("Receivables"),
    "receipt": t("Receipts"),
    "service_request": t("Service requests"),
    "document": t("Documents"),
    "history_note": t("Notes of history"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One field of both, or how many rows of one kind each has."""

    name: str
    label: str
    ours: str
    theirs: str

    @property
    def differs(self) -> bool:
        """Whether there is something to choose."""
        return self.ours != self.theirs


@dataclass(frozen=True, slots=True)
class Drawn:
    """Both customers: fields where at least one says something, and what each has. `others`: rows of further kinds."""

    first: Side
    second: Side
    fields: list[Line]
    counts: list[Line]
    others: tuple[int, int]


def drawn(first: Side, second: Side) -> Drawn:
    """Two sides in words."""
    lines = [
        Line(name, say(text), _word(name, first), _word(name, second))
        for name, text in FIELDS.items()
    ]
    counts = [
        Line(table, say(text), *(f"{_count(side, table):,}" for side in (first, second)))
        for table, text in COUNTED.items()
        if _count(first, table) or _count(second, table)
    ]
    others = _others(first), _others(second)
    return Drawn(
        first, second, [each for each in lines if each.ours or each.theirs], counts, others
    )


def _word(name: str, side: Side) -> str:
    value: Any = side.values[name]
    words = WORDS.get(name, {})
    return say(words[value]) if value in words else str(value or "")


def _count(side: Side, table: str) -> int:
    return sum(
        n
        for place, n in side.rows.items()
        if place.table == table and place.column == "customer_id"
    )


def _others(side: Side) -> int:
    return sum(n for place, n in side.rows.items() if place.table not in COUNTED)
