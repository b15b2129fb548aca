"""What a booking must say, and how much of an entitlement it may ask for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from portal.kernel.errors import Invalid, InvalidMany
from portal.kernel.pinyin import normalise
from portal.kernel.text import Text, t
from portal.kernel.units import UNITS

FARTHEST = timedelta(days=366)
MOST_LINES = 20
LONGEST_REASON = 500
WHOLE = ("box", "count", "package", "document", "order", "trucking")
LONG = ("pickup_address", "delivery_address", "note")
SHORT = ("origin", "destination", "goods", "contact_name", "contact_phone", "customer_reference")


@dataclass(frozen=True, slots=True)
class Wish:
    """So much of one entitlement, in its unit."""

    entitlement_id: int
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Left:
    """What one entitlement offers: `left` None is unlimited; usable from and until, both included."""

    entitlement_id: int
    unit: str
    left: Decimal | None
    starts_on: date
    ends_on: date
    is_in_force: bool = True


def more_by(of: Left, held: Decimal | None) -> Left:
    """The same for somebody who holds so much of it already and may keep that."""
    return of if of.left is None or held is None else replace(of, left=of.left + held)


@dataclass(frozen=True, slots=True)
class BookingFacts:
    """What is to be carried, from where to where, when; weights in kg, volumes in m³."""

    origin: str = ""
    destination: str = ""
    pickup_site_id: int | None = None
    delivery_site_id: int | None = None
    pickup_address: str = ""
    delivery_address: str = ""
    ready_on: date | None = None
    wanted_on: date | None = None
    goods: str = ""
    pieces: int | None = None
    weight_kg: Decimal | None = None
    volume_m3: Decimal | None = None
    contact_name: str = ""
    contact_phone: str = ""
    customer_reference: str = ""
    note: str = ""


def reason_of(typed: str) -> str:
    """Why something is not carried out, as the customer will read it. Invalid at `reason` when empty or too long."""
    reason = typed.strip()
    if not reason:
        raise Invalid(t("Say why, so that the customer understands."), "reason")
    if len(reason) > LONGEST_REASON:
        text = t("A reason has at most %(most)s characters.", most=LONGEST_REASON)
        raise Invalid(text, "reason")
    return reason


def is_whole(unit: str) -> bool:
    """Whether one books this unit in whole numbers: nobody ships half a container."""
    known = UNITS.get(unit)
    return known is not None and known.dimension in WHOLE


def is_bookable(unit: str) -> bool:
    """Whether one books this unit at all: what is counted by days of stock is drawn by the stock itself."""
    known = UNITS.get(unit)
    return known is None or not known.dimension.endswith(("× time", "× months"))


def wish_problem(quantity: Decimal, of: Left, on: date) -> Text | None:
    """Why so much cannot be booked for that day; None when it can."""
    if quantity <= 0:
        return t("The quantity must be more than zero.")
    if is_whole(of.unit) and quantity != quantity.to_integral_value():
        return t("Only whole numbers can be booked here.")
    if not of.is_in_force:
        return t("The contract is not in force.")
    if not of.starts_on <= on <= of.ends_on:
        return t("It may be used from %(start)s to %(end)s.", start=of.starts_on, end=of.ends_on)
    if of.left is not None and quantity > of.left:
        return t("Only %(left)s left.", left=_plain(of.left))
    return None


def check_wishes(wishes: Sequence[Wish], offered: Sequence[Left], on: date) -> None:
    """Raises InvalidMany, field `q-<entitlement id>` → message; Invalid at `lines` when nothing is chosen."""
    if not wishes:
        raise Invalid(t("Choose at least one service and say how much."), "lines")
    if len(wishes) > MOST_LINES:
        raise Invalid(t("At most %(most)s services in one booking.", most=MOST_LINES), "lines")
    known = {each.entitlement_id: each for each in offered}
    errors: dict[str, Text] = {}
    for wish in wishes:
        of = known.get(wish.entitlement_id)
        wrong = wish_problem(wish.quantity, of, on) if of else t("This is not there any more.")
        if wrong is not None:
            errors[f"q-{wish.entitlement_id}"] = wrong
    if errors:
        raise InvalidMany(errors)


def cleaned(facts: BookingFacts) -> BookingFacts:
    """The facts as they are stored: widths of signs settled, blanks gone."""
    short: dict[str, Any] = {name: normalise(getattr(facts, name)) for name in SHORT}
    return replace(facts, **short, **{name: getattr(facts, name).strip() for name in LONG})


def check_facts(facts: BookingFacts, today: date) -> None:
    """Dates in order and not in the past, measures positive. Raises InvalidMany."""
    errors: dict[str, Text] = {}
    if facts.ready_on is None:
        errors["ready_on"] = t("Say when the goods are ready.")
    elif facts.ready_on < today:
        errors["ready_on"] = t("This day has passed.")
    elif facts.ready_on > today + FARTHEST:
        errors["ready_on"] = t("This is more than a year ahead.")
    if facts.wanted_on is not None and facts.ready_on is not None:
        if facts.wanted_on < facts.ready_on:
            errors["wanted_on"] = t("It cannot be before the goods are ready.")
        elif facts.wanted_on > today + FARTHEST:
            errors["wanted_on"] = t("This is more than a year ahead.")
    for name in ("pieces", "weight_kg", "volume_m3"):
        value = getattr(facts, name)
        if value is not None and value <= 0:
            errors[name] = t("It must be more than zero.")
    if not facts.goods:
        errors["goods"] = t("Say what is shipped.")
    if errors:
        raise InvalidMany(errors)


def _plain(quantity: Decimal) -> str:
    text = f"{quantity:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
