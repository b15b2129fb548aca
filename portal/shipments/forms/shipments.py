"""The forms of a shipment: opened without a booking, its facts, boxes, a milestone, completion."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal.kernel.errors import Invalid, InvalidMany
from portal.kernel.text import Text, t
from portal.kernel.units import UNITS, unit_word
from portal.shipments.actions.shipments import ShipmentFacts
from portal.shipments.forms.bookings import MOST_PIECES
from portal.shipments.labels import KIND_WORDS
from portal.shipments.rules.booking import is_bookable
from portal.shipments.rules.completion import DONE, WHY
from portal.shipments.rules.plans import ZONE
from portal.web.fields import CountField, QuantityField, read_number
from portal.web.forms import choices
from portal.web.words import say

NOT_FACTS = ("version", "csrf_token")
PLAN = "plan-"
USUAL_UNITS = ("40HQ", "40GP", "20GP", "CNTR", "BL", "KGM", "MTQ", "XPX", "TRIP", "ORD", "H87")


def kinds() -> list[tuple[str, str]]:
    """The kinds of shipment, none chosen first: the first service's."""
    return [("", say(t("As the first service"))), *choices(KIND_WORDS)()]


def units() -> list[tuple[str, str]]:
    """The usual units first."""
    others = [code for code in UNITS if code not in USUAL_UNITS and is_bookable(code)]
    return [(code, say(unit_word(code))) for code in (*USUAL_UNITS, *others)]


class OpenForm(FlaskForm):
    """A shipment without a booking; a service without an entitlement is named by its code."""

    ready_on = DateField(_l("Goods ready on"), [InputRequired()])
    due_on = DateField(_l("Promised delivery"), [Optional()])
    kind = SelectField(_l("Kind of shipment"), choices=kinds, default="")
    origin = StringField(_l("From"), [Length(max=60)])
    destination = StringField(_l("To"), [Length(max=60)])
    goods = StringField(_l("Goods"), [Length(max=240)])
    customer_reference = StringField(_l("Customer's reference"), [Length(max=60)])
    item_code = StringField(
        _l("Service item"),
        [Length(max=120)],
        description=_l("Its code; only for a service that no entitlement covers"),
    )
    item_quantity = QuantityField(_l("Quantity"), [Optional()])
    item_unit = SelectField(_l("Unit"), choices=units, default="BL")


class FactsForm(FlaskForm):
    """What is known of the carriage."""

    version = HiddenField()
    carrier = StringField(_l("Carrier"), [Length(max=40)])
    bill_number = StringField(_l("Bill of lading or waybill"), [Length(max=40)])
    vessel = StringField(_l("Vessel or flight"), [Length(max=60)])
    voyage = StringField(_l("Voyage"), [Length(max=30)])
    due_on = DateField(_l("Promised delivery"), [Optional()])
    customer_reference = StringField(_l("Customer's reference"), [Length(max=60)])
    origin = StringField(_l("From"), [Length(max=60)])
    destination = StringField(_l("To"), [Length(max=60)])
    goods = StringField(_l("Goods"), [Length(max=240)])
    pieces = CountField(_l("Pieces"), [Optional(), NumberRange(0, MOST_PIECES)])
    weight_kg = QuantityField(_l("Gross weight, kg"), [Optional()])
    volume_m3 = QuantityField(_l("Volume, m³"), [Optional()])
    pickup_address = TextAreaField(_l("Pick-up"), [Length(max=300)], render_kw={"rows": 2})
    delivery_address = TextAreaField(_l("Delivery"), [Length(max=300)], render_kw={"rows": 2})
    internal_note = TextAreaField(
        _l("Internal note"),
        [Length(max=2000)],
        description=_l("Never shown to the customer"),
        render_kw={"rows": 2},
    )

    @property
    def facts(self) -> ShipmentFacts:
        """What was typed."""
        typed = {n: v for n, v in self.data.items() if n not in NOT_FACTS and v is not None}
        if self.pieces.data is not None:
            typed["pieces"] = int(self.pieces.data)
        return ShipmentFacts(**typed)


class BoxesForm(FlaskForm):
    """The boxes as a list, pasted from a sheet or typed."""

    version = HiddenField()
    boxes = TextAreaField(
        _l("Boxes"),
        [Length(max=60_000)],
        description=_l(
            "A box a line: number, type, seal, gross weight in kg, pieces, volume in m³"
        ),
        render_kw={"rows": 10, "spellcheck": "false", "class": "code"},
    )
    is_emptied = BooleanField(_l("Remove every box"))


class ReportForm(FlaskForm):
    """What is said of one milestone; times as the clocks of the firm's zone show them."""

    actual_at = StringField(_l("Reached at"), [Length(max=16)])
    planned_at = StringField(_l("Planned for"), [Length(max=16)])
    place = StringField(_l("Place"), [Length(max=80)])
    note = StringField(_l("Note"), [Length(max=300)], description=_l("The customer reads this"))


class CompleteForm(FlaskForm):
    """The day of the service; what was done of each line stands beside it as `done-<position>`."""

    version = HiddenField()
    service_on = DateField(_l("Day of the service"), [InputRequired()])


def read_instant(typed: str, field: str, zone: str = ZONE) -> datetime | None:
    """`2026-03-02T14:05` of the firm's zone as an instant; None for nothing, Invalid for what is no time."""
    if not typed.strip():
        return None
    try:
        return datetime.fromisoformat(typed.strip().replace(" ", "T")).replace(
            tzinfo=ZoneInfo(zone)
        )
    except ValueError:
        raise Invalid(t("This is not a day and time."), field) from None


def instant_as_typed(at: datetime | None, zone: str = ZONE) -> str:
    """An instant as a field for day and time holds it."""
    return "" if at is None else at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M")


def read_done(values: Mapping[str, str]) -> dict[int, Decimal]:
    """Position → quantity done, of the fields `done-<position>`. InvalidMany at those that are no number."""
    found: dict[int, Decimal] = {}
    wrong: dict[str, Text] = {}
    for name, text in values.items():
        if name.startswith(DONE) and name[len(DONE) :].isdecimal() and len(name) < 10:
            try:
                number = read_number(text)
            except Invalid as error:
                wrong[name] = error.text
                continue
            if number is not None:
                found[int(name[len(DONE) :])] = number
    if wrong:
        raise InvalidMany(wrong)
    return found


def read_why(values: Mapping[str, str]) -> dict[int, str]:
    """Position → why more was done than planned, of the fields `why-<position>`."""
    return {
        int(name[len(WHY) :]): text.strip()
        for name, text in values.items()
        if name.startswith(WHY) and name[len(WHY) :].isdecimal() and len(name) < 10
    }


def read_plans(values: Mapping[str, Any]) -> dict[str, datetime | None]:
    """Milestone code → planned instant, of the fields `plan-<code>`. InvalidMany at those that are no time."""
    found: dict[str, datetime | None] = {}
    wrong: dict[str, Text] = {}
    for name, text in values.items():
        if name.startswith(PLAN):
            try:
                found[name[len(PLAN) :]] = read_instant(str(text), name)
            except Invalid as error:
                wrong[name] = error.text
    if wrong:
        raise InvalidMany(wrong)
    return found
