"""What is wrong with a contract's terms and lines; field → message, in the words of the form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from portal.catalogue.rules.storage import StoragePolicy
from portal.catalogue.rules.terms import Basis, PriceTerms
from portal.contracts.rules.kinds import Overage
from portal.kernel.period import Period
from portal.kernel.text import Text, t

CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
WEEKDAYS = frozenset(range(1, 8))
LONGEST_YEARS = 30
MOST_DAYS = 3650
WITHOUT_DRAWS = frozenset({Basis.PERCENT})
"""Prices of which nobody draws a quantity: they go with other charges."""


@dataclass(frozen=True, slots=True)
class TermsFacts:
    """What a contract says apart from its lines (REQUIREMENTS C6, DOMAIN E9, R4)."""

    ends_on: date
    payment_days: int = 30
    payment_from: str = "statement"
    notice_days: int = 60
    renews_automatically: bool = False
    pickup_from: str = ""
    pickup_until: str = ""
    pickup_days: tuple[int, ...] = ()
    response_hours: Decimal | None = None
    deemed_confirmation_days: int | None = None
    no_minimum_order: bool = True
    minimum_order: str = ""
    clauses: tuple[Mapping[str, str], ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class LineFacts:
    """What may be wrong with one line."""

    quantity: Decimal | None
    discount_percent: Decimal
    overage: Overage
    price_terms: PriceTerms
    overage_terms: PriceTerms | None
    storage_policy: StoragePolicy | None
    from_on: date
    until_on: date


def wrong_period(starts_on: date, ends_on: date) -> dict[str, Text]:
    """The contract's own days."""
    if ends_on < starts_on:
        return {"ends_on": t("The last day is before the first.")}
    if ends_on.year - starts_on.year > LONGEST_YEARS:
        return {"ends_on": t("At most %(years)s years.", years=LONGEST_YEARS)}
    return {}


def days_of(starts_on: date, ends_on: date) -> int:
    """How many days a contract lasts, both ends included."""
    return Period(starts_on, ends_on).days or 0


def wrong_terms(terms: TermsFacts, starts_on: date) -> dict[str, Text]:
    """Everything that is wrong with the terms."""
    errors = wrong_period(starts_on, terms.ends_on)
    for field in ("payment_days", "notice_days"):
        if not 0 <= getattr(terms, field) <= MOST_DAYS:
            errors[field] = t("Between 0 and %(most)s days.", most=MOST_DAYS)
    return errors | _wrong_promises(terms)


def _wrong_promises(terms: TermsFacts) -> dict[str, Text]:
    errors: dict[str, Text] = {}
    for field in ("pickup_from", "pickup_until"):
        clock = getattr(terms, field)
        if clock and not CLOCK.fullmatch(clock):
            errors[field] = t("A time of day such as 08:30.")
    if bool(terms.pickup_from) != bool(terms.pickup_until):
        missing = "pickup_until" if terms.pickup_from else "pickup_from"
        errors[missing] = t("A pick-up window has a beginning and an end.")
    elif not errors and terms.pickup_from and terms.pickup_until <= terms.pickup_from:
        errors["pickup_until"] = t("The window ends before it begins.")
    if not set(terms.pickup_days) <= WEEKDAYS:
        errors["pickup_days"] = t("Choose days of the week.")
    if terms.response_hours is not None and terms.response_hours <= 0:
        errors["response_hours"] = t("More than 0 hours.")
    days = terms.deemed_confirmation_days
    if days is not None and not 1 <= days <= MOST_DAYS:
        errors["deemed_confirmation_days"] = t("Between 1 and %(most)s days.", most=MOST_DAYS)
    if not terms.no_minimum_order and not terms.minimum_order.strip():
        errors["minimum_order"] = t("Say what the minimum order is.")
    return errors


def wrong_line(line: LineFacts, starts_on: date, ends_on: date) -> dict[str, Text]:
    """Everything that is wrong with one line of a contract that lasts from `starts_on` to `ends_on`."""
    errors: dict[str, Text] = {}
    if line.quantity is not None and line.quantity <= 0:
        errors["quantity"] = t("A quantity is more than 0; leave it empty for no limit.")
    if not 0 <= line.discount_percent <= 100:
        errors["discount"] = t("A discount is between 0 and 100 percent.")
    if line.until_on < line.from_on:
        errors["until_on"] = t("The last day is before the first.")
    elif line.from_on < starts_on:
        errors["from_on"] = t("The contract begins on %(day)s.", day=starts_on)
    elif line.until_on > ends_on:
        errors["until_on"] = t("The contract ends on %(day)s.", day=ends_on)
    return errors | _wrong_prices(line)


def _wrong_prices(line: LineFacts) -> dict[str, Text]:
    errors: dict[str, Text] = {}
    problem = _first_error(line.price_terms)
    if problem is not None:
        errors["rate"] = problem
    if line.overage is Overage.OVERAGE_PRICE and line.overage_terms is None:
        errors["overage_rate"] = t("Say what one more costs beyond the quantity.")
    elif line.overage_terms is not None:
        problem = _first_error(line.overage_terms)
        if problem is not None:
            errors["overage_rate"] = problem
    if line.quantity is None and line.overage is Overage.OVERAGE_PRICE:
        errors["overage_rate"] = t("Without a limit nothing is ever beyond it.")
    if line.storage_policy is not None:
        problem = _first_error(line.storage_policy)
        if problem is not None:
            errors["storage"] = problem
    return errors


def _first_error(checked: Any) -> Text | None:
    found = (each for each in checked.check() if each.severity == "error")
    first = next(found, None)
    if first is None:
        return None
    return t("%(field)s: expected is %(expected)s.", field=first.column, expected=first.expected)


def is_drawn(price_terms: PriceTerms) -> bool:
    """Whether a quantity can be drawn of such a line: a percentage of other charges cannot (DOMAIN U2)."""
    return price_terms.basis not in WITHOUT_DRAWS
