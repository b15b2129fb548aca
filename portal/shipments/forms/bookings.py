"""A booking's second step: what is shipped, from where to where, when; and the quantities of its first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal.customers.models import Site
from portal.kernel.errors import Invalid
from portal.kernel.text import Text
from portal.shipments.rules.booking import BookingFacts, Wish
from portal.web.fields import CountField, QuantityField, read_number

START = "q-"
MOST_PIECES = 10_000_000
NOT_FACTS = ("version", "csrf_token")


def site_id(value: Any) -> int | None:
    """A chosen site's id; None for free text."""
    return int(value) if value not in (None, "", "None") else None


class FactsForm(FlaskForm):
    """Facts of a booking. Places and addresses are typed as one likes, or one of the customer's sites is chosen."""

    version = HiddenField()
    ready_on = DateField(_l("Goods ready on"), [InputRequired()])
    wanted_on = DateField(_l("Wanted by"), [Optional()])
    pickup_site_id = SelectField(_l("Pick up at"), coerce=site_id, choices=[])
    pickup_address = TextAreaField(
        _l("Pick-up address"),
        [Length(max=300)],
        description=_l("Only when it is none of your sites"),
        render_kw={"rows": 2},
    )
    delivery_site_id = SelectField(_l("Deliver to"), coerce=site_id, choices=[])
    delivery_address = TextAreaField(
        _l("Delivery address"), [Length(max=300)], render_kw={"rows": 2}
    )
    origin = StringField(_l("From"), [Length(max=60)])
    destination = StringField(_l("To"), [Length(max=60)])
    goods = StringField(_l("Goods"), [InputRequired(), Length(max=240)])
    pieces = CountField(_l("Pieces"), [Optional(), NumberRange(0, MOST_PIECES)])
    weight_kg = QuantityField(_l("Gross weight, kg"), [Optional()])
    volume_m3 = QuantityField(_l("Volume, m³"), [Optional()])
    contact_name = StringField(_l("Contact"), [Length(max=80)], render_kw={"autocomplete": "name"})
    contact_phone = StringField(
        _l("Telephone"), [Length(max=40)], render_kw={"autocomplete": "tel", "inputmode": "tel"}
    )
    customer_reference = StringField(_l("Your reference"), [Length(max=60)])
    note = TextAreaField(_l("Note"), [Length(max=2000)], render_kw={"rows": 3})

    def offer_sites(self, sites: Sequence[Site]) -> None:
        """The customer's places to choose from."""
        for field in (self.pickup_site_id, self.delivery_site_id):
            field.choices = [("", "—"), *((site.id, site.name) for site in sites)]

    @property
    def facts(self) -> BookingFacts:
        """What was typed."""
        typed = {
            name: value
            for name, value in self.data.items()
            if name not in NOT_FACTS and value is not None
        }
        if self.pieces.data is not None:
            typed["pieces"] = int(self.pieces.data)
        return BookingFacts(**typed)

    def carried(self) -> list[tuple[str, str]]:
        """(name, value as typed) of every fact, for a step that does not show them."""
        return [
            (field.name, str(text))
            for field in self
            if field.name not in NOT_FACTS and (text := _as_typed(field))
        ]


def _as_typed(field: Any) -> Any:
    if field.raw_data:
        return field.raw_data[0]
    return field._value() if hasattr(field, "_value") else field.data


def typed_quantities(values: Mapping[str, str]) -> dict[int, str]:
    """Entitlement id → what was typed for it; empty fields are left out."""
    return {
        int(name[len(START) :]): text.strip()[:40]
        for name, text in values.items()
        if name.startswith(START) and name[len(START) :].isdecimal() and text.strip()
        if len(name) < 12
    }


def read_wishes(typed: Mapping[int, str]) -> tuple[list[Wish], dict[str, Text]]:
    """(wishes, what could not be read: field → message)."""
    wishes: list[Wish] = []
    wrong: dict[str, Text] = {}
    for entitlement_id, text in typed.items():
        try:
            wishes.append(Wish(entitlement_id, read_number(text) or Decimal(0)))
        except Invalid as error:
            wrong[f"{START}{entitlement_id}"] = error.text
    return wishes, wrong
