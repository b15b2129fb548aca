"""One usage as it is told to us, by a page, a file, a shipment or another system."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from portal.contracts.rules.ledger import plain
from portal.kernel.errors import InvalidMany
from portal.kernel.text import Text, t
from portal.kernel.units import UNITS, unit_word

PLACES = 6
LARGEST = Decimal(10) ** 11
LONGEST_SOURCE, LONGEST_REFERENCE, LONGEST_CODE, LONGEST_NOTE = 24, 80, 120, 500


@dataclass(frozen=True, slots=True)
class UsageFact:
    """This customer used `quantity` of a service on the day `used_on`; (`source`, `reference`) counts once.

    The service is named by `item_id`, or by `item_code` as the source writes it. `unit` is a code of `kernel.units`.
    `entitlement_id` is tried before all others; `reserved` (in its unit) of it was held for this usage.
    """

    customer_id: int
    quantity: Decimal
    unit: str
    used_on: date
    source: str
    reference: str
    item_code: str = ""
    item_id: int | None = None
    note: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    shipment_id: int | None = None
    entitlement_id: int | None = None
    reserved: Decimal = Decimal(0)


def check(fact: UsageFact, today: date) -> None:
    """InvalidMany, with a message at each field, for a fact that cannot be."""
    problems = {
        "quantity": quantity_problem(fact.quantity),
        "unit": None if fact.unit in UNITS else t("Choose a unit."),
        "used_on": day_problem(fact.used_on, today),
        "source": _length_problem(fact.source, LONGEST_SOURCE),
        "reference": _length_problem(fact.reference, LONGEST_REFERENCE),
        "item_code": _length_problem(fact.item_code or str(fact.item_id or ""), LONGEST_CODE),
    }
    found = {name: text for name, text in problems.items() if text is not None}
    if found:
        raise InvalidMany(found)


def record_words(item_code: str, quantity: Decimal, unit: str, used_on: date) -> Text:
    """What a record says, in one line."""
    words = {"item": item_code, "quantity": plain(quantity), "unit": unit_word(unit)}
    return t("%(item)s, %(quantity)s %(unit)s on %(day)s", day=used_on.isoformat(), **words)


def reference_taken(reference: str, known: Text, told: Text) -> Text:
    """Why a reference cannot be used for something else."""
    return t(
        "Reference %(reference)s is taken by %(known)s; this is %(told)s. Reverse that record, or use a new reference.",
        reference=reference,
        known=known,
        told=told,
    )


def quantity_problem(quantity: Decimal) -> Text | None:
    """What is wrong with a used quantity; a correction is a reversal, so it is never negative (DOMAIN E3)."""
    if quantity == 0:
        return t("a quantity that is not zero")
    if quantity < 0:
        return t("a quantity above zero; what was wrong is reversed at its own record")
    if quantity >= LARGEST:
        return t("a smaller quantity")
    if quantity != round(quantity, PLACES):
        return t("at most %(places)s decimal places", places=PLACES)
    return None


def day_problem(day: date, today: date) -> Text | None:
    """What is wrong with the day of a usage."""
    if day > today:
        return t("a day that has come, at the latest %(today)s", today=today.isoformat())
    if day.year < 2000:
        return t("a day of this century")
    return None


def _length_problem(text: str, longest: int) -> Text | None:
    if not text.strip():
        return t("This must be filled in.")
    if len(text) > longest:
        return t("at most %(longest)s characters", longest=longest)
    return None
