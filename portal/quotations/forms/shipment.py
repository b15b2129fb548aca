"""What is shipped: the lane, the boxes, weights, pieces and any other counted thing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    FieldList,
    FormField,
    HiddenField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal.catalogue.rules.cargo import Cargo, Piece
from portal.kernel.errors import Invalid, InvalidMany
from portal.kernel.text import Text
from portal.kernel.units import UNITS, unit_word
from portal.quotations.actions.drafting import ShipmentFacts
from portal.quotations.labels import CATEGORIES, LOADS
from portal.quotations.rules.cargo_words import pieces_words, read_boxes, read_pieces
from portal.web.fields import AmountField, CountField, QuantityField
from portal.web.forms import InnerForm, choices, currency_choices
from portal.web.words import say

USUAL_BOXES = ("20GP", "40GP", "40HQ", "45HQ", "20RF", "40RH")
MEASURED = {
    "KGM",
    "TNE",
    "GRM",
    "LBR",
    "CHW",
    "RT",
    "MTQ",
    "CMQ",
    "LTR",
    "P1",
    "LS",
    "BL",
    "TEU",
    "CNTR",
}
COUNTS_SHOWN = 2


def counted_units() -> list[tuple[str, str]]:
    """Units that nobody measures from weight, volume or boxes: pallets, days, hours, trips …"""
    counted = [
        code for code, unit in UNITS.items() if code not in MEASURED and unit.dimension != "box"
    ]
    return [("", "—"), *((code, say(unit_word(code))) for code in counted)]


def _with_nothing(words: Any) -> Any:
    return lambda: [("", "—"), *choices(words)()]


class CountForm(InnerForm):
    """So many of one counted unit."""

    quantity = QuantityField(_l("Count"))
    unit = SelectField(_l("Counted in"), choices=counted_units, default="")


class ShipmentForm(FlaskForm):
    """The lane and the cargo. Places are typed as one likes; the view finds their codes."""

    version = HiddenField()
    category = SelectField(_l("Service"), choices=_with_nothing(CATEGORIES), default="")
    load = SelectField(_l("Load"), choices=_with_nothing(LOADS), default="")
    origin = StringField(
        _l("From"), [Length(max=60)], description=_l("Code, Chinese, pinyin or English")
    )
    destination = StringField(_l("To"), [Length(max=60)])
    carrier = StringField(_l("Carrier"), [Length(max=40)])
    incoterm = StringField(_l("Term of delivery"), [Length(max=24)])
    routing = StringField(_l("Routing and sailing days"), [Length(max=120)])
    goods = StringField(_l("Goods"), [Length(max=160)])
    transit_days = CountField(_l("Transit days"), [Optional(), NumberRange(0, 400)])
    free_days = CountField(_l("Free days for the box"), [Optional(), NumberRange(0, 400)])
    reference_on = DateField(
        _l("Price day"), [Optional()], description=_l("The day whose tariff counts; empty: today")
    )
    boxes = StringField(_l("Boxes"), [Length(max=120)], description=_l("For example 2x40HQ 1x20GP"))
    gross_kg = QuantityField(_l("Gross weight, kg"), [Optional(), NumberRange(min=0)])
    volume_m3 = QuantityField(_l("Volume, m³"), [Optional(), NumberRange(min=0)])
    pieces = TextAreaField(
        _l("Pieces"),
        [Length(max=8000)],
        description=_l(
            "A line each: 10 x 60*40*40 12kg (count x length*width*height in cm, kg of one)"
        ),
        render_kw={"rows": 2},
    )
    declared_value = AmountField(_l("Declared value"), [Optional(), NumberRange(min=0)])
    declared_currency = SelectField(_l("Its currency"), choices=currency_choices, default="CNY")
    counts = FieldList(
        FormField(CountForm), _l("Other counts"), min_entries=COUNTS_SHOWN, max_entries=12
    )

    def facts(self, origin: str, destination: str) -> ShipmentFacts:
        """What was typed, with the codes of both places. InvalidMany names each wrong field."""
        return ShipmentFacts(
            category=self.category.data or "",
            load=self.load.data or "",
            origin=origin,
            destination=destination,
            carrier=(self.carrier.data or "").strip(),
            incoterm=(self.incoterm.data or "").strip(),
            goods=(self.goods.data or "").strip(),
            routing=(self.routing.data or "").strip(),
            transit_days=_whole(self.transit_days.data),
            free_days=_whole(self.free_days.data),
            reference_on=self.reference_on.data,
            cargo=self._cargo(),
        )

    def _cargo(self) -> Cargo:
        errors: dict[str, Text] = {}
        boxes: dict[str, int] = {}
        pieces: tuple[Piece, ...] = ()
        try:
            boxes = read_boxes(self.boxes.data or "")
        except Invalid as error:
            errors["boxes"] = error.text
        try:
            pieces = read_pieces(self.pieces.data or "")
        except Invalid as error:
            errors["pieces"] = error.text
        if errors:
            raise InvalidMany(errors)
        return Cargo(
            gross_kg=self.gross_kg.data,
            volume_m3=self.volume_m3.data,
            pieces=pieces,
            boxes=boxes,
            declared_value=self.declared_value.data,
            declared_currency=self.declared_currency.data or "CNY",
            counts=self._counts(),
        )

    def _counts(self) -> dict[str, Decimal]:
        typed = [(row.unit.data, row.quantity.data) for row in self.counts]
        return {unit: quantity for unit, quantity in typed if unit and quantity is not None}


def cargo_as_typed(cargo: Cargo) -> dict[str, Any]:
    """The form's values for a stored cargo."""
    counts = [{"unit": unit, "quantity": count} for unit, count in cargo.counts.items()]
    counts += [{}] * max(0, COUNTS_SHOWN - len(counts))
    return {
        "boxes": " ".join(f"{count}x{code}" for code, count in cargo.boxes.items()),
        "gross_kg": cargo.gross_kg,
        "volume_m3": cargo.volume_m3,
        "pieces": pieces_words(cargo.pieces),
        "declared_value": cargo.declared_value,
        "declared_currency": cargo.declared_currency,
        "counts": counts,
    }


class NewQuotationForm(ShipmentForm):
    """A new quotation: for whom, called what, then the shipment."""

    customer = StringField(
        _l("Customer"), [Length(max=80)], description=_l("Chinese, pinyin, initials or code")
    )
    title = StringField(_l("Title"), [InputRequired(), Length(max=160)])


def _whole(number: Decimal | None) -> int | None:
    return None if number is None else int(number)
